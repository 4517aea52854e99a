import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds

from answers import BLOCKS, BROKEN, IDS, OUT, answer

# pandas takes no lists of string views.
PLAIN = {pa.string_view(): pa.string(), pa.list_(pa.string_view()): pa.list_(pa.string())}
schema = ds.dataset(BLOCKS[0]).schema
lists = {field.name for field in schema if pa.types.is_nested(field.type)}
schema = pa.schema([(f.name, pa.list_(pa.int32()) if f.name.endswith("Ids") else pa.list_(pa.string())) if f.name in lists else (f.name, PLAIN.get(f.type, f.type)) for f in schema])
films = ds.dataset(BLOCKS, schema=schema).to_table().to_pandas()
films = films[films["problem"].isna() & films["title"].notna()].drop(columns="problem")
films = films.drop_duplicates("id").sort_values("id", ignore_index=True)
for name in ("runtime", "budget", "revenue"):
    films[name] = films[name].where(films[name] > 0)
for name in ("popularity", "voteCount"):
    films[name] = films[name].where(films[name] >= 0)
rated = films["voteAverage"].between(0, 10) & (films["voteCount"].fillna(1) > 0)
films["voteAverage"] = films["voteAverage"].where(rated)
films["brokenText"] = films["title"].str.contains(BROKEN, regex=True)
date = pd.to_datetime(films["releaseDate"], format="%Y-%m-%d", errors="coerce")
films["releaseDate"] = date.where(date.dt.year.between(1874, 2100))
listed = pd.read_parquet(IDS, columns=["id", "popularity"]).set_index("id")["popularity"]
listed = films["id"].map(listed)
films["popularity"] = listed.where(listed >= 0).fillna(films["popularity"])
films["year"] = films["releaseDate"].dt.year.astype("Int32")
films["roi"] = (films["revenue"] - films["budget"]) / films["budget"] * 100
films["released"] = films["releaseDate"] <= pd.Timestamp(int(films["year"].max()), 12, 31)
films.to_parquet(f"{OUT}/films.parquet", compression="zstd")

released = films.loc[films["released"], ["year", "genres", "popularity", "voteAverage"]].copy()
released["popularity"] = released["popularity"].fillna(0)
years = released.groupby("year")["popularity"].agg(mean="mean", all="size")
exploded = released.explode("genres").dropna(subset="genres").rename(columns={"genres": "genre"})
trends = exploded.groupby(["genre", "year"]).agg(
    movieCount=("popularity", "size"), popularity=("popularity", "mean"), voteAverage=("voteAverage", "mean")
)
trends = trends.reset_index().merge(years, on="year")
trends["index"] = trends["popularity"] / trends["mean"]
trends["share"] = trends["movieCount"] / trends["all"] * 100
trends = trends.sort_values(["genre", "year"], ignore_index=True)
trends.to_parquet(f"{OUT}/trends.parquet", compression="zstd")


def credits_as(role, names, ids, profiles, characters):
    lists = [names, ids, profiles] + ([characters] if characters else [])
    own = films.loc[films[names].str.len() > 0, ["id", "year", "released", *lists]]
    own = own.explode(lists, ignore_index=True)
    return pd.DataFrame(
        {
            "filmId": own["id"],
            "role": role,
            "position": own.groupby("id").cumcount(),
            "id": own[ids].astype("Int64").astype("string").fillna("name:" + own[names].astype("string")),
            "name": own[names],
            "profilePath": own[profiles],
            "character": own[characters] if characters else None,
            "year": own["year"].where(own["released"]),
        }
    )


credits = pd.concat(
    [
        credits_as(0, "cast", "castIds", "castProfiles", "castCharacters"),
        credits_as(1, "directors", "directorIds", "directorProfiles", None),
    ]
).sort_values(["filmId", "role", "position"], ignore_index=True)
persons = credits.groupby("id", sort=True)[["name", "profilePath"]].first().reset_index()
persons["person"] = persons.index.astype("int32")
credits["person"] = credits["id"].map(persons.set_index("id")["person"])
once = credits.dropna(subset="year").drop_duplicates(["filmId", "role", "person"])
counts = once.groupby(["role", "year", "person"]).size().rename("movieCount").reset_index()
always = counts.groupby(["role", "person"])["movieCount"].sum().reset_index().assign(year=pd.NA)
people = pd.concat([always.astype({"year": "Int32"}), counts.astype({"year": "Int32"})])
people = people.merge(persons[["person", "id", "name"]], on="person")
people = people.sort_values(
    ["role", "year", "movieCount", "name", "id"], ascending=[True, True, False, True, True], na_position="first"
)
people = people.groupby(["role", "year"], dropna=False).head(100)
credits[["filmId", "role", "position", "person", "character"]].to_parquet(f"{OUT}/credits.parquet", compression="zstd")
persons.to_parquet(f"{OUT}/persons.parquet", compression="zstd")
people.to_parquet(f"{OUT}/people.parquet", compression="zstd")

roi = films.loc[films["released"] & films["roi"].notna(), ["id", "title", "year", "budget", "revenue", "roi"]]
roi = roi.sort_values(["roi", "id"], ascending=[False, True], ignore_index=True)
roi.to_parquet(f"{OUT}/roi.parquet", compression="zstd")

drama = trends.loc[trends["genre"] == "Drama", ["year", "movieCount", "popularity", "index"]]
actors = people[(people["role"] == 0) & people["year"].isna()].head(10)
answer(
    trends.groupby("genre")["movieCount"].sum().items(),
    drama.itertuples(index=False, name=None),
    zip(actors["id"], actors["movieCount"]),
    zip(roi["id"].head(10), roi["roi"].head(10)),
)
