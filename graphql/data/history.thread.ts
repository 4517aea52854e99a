import { parentPort } from 'node:worker_threads';
import pl from 'nodejs-polars';
import { rowsFor } from '../../dataset/popularity.js';

/** Answers questions about the history of popularity, one after another, so that no event loop waits for a file. */
export type HistoryQuestion =
  | {
      readonly id: number;
      readonly kind: 'films';
      /** The parts that have a day of the range. */
      readonly parts: readonly { readonly file: string; readonly starts: readonly number[] }[];
      readonly films: readonly number[];
      readonly fromDay: string;
      readonly toDay: string;
      /** The latest so many days of each film. */
      readonly last: number;
    }
  | { readonly id: number; readonly kind: 'genres'; readonly file: string };

/** Ascending; days are YYYY-MM-DD. */
export interface FilmHistory {
  readonly days: readonly string[];
  readonly popularity: readonly number[];
}

export interface GenreDayRow {
  readonly genre: string;
  readonly day: string;
  readonly movieCount: number;
  readonly popularity: number;
  readonly index: number | null;
}

export type HistoryAnswer =
  | { readonly id: number; readonly films: readonly FilmHistory[] }
  | { readonly id: number; readonly genres: readonly GenreDayRow[] }
  | { readonly id: number; readonly failed: string };

const dateOf = (day: string): pl.Expr => pl.lit(day).str.strptime(pl.Date, '%Y-%m-%d');
const dayText = (): pl.Expr => pl.col('day').date.strftime('%Y-%m-%d').alias('day');

/** One film at a time: of each part only the rows that may be its are read. */
async function filmHistory(
  question: HistoryQuestion & { readonly kind: 'films' },
  film: number,
): Promise<FilmHistory> {
  const { parts, fromDay, toDay, last } = question;
  const own = pl.col('id').eq(film);
  const days = pl
    .col('day')
    .gtEq(dateOf(fromDay))
    .and(pl.col('day').ltEq(dateOf(toDay)));
  const found = await pl
    .concat(
      parts.map(({ file, starts }) => {
        const [from, to] = rowsFor(starts, film);
        return pl
          .scanParquet(file)
          .slice(from, to - from)
          .filter(own);
      }),
    )
    .filter(days)
    .sort('day')
    .select(dayText(), pl.col('popularity'))
    .collect();
  const rows = found.tail(last);
  return {
    days: rows.getColumn('day').toArray() as string[],
    popularity: rows.getColumn('popularity').toArray() as number[],
  };
}

async function answer(question: HistoryQuestion): Promise<HistoryAnswer> {
  const { id } = question;
  if (question.kind === 'genres') {
    const frame = await pl.scanParquet(question.file).withColumns(dayText()).collect();
    return { id, genres: frame.toRecords() as unknown as GenreDayRow[] };
  }
  const films: FilmHistory[] = [];
  for (const film of question.films)
    films.push(
      question.parts.length === 0 ? { days: [], popularity: [] } : await filmHistory(question, film),
    );
  return { id, films };
}

let turn: Promise<void> = Promise.resolve();
parentPort?.on('message', (question: HistoryQuestion) => {
  turn = turn
    .then(() => answer(question))
    .catch((error: unknown) => ({ id: question.id, failed: String(error) }))
    .then((said) => parentPort?.postMessage(said));
});
