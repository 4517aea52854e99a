import pl from 'nodejs-polars';
import type { Check } from '../plan/schema.js';

/** What came of a check of temporal.yml. */
export interface CheckResult {
  readonly task: string;
  /** E.g. `unique films.id`. */
  readonly name: string;
  readonly severity: 'warn' | 'block';
  readonly passed: boolean;
  /** Rows that break it; for `rows` and `sum`: what was counted. */
  readonly rows: number;
  readonly detail: string;
}

/**
 * Runs checks over what a task has written. `tables`: local Parquet path by table; `facts`: of this task and of
 * those before it. A table or fact that is not there fails the check.
 */
export async function runChecks(
  task: string,
  checks: readonly Check[],
  tables: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, unknown>>,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const { name, passed, rows, detail } = await runCheck(check, tables, facts);
    results.push({ task, name, severity: check.severity, passed, rows, detail });
  }
  return results;
}

type Verdict = Pick<CheckResult, 'name' | 'passed' | 'rows' | 'detail'>;

async function runCheck(
  check: Check,
  tables: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, unknown>>,
): Promise<Verdict> {
  if (check.check === 'sum') {
    const sum = check.terms.reduce((total, term) => total + Number(facts[term] ?? NaN), 0);
    const wanted = Number(facts[check.equals] ?? NaN);
    return {
      name: `sum ${check.terms.join(' + ')} = ${check.equals}`,
      passed: sum === wanted,
      rows: sum,
      detail: `${sum} beside ${wanted}`,
    };
  }
  const path = tables[check.table];
  const name = `${check.check} ${check.table}${'column' in check ? `.${check.column}` : ''}`;
  if (path === undefined) return { name, passed: false, rows: 0, detail: `there is no table ${check.table}` };
  const scan = pl.scanParquet(path);
  if ('column' in check && !(await scan.fetch(0)).columns.includes(check.column))
    return { name, passed: false, rows: 0, detail: `${check.table} has no column ${check.column}` };
  const count = async (which: pl.Expr): Promise<number> =>
    Number((await scan.select(which.cast(pl.Int64).sum().alias('n')).collect()).getColumn('n').get(0) ?? 0);
  const total = async (): Promise<number> =>
    Number((await scan.select(pl.len().alias('n')).collect()).getColumn('n').get(0) ?? 0);
  switch (check.check) {
    case 'rows': {
      const rows = await total();
      const { min = 0, max = Infinity } = check;
      const detail = `${rows} rows; legal are ${min} to ${max === Infinity ? 'any number' : max}`;
      return { name, passed: rows >= min && rows <= max, rows, detail };
    }
    case 'unique': {
      const rows = await count(pl.col(check.column).isDuplicated());
      return { name, passed: rows === 0, rows, detail: `${rows} rows share their ${check.column}` };
    }
    case 'nullShare': {
      const rows = await count(pl.col(check.column).isNull());
      const share = rows / Math.max(1, await total());
      const detail = `${(share * 100).toFixed(2)} % are null; at most ${check.max * 100} % may be`;
      return { name, passed: share <= check.max, rows, detail };
    }
    case 'range': {
      const { min = -Infinity, max = Infinity } = check;
      const value = pl.col(check.column).cast(pl.Float64);
      const rows = await count(value.lt(min).or(value.gt(max)).fillNull(false));
      return { name, passed: rows === 0, rows, detail: `${rows} rows lie outside ${min} to ${max}` };
    }
  }
}
