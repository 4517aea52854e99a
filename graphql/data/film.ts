import type { Snapshot } from './snapshot.js';

const known = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

const MILLISECONDS_A_DAY = 86_400_000;

/** One film of a snapshot; its fields are read from the columns when they are asked for. */
export class Film {
  readonly snapshot: Snapshot;
  readonly row: number;
  // Lists are made once: compiled queries read a property that is a list five times.
  #countries: string[] | undefined;
  #companies: string[] | undefined;
  #keywords: string[] | undefined;
  #genres: string[] | undefined;
  #directors: string[] | undefined;

  constructor(snapshot: Snapshot, row: number) {
    this.snapshot = snapshot;
    this.row = row;
  }

  get id(): number {
    return this.snapshot.films.ids[this.row]!;
  }
  get title(): string {
    return this.snapshot.texts.title.at(this.row)!;
  }
  get originalTitle(): string | null {
    return this.snapshot.texts.originalTitle.at(this.row);
  }
  get overview(): string | null {
    return this.snapshot.texts.overview.at(this.row);
  }
  get tagline(): string | null {
    return this.snapshot.texts.tagline.at(this.row);
  }
  get status(): string | null {
    return this.snapshot.words.status.single(this.row);
  }
  get releaseDate(): string | null {
    const days = known(this.snapshot.films.releaseDate[this.row]);
    return days === null ? null : new Date(days * MILLISECONDS_A_DAY).toISOString().slice(0, 10);
  }
  get year(): number | null {
    return this.#number('year');
  }
  get runtime(): number | null {
    return this.#number('runtime');
  }
  get originalLanguage(): string | null {
    return this.snapshot.words.originalLanguage.single(this.row);
  }
  get countries(): string[] {
    return (this.#countries ??= this.snapshot.words.countries.at(this.row));
  }
  get companies(): string[] {
    return (this.#companies ??= this.snapshot.words.companies.at(this.row));
  }
  get keywords(): string[] {
    return (this.#keywords ??= this.snapshot.words.keywords.at(this.row));
  }
  get genres(): string[] {
    return (this.#genres ??= this.snapshot.words.genres.at(this.row));
  }
  get budget(): number | null {
    return this.#number('budget');
  }
  get revenue(): number | null {
    return this.#number('revenue');
  }
  get roi(): number | null {
    return this.#number('roi');
  }
  get popularity(): number | null {
    return this.#number('popularity');
  }
  get voteAverage(): number | null {
    return this.#number('voteAverage');
  }
  get voteCount(): number | null {
    return this.#number('voteCount');
  }
  get imdbId(): string | null {
    return this.snapshot.texts.imdbId.at(this.row);
  }
  get posterPath(): string | null {
    return this.snapshot.texts.posterPath.at(this.row);
  }
  get backdropPath(): string | null {
    return this.snapshot.texts.backdropPath.at(this.row);
  }
  get directors(): string[] {
    return (this.#directors ??= this.snapshot.people.namesOf(this.row, 'DIRECTOR', Infinity));
  }

  #number(column: keyof Snapshot['films']['numbers']): number | null {
    return known(this.snapshot.films.numbers[column][this.row]);
  }
}
