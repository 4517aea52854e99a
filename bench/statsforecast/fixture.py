"""Writes what statsforecast's damped ETS and standard Theta make of a few fixed series, for test/models to compare with.

Argument: the file to write (test/models/fixtures/forecasts.json).
"""

import json
import sys

import numpy as np
import statsforecast
from statsforecast.models import AutoETS, Theta

HORIZON = 3
MODELS = {
    "damped ETS": lambda: AutoETS(model="AAN", damped=True, season_length=1),
    "theta": lambda: Theta(season_length=1),
}


def series():
    random = np.random.default_rng(7)
    years = np.arange(40)
    noise = lambda size, spread: random.normal(0, spread, size)
    walk = 1 + np.cumsum(noise(40, 0.04))
    return {
        "a rising line": 5 + 0.3 * years + noise(40, 0.5),
        "a falling line": 9 - 0.1 * years[:25] + noise(25, 0.2),
        "a random walk": walk,
        "a level": 2 + noise(60, 0.3),
        "a bend": np.concatenate([1 + 0.05 * years[:20], 2 - 0.04 * years[:15]]) + noise(35, 0.05),
        "a wave": 1 + 0.3 * np.sin(np.arange(30) / 4) + noise(30, 0.02),
        "a short series": 1 + noise(12, 0.1),
    }


record = {"versions": {"numpy": np.__version__, "statsforecast": statsforecast.__version__}, "series": {}}
for name, values in series().items():
    rounded = np.round(values, 4)
    forecasts = {model: list(make().forecast(rounded, HORIZON)["mean"]) for model, make in MODELS.items()}
    record["series"][name] = {"values": rounded.tolist(), **forecasts}
with open(sys.argv[1], "w") as file:
    json.dump(record, file, indent=2)
    file.write("\n")
