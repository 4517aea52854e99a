import type { Logger } from 'pino';
import { findSnapshot, listSnapshots, type SnapshotManifest } from '../../dataset/snapshots.js';
import type { Store } from '../../dataset/store.js';
import { loadSnapshot } from './loadSnapshot.js';
import type { Snapshot } from './snapshot.js';

/** How often the store is asked for a newer snapshot, in milliseconds. */
const INTERVAL = 1000;
/** Rest between attempts at a snapshot that could not be read. */
const RETRY = 30_000;
/**
 * Bytes of older snapshots in memory beside the newest: those whose cursors are still being followed. A larger one is
 * read again when it is asked for, and stays until another one is.
 */
const MOST_OLDER = 512 * 2 ** 20;

/**
 * The snapshots that the API answers from: the newest of one catalogue, swapped whole when a newer one has been
 * read, and others by id. A request holds the snapshot that it began with.
 */
export class Served {
  readonly #store: Store;
  readonly #catalogue: string;
  readonly #log: Logger;
  readonly #prepare: (snapshot: Snapshot) => Promise<unknown>;
  #newest: Snapshot | null = null;
  #manifests: readonly SnapshotManifest[] = [];
  /** Paths and times of all manifests: while they stay the same, none is read again. */
  #listing = '';
  readonly #others = new Map<string, Promise<Snapshot>>();
  /** Id → bytes of each of them that has been read. */
  readonly #sizes = new Map<string, number>();
  /** Id → when to try again. */
  readonly #failed = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** `prepare`: what is done with a snapshot before it becomes the newest. */
  constructor(
    store: Store,
    catalogue: string,
    log: Logger,
    prepare: (snapshot: Snapshot) => Promise<unknown> = async () => undefined,
  ) {
    this.#store = store;
    this.#catalogue = catalogue;
    this.#log = log;
    this.#prepare = prepare;
  }

  /** Null before the first snapshot of the catalogue. */
  get newest(): Snapshot | null {
    return this.#newest;
  }

  /** Of all catalogues, newest first. */
  get manifests(): readonly SnapshotManifest[] {
    return this.#manifests;
  }

  /** Looks at once, then every second. */
  async start(): Promise<void> {
    await this.#look();
    const again = (): void => {
      this.#timer = setTimeout(() => {
        this.#looking = this.#look().then(() => {
          if (this.#timer !== undefined) again();
        });
      }, INTERVAL);
    };
    again();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  /** A snapshot by id, read now when it is not in memory; null when there is none or it cannot be read. */
  async byId(id: string): Promise<Snapshot | null> {
    if (this.#newest?.id === id) return this.#newest;
    const known = this.#others.get(id);
    if (known !== undefined) {
      this.#others.delete(id);
      this.#others.set(id, known);
      return await known.catch(() => null);
    }
    const manifest = await this.#find(id);
    if (manifest === null) return null;
    // Another request may have begun to read it meanwhile.
    const reading = this.#others.get(id) ?? loadSnapshot(this.#store, manifest);
    this.#keep(id, reading);
    try {
      return await reading;
    } catch (error) {
      this.#drop(id);
      this.#log.error({ err: error, snapshot: id }, 'a snapshot cannot be read');
      return null;
    }
  }

  /**
   * Whether there was a snapshot of this id that is no longer kept. Numbers are given in turn, so that every one below
   * a catalogue's newest was given.
   */
  isGone(id: string): boolean {
    const [, catalogue, number] = /^(.+)\/([1-9]\d{0,8})$/.exec(id) ?? [];
    let newest = 0;
    for (const manifest of this.#manifests) {
      if (manifest.id === id) return false;
      if (manifest.catalogue === catalogue) newest = Math.max(newest, manifest.number);
    }
    return Number(number) < newest;
  }

  /** Null when there is none. */
  async manifest(id: string): Promise<SnapshotManifest | null> {
    const listed = this.#manifests.find((one) => one.id === id);
    return listed ?? (await this.#find(id));
  }

  async #find(id: string): Promise<SnapshotManifest | null> {
    try {
      const found = await findSnapshot(this.#store, id);
      // It may be listed still.
      if (found === null) this.#manifests = this.#manifests.filter((one) => one.id !== id);
      return found?.id === id ? found : null;
    } catch (error) {
      this.#log.error({ err: error, snapshot: id }, 'a manifest cannot be read');
      return null;
    }
  }

  #keep(id: string, snapshot: Promise<Snapshot>): void {
    this.#others.delete(id);
    this.#others.set(id, snapshot);
    const weigh = (bytes: number): void => {
      this.#sizes.set(id, bytes);
      const sum = (): number =>
        [...this.#others.keys()].reduce((all, one) => all + (this.#sizes.get(one) ?? 0), 0);
      while (this.#others.size > 1 && sum() > MOST_OLDER)
        this.#drop(this.#others.keys().next().value as string);
    };
    // Whoever asked for it hears of a failure.
    snapshot.then(({ bytes }) => weigh(bytes)).catch(() => this.#drop(id));
  }

  #drop(id: string): void {
    this.#others.delete(id);
    this.#sizes.delete(id);
  }

  async #look(): Promise<void> {
    try {
      const files = await this.#store.list('snapshots');
      const listing = files.map(({ path, modifiedAt }) => `${path} ${modifiedAt}`).join('\n');
      if (listing !== this.#listing) {
        const found = await listSnapshots(this.#store);
        this.#manifests = found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
        this.#listing = listing;
      }
      await this.#swap();
      // Vacuumed ones are refused from here on, also while a cursor is being followed in them.
      for (const id of this.#others.keys())
        if (!this.#manifests.some((listed) => listed.id === id)) this.#drop(id);
    } catch (error) {
      this.#log.error({ err: error }, 'the snapshots cannot be listed; what is served stays');
    }
  }

  async #swap(): Promise<void> {
    const candidates = this.#manifests
      .filter(({ catalogue }) => catalogue === this.#catalogue)
      .sort((a, b) => b.number - a.number);
    for (const manifest of candidates) {
      if (this.#newest !== null && manifest.number <= this.#newest.manifest.number) return;
      if (performance.now() < (this.#failed.get(manifest.id) ?? 0)) continue;
      const started = performance.now();
      try {
        const snapshot = await loadSnapshot(this.#store, manifest, this.#newest !== null);
        await this.#prepare(snapshot);
        const before = this.#newest;
        if (before !== null && before.bytes <= MOST_OLDER) this.#keep(before.id, Promise.resolve(before));
        this.#newest = snapshot;
        this.#failed.clear();
        const seconds = Math.round(performance.now() - started) / 1000;
        this.#log.info({ snapshot: manifest.id, films: manifest.movieCount, seconds }, 'snapshot served');
        return;
      } catch (error) {
        this.#failed.set(manifest.id, performance.now() + RETRY);
        this.#log.error(
          { err: error, snapshot: manifest.id },
          'a snapshot cannot be read; the one before it stays served',
        );
      }
    }
  }
}
