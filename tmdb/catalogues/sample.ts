import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Catalogue, ListedFilm } from './catalogue.js';
import { GENRE_IDS, type Genre } from './genres.js';
import { BadCatalogue } from './spec.js';

/** A row of `movies.json` of the `vega-datasets` package, as far as it is used. */
export interface SampleRow {
  readonly Title: string | number | null;
  readonly 'Worldwide Gross': number | null;
  readonly 'Production Budget': number | null;
  readonly 'Release Date': string;
  readonly 'Running Time min': number | null;
  readonly Distributor: string | null;
  readonly 'Major Genre': string | null;
  readonly Director: string | null;
  readonly 'IMDB Rating': number | null;
  readonly 'IMDB Votes': number | null;
}

/** Raise it when a rule below changes, so that nothing answered under the old rules is taken for new. */
const MAPPING = 1;

/** The source's genres in TMDB's words. */
const GENRES_OF: Readonly<Record<string, readonly Genre[]>> = {
  Action: ['Action'],
  Adventure: ['Adventure'],
  'Black Comedy': ['Comedy'],
  Comedy: ['Comedy'],
  'Concert/Performance': ['Music'],
  Documentary: ['Documentary'],
  Drama: ['Drama'],
  Horror: ['Horror'],
  Musical: ['Music'],
  'Romantic Comedy': ['Romance', 'Comedy'],
  'Thriller/Suspense': ['Thriller'],
  Western: ['Western'],
};

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The last year that the source really holds: it was collected in 2010 and has two films announced for 2011
 * (Restless; The Adventures of Tintin). Later years are two-digit years of the century before, read wrongly
 * by whoever made the source: 2015 is The Birth of a Nation of 1915, 2039 Gone with the Wind of 1939.
 */
const LAST_YEAR = 2011;

/** `Jun 12 1998` → `1998-06-12`; years after `LAST_YEAR` lose a century; empty when it is no such date. */
export function isoDate(text: string): string {
  const match = /^([A-Z][a-z]{2}) (\d{1,2}) (\d{4})$/.exec(text);
  const month = MONTHS.indexOf(match?.[1] ?? '') + 1;
  if (match === null || month === 0) return '';
  const given = Number(match[3]);
  const year = given > LAST_YEAR ? given - 100 : given;
  return `${year}-${String(month).padStart(2, '0')}-${match[2]!.padStart(2, '0')}`;
}

/**
 * A stand-in for TMDB's popularity, which the source lacks: many votes and a large gross make a film popular.
 * log10(1 + votes) · (1 + log10(1 + gross / $1m)), rounded to 6 decimals; what is unknown counts as 0.
 */
export function popularityProxy(votes: number | null, gross: number | null): number {
  const heat = Math.log10(1 + (votes ?? 0)) * (1 + Math.log10(1 + (gross ?? 0) / 1e6));
  return Math.round(heat * 1e6) / 1e6;
}

/** A row as a TMDB document. What the source does not say is left out, never invented. */
function sampleDocument(row: SampleRow, id: number): Record<string, unknown> {
  const title = row.Title === null ? undefined : String(row.Title);
  return {
    adult: false,
    budget: row['Production Budget'] ?? undefined,
    genres: (GENRES_OF[row['Major Genre'] ?? ''] ?? []).map((name) => ({ id: GENRE_IDS[name], name })),
    id,
    original_title: title,
    popularity: popularityProxy(row['IMDB Votes'], row['Worldwide Gross']),
    production_companies: row.Distributor === null ? [] : [{ name: row.Distributor }],
    release_date: isoDate(row['Release Date']),
    revenue: row['Worldwide Gross'] ?? undefined,
    runtime: row['Running Time min'] ?? undefined,
    title,
    video: false,
    vote_average: row['IMDB Rating'] ?? undefined,
    vote_count: row['IMDB Votes'] ?? undefined,
    credits: {
      cast: [],
      crew: row.Director === null ? [] : [{ name: row.Director, job: 'Director', department: 'Directing' }],
    },
    keywords: { keywords: [] },
  };
}

/** The 3,201 real films of the installed `vega-datasets` package; the id is the row's number, from 1. */
export async function openSample(): Promise<Catalogue> {
  let bytes: Buffer;
  try {
    const entry = createRequire(import.meta.url).resolve('vega-datasets');
    bytes = await readFile(join(entry, '../../data/movies.json'));
  } catch (error) {
    throw new BadCatalogue(
      `The sample's films could not be read from the vega-datasets package (${(error as Error).message}); run npm ci.`,
    );
  }
  const rows = JSON.parse(bytes.toString('utf8')) as readonly SampleRow[];
  const listed: ListedFilm[] = [];
  const documents = rows.map((row, index) => {
    const document = sampleDocument(row, index + 1);
    listed.push({
      id: index + 1,
      title: (document.title as string | undefined) ?? '',
      popularity: document.popularity as number,
      adult: false,
      video: false,
    });
    return JSON.stringify(document);
  });
  return {
    label: 'sample',
    version: `${createHash('sha256').update(bytes).digest('hex')}-${MAPPING}`,
    list: () => listed,
    document: (id) => Promise.resolve(documents[id - 1] ?? null),
    changes: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}
