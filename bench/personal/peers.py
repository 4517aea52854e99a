"""Surprise on published folds of MovieLens 100K: folder, fold …; prints one JSON line for each model."""
import gzip
import json
import sys
import time
from multiprocessing import Pool

import surprise
from surprise import BaselineOnly, Dataset, KNNBaseline, Reader, SVD, SVDpp, accuracy

MODELS = {
    "BaselineOnly": lambda: BaselineOnly(verbose=False),
    "SVD": lambda: SVD(random_state=1),
    "KNNBaseline": lambda: KNNBaseline(
        k=40, sim_options={"name": "pearson_baseline", "user_based": False}, verbose=False
    ),
    "SVDpp": lambda: SVDpp(random_state=1),
}


def read(path):
    with gzip.open(path, "rt") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return [(u, i, float(r)) for u, i, r, *_ in rows if u.isdigit()]


def one(job):
    folder, name, fold = job
    test = read(f"{folder}/u{fold}.test.gz")
    held = {(u, i) for u, i, _ in test}
    rows = [(u, i, r, None) for u, i, r in read(f"{folder}/u.data.gz") if (u, i) not in held]
    data = Dataset(Reader(rating_scale=(1, 5)))
    train = data.construct_trainset(rows)
    began, cpu = time.perf_counter(), time.process_time()
    predictions = MODELS[name]().fit(train).test(test)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    return (
        accuracy.rmse(predictions, verbose=False),
        accuracy.mae(predictions, verbose=False),
        seconds,
        cpu,
    )


if __name__ == "__main__":
    folder, *wanted = sys.argv[1:]
    with Pool(2) as pool:
        for name in MODELS:
            began = time.perf_counter()
            folds = pool.map(one, [(folder, name, fold) for fold in map(int, wanted)], chunksize=1)
            print(
                json.dumps(
                    {
                        "version": surprise.__version__,
                        "name": name,
                        "rmse": [fold[0] for fold in folds],
                        "mae": [fold[1] for fold in folds],
                        "seconds": time.perf_counter() - began,
                        "cpuSeconds": sum(fold[3] for fold in folds),
                    }
                ),
                flush=True,
            )
