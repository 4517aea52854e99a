import pl from 'nodejs-polars';

const ROI = pl.col('roi');

/**
 * Released films with a known budget and revenue by return, (revenue - budget) / budget × 100 percent, ties by
 * id: rank, filmId, title, year, budget, revenue, roi.
 */
export function rankRoi(films: pl.LazyDataFrame): pl.LazyDataFrame {
  return (
    films
      .filter(pl.col('released').and(ROI.isNotNull()))
      // A lazy frame takes one direction for all columns.
      .withColumns(ROI.mul(-1).alias('best'))
      .sort(['best', 'id'])
      .withRowIndex('rank')
      .select(
        pl.col('rank').plus(1).cast(pl.Int32).alias('rank'),
        pl.col('id').alias('filmId'),
        pl.cols('title', 'year', 'budget', 'revenue', 'roi'),
      )
  );
}
