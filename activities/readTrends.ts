import { readParquet } from '../dataset/tables.js';
import type { GenreYear } from '../models/forest50.js';

/** The rows of the table `trends` as the forecasts look at them. */
export async function readTrends(path: string): Promise<GenreYear[]> {
  const frame = await readParquet(path, ['genre', 'year', 'movieCount', 'popularity', 'index', 'share']);
  const column = <Value>(name: string) => frame.getColumn(name).toArray() as Value[];
  const [years, films] = [column<number>('year'), column<number>('movieCount')];
  const [popularity, shares] = [column<number>('popularity'), column<number>('share')];
  const index = column<number | null>('index');
  return column<string>('genre').map((genre, i) => ({
    genre,
    year: years[i]!,
    films: films[i]!,
    popularity: popularity[i]!,
    index: index[i] ?? NaN,
    share: shares[i]!,
  }));
}
