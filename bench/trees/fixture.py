"""Writes what scikit-learn and LightGBM make of a small fixed table, for test/models/peers.test.ts to compare with.

Arguments: the folder to write to (test/models/fixtures). `trees.csv`: the table; `trees-peers.csv`: what each tool
predicts for the rows that it did not learn from; `trees.json`: versions, parameters and errors.
"""

import json
import math
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

TRAIN, TEST = 2000, 1000
ROWS = TRAIN + TEST
WHOLE = ["a", "b", "c"]  # numbers without gaps
GAPPED = ["d", "e"]  # numbers with gaps
CATEGORIES = ["f", "g", "h"]


def table():
    """Whole numbers from 1 and few of each, so that every tool's bins are the values themselves."""
    random = np.random.default_rng(20)
    numbers = {name: random.integers(1, 41, ROWS).astype(float) for name in WHOLE + GAPPED}
    sizes = dict(zip(CATEGORIES, (4, 12, 30)))
    codes = {name: (random.random(ROWS) ** 1.5 * size).astype(int) for name, size in sizes.items()}
    worth = {name: random.normal(0, 1, size) for name, size in sizes.items()}
    a, b, c, d, e = numbers.values()
    signal = (
        2.0 * (a > 17)
        + np.sin(b / 6)
        + c * d / 400
        + 0.03 * e
        + 0.7 * worth["f"][codes["f"]]
        + 0.7 * worth["g"][codes["g"]]
        + 0.7 * worth["h"][codes["h"]]
    )
    for name in GAPPED:
        numbers[name][random.random(ROWS) < 0.12] = math.nan
    value = np.round(signal + random.normal(0, 1, ROWS), 2)
    chance = 1 / (1 + np.exp(-1.5 * (signal - signal.mean())))
    kind = (random.random(ROWS) < chance).astype(int)
    return numbers, codes, value, kind


def tree(model, columns, y, **given):
    return {"columns": columns, "params": given}, lambda x: model(random_state=1, **given).fit(x[:TRAIN], y[:TRAIN])


def boosting(columns, y, objective, trees, **given):
    asked = {
        "objective": objective,
        "max_bin": 255,
        "min_data_in_bin": 1,
        "min_sum_hessian_in_leaf": 1e-9,
        "feature_pre_filter": False,
        "enable_bundle": False,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "verbosity": -1,
        "seed": 1,
        **given,
    }
    categorical = [at for at, name in enumerate(columns) if name in CATEGORIES]

    def fit(x):
        data = lgb.Dataset(x[:TRAIN], y[:TRAIN], categorical_feature=categorical)
        return lgb.train(asked, data, num_boost_round=trees)

    return {"columns": columns, "params": {"trees": trees, **given}}, fit


def error(classes, predicted, rows):
    if classes:
        return -np.mean(np.log(np.where(kind[rows] == 1, predicted, 1 - predicted)))
    return math.sqrt(np.mean((predicted - value[rows]) ** 2))


numbers, codes, value, kind = table()
NUMBERS, ALL = WHOLE + GAPPED, WHOLE + GAPPED + CATEGORIES
one = {"learning_rate": 1.0, "num_leaves": 8, "min_data_in_leaf": 20, "lambda_l2": 0.0}
many = {"learning_rate": 0.1, "num_leaves": 15, "min_data_in_leaf": 20, "lambda_l2": 1.0}
by_weight = {**many, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 3.0}
usual = {"cat_smooth": 10.0, "cat_l2": 10.0}
open_categories = {"max_cat_to_onehot": 1, "max_cat_threshold": 255, "min_data_per_group": 1}
grove = {"n_estimators": 300, "max_depth": 8, "min_samples_leaf": 5, "max_features": 0.6}
WORKS = {
    "scikit-learn tree": tree(DecisionTreeRegressor, WHOLE, value, max_depth=3, min_samples_leaf=20),
    "scikit-learn tree with gaps": tree(DecisionTreeRegressor, NUMBERS, value, max_depth=3, min_samples_leaf=20),
    "scikit-learn tree of classes": tree(DecisionTreeClassifier, WHOLE, kind, max_depth=3, min_samples_leaf=20),
    "LightGBM tree": boosting(NUMBERS, value, "regression", 1, **one),
    "LightGBM tree with categories": boosting(
        ALL, value, "regression", 1, **one, cat_smooth=0.0, cat_l2=0.0, **open_categories
    ),
    "LightGBM": boosting(NUMBERS, value, "regression", 50, **many),
    "LightGBM with categories": boosting(ALL, value, "regression", 50, **many, **usual, **open_categories),
    "LightGBM by its defaults": boosting(ALL, value, "regression", 50, **many, **usual),
    "LightGBM of classes": boosting(NUMBERS, kind, "binary", 10, **by_weight),
    "LightGBM of classes by its defaults": boosting(ALL, kind, "binary", 50, **many, **usual),
    "scikit-learn forest": tree(RandomForestRegressor, NUMBERS, value, **grove),
    "scikit-learn forest of classes": tree(RandomForestClassifier, NUMBERS, kind, **grove),
}

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "trees.csv", "w") as file:
    file.write(",".join([*ALL, "value", "class"]) + "\n")
    for row in range(ROWS):
        known = ["" if math.isnan(numbers[name][row]) else f"{numbers[name][row]:.0f}" for name in NUMBERS]
        file.write(",".join([*known, *(str(codes[name][row]) for name in CATEGORIES), f"{value[row]:.2f}", str(kind[row])]) + "\n")

works, predictions = {}, {}
for name, (work, fit) in WORKS.items():
    x = np.column_stack([numbers.get(column, codes.get(column)) for column in work["columns"]]).astype(float)
    fitted = fit(x)
    classes = "classes" in name
    predicted = fitted.predict_proba(x)[:, 1] if hasattr(fitted, "predict_proba") else fitted.predict(x)
    predictions[name] = predicted[TRAIN:]
    works[name] = {
        **work,
        "error": "log loss" if classes else "RMSE",
        "known": error(classes, predicted[:TRAIN], slice(TRAIN)),
        "held out": error(classes, predicted[TRAIN:], slice(TRAIN, ROWS)),
    }

with open(folder / "trees-peers.csv", "w") as file:
    file.write(",".join(predictions) + "\n")
    for row in range(TEST):
        file.write(",".join(f"{predicted[row]:.9g}" for predicted in predictions.values()) + "\n")
record = {
    "versions": {"lightgbm": lgb.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "train": TRAIN,
    "test": TEST,
    "categories": CATEGORIES,
    "works": works,
}
(folder / "trees.json").write_text(json.dumps(record, indent=2) + "\n")
