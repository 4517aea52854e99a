import pl from 'nodejs-polars';

/** Sums of integers are the same in whatever order they are added; popularity has six decimals, votes three. */
const MILLIONTHS = 1e6;
const THOUSANDTHS = 1e3;

/**
 * One row per genre and release year that has released films of it: number, mean popularity (unknown counted
 * as 0), index (that mean ÷ the mean over all films of the year), mean vote, share in percent of the year's films.
 * Sorted by genre, year. `films`: FILM_COLUMNS.
 */
export function genreTrends(films: pl.LazyDataFrame): pl.LazyDataFrame {
  const [popularity, votes, genres] = [pl.col('popularity'), pl.col('votes'), pl.col('genres')];
  const [movieCount, yearFilms] = [pl.col('movieCount').cast(pl.Float64), pl.col('yearFilms')];
  const released = films
    .filter(pl.col('released'))
    .select(
      pl.cols('year', 'genres'),
      popularity.fillNull(0).mul(MILLIONTHS).round(0).cast(pl.Int64).alias('popularity'),
      pl.col('voteAverage').mul(THOUSANDTHS).round(0).cast(pl.Int64).alias('votes'),
    );
  const years = released
    .groupBy('year')
    .agg(popularity.sum().alias('yearPopularity'), pl.len().alias('yearFilms'));
  const mean = popularity.cast(pl.Float64).div(MILLIONTHS).div(movieCount);
  const yearPopularity = pl.col('yearPopularity');
  const yearMean = yearPopularity.cast(pl.Float64).div(MILLIONTHS).div(yearFilms);
  return released
    .explode(genres)
    .filter(genres.isNotNull())
    .groupBy(['genres', 'year'])
    .agg(pl.cols('popularity', 'votes').sum(), pl.len().alias('movieCount'), votes.count().alias('rated'))
    .join(years, { on: 'year', how: 'left' })
    .select(
      genres.alias('genre'),
      pl.col('year').cast(pl.Int32),
      pl.col('movieCount').cast(pl.Int32),
      mean.alias('popularity'),
      // A year whose films have no popularity at all has no index.
      pl.when(yearPopularity.gt(0)).then(mean.div(yearMean)).otherwise(pl.lit(null)).alias('index'),
      pl
        .when(pl.col('rated').gt(0))
        .then(votes.cast(pl.Float64).div(THOUSANDTHS).div(pl.col('rated')))
        .otherwise(pl.lit(null))
        .alias('voteAverage'),
      movieCount.mul(100).div(yearFilms).alias('share'),
    )
    .sort(['genre', 'year']);
}
