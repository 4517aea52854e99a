/** The progress display: what a run is doing, as lines of text. Pure; `start` paints them. */

export interface TaskProgress {
  readonly name: string;
  readonly status: string;
  readonly done?: number | null;
  readonly total?: number | null;
  readonly ratePerSecond?: number | null;
  readonly etaSeconds?: number | null;
  readonly attempt?: number | null;
  readonly lastFailure?: string | null;
  readonly reason?: string | null;
  readonly startedAt?: string | null;
  readonly closedAt?: string | null;
}

const SIGNS: Readonly<Record<string, string>> = {
  PENDING: '·',
  RUNNING: '▸',
  CACHED: '=',
  COMPLETED: '✓',
  FAILED: '✗',
  SKIPPED: '-',
  CANCELED: '-',
};

const count = (n: number): string => n.toLocaleString('en-US');

/** 75 → `1 min 15 s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function detail(task: TaskProgress): string {
  const parts: string[] = [];
  if (task.status === 'RUNNING') {
    if (task.done != null && task.total != null) parts.push(`${count(task.done)} of ${count(task.total)}`);
    if (task.ratePerSecond != null && task.ratePerSecond > 0)
      parts.push(`${count(Math.round(task.ratePerSecond))}/s`);
    if (task.etaSeconds != null && task.etaSeconds > 0) parts.push(`${duration(task.etaSeconds)} to go`);
    if (task.attempt != null && task.attempt > 1) parts.push(`attempt ${task.attempt}`);
    if (task.lastFailure != null) parts.push(`last failure: ${task.lastFailure}`);
  } else {
    if (task.status === 'CACHED') parts.push('CACHED');
    if (task.reason != null) parts.push(task.reason);
    if (task.status === 'FAILED' && task.lastFailure != null) parts.push(task.lastFailure);
    if (task.status === 'COMPLETED' && task.startedAt != null && task.closedAt != null) {
      parts.push(duration((Date.parse(task.closedAt) - Date.parse(task.startedAt)) / 1000));
    }
  }
  return parts.join(' · ');
}

/** One line a task, in the DAG's order, cut to `columns`. */
export function formatTasks(tasks: readonly TaskProgress[], columns: number): string[] {
  const width = Math.max(0, ...tasks.map((task) => task.name.length));
  return tasks.map((task) => {
    const line = `  ${SIGNS[task.status] ?? '?'} ${task.name.padEnd(width)}  ${detail(task)}`.trimEnd();
    return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
  });
}

/** What changed between two looks: for a log or a pipe, where nothing can be redrawn. */
export function formatChanges(
  before: readonly TaskProgress[],
  now: readonly TaskProgress[],
  columns: number,
): string[] {
  const earlier = new Map(before.map((task) => [task.name, task.status]));
  const lines = formatTasks(now, columns);
  return now.flatMap((task, at) =>
    earlier.get(task.name) !== task.status && task.status !== 'PENDING' ? [lines[at] as string] : [],
  );
}

export interface Painter {
  paint(tasks: readonly TaskProgress[]): void;
  /** Leaves the last picture standing. */
  end(): void;
}

/** Redraws in place on a terminal; elsewhere writes a line for each change. */
export function createPainter(out: {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}): Painter {
  let drawn = 0;
  let last: readonly TaskProgress[] = [];
  return {
    paint(tasks) {
      // While no worker answers, nothing is known of the tasks: the last picture stands.
      if (tasks.length === 0) return;
      const columns = out.columns ?? 160;
      if (out.isTTY !== true) {
        for (const line of formatChanges(last, tasks, columns)) out.write(`${line}\n`);
      } else {
        const lines = formatTasks(tasks, columns);
        // Up over the last picture, then each line anew. https://en.wikipedia.org/wiki/ANSI_escape_code#CSI
        out.write(
          `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
        );
        drawn = lines.length;
      }
      last = tasks;
    },
    end() {
      drawn = 0;
    },
  };
}
