import polars as pl

from answers import BLOCKS, BROKEN, IDS, OUT, answer

date = pl.col("releaseDate").str.to_date("%Y-%m-%d", strict=False)
positive = [pl.when(pl.col(name) > 0).then(pl.col(name)).alias(name) for name in ("runtime", "budget", "revenue")]
rated = pl.col("voteAverage").is_between(0, 10) & (pl.col("voteCount").fill_null(1) > 0)
films = (
    pl.scan_parquet(BLOCKS)
    .filter(pl.col("problem").is_null() & pl.col("title").is_not_null())
    .unique("id", keep="first")
    .with_columns(
        *positive,
        pl.when(pl.col("popularity") >= 0).then(pl.col("popularity")).alias("popularity"),
        pl.when(pl.col("voteCount") >= 0).then(pl.col("voteCount")).alias("voteCount"),
        pl.when(rated).then(pl.col("voteAverage")).alias("voteAverage"),
        pl.when(date.dt.year().is_between(1874, 2100)).then(date).alias("releaseDate"),
        pl.col("title").str.contains(BROKEN).alias("brokenText"),
    )
    .join(pl.scan_parquet(IDS).select("id", pl.col("popularity").alias("listed")), on="id", how="left")
    .with_columns(
        pl.coalesce(pl.when(pl.col("listed") >= 0).then(pl.col("listed")), "popularity").alias("popularity"),
        pl.col("releaseDate").dt.year().alias("year"),
        ((pl.col("revenue") - pl.col("budget")) / pl.col("budget") * 100).alias("roi"),
    )
    .with_columns(
        (pl.col("releaseDate") <= pl.date(pl.col("year").max(), 12, 31)).fill_null(False).alias("released")
    )
    .drop("problem", "listed")
    .sort("id")
    .collect()
)
films.write_parquet(f"{OUT}/films.parquet", compression="zstd")

released = films.lazy().filter("released").select("year", "genres", pl.col("popularity").fill_null(0), "voteAverage")
years = released.group_by("year").agg(pl.col("popularity").mean().alias("mean"), pl.len().alias("all"))
trends = (
    released.explode("genres")
    .drop_nulls("genres")
    .group_by(pl.col("genres").alias("genre"), "year")
    .agg(pl.len().alias("movieCount"), pl.col("popularity").mean(), pl.col("voteAverage").mean())
    .join(years, on="year")
    .with_columns(
        (pl.col("popularity") / pl.col("mean")).alias("index"),
        (pl.col("movieCount") / pl.col("all") * 100).alias("share"),
    )
    .sort("genre", "year")
    .collect()
)
trends.write_parquet(f"{OUT}/trends.parquet", compression="zstd")


def credits_as(role, names, ids, profiles, characters):
    lists = [names, ids, profiles] + ([characters] if characters else [])
    return (
        films.lazy()
        .filter(pl.col(names).list.len() > 0)
        .select(
            pl.col("id").alias("filmId"),
            pl.when("released").then("year").alias("year"),
            pl.int_ranges(pl.col(names).list.len(), dtype=pl.Int32).alias("position"),
            *lists,
        )
        .explode("position", *lists)
        .select(
            "filmId",
            pl.lit(role, pl.Int32).alias("role"),
            "position",
            pl.coalesce(pl.col(ids).cast(pl.String), "name:" + pl.col(names)).alias("id"),
            pl.col(names).alias("name"),
            pl.col(profiles).alias("profilePath"),
            (pl.col(characters) if characters else pl.lit(None, pl.String)).alias("character"),
            "year",
        )
    )


listed = (
    pl.concat(
        [
            credits_as(0, "cast", "castIds", "castProfiles", "castCharacters"),
            credits_as(1, "directors", "directorIds", "directorProfiles", None),
        ]
    )
    .sort("filmId", "role", "position")
    .collect()
)
persons = (
    listed.lazy()
    .group_by("id", maintain_order=True)
    .agg(pl.col("name").first(), pl.col("profilePath").drop_nulls().first())
    .sort("id")
    .with_row_index("person")
    .collect()
)
credits = listed.lazy().join(persons.lazy().select("id", "person"), on="id", how="left", maintain_order="left")
credits = credits.select("filmId", "role", "position", "person", "character", "year").collect()
counts = (
    credits.lazy()
    .drop_nulls("year")
    .unique(["filmId", "role", "person"])
    .group_by("role", "year", "person")
    .agg(pl.len().alias("movieCount"))
)
always = counts.group_by("role", "person").agg(pl.col("movieCount").sum())
always = always.with_columns(pl.lit(None, pl.Int32).alias("year")).select("role", "year", "person", "movieCount")
people = (
    pl.concat([always, counts])
    .join(persons.lazy().select("person", "id", "name"), on="person")
    .sort("role", "year", "movieCount", "name", "id", descending=[False, False, True, False, False])
    .group_by("role", "year", maintain_order=True)
    .head(100)
    .collect()
)
credits.drop("year").write_parquet(f"{OUT}/credits.parquet", compression="zstd")
persons.write_parquet(f"{OUT}/persons.parquet", compression="zstd")
people.write_parquet(f"{OUT}/people.parquet", compression="zstd")

roi = (
    films.lazy()
    .filter(pl.col("released") & pl.col("roi").is_not_null())
    .select("id", "title", "year", "budget", "revenue", "roi")
    .sort("roi", "id", descending=[True, False])
    .with_row_index("rank", 1)
    .collect()
)
roi.write_parquet(f"{OUT}/roi.parquet", compression="zstd")

drama = trends.filter(pl.col("genre") == "Drama").select("year", "movieCount", "popularity", "index")
actors = people.filter((pl.col("role") == 0) & pl.col("year").is_null()).head(10)
answer(
    trends.group_by("genre").agg(pl.col("movieCount").sum()).sort("genre").rows(),
    drama.rows(),
    actors.select("id", "movieCount").rows(),
    roi.head(10).select("id", "roi").rows(),
)
