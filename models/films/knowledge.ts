import { seededRandom } from '../random.js';
import type { FeatureRow, FeatureTable } from '../trees/table.js';
import { featureRow, featureTable } from './features.js';
import type { PlannedFilm } from './film.js';
import { filmGroups, learnVocabulary, type Vocabulary } from './groups.js';
import { History, type HistoryJson, type Measures } from './history.js';

/** Films whose outcome is known: `measures[0]` is what is predicted, the others only describe earlier films. */
export interface FilmSample {
  readonly ids: Int32Array;
  readonly films: readonly PlannedFilm[];
  readonly measures: Measures;
}

/** What every model of a fit shares, and all that features are made from. */
export interface Knowledge {
  readonly history: History;
  readonly vocabulary: Vocabulary;
}

export interface KnowledgeJson {
  readonly history: HistoryJson;
  readonly vocabulary: Vocabulary;
}

/** Films to learn from, with their features, of which each sees only the films before it. */
export interface Training {
  readonly knowledge: Knowledge;
  readonly films: readonly PlannedFilm[];
  readonly table: FeatureTable;
  readonly values: Float64Array;
}

/** The sample's films `at`, in that order. */
export function takeFilms(sample: FilmSample, at: Int32Array): FilmSample {
  return {
    ids: Int32Array.from(at, (i) => sample.ids[i]!),
    films: Array.from(at, (i) => sample.films[i]!),
    measures: sample.measures.map((values) => Float64Array.from(at, (i) => values[i]!)),
  };
}

/**
 * All films tell of later ones; trees are fitted to at most `maxRows` of them, drawn at random, which is what
 * keeps a million films as quick as a few ten thousand. `history`: of these films, where somebody has it.
 */
export function prepare(
  sample: FilmSample,
  maxRows: number,
  seed: number,
  history = historyOf(sample),
): Training {
  const { films, measures } = sample;
  const vocabulary = learnVocabulary(films, measures);
  const random = seededRandom(`${seed}/rows`);
  const chosen: number[] = [];
  for (let i = 0; i < films.length; i++) {
    // Selection sampling (Knuth 3.4.2 S): exactly maxRows, in the order they have.
    if ((films.length - i) * random() < maxRows - chosen.length) chosen.push(i);
  }
  const rows = chosen.map((i) => films[i]!);
  return {
    knowledge: { history, vocabulary },
    films: rows,
    table: featureTable(filmGroups(vocabulary), rows, history),
    values: Float64Array.from(chosen, (i) => measures[0]![i]!),
  };
}

export function historyOf({ films, measures }: FilmSample): History {
  return History.of(films, measures);
}

export function describe(films: readonly PlannedFilm[], { history, vocabulary }: Knowledge): FeatureTable {
  return featureTable(filmGroups(vocabulary), films, history);
}

export function describeOne(film: PlannedFilm, { history, vocabulary }: Knowledge): FeatureRow {
  return featureRow(filmGroups(vocabulary), film, history);
}
