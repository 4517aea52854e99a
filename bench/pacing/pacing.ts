/** What a server saw of a budget. */
export interface Pacing {
  readonly requests: number;
  /** Requests in the given time from the first one on, beside what the budget allows in it. */
  readonly share: number;
  /** Most requests in a whole second of the clock. */
  readonly busiestSecond: number;
  /** Most requests in any second, and in any ten, beginning at any request. */
  readonly busiestAnySecond: number;
  readonly busiestTen: number;
}

/** Reads an access log, `<ms since 1970> <status> <path>` a line, of a run at `rate` requests a second. */
export function pacing(log: string, rate: number, seconds: number): Pacing {
  const times = log
    .split('\n')
    .filter((line) => line.includes('/movie/'))
    .map((line) => Number(line.slice(0, line.indexOf(' '))))
    .sort((a, b) => a - b);
  const start = times[0] ?? 0;
  const within = times.filter((time) => time < start + seconds * 1000);
  return {
    requests: within.length,
    share: within.length / (rate * seconds),
    busiestSecond: busiestWhole(times),
    busiestAnySecond: busiest(times, 1000),
    busiestTen: busiest(times, 10_000),
  };
}

/** Most of the ascending times that lie in [t, t + width). */
function busiest(times: readonly number[], width: number): number {
  let most = 0;
  let from = 0;
  for (const [at, time] of times.entries()) {
    while (time - times[from]! >= width) from++;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

function busiestWhole(times: readonly number[]): number {
  const seconds = new Map<number, number>();
  for (const time of times) {
    const second = Math.floor(time / 1000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}
