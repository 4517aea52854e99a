import pl from 'nodejs-polars';
import { cleanFilms, type CleanFilms } from '../../dataset/clean.js';
import { readDocument, type BlockRow } from '../../dataset/document.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { frameOf } from '../../dataset/tables.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';

export type Document = Readonly<Record<string, unknown>>;

/** A film as TMDB answers it, with nothing wrong; `over` replaces fields. */
export function document(id: number, over: Document = {}): BlockRow {
  const film = {
    id,
    title: `Film ${id}`,
    release_date: '2011-06-07',
    popularity: 1,
    vote_count: 10,
    ...over,
  };
  return readDocument(id, JSON.stringify(film));
}

/** The documents of a synthetic catalogue as rows of blocks. */
export function syntheticRows(films: number, seed = 1): BlockRow[] {
  return [...syntheticDocuments(films, seed)].map((body, at) => readDocument(at + 1, body));
}

/** Cleans rows; `popularity`: what the export lists, by id. */
export async function clean(
  rows: readonly BlockRow[],
  exportDay: string | null = null,
  popularity: Readonly<Record<number, number | null>> = {},
): Promise<CleanFilms> {
  const ids = [...new Set(rows.map(({ id }) => id))].map((id) => ({
    id,
    popularity: popularity[id] ?? null,
  }));
  return await cleanFilms(
    frameOf(BLOCK_COLUMNS, rows).lazy(),
    frameOf({ id: pl.Int32, popularity: pl.Float64 }, ids).lazy(),
    exportDay,
  );
}

type Row = Record<string, unknown>;

export const rowsOf = (frame: pl.DataFrame): Row[] => frame.toRecords() as Row[];
