import pl from 'nodejs-polars';
import { bytesOf, wordListsOf } from '../columns.js';
import type { TextTable, WordTable } from './tables.js';

/** Texts as one run of bytes, as they are served: `Texts` reads them. Synchronous: for threads that compute. */

/** Strings joined at a time: below the longest string of V8 (2^29 characters) with texts of 5,000 each. */
const JOINED = 50_000;

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

/** A column of lists of words: see `wordListsOf`. */
export function wordsOf(frame: pl.DataFrame, column: string): WordTable {
  const { words, offsets, codes } = wordListsOf(frame, column);
  return { words: packTexts(words), offsets, codes };
}

/** The texts of these rows, in their order. */
export function textsInOrder({ bytes, offsets, missing }: TextTable, rows: Uint32Array): TextTable {
  const lengths = rows.map((row) => offsets[row + 1]! - offsets[row]!);
  const starts = startsOf(lengths);
  const moved = new Uint8Array(starts.at(-1)!);
  rows.forEach((row, at) => {
    const to = starts[at]! - offsets[row]!;
    for (let from = offsets[row]!; from < offsets[row + 1]!; from++) moved[to + from] = bytes[from]!;
  });
  return { bytes: moved, offsets: starts, missing: missing && Uint8Array.from(rows, (row) => missing[row]!) };
}

/** The lists of these rows, in their order. */
export function wordsInOrder({ words, offsets, codes }: WordTable, rows: Uint32Array): WordTable {
  const starts = startsOf(rows.map((row) => offsets[row + 1]! - offsets[row]!));
  const moved = new Uint32Array(codes.length);
  rows.forEach((row, at) => moved.set(codes.subarray(offsets[row], offsets[row + 1]), starts[at]));
  return { words, offsets: starts, codes: moved };
}

/** Where each of pieces one after the other begins, and where the last one ends. */
function startsOf(lengths: Uint32Array): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) starts[i + 1] = starts[i]! + lengths[i]!;
  return starts;
}
