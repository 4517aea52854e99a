import type { SnapshotManifest } from '../../dataset/snapshots.js';
import { ratingPredictor, revenuePredictor } from '../../models/loading.js';
import { personalModel } from '../../models/personal/loading.js';
import {
  ModelNotTrained,
  type FilmPredictor,
  type RatingPrediction,
  type RevenuePrediction,
} from '../../models/prediction.js';
import { once } from '../../models/once.js';
import { partitionPoint } from '../../models/rising.js';
import { Film } from './film.js';
import type { ModelTables } from './modelTables.js';
import { Forecasts } from './forecasts.js';
import { People } from './people.js';
import { Personal } from './personal.js';
import { Returns } from './returns.js';
import { FilmSearch } from './search.js';
import {
  FILM_TEXTS,
  FILM_WORDS,
  type DeadLetterRow,
  type FilmsTable,
  type ForecastBacktestRow,
  type SeriesBacktestRow,
  type ReportRow,
  type OtherTables,
  type PreparedTables,
  type TrendRow,
} from '../../dataset/serving/tables.js';
import { buffersOf } from '../../dataset/serving/buffers.js';
import { Texts, Words } from '../../dataset/serving/texts.js';

/** What is forecast: a genre's index, its share of a year's films, or their number. */
type ForecastOf = 'INDEX' | 'SHARE' | 'FILMS';

interface GenreCount {
  readonly name: string;
  readonly movieCount: number;
}

/** What the loading thread hands over. */
export type SnapshotTables = PreparedTables & OtherTables & ModelTables;

/** A published snapshot in memory. It never changes, so everything derived from it may be kept. */
export class Snapshot {
  readonly manifest: SnapshotManifest;
  readonly films: FilmsTable;
  readonly texts: Readonly<Record<(typeof FILM_TEXTS)[number], Texts>>;
  readonly words: Readonly<Record<(typeof FILM_WORDS)[number], Words>>;
  /** Memory of its tables. */
  readonly bytes: number;
  readonly people: People;
  readonly search: FilmSearch;
  readonly returns: Returns;
  /** Genre → its years, ascending; genres by name. */
  readonly trends: ReadonlyMap<string, readonly TrendRow[]>;
  readonly #genres: () => readonly GenreCount[];
  readonly forecastBacktest: readonly ForecastBacktestRow[];
  readonly seriesBacktest: readonly SeriesBacktestRow[];
  readonly deadLetters: readonly DeadLetterRow[];
  readonly reports: readonly ReportRow[];
  readonly pictures: Readonly<Record<string, string>>;
  readonly #forecasts: Readonly<Record<ForecastOf, () => Forecasts>>;
  readonly #models: ModelTables;
  #idLookups = 0;
  #rating: FilmPredictor<RatingPrediction> | undefined;
  #revenue: FilmPredictor<RevenuePrediction> | undefined;
  #personal: Personal | undefined;

  constructor(manifest: SnapshotManifest, tables: SnapshotTables) {
    const { films } = tables;
    this.manifest = manifest;
    this.films = films;
    this.bytes = bytesOf(tables);
    this.texts = viewOf(FILM_TEXTS, (name) => new Texts(films.texts[name]));
    this.words = viewOf(FILM_WORDS, (name) => new Words(films.words[name]));
    this.people = new People(
      tables.persons,
      tables.credits,
      { overall: tables.ranking, byGenre: tables.genreRanking },
      this.words.genres,
      films.orders.ID.rank,
    );
    const words = { genres: this.words.genres, languages: this.words.originalLanguage };
    this.search = new FilmSearch(films, this.people, words);
    this.returns = new Returns(tables.returns, this.words.genres);
    this.trends = groupTrends(tables.trends);
    this.#genres = once(() => countGenres(films, this.words.genres));
    this.#forecasts = {
      INDEX: once(
        () => new Forecasts(tables.forecast.map((row) => ({ ...row, series: 'index', value: row.index }))),
      ),
      SHARE: once(() => forecastsOf(tables, 'share')),
      FILMS: once(() => forecastsOf(tables, 'films')),
    };
    this.forecastBacktest = tables.forecastBacktest;
    this.seriesBacktest = tables.seriesBacktest;
    this.deadLetters = tables.deadLetters;
    this.reports = tables.reports;
    this.pictures = tables.pictures;
    const { ratingModel, revenueModel, personalModel } = tables;
    this.#models = { ratingModel, revenueModel, personalModel };
  }

  /** Number of released films, largest first, ties by name. */
  get genres(): readonly GenreCount[] {
    return this.#genres();
  }

  forecasts(of: ForecastOf): Forecasts {
    return this.#forecasts[of]();
  }

  get id(): string {
    return this.manifest.id;
  }

  /** How often something was looked for. A page costs one search however long it is: tests hold it to that. */
  get lookups(): number {
    return this.search.searches + this.returns.searches + this.people.searches + this.#idLookups;
  }

  film(row: number): Film {
    return new Film(this, row);
  }

  /** The row of a film's id, null when it is not in this snapshot. */
  rowOf(id: number): number | null {
    this.#idLookups++;
    const { ids, orders } = this.films;
    const rows = orders.ID.ascending;
    const row = rows[partitionPoint(0, rows.length, (place) => ids[rows[place]!]! < id)];
    return row !== undefined && ids[row] === id ? row : null;
  }

  /** Null when the snapshot has none. */
  ratingModel(): FilmPredictor<RatingPrediction> | null {
    const { ratingModel } = this.#models;
    return ratingModel === null ? null : (this.#rating ??= ratingPredictor(ratingModel));
  }

  revenueModel(): FilmPredictor<RevenuePrediction> | null {
    const { revenueModel } = this.#models;
    return revenueModel === null ? null : (this.#revenue ??= revenuePredictor(revenueModel));
  }

  /** @throws ModelNotTrained with the reason. */
  personal(): Personal {
    const data = this.#models.personalModel;
    if (data === null) throw new ModelNotTrained('it was published without one');
    return (this.#personal ??= new Personal(this, personalModel(data)));
  }
}

function bytesOf(tables: SnapshotTables): number {
  let sum = 0;
  for (const { byteLength } of buffersOf(tables)) sum += byteLength;
  return sum;
}

function forecastsOf({ seriesForecast }: SnapshotTables, series: string): Forecasts {
  return new Forecasts(seriesForecast.filter((row) => row.series === series));
}

function viewOf<Name extends string, View>(
  names: readonly Name[],
  view: (name: Name) => View,
): Record<Name, View> {
  return Object.fromEntries(names.map((name) => [name, view(name)])) as Record<Name, View>;
}

function groupTrends(rows: readonly TrendRow[]): Map<string, TrendRow[]> {
  const groups = new Map<string, TrendRow[]>();
  for (const row of rows) {
    const group = groups.get(row.genre) ?? [];
    group.push(row);
    groups.set(row.genre, group);
  }
  return groups;
}

function countGenres(films: FilmsTable, genres: Words): GenreCount[] {
  const { offsets, items } = films.byGenre;
  return Array.from({ length: genres.size }, (_, code) => {
    let movieCount = 0;
    for (let i = offsets[code]!; i < offsets[code + 1]!; i++) movieCount += films.released[items[i]!]!;
    return { name: genres.word(code), movieCount };
  })
    .filter(({ movieCount }) => movieCount > 0)
    .sort((a, b) => b.movieCount - a.movieCount || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}
