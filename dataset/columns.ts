import pl from 'nodejs-polars';

/** Columns of frames as plain arrays. Every call is synchronous: for threads that compute. */

/** NaN for null. */
export function numbersOf(frame: pl.DataFrame, column: string): Float64Array<ArrayBuffer> {
  if (frame.height === 0) return new Float64Array(0);
  const filled = frame.select(pl.col(column).cast(pl.Float64).fillNull(pl.lit(NaN)).alias('x'));
  return new Float64Array(filled.getColumn('x').rechunk().toTypedArray() as Float64Array);
}

/** `absent` for null. */
export function integersOf(frame: pl.DataFrame, column: string, absent = 0): Int32Array<ArrayBuffer> {
  if (frame.height === 0) return new Int32Array(0);
  const filled = frame.select(
    pl.col(column).cast(pl.Int32).fillNull(pl.lit(absent)).cast(pl.Int32).alias('x'),
  );
  return new Int32Array(filled.getColumn('x').rechunk().toTypedArray() as Int32Array);
}

export function bytesOf(frame: pl.DataFrame, column: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(integersOf(frame, column));
}

/** Dense rank from 1 in ascending order (strings by code point); 0 for null. */
export function ranksOf(frame: pl.DataFrame, column: string): Int32Array<ArrayBuffer> {
  return integersOf(frame.select(pl.col(column).rank('dense').alias('rank')), 'rank');
}

/** Lists of words, a list per row: row i's are words[codes[offsets[i]]] to words[codes[offsets[i + 1] - 1]]. */
interface WordLists {
  readonly words: readonly string[];
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly codes: Uint32Array<ArrayBuffer>;
}

/** A list column of strings, or a string column as lists of one or none. Words in order of first appearance. */
export function wordListsOf(frame: pl.DataFrame, column: string): WordLists {
  const isList = frame.getColumn(column).dtype.variant === 'List';
  const lists = !isList
    ? frame.select(pl.col(column), pl.col(column).isNotNull().cast(pl.Int32).alias('n'))
    : frame.select(pl.col(column), pl.col(column).lst.lengths().alias('n'));
  const lengths = integersOf(lists, 'n');
  const offsets = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) offsets[i + 1] = offsets[i]! + lengths[i]!;
  const filled = lists.filter(pl.col('n').gt(0)).select(pl.col(column));
  if (filled.height === 0) return { words: [], offsets, codes: new Uint32Array(0) };
  // Each distinct word crosses from Polars once: their categories tell which is where.
  const items = (isList ? filled.explode(column) : filled).select(
    pl.col(column).fillNull(pl.lit('')).cast(pl.Categorical).alias('word'),
  );
  const codes = integersOf(items.select(pl.col('word').cast(pl.UInt32).alias('code')), 'code');
  const distinct = items.select(pl.col('word').unique().alias('word'));
  const categories = integersOf(distinct.select(pl.col('word').cast(pl.UInt32).alias('code')), 'code');
  const texts = distinct
    .select(pl.col('word').cast(pl.Utf8).alias('word'))
    .getColumn('word')
    .toArray() as string[];
  const textOf: string[] = [];
  categories.forEach((category, i) => (textOf[category] = texts[i]!));
  const words: string[] = [];
  const places = new Int32Array(textOf.length).fill(-1);
  const placed = Uint32Array.from(codes, (category) => {
    if (places[category]! < 0) places[category] = words.push(textOf[category]!) - 1;
    return places[category]!;
  });
  return { words, offsets, codes: placed };
}
