import { badInput } from '../errors.js';
import type { Film } from './film.js';
import type { DayRange, History } from './history.js';
import type { FilmHistory } from './history.thread.js';

/** Films of one request whose history is looked up: each costs a read of every part of the table. */
export const MOST_FILMS = 20;

/** The door to films' histories of one request: those that are asked for together are looked up together. */
export class HistoryLoader {
  private films = 0;
  private batch: {
    readonly key: string;
    readonly ids: number[];
    readonly answer: Promise<readonly FilmHistory[]>;
  } | null = null;

  /** @throws BAD_USER_INPUT for all that are asked for together when it is of more than MOST_FILMS; HistoryBusy. */
  async of(history: History, film: Film, range: DayRange): Promise<FilmHistory> {
    this.films++;
    const { catalogue } = film.snapshot.manifest;
    const key = JSON.stringify([catalogue, range]);
    if (this.batch?.key !== key) {
      const ids: number[] = [];
      // All resolvers of a list have run when the microtasks are done.
      const answer = new Promise<void>((next) => setImmediate(next)).then(() => {
        this.batch = null;
        // Whichever came first: the order of resolvers is the executor's own affair.
        if (this.films > MOST_FILMS)
          throw badInput(
            `popularityHistory is asked of more than ${MOST_FILMS} films; ask for fewer at a time.`,
          );
        return history.films(catalogue, ids, range);
      });
      this.batch = { key, ids, answer };
    }
    const { ids, answer } = this.batch;
    const at = ids.push(film.id) - 1;
    return (await answer)[at] ?? { days: [], popularity: [] };
  }
}
