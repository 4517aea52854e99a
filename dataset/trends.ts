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
  const released = films
    .filter(pl.col('released'))
    .select(
      pl.col('year'),
      pl.col('genres'),
      pl.col('popularity').fillNull(0).mul(MILLIONTHS).round(0).cast(pl.Int64).alias('popularity'),
      pl.col('voteAverage').mul(THOUSANDTHS).round(0).cast(pl.Int64).alias('votes'),
    );
  const years = released
    .groupBy('year')
    .agg(pl.col('popularity').sum().alias('yearPopularity'), pl.len().alias('yearFilms'));
  const mean = pl.col('popularity').cast(pl.Float64).div(MILLIONTHS).div(pl.col('movieCount'));
  const yearMean = pl.col('yearPopularity').cast(pl.Float64).div(MILLIONTHS).div(pl.col('yearFilms'));
  return released
    .explode('genres')
    .filter(pl.col('genres').isNotNull())
    .groupBy(['genres', 'year'])
    .agg(
      pl.col('popularity').sum(),
      pl.len().alias('movieCount'),
      pl.col('votes').sum(),
      pl.col('votes').count().alias('rated'),
    )
    .join(years, { on: 'year', how: 'left' })
    .select(
      pl.col('genres').alias('genre'),
      pl.col('year').cast(pl.Int32),
      pl.col('movieCount').cast(pl.Int32),
      mean.alias('popularity'),
      // A year whose films have no popularity at all has no index.
      pl.when(pl.col('yearPopularity').gt(0)).then(mean.div(yearMean)).otherwise(pl.lit(null)).alias('index'),
      pl
        .when(pl.col('rated').gt(0))
        .then(pl.col('votes').cast(pl.Float64).div(THOUSANDTHS).div(pl.col('rated')))
        .otherwise(pl.lit(null))
        .alias('voteAverage'),
      pl.col('movieCount').cast(pl.Float64).mul(100).div(pl.col('yearFilms')).alias('share'),
    )
    .sort(['genre', 'year']);
}
