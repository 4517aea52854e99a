import pl from 'nodejs-polars';
import type { Numbers, Postings, TextTable, WordTable } from './tables.js';

/** Polars columns into plain memory. Every call is synchronous: for threads that compute. */

/** Lists of words, a list per row. */
interface WordLists {
  readonly words: readonly string[];
  readonly offsets: Uint32Array<ArrayBuffer>;
  readonly codes: Uint32Array<ArrayBuffer>;
}

/** Strings joined at a time: below the longest string of V8 (2^29 characters) with texts of 5,000 each. */
const JOINED = 50_000;

/** NaN for null. */
export function numbersOf(frame: pl.DataFrame, column: string): Numbers {
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

/** A string column, joined by Polars in a few long pieces instead of crossing string by string. */
export function textsOf(frame: pl.DataFrame, column: string): TextTable {
  const filled = frame.select(
    pl.col(column).fillNull(pl.lit('')).str.replaceAll('\0', ' ', true).alias('x'),
    pl.col(column).isNull().alias('missing'),
  );
  const pieces: Buffer[] = [];
  for (let from = 0; from < frame.height; from += JOINED) {
    const joined = filled.slice(from, JOINED).select(pl.col('x').str.concat('\0').alias('x'));
    pieces.push(Buffer.from(`${joined.getColumn('x').get(0) as string}\0`));
  }
  const missing = bytesOf(filled, 'missing');
  return { ...joinTexts(pieces, frame.height), missing: missing.includes(1) ? missing : null };
}

/** Strings made here; none holds a zero byte. */
export function packTexts(texts: readonly string[]): TextTable {
  const pieces: Buffer[] = [];
  for (let from = 0; from < texts.length; from += JOINED)
    pieces.push(Buffer.from(`${texts.slice(from, from + JOINED).join('\0')}\0`));
  return { ...joinTexts(pieces, texts.length), missing: null };
}

function joinTexts(pieces: readonly Buffer[], count: number): Omit<TextTable, 'missing'> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let start = 0;
  for (const piece of pieces) {
    bytes.set(piece, start);
    start += piece.length;
  }
  const offsets = new Uint32Array(count + 1);
  let row = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) offsets[++row] = at + 1;
  if (row !== count) throw new Error(`a text column has ${row} strings in ${count} rows`);
  return { bytes, offsets };
}

/** A list column of strings, or a string column as lists of one or none. Words in order of first appearance. */
export function wordsOf(frame: pl.DataFrame, column: string): WordTable {
  const { words, offsets, codes } = wordListsOf(frame, column);
  return { words: packTexts(words), offsets, codes };
}

/** The same, with the words as strings: row i's are codes[offsets[i]] to codes[offsets[i + 1] - 1]. */
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

/** Dense rank from 1 in ascending order (strings by code point); 0 for null. */
export function ranksOf(frame: pl.DataFrame, column: string): Int32Array<ArrayBuffer> {
  return integersOf(frame.select(pl.col(column).rank('dense').alias('rank')), 'rank');
}

/** Of n things, who owns what: `owner(i)` says whose item i is. Items of an owner stay in their order. */
export function postingsOf(owners: number, items: number, owner: (item: number) => number): Postings {
  const offsets = new Uint32Array(owners + 1);
  for (let item = 0; item < items; item++) offsets[owner(item) + 1]!++;
  for (let i = 0; i < owners; i++) offsets[i + 1]! += offsets[i]!;
  const next = offsets.slice(0, owners);
  const listed = new Uint32Array(items);
  for (let item = 0; item < items; item++) listed[next[owner(item)]!++] = item;
  return { offsets, items: listed };
}
