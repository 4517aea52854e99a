"""Trains the peers' trees on the works given as JSON and prints a JSON line for each tool and work.

Arguments: the JSON, and the tools. Reading the table is not counted; what a tool does with it is.
"""

import json
import math
import os
import sys
import time
from pathlib import Path

import numpy as np


def read(table):
    train, test, columns = table["train"], table["test"], table["columns"]
    rows = train + test
    values = np.fromfile(table["path"], dtype="<f8").reshape(len(columns) + 1, rows)
    x, y = np.ascontiguousarray(values[:-1].T), values[-1]
    return x[:train], y[:train], x[train:], y[train:]


def scikit(work, x, y, test):
    if work["kind"] == "forest":
        from sklearn.ensemble import RandomForestRegressor

        model = RandomForestRegressor(
            n_estimators=work["trees"],
            max_depth=work["depth"],
            min_samples_leaf=work["minLeaf"],
            max_features=work["share"],
            n_jobs=work["threads"],
            random_state=1,
        )
    else:
        from sklearn.ensemble import HistGradientBoostingRegressor

        model = HistGradientBoostingRegressor(
            max_iter=work["trees"],
            learning_rate=work["rate"],
            max_leaf_nodes=work["leaves"],
            min_samples_leaf=work["minLeaf"],
            max_bins=255,
            categorical_features=categories(work),
            early_stopping=False,
            random_state=1,
        )
    return timed(lambda: model.fit(x, y), lambda fitted: fitted.predict(test))


def categories(work):
    return [f for f, column in enumerate(work["table"]["columns"]) if column["categorical"]]


def lightgbm(work, x, y, test):
    import lightgbm as lgb

    params = {
        "objective": "regression",
        "num_threads": work["threads"],
        "min_data_in_leaf": work["minLeaf"],
        "max_bin": 255,
        "verbosity": -1,
        "seed": 1,
    }
    if work["kind"] == "forest":
        params |= {
            "boosting": "rf",
            "bagging_fraction": 0.632,
            "bagging_freq": 1,
            "max_depth": work["depth"],
            "num_leaves": 2 ** work["depth"],
            "feature_fraction_bynode": work["share"],
        }
    else:
        params |= {"learning_rate": work["rate"], "num_leaves": work["leaves"]}

    def fit():
        data = lgb.Dataset(x, y, categorical_feature=categories(work))
        return lgb.train(params, data, num_boost_round=work["trees"])

    return timed(fit, lambda fitted: fitted.predict(test, num_threads=work["threads"]))


def spark(work, x, y, test):
    import pandas as pd
    from pyspark.ml.feature import VectorAssembler
    from pyspark.ml.regression import RandomForestRegressor
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(f"local[{work['threads']}]")
        .config("spark.driver.memory", "3g")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    names = [f"f{f}" for f in range(x.shape[1])]
    file = work["table"]["path"] + ".parquet"
    pd.DataFrame(x, columns=names).assign(label=y).to_parquet(file)
    assembler = VectorAssembler(inputCols=names, outputCol="features")
    table = assembler.transform(session.read.parquet(file)).select("features", "label").cache()
    table.count()
    forest = RandomForestRegressor(
        numTrees=work["trees"], maxDepth=work["depth"], featureSubsetStrategy="all", maxBins=255, seed=1
    )
    pd.DataFrame(test, columns=names).to_parquet(file + ".test")
    frame = assembler.transform(session.read.parquet(file + ".test"))

    def predict(fitted):
        return fitted.transform(frame).select("prediction").toPandas()["prediction"].to_numpy()

    result = timed(lambda: forest.fit(table), predict, cpu=children)
    session.stop()
    return result


def children():
    """Spark works in a Java process: its CPU seconds so far."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(")", 1)
        except OSError:
            continue
        if fields[0].endswith("(java") and int(fields[1].split()[1]) in (os.getpid(), *shells()):
            times = fields[1].split()
            return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
    return math.nan


def shells():
    """The shells that PySpark starts Java from."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            yield int(process.name)


def timed(fit, predict, cpu=time.process_time):
    """Seconds of the training on the clock and of processors, seconds of the prediction, the predictions."""
    started, used = time.perf_counter(), cpu()
    fitted = fit()
    seconds, used = time.perf_counter() - started, cpu() - used
    started = time.perf_counter()
    predicted = predict(fitted)
    return seconds, used, time.perf_counter() - started, predicted


TOOLS = {"scikit-learn": scikit, "LightGBM": lightgbm, "PySpark MLlib": spark}

if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    for work in asked["works"]:
        x, y, test, actual = read(work["table"])
        for name in asked["tools"]:
            runs = []
            while len(runs) < asked["repeats"] and sum(run[0] for run in runs) < asked["patience"]:
                runs.append(TOOLS[name](work, x, y, test))
            predicted = runs[-1][3]
            if "predictions" in asked:
                np.asarray(predicted, dtype="<f8").tofile(asked["predictions"])
            print(
                json.dumps(
                    {
                        "work": work["name"],
                        "tool": name,
                        "seconds": min(run[0] for run in runs),
                        "cpuSeconds": min(run[1] for run in runs),
                        "predictSeconds": min(run[2] for run in runs),
                        "rmse": math.sqrt(np.mean((predicted - actual) ** 2)),
                    }
                ),
                flush=True,
            )
