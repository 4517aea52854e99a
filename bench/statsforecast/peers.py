"""statsforecast's damped ETS and standard Theta on the series given in a file.

Arguments: a JSON file {name: [...], ...}, the horizon. Prints {seconds: {model}, forecasts: {name: {model: [...]}}};
seconds are CPU seconds of this process for all series, after a first call of each model, which compiles it.
"""

import json
import sys
import time

import numpy as np
from statsforecast.models import AutoETS, Theta

series = {name: np.array(values) for name, values in json.load(open(sys.argv[1])).items()}
horizon = int(sys.argv[2])
MODELS = {
    "damped ETS": lambda: AutoETS(model="AAN", damped=True, season_length=1),
    "theta": lambda: Theta(season_length=1),
}

forecasts = {name: {} for name in series}
seconds = {}
for model, make in MODELS.items():
    make().forecast(next(iter(series.values())), horizon)
    started = time.process_time()
    for name, values in series.items():
        forecasts[name][model] = list(make().forecast(values, horizon)["mean"])
    seconds[model] = time.process_time() - started
print(json.dumps({"seconds": seconds, "forecasts": forecasts}))
