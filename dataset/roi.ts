import pl from 'nodejs-polars';

/**
 * Released films with a known budget and revenue by return, (revenue - budget) / budget × 100 percent, ties by
 * id: rank, filmId, title, year, budget, revenue, roi.
 */
export function rankRoi(films: pl.LazyDataFrame): pl.LazyDataFrame {
  return (
    films
      .filter(pl.col('released').and(pl.col('roi').isNotNull()))
      .select('id', 'title', 'year', 'budget', 'revenue', 'roi')
      // A lazy frame takes one direction for all columns.
      .withColumns(pl.col('roi').mul(-1).alias('best'))
      .sort(['best', 'id'])
      .withRowIndex('rank')
      .select(
        pl.col('rank').plus(1).cast(pl.Int32).alias('rank'),
        pl.col('id').alias('filmId'),
        pl.col('title'),
        pl.col('year'),
        pl.col('budget'),
        pl.col('revenue'),
        pl.col('roi'),
      )
  );
}
