import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { sha256OfFile } from '../../dataset/artefacts.js';
import { createHistory, historyNumber, historyPath, type HistoryPart } from '../../dataset/popularity.js';
import { genresOfDay } from '../../dataset/popularityTables.js';
import type { Store } from '../../dataset/store.js';
import { ROW_GROUP, writeParquet } from '../../dataset/tables.js';

/** Days of the parts as three months of daily runs leave them: 64 merged twice, three times 8 merged once, two single. */
const PARTS = [64, 8, 8, 8, 1, 1];
const FIRST_DAY = Date.UTC(2026, 0, 1);
const dayOf = (at: number): string => new Date(FIRST_DAY + at * 86_400_000).toISOString().slice(0, 10);

/** Gives a catalogue three months of its films' popularity, the same every day, where it has no history. */
export async function writeHistory(store: Store, catalogue: string, films: string): Promise<void> {
  if ((await historyNumber(store, catalogue)) > 0) return;
  const folder = await store.temporary();
  const put = async (frame: pl.DataFrame): Promise<{ path: string; rows: number; bytes: number }> => {
    const file = join(folder, 'part.parquet');
    writeParquet(frame, file);
    const path = historyPath(catalogue, await sha256OfFile(file));
    const { size } = statSync(file);
    await store.put(file, path);
    return { path, rows: frame.height, bytes: size };
  };
  const day = (text: string): pl.Expr => pl.lit(text).str.strptime(pl.Date, '%Y-%m-%d').alias('day');
  const all = await pl.scanParquet(films).select('id', 'popularity').collect();
  const parts: HistoryPart[] = [];
  for (const [at, length] of PARTS.entries()) {
    const from = PARTS.slice(0, at).reduce((sum, days) => sum + days, 0);
    const days = Array.from({ length }, (_, i) => dayOf(from + i));
    const frame = pl
      .concat(days.map((text) => all.select(pl.col('id'), day(text), pl.col('popularity'))))
      .sort(['id', 'day']);
    const ids = frame.getColumn('id').toArray() as number[];
    const starts = ids.filter((_, row) => row % ROW_GROUP === 0);
    parts.push({ ...(await put(frame)), days, level: Math.log2(length) / 3, starts });
  }
  const days = parts.flatMap((part) => part.days);
  const genres = await genresOfDay(films, days[0]!);
  const grown = pl.concat(days.map((text) => genres.withColumn(day(text)))).sort(['genre', 'day']);
  await createHistory(store, catalogue, { number: 1, parts, genres: await put(grown) });
  rmSync(folder, { recursive: true, force: true });
}
