import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { median } from '../../bench/table.js';
import { temporaryFolder } from '../support/system.js';
import { chaosRun, makeReference, type ChaosResult } from './run.js';

/** `npm run chaos`: many runs, each with everything killed at random moments; one line a run, a table at the end. */
const { runs, films, seed, atOnce } = new Command('chaos')
  .option('--runs <number>', 'how many', '50')
  .option('--films <number>', 'synthetic films of each', '20000')
  .option('--seed <number>', 'of the first run; each next one takes the next', '1')
  .option('--at-once <number>', 'runs side by side', '1')
  .parse()
  .opts<{ runs: string; films: string; seed: string; atOnce: string }>();

const count = (n: number): string => n.toLocaleString('en-US');
const folder = temporaryFolder('chaos');
const results: ChaosResult[] = [];
try {
  const reference = await makeReference(folder, Number(films));
  console.log(
    `undisturbed: ${count(reference.films)} films in ${reference.seconds.toFixed(0)} s, sha256 ${reference.sha256.slice(0, 12)}`,
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < Number(runs)) {
      const n = next++;
      const at = join(folder, `run-${n}`);
      mkdirSync(at);
      const result = await chaosRun(at, reference, Number(seed) + n);
      results.push(result);
      console.log(line(result));
      rmSync(at, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(atOnce) }, lane));
  const sum = (of: (one: ChaosResult) => number): number => results.reduce((all, one) => all + of(one), 0);
  const passed = results.filter(({ failures }) => failures.length === 0).length;
  const same = results.filter(({ sha256 }) => sha256 === reference.sha256).length;
  const share = (one: ChaosResult): number => one.beyond / Math.max(1, one.films);
  console.log(
    [
      '',
      `| runs over ${count(reference.films)} films, 20 % faults | ${results.length} |`,
      '| --- | --- |',
      `| passed | ${passed} of ${results.length} |`,
      `| sha256 of the undisturbed run | ${same} of ${results.length} |`,
      `| SIGKILLs of worker, API, Temporal | ${['worker', 'serve', 'temporal'].map((name) => sum(({ kills }) => kills[name] ?? 0)).join(', ')} |`,
      `| failures on purpose | ${count(sum(({ faults }) => faults))} |`,
      `| requests beyond films and failures: all, most in a run | ${((100 * sum(({ beyond }) => beyond)) / sum((one) => one.films)).toFixed(2)} %, ${(100 * Math.max(...results.map(share))).toFixed(2)} % |`,
      `| answers that readers had, all of whole snapshots | ${count(sum(({ answers }) => answers))} |`,
      `| seconds of a run: median, longest | ${median(results.map(({ seconds }) => seconds)).toFixed(0)}, ${Math.max(...results.map(({ seconds }) => seconds)).toFixed(0)} |`,
    ].join('\n'),
  );
  if (passed < results.length) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function line({
  seed: drawn,
  seconds,
  kills,
  films: asked,
  faults,
  beyond,
  answers,
  failures,
}: ChaosResult): string {
  const killed = Object.entries(kills)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ');
  return [
    `seed ${drawn}: ${failures.length === 0 ? 'passed' : 'FAILED'} in ${seconds.toFixed(0)} s`,
    `killed ${killed}`,
    `${count(asked)} films + ${count(faults)} failures + ${beyond} beyond`,
    `${count(answers)} answers`,
    ...failures.map((failure) => `\n  ${failure}`),
  ].join('; ');
}
