import type { FeatureColumn, FeatureRow, FeatureTable } from '../trees/table.js';
import type { PlannedFilm, Role } from './film.js';
import type { History, TrackRecord } from './history.js';

/** The inputs of a film as people name them; several columns may tell of one. */
export type Topic = Exclude<keyof PlannedFilm, 'names' | 'day'> | Role;

/** Asks the history for the record of a name before the film's own day. */
export type Past = (role: Role, name: string, measure: number) => TrackRecord;

/** Some columns about one topic, computed together. A value that is not known is NaN, a category's -1. */
export interface FeatureGroup {
  readonly topic: Topic;
  readonly columns: readonly string[];
  readonly kind: FeatureColumn['kind'];
  values(film: PlannedFilm, past: Past): readonly number[];
}

/** Thrown when a feature would tell a model what is known only after the film's release. */
export class FeatureRefused extends Error {
  override readonly name = 'FeatureRefused';
}

const NUMBERS: Readonly<Record<string, (film: PlannedFilm) => number | null>> = {
  year: (film) => film.year,
  month: (film) => film.month,
  runtime: (film) => film.runtime,
  budget: (film) => (film.budget === null ? null : Math.log10(film.budget)),
};

/**
 * A plain number of a film by the name of its column, which may come from data such as a plan. Throws
 * FeatureRefused for votes, popularity, revenue and all else that a planned film does not have.
 */
export function numberFeature(column: string): FeatureGroup {
  const read = NUMBERS[column];
  if (read === undefined) {
    const known = Object.keys(NUMBERS).join(', ');
    throw new FeatureRefused(
      `"${column}" is not known of a film before its release and cannot be a feature; numbers that are: ${known}.`,
    );
  }
  return { topic: column as Topic, columns: [column], kind: 'number', values: (film) => [read(film) ?? NaN] };
}

/**
 * Opens the history for one film, up to `day`, its own unless said otherwise. Throws FeatureRefused when that lies
 * after the film's own day: films of that time may not tell of it.
 */
export function pastOf(film: PlannedFilm, history: History, day = film.day): Past {
  if (day > film.day) {
    throw new FeatureRefused(
      `A feature looks at films up to day ${day}, but its own film is released on day ${film.day}; only earlier films may tell of it.`,
    );
  }
  return (role, name, measure) => history.before(role, name, day, measure);
}

/** The columns of some films, in the order of the groups. */
export function featureTable(
  groups: readonly FeatureGroup[],
  films: readonly PlannedFilm[],
  history: History,
): FeatureTable {
  const columns = groups.flatMap((group) =>
    group.columns.map((name): FeatureColumn =>
      group.kind === 'number'
        ? { name, kind: 'number', values: new Float64Array(films.length) }
        : { name, kind: 'category', values: new Int32Array(films.length) },
    ),
  );
  films.forEach((film, row) => {
    const past = pastOf(film, history);
    let at = 0;
    for (const group of groups)
      for (const value of group.values(film, past)) columns[at++]!.values[row] = value;
  });
  return { rows: films.length, columns };
}

/** Kept while the groups are: names of columns. */
const columnsOf = new WeakMap<readonly FeatureGroup[], FeatureRow['columns']>();

/** The row of one film in such a table. */
export function featureRow(groups: readonly FeatureGroup[], film: PlannedFilm, history: History): FeatureRow {
  let columns = columnsOf.get(groups);
  if (columns === undefined) {
    columns = groups.flatMap(({ kind, columns: names }) => names.map((name) => ({ name, kind })));
    columnsOf.set(groups, columns);
  }
  const values = new Float64Array(columns.length);
  const past = pastOf(film, history);
  let at = 0;
  for (const group of groups) for (const value of group.values(film, past)) values[at++] = value;
  return { columns, values };
}
