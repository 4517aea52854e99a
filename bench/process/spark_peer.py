import os
import sys

os.environ["PYSPARK_PYTHON"] = sys.executable

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

from answers import BLOCKS, BROKEN, IDS, OUT, answer

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "6g")
    .config("spark.sql.shuffle.partitions", "8")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.parquet.compression.codec", "zstd")
    .config("spark.sql.ansi.enabled", "false")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def positive(name):
    return F.when(F.col(name) > 0, F.col(name)).alias(name)


def save(frame, name):
    frame.write.mode("overwrite").parquet(f"{OUT}/{name}.parquet")
    return spark.read.parquet(f"{OUT}/{name}.parquet")


date = F.to_date("releaseDate", "yyyy-MM-dd")
rated = F.col("voteAverage").between(0, 10) & (F.coalesce("voteCount", F.lit(1)) > 0)
changed = {"runtime", "budget", "revenue", "popularity", "voteCount", "voteAverage", "releaseDate", "problem"}
blocks = spark.read.parquet(*BLOCKS).filter("problem IS NULL AND title IS NOT NULL").dropDuplicates(["id"])
listed = spark.read.parquet(IDS).select("id", F.col("popularity").alias("listed"))
dated = blocks.join(listed, "id", "left").select(
    *[name for name in blocks.columns if name not in changed],
    positive("runtime"),
    positive("budget"),
    positive("revenue"),
    F.coalesce(
        F.when(F.col("listed") >= 0, F.col("listed")), F.when(F.col("popularity") >= 0, F.col("popularity"))
    ).alias("popularity"),
    F.when(F.col("voteCount") >= 0, F.col("voteCount")).alias("voteCount"),
    F.when(rated, F.col("voteAverage")).alias("voteAverage"),
    F.when(F.year(date).between(1874, 2100), date).alias("releaseDate"),
    F.col("title").rlike(BROKEN).alias("brokenText"),
)
last = dated.agg(F.max(F.year("releaseDate"))).first()[0]
films = save(
    dated.withColumn("year", F.year("releaseDate"))
    .withColumn("roi", (F.col("revenue") - F.col("budget")) / F.col("budget") * 100)
    .withColumn("released", F.coalesce(F.col("releaseDate") <= F.lit(f"{last}-12-31").cast("date"), F.lit(False)))
    .orderBy("id"),
    "films",
)

released = films.filter("released").select(
    "year", "genres", F.coalesce("popularity", F.lit(0.0)).alias("popularity"), "voteAverage"
)
years = released.groupBy("year").agg(F.avg("popularity").alias("mean"), F.count("*").alias("all"))
trends = save(
    released.withColumn("genre", F.explode("genres"))
    .groupBy("genre", "year")
    .agg(F.count("*").alias("movieCount"), F.avg("popularity").alias("popularity"), F.avg("voteAverage").alias("voteAverage"))
    .join(years, "year")
    .withColumn("index", F.col("popularity") / F.col("mean"))
    .withColumn("share", F.col("movieCount") / F.col("all") * 100)
    .orderBy("genre", "year"),
    "trends",
)


def credits_as(role, names, ids, profiles, characters):
    arrays = [F.col(names).alias("name"), F.col(ids).alias("pid"), F.col(profiles).alias("profilePath")]
    if characters:
        arrays.append(F.col(characters).alias("character"))
    zipped = films.select("id", "year", "released", *arrays)
    zipped = zipped.withColumn("credit", F.arrays_zip(*[array for array in zipped.columns[3:]]))
    rows = zipped.select(F.col("id").alias("filmId"), "year", "released", F.posexplode("credit").alias("position", "c"))
    return rows.select(
        "filmId",
        F.lit(role).alias("role"),
        "position",
        F.coalesce(F.col("c.pid").cast("string"), F.concat(F.lit("name:"), F.col("c.name"))).alias("id"),
        F.col("c.name").alias("name"),
        F.col("c.profilePath").alias("profilePath"),
        (F.col("c.character") if characters else F.lit(None).cast("string")).alias("character"),
        F.when(F.col("released"), F.col("year")).alias("year"),
    )


credits = credits_as(0, "cast", "castIds", "castProfiles", "castCharacters").unionByName(
    credits_as(1, "directors", "directorIds", "directorProfiles", None)
)
place = F.struct("filmId", "role", "position")
persons = save(
    credits.groupBy("id")
    .agg(
        F.min_by("name", place).alias("name"),
        F.min_by("profilePath", F.when(F.col("profilePath").isNotNull(), place)).alias("profilePath"),
    )
    .withColumn("person", F.row_number().over(Window.orderBy("id")) - 1),
    "persons",
)
coded = save(
    credits.join(persons.select("id", "person"), "id")
    .select("filmId", "role", "position", "person", "character", "year")
    .orderBy("filmId", "role", "position"),
    "credits",
)
counts = (
    coded.filter("year IS NOT NULL")
    .select("filmId", "role", "person", "year")
    .distinct()
    .groupBy("role", "year", "person")
    .agg(F.count("*").alias("movieCount"))
    .cache()
)
always = counts.groupBy("role", "person").agg(F.sum("movieCount").alias("movieCount"))
always = always.select("role", F.lit(None).cast("int").alias("year"), "person", "movieCount")
by = Window.partitionBy("role", "year").orderBy(F.desc("movieCount"), "name", "id")
people = save(
    always.unionByName(counts)
    .join(persons.select("person", "id", "name"), "person")
    .withColumn("rank", F.row_number().over(by))
    .filter("rank <= 100")
    .orderBy("role", "year", "rank"),
    "people",
)
roi = save(
    films.filter("released AND roi IS NOT NULL")
    .select("id", "title", "year", "budget", "revenue", "roi")
    .orderBy(F.desc("roi"), "id"),
    "roi",
)

answer(
    trends.groupBy("genre").agg(F.sum("movieCount")).orderBy("genre").collect(),
    trends.filter("genre = 'Drama'").orderBy("year").select("year", "movieCount", "popularity", "index").collect(),
    people.filter("role = 0 AND year IS NULL").orderBy("rank").limit(10).select("id", "movieCount").collect(),
    roi.orderBy(F.desc("roi"), "id").limit(10).select("id", "roi").collect(),
)
spark.stop()
