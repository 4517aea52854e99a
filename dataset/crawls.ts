import { readJson, sha256Of } from './artefacts.js';
import type { Store } from './store.js';

/** A finished crawl that a later run can build on: what it holds need not be fetched again unless it changed. */
export interface Crawl {
  /** The catalogue's state: its version, or the export's day. */
  readonly state: string;
  /** The last day whose changes are in it, YYYY-MM-DD. */
  readonly day: string;
  /** Key of its `documents` artefact. */
  readonly documents: string;
  /** Key of the artefact that it was built on; null: every film was fetched. */
  readonly base: string | null;
  /** The day of the oldest votes in it. */
  readonly votesAsOf: string;
}

/** Votes may be this many days old; TMDB's terms limit how long its data may be kept, too. */
export const OLDEST = 180;

/** So many are remembered: a run over an earlier state must find what that state was built on. */
const REMEMBERED = 60;

/** Crawls of the same films: the catalogue without its day, and which of its films were wanted. */
export interface Selection {
  readonly catalogue: string;
  readonly limit: number | null;
  /** sha256 of a user's own id list. */
  readonly list: string | null;
}

function pathOf({ catalogue, limit, list }: Selection): string {
  const family = catalogue.replace(/@\d+$/, '');
  return `crawls/${sha256Of(JSON.stringify([family, limit, list])).slice(0, 24)}.json`;
}

/** Finished crawls, oldest first. */
export async function listCrawls(store: Store, selection: Selection): Promise<readonly Crawl[]> {
  return (await readJson<readonly Crawl[]>(store, pathOf(selection))) ?? [];
}

/** Adds a finished crawl; one of the same state is replaced. */
export async function keepCrawl(store: Store, selection: Selection, crawl: Crawl): Promise<void> {
  const earlier = (await listCrawls(store, selection)).filter(({ state }) => state !== crawl.state);
  await store.write(pathOf(selection), JSON.stringify([...earlier, crawl].slice(-REMEMBERED), null, 1));
}

/**
 * What a run over `state` builds on: what the crawl of the same state was built on (so that the same run is the same
 * work, and is found done), else the newest crawl before it; null: nothing, every film is fetched.
 */
export function chooseBase(crawls: readonly Crawl[], state: string, day: string): Crawl | null {
  const same = crawls.find((crawl) => crawl.state === state);
  if (same !== undefined) return crawls.find(({ documents }) => documents === same.base) ?? null;
  // A day that was missed may have been crawled after later ones.
  return crawls
    .filter((crawl) => crawl.day <= day)
    .reduce<Crawl | null>(
      (newest, crawl) => (newest !== null && newest.day > crawl.day ? newest : crawl),
      null,
    );
}
