import type { BagShape, NetworkRows } from '../networks/network.js';
import type { FeatureTable } from '../trees/table.js';
import type { Topic } from './features.js';
import { LISTED, type PlannedFilm } from './film.js';
import { filmGroups, type Vocabulary } from './groups.js';

/** Whose names have vectors in a network. */
const BAGS = ['language', ...LISTED] as const;
type Bag = (typeof BAGS)[number];

/** Length of a name's vector, and how many names of a film count: the first. */
const SHAPE: Readonly<Record<Bag, { readonly width: number; readonly most: number }>> = {
  language: { width: 2, most: 1 },
  genres: { width: 4, most: 5 },
  directors: { width: 3, most: 2 },
  cast: { width: 3, most: 5 },
  companies: { width: 3, most: 4 },
  keywords: { width: 3, most: 10 },
};

/** Names of fewer training films have no vector. */
const LEAST_FILMS = 4;
/** Standard deviations beyond which a number is cut off. */
const FURTHEST = 4;

interface Scale {
  readonly mean: number;
  /** 1 / standard deviation; 0 where all are the same. */
  readonly by: number;
}

/** How films become a network's inputs; learned from training films alone, plain data. */
export interface EncoderJson {
  /** By number column of the table; unknown values become the mean. */
  readonly numbers: readonly Scale[];
  /** Columns whose being unknown is an input of its own. */
  readonly flags: readonly (Scale & { readonly column: number })[];
  readonly names: { readonly [bag in Bag]: readonly string[] };
}

/** Films as the rows of a network: every number around the training films' mean, in their standard deviations. */
export class Encoder {
  readonly json: EncoderJson;
  readonly #places: readonly ReadonlyMap<string, number>[];

  constructor(json: EncoderJson) {
    this.json = json;
    this.#places = BAGS.map((bag) => new Map(json.names[bag].map((name, i) => [name, i])));
  }

  static fit(table: FeatureTable, films: readonly PlannedFilm[]): Encoder {
    const columns = numberColumns(table);
    const flags = new Map<string, Scale & { readonly column: number }>();
    columns.forEach((values, column) => {
      const unknown = unknownOf(values);
      // Columns about one topic are mostly unknown together: one input says so.
      const pattern = Buffer.from(Uint8Array.from(unknown)).toString('latin1');
      if (unknown.includes(1) && !flags.has(pattern)) flags.set(pattern, { column, ...scaleOf(unknown) });
    });
    return new Encoder({
      numbers: columns.map(scaleOf),
      flags: [...flags.values()],
      names: Object.fromEntries(
        BAGS.map((bag) => [bag, frequent(films, bag)]),
      ) as unknown as EncoderJson['names'],
    });
  }

  get numbers(): number {
    return this.json.numbers.length + this.json.flags.length;
  }

  get bags(): BagShape[] {
    return BAGS.map((bag) => ({ names: this.json.names[bag].length, ...SHAPE[bag] }));
  }

  encode(table: FeatureTable, films: readonly PlannedFilm[]): NetworkRows {
    const width = this.numbers;
    const numbers = new Float32Array(films.length * width);
    const columns = numberColumns(table);
    const put = (values: Float64Array, at: number, { mean, by }: Scale): void => {
      for (let row = 0; row < values.length; row++) {
        const value = values[row]!;
        const scaled = Number.isNaN(value) ? 0 : (value - mean) * by;
        numbers[row * width + at] = Math.min(FURTHEST, Math.max(-FURTHEST, scaled));
      }
    };
    this.json.numbers.forEach((scale, c) => put(columns[c]!, c, scale));
    this.json.flags.forEach((flag, f) => put(unknownOf(columns[flag.column]!), columns.length + f, flag));
    const bags = BAGS.map((bag, b) => {
      const { most } = SHAPE[bag];
      const names = new Int32Array(films.length * most).fill(-1);
      films.forEach((film, row) => {
        let count = 0;
        for (const name of namesOf(film, bag)) {
          const place = count < most ? this.#places[b]!.get(name) : undefined;
          if (place !== undefined) names[row * most + count++] = place;
        }
      });
      return names;
    });
    return { rows: films.length, numbers, bags };
  }

  /** What each input of the network's first layer tells of, numbers first, then bags. */
  topics(vocabulary: Vocabulary): Topic[] {
    const columns = filmGroups(vocabulary).flatMap(({ topic, kind, columns }) =>
      kind === 'number' ? columns.map(() => topic) : [],
    );
    return [
      ...columns,
      ...this.json.flags.map(({ column }) => columns[column]!),
      ...BAGS.flatMap((bag) => Array.from({ length: SHAPE[bag].width }, (): Topic => bag)),
    ];
  }
}

function numberColumns({ columns }: FeatureTable): Float64Array[] {
  return columns.flatMap((column) => (column.kind === 'number' ? [column.values] : []));
}

/** 1 where a value is unknown. */
function unknownOf(values: Float64Array): Float64Array {
  const unknown = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i]!)) unknown[i] = 1;
  return unknown;
}

function scaleOf(values: Float64Array): Scale {
  let [sum, known] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  if (known === 0) return { mean: 0, by: 0 };
  const mean = sum / known;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / known);
  return { mean, by: deviation < 1e-9 ? 0 : 1 / deviation };
}

function namesOf({ language, names }: PlannedFilm, bag: Bag): readonly string[] {
  if (bag !== 'language') return names[bag];
  return language === null ? [] : [language];
}

/** In alphabetical order, so that the order of films changes nothing. */
function frequent(films: readonly PlannedFilm[], bag: Bag): string[] {
  const counts = new Map<string, number>();
  for (const film of films)
    for (const name of namesOf(film, bag)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= LEAST_FILMS)
    .map(([name]) => name)
    .sort();
}
