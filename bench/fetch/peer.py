"""Films over HTTP as a Python user fetches them: requests in a pool of 20 threads, a Parquet file a thousand films.

Arguments: base URL, file of ids as JSON, output folder.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import requests

BASE, IDS, OUT = sys.argv[1:4]
BATCH = 1000
own = threading.local()

TEXT, TEXTS, IDS_TYPE = pa.string(), pa.list_(pa.string()), pa.list_(pa.int32())
SCHEMA = pa.schema(
    [("id", pa.int32())]
    + [(name, TEXT) for name in ("title", "original_title", "overview", "tagline", "status", "release_date")]
    + [("runtime", pa.int32()), ("original_language", TEXT)]
    + [(name, TEXTS) for name in ("production_countries", "production_companies", "keywords", "genres")]
    + [(name, pa.float64()) for name in ("budget", "revenue", "popularity", "vote_average")]
    + [("vote_count", pa.int32()), ("cast", TEXTS), ("cast_ids", IDS_TYPE), ("characters", TEXTS), ("profiles", TEXTS)]
    + [("directors", TEXTS), ("director_ids", IDS_TYPE), ("director_profiles", TEXTS)]
    + [(name, TEXT) for name in ("imdb_id", "poster_path", "backdrop_path")]
)
PLAIN = [
    name
    for name in SCHEMA.names
    if name not in {"production_countries", "production_companies", "keywords", "genres", "cast", "cast_ids"}
    and name not in {"characters", "profiles", "directors", "director_ids", "director_profiles"}
]


def fetch(film):
    if not hasattr(own, "session"):
        own.session = requests.Session()
    answer = own.session.get(f"{BASE}/movie/{film}", params={"append_to_response": "credits,keywords"}, timeout=15)
    answer.raise_for_status()
    document = answer.json()
    row = {name: document.get(name) for name in PLAIN}
    for name in ("production_countries", "production_companies", "genres"):
        row[name] = [one["name"] for one in document.get(name) or []]
    row["keywords"] = [one["name"] for one in document["keywords"]["keywords"]]
    cast = sorted(document["credits"]["cast"], key=lambda one: one["order"])
    directors = [one for one in document["credits"]["crew"] if one["job"] == "Director"]
    row["cast"], row["cast_ids"] = [one["name"] for one in cast], [one["id"] for one in cast]
    row["characters"] = [one.get("character") for one in cast]
    row["profiles"] = [one.get("profile_path") for one in cast]
    row["directors"], row["director_ids"] = [one["name"] for one in directors], [one["id"] for one in directors]
    row["director_profiles"] = [one.get("profile_path") for one in directors]
    return row


with open(IDS) as file:
    ids = json.load(file)
with ThreadPoolExecutor(20) as pool:
    for start in range(0, len(ids), BATCH):
        rows = list(pool.map(fetch, ids[start : start + BATCH]))
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), f"{OUT}/{start:07d}.parquet", compression="zstd")
