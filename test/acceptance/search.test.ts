import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  childrenOf,
  launch,
  marquee,
  removeFolder,
  ROOT,
  startTemporalServer,
  temporaryFolder,
  until,
  type TemporalServer,
} from '../support/system.js';

/** Enough that a killed search has some candidates behind it and some before it. */
const CANDIDATES = 10;

/** The pipeline without what this is not about; `threads`: tasks that compute at once. */
function planOf(threads: number): string {
  const plan = parse(readFileSync(join(ROOT, 'temporal.yml'), 'utf8')) as {
    profile: string;
    queues: Record<string, { concurrency: number }>;
    tasks: Record<string, { after?: string[] }>;
    profiles: Record<string, unknown>;
  };
  const left = ['ids', 'documents', 'films', 'trends', 'roi', 'rating', 'snapshot'];
  plan.tasks = Object.fromEntries(
    left.map((name) => {
      const task = plan.tasks[name]!;
      return [name, { ...task, after: (task.after ?? []).filter((one) => left.includes(one)) }];
    }),
  );
  plan.profile = 'full';
  plan.profiles = { full: { rating: { candidates: CANDIDATES } } };
  plan.queues['cpu'] = { concurrency: threads };
  return stringify(plan);
}

describe('a search that is killed', () => {
  const folder = temporaryFolder('search');
  let temporal: TemporalServer;
  beforeAll(async () => (temporal = await startTemporalServer(folder)), 60_000);
  afterAll(async () => {
    await temporal?.stop();
    removeFolder(folder);
  }, 60_000);

  const settings = (name: string, threads: number): Record<string, string> => {
    const plan = join(folder, `${name}.yml`);
    writeFileSync(plan, planOf(threads));
    return {
      MARQUEE_DATA: join(folder, name),
      MARQUEE_CATALOGUE: 'synthetic:600:3',
      MARQUEE_PLAN: plan,
      MARQUEE_PORT: '0',
      TEMPORAL_ADDRESS: temporal.address,
    };
  };
  const sha256 = (name: string): string => {
    const manifest = readFileSync(join(folder, name, 'snapshots/synthetic-600-3/1.json'), 'utf8');
    return (JSON.parse(manifest) as { sha256: string }).sha256;
  };
  /** Text of every finished candidate, by file. */
  const trials = (name: string): Map<string, string> => {
    const root = join(folder, name, 'trials/rating');
    if (!existsSync(root)) return new Map();
    const files = readdirSync(root, { recursive: true }).map(String);
    return new Map(
      files
        .filter((file) => file.endsWith('.json') && !file.split('/').at(-1)!.startsWith('.'))
        .map((file) => [file, readFileSync(join(root, file), 'utf8')]),
    );
  };

  it('goes on after the last finished candidate, to the bytes of an undisturbed one on another number of threads', async () => {
    const disturbed = settings('killed', 2);
    const start = launch(['start', '--once'], disturbed);
    await until('four candidates are finished', 600, () => trials('killed').size >= 4);
    for (const pid of childrenOf(start.process.pid as number, 'worker')) process.kill(pid, 'SIGKILL');
    start.process.kill('SIGKILL');
    await start.outcome;
    const before = trials('killed');
    expect(before.size).toBeGreaterThanOrEqual(4);
    expect(existsSync(join(folder, 'killed/snapshots'))).toBe(false);

    const again = launch(['start', '--once'], disturbed);
    await until('the search has gone on', 600, () => trials('killed').size > before.size);
    // The seconds that a candidate took are in its file: had it been scored again, they would be others.
    const after = trials('killed');
    for (const [file, text] of before) expect(after.get(file)).toBe(text);
    const { code, stderr } = await again.outcome;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(trials('killed').size).toBe(0);

    const undisturbed = await marquee(['start', '--once'], settings('undisturbed', 1));
    expect(undisturbed.stderr).toBe('');
    expect(undisturbed.code).toBe(0);
    expect(sha256('killed')).toBe(sha256('undisturbed'));
  }, 1_800_000);
});
