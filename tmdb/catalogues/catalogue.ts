export { BadCatalogue, catalogueLabel, parseCatalogue } from './spec.js';

/** What one line of TMDB's daily export says of a film. */
export interface ListedFilm {
  readonly id: number;
  /** The original title; empty where the source has none. */
  readonly title: string;
  readonly popularity: number;
  readonly adult: boolean;
  readonly video: boolean;
}

/** A source of films that the local server speaks for. */
export interface Catalogue {
  /** `sample`, `synthetic:<n>[:<seed>][@<day>]`, `file:<basename>`. */
  readonly label: string;
  /** Changes whenever any answer may change. */
  readonly version: string;
  /** YYYY-MM-DD: the last day whose changes are in it; absent where the source has no days. */
  readonly day?: string;
  /** Lines of the source that hold no film; the export repeats each as a line that is not JSON. */
  readonly badLines?: number;
  /** Ascending ids, each once. */
  list(): AsyncIterable<ListedFilm> | Iterable<ListedFilm>;
  /** The body of `/movie/{id}?append_to_response=credits,keywords` as JSON text; null = 404. */
  document(id: number): Promise<string | null>;
  /** Ids of the films that changed from one day (YYYY-MM-DD) to another, both included. */
  changes(from: string, to: string): Promise<readonly number[]>;
  close(): Promise<void>;
}
