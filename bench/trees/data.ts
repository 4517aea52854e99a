import { mkdir, writeFile } from 'node:fs/promises';
import { seededRandom } from '../../models/random.js';
import { gaussian } from '../../tmdb/catalogues/draws.js';
import { GENRES } from '../../tmdb/catalogues/genres.js';
import { FIRST_YEAR, GENRE_SHARES, LAST_YEAR, plantedIndex } from '../../tmdb/catalogues/planted.js';

/** A table on disk for ours and for the peers: column after column of 64-bit floats, the response last. */
export interface BenchTable {
  readonly name: string;
  readonly path: string;
  readonly train: number;
  readonly test: number;
  readonly columns: readonly { readonly name: string; readonly categorical: boolean }[];
}

/** Film × genre rows: genre code and release year → popularity, from the trends of the synthetic catalogue. */
export async function genreTable(folder: string, train: number): Promise<BenchTable> {
  const test = Math.round(train / 8);
  const rows = train + test;
  const planted = plantedIndex(1);
  const random = seededRandom('bench/genres');
  const values = new Float64Array(3 * rows);
  const span = LAST_YEAR - FIRST_YEAR + 1;
  for (let row = 0; row < rows; row++) {
    let rest = random();
    const genre = GENRES.findIndex((name) => (rest -= GENRE_SHARES[name]) < 0);
    const code = genre < 0 ? GENRES.length - 1 : genre;
    const year = FIRST_YEAR + Math.floor(Math.log(1 + random() * (Math.exp(0.03 * span) - 1)) / 0.03);
    const age = 1 + 2.5 * Math.exp(year - LAST_YEAR);
    values[row] = code;
    values[rows + row] = year;
    values[2 * rows + row] =
      2 * age * planted.index(GENRES[code]!, year) * Math.exp(0.6 * gaussian(random) - 0.18);
  }
  const columns = [
    { name: 'genre', categorical: false },
    { name: 'year', categorical: false },
  ];
  return keep({ name: 'genre-year', path: `${folder}/genre-year.bin`, train, test, columns }, values);
}

/**
 * 22 numbers, a fifth of them with missing values, and 8 categories of 3 to 40 values. A dozen of them matter, in
 * steps, curves and products; the noise is as wide as the signal.
 */
export async function mixedTable(folder: string, train: number): Promise<BenchTable> {
  const test = train / 2;
  const rows = train + test;
  const random = seededRandom('bench/mixed');
  const numbers = 22;
  const sizes = [3, 4, 6, 8, 12, 20, 30, 40];
  const effects = sizes.map((size) => Array.from({ length: size }, () => gaussian(random)));
  const width = numbers + sizes.length;
  const values = new Float64Array((width + 1) * rows);
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: numbers }, () => gaussian(random));
    const c = sizes.map((size) => Math.floor(random() ** 2 * size));
    const signal =
      1.5 * (x[0]! > 0.3 ? 1 : 0) +
      Math.sin(2 * x[1]!) +
      0.8 * x[2]! * x[3]! +
      0.5 * x[4]! +
      0.3 * x[5]! ** 2 +
      0.4 * x[6]! +
      (x[7]! > 1 && x[8]! < 0 ? 1 : 0) +
      effects[2]![c[2]!]! * 0.5 +
      effects[5]![c[5]!]! * 0.8 +
      effects[7]![c[7]!]! * 0.8;
    x.forEach((value, f) => (values[f * rows + row] = f % 5 === 4 && random() < 0.15 ? NaN : value));
    c.forEach((value, f) => (values[(numbers + f) * rows + row] = value));
    values[width * rows + row] = signal + 2 * gaussian(random);
  }
  const columns = Array.from({ length: width }, (_, f) => ({
    name: f < numbers ? `number ${f}` : `category ${f - numbers}`,
    categorical: f >= numbers,
  }));
  return keep({ name: 'mixed', path: `${folder}/mixed.bin`, train, test, columns }, values);
}

/** Writes a table's columns, the response last. */
export async function keep(table: BenchTable, values: Float64Array): Promise<BenchTable> {
  await mkdir(table.path.replace(/\/[^/]*$/, ''), { recursive: true });
  await writeFile(table.path, new Uint8Array(values.buffer));
  return table;
}
