import type { Clock } from './report.js';
import { bestTrial, search, type Trial } from './search.js';

/** Where the searches of a task go on from, and whom they tell. */
export interface Tuning {
  /** Random candidates of each search, the usual parameters among them. */
  readonly candidates: number;
  readonly finished: (name: string) => readonly Trial<unknown>[];
  readonly keep: (name: string, trial: Trial<unknown>) => void;
  readonly progress: (done: number, total: number, doing: string) => void;
}

/** A candidate of a finished search: its parameters and its error on each fold. */
export interface SearchRow {
  readonly search: string;
  readonly candidate: number;
  readonly chosen: boolean;
  readonly parameters: string;
  readonly fold: string;
  readonly error: number;
}

/** One of a task's searches. `score` gives a candidate's error on each of the folds. */
interface Search<Params> {
  readonly name: string;
  readonly candidates: readonly Params[];
  readonly score: (params: Params) => readonly number[];
}

/** What one search has found. */
interface Found<Params> {
  readonly best: Params;
  readonly rows: readonly SearchRow[];
}

/** Does a task's searches one after the other, counting their candidates together. `folds`: their names. */
export function searcher(
  { finished, keep, progress }: Tuning,
  folds: readonly string[],
  total: number,
  clock: Clock,
): <Params>(search: Search<Params>) => Found<Params> {
  let before = 0;
  return <Params>({ name, candidates, score }: Search<Params>) => {
    const trials = search(
      candidates,
      (params) => {
        const place = before + candidates.indexOf(params);
        progress(place, total, `candidate ${place + 1} of ${total}`);
        return score(params);
      },
      {
        clock,
        finished: finished(name) as readonly Trial<Params>[],
        onTrial: (trial) => keep(name, trial),
      },
    );
    before += candidates.length;
    const best = bestTrial(trials);
    const rows = trials.flatMap(({ at, params, errors }) =>
      errors.map((error, f) => ({
        search: name,
        candidate: at + 1,
        chosen: at === best.at,
        parameters: JSON.stringify(params),
        fold: folds[f]!,
        error,
      })),
    );
    return { best: best.params, rows };
  };
}
