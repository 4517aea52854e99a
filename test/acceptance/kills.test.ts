import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  childrenOf,
  launch,
  marquee,
  removeFolder,
  startSource,
  startTemporalServer,
  temporaryFolder,
  until,
  type Running,
  type TemporalServer,
} from '../support/system.js';
import { freePort } from '../../temporal/ports.js';

/** Whatever dies, the run goes on from where it was, and comes to the same bytes. */

const CATALOGUE = 'synthetic:4000:7';

interface Request {
  readonly at: number;
  readonly status: number;
  readonly id: number;
}

describe('a run that is killed or disturbed', () => {
  const folder = temporaryFolder('kills');
  let temporal: TemporalServer;
  let source: Running;
  let undisturbed: string;

  const settings = (name: string, extra: Record<string, string> = {}): Record<string, string> => ({
    MARQUEE_DATA: join(folder, name),
    MARQUEE_CATALOGUE: 'tmdb',
    MARQUEE_PORT: '0',
    TEMPORAL_ADDRESS: temporal.address,
    ...extra,
  });
  const serve = (name: string, ...flags: string[]) =>
    startSource(CATALOGUE, '--access-log', join(folder, `${name}.log`), ...flags);
  const requests = (name: string): Request[] =>
    (existsSync(join(folder, `${name}.log`)) ? readFileSync(join(folder, `${name}.log`), 'utf8') : '')
      .split('\n')
      .flatMap((line) => {
        const match = /^(\d+) (\d+) .*\/movie\/(\d+)/.exec(line);
        return match ? [{ at: Number(match[1]), status: Number(match[2]), id: Number(match[3]) }] : [];
      });
  const sha256 = (name: string): string => {
    const manifest = readFileSync(join(folder, name, 'snapshots/synthetic-4000-7/1.json'), 'utf8');
    return (JSON.parse(manifest) as { sha256: string }).sha256;
  };

  beforeAll(async () => {
    temporal = await startTemporalServer(folder);
    const { server, where } = await serve('undisturbed');
    source = server;
    const outcome = await marquee(['start', '--once'], settings('undisturbed', { ...where, TMDB_RATE: '0' }));
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    undisturbed = sha256('undisturbed');
  });

  afterAll(async () => {
    await source?.stop();
    await temporal?.stop();
    removeFolder(folder);
  });

  it('asks for every film once when nothing happens', () => {
    const answered = requests('undisturbed').filter(({ status }) => status === 200);
    expect(answered.length).toBe(4000);
    expect(new Set(answered.map(({ id }) => id)).size).toBe(4000);
  });

  it('survives SIGKILL of the worker and of `start` while it fetches, and asks for no film of a spool again', async () => {
    const { server, where } = await serve('fetching');
    // Slow enough to be caught in the middle.
    const environment = settings('fetching', { ...where, TMDB_RATE: '500' });
    const start = launch(['start', '--once'], environment);
    await until('1,000 films are fetched', 120, () => requests('fetching').length > 1000);
    for (const pid of childrenOf(start.process.pid as number, 'worker')) process.kill(pid, 'SIGKILL');
    start.process.kill('SIGKILL');
    await start.outcome;
    const spools = join(folder, 'fetching/spools');
    const spooled = readdirSync(spools).flatMap((name) =>
      readFileSync(join(spools, name), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => Number(line.slice(0, line.indexOf(' ')))),
    );
    expect(spooled.length).toBeGreaterThan(500);
    const killedAt = Date.now();

    const again = await marquee(['start', '--once'], environment);
    expect(again.stderr).toBe('');
    expect(again.code).toBe(0);
    const after = new Set(
      requests('fetching')
        .filter(({ at }) => at > killedAt)
        .map(({ id }) => id),
    );
    expect(spooled.filter((id) => after.has(id))).toEqual([]);
    expect(sha256('fetching')).toBe(undisturbed);
    await server.stop();
  }, 300_000);

  it('survives SIGKILL of the worker while it trains', async () => {
    const { server, where } = await serve('training');
    const port = await freePort();
    const environment = settings('training', { ...where, TMDB_RATE: '0', MARQUEE_PORT: String(port) });
    const start = launch(['start', '--once'], environment);
    await until('a model is being trained', 120, async () => {
      const { runs } = await ask<{ runs: { tasks: { name: string; status: string }[] }[] }>(
        `http://127.0.0.1:${port}`,
        '{ runs(first: 1) { tasks { name status } } }',
      ).catch(() => ({ runs: [] }));
      return runs[0]?.tasks.some(({ name, status }) => name === 'rating' && status === 'RUNNING') ?? false;
    });
    for (const pid of childrenOf(start.process.pid as number, 'worker')) process.kill(pid, 'SIGKILL');
    start.process.kill('SIGKILL');
    await start.outcome;

    const again = await marquee(['start', '--once'], environment);
    expect(again.stderr).toBe('');
    expect(again.code).toBe(0);
    expect(requests('training').filter(({ status }) => status === 200).length).toBe(4000);
    expect(sha256('training')).toBe(undisturbed);
    await server.stop();
  }, 300_000);

  it('comes to the same bytes when a fifth of all requests fail', async () => {
    const { server, where } = await serve('faults', '--faults', '0.2');
    const outcome = await marquee(['start', '--once'], settings('faults', { ...where, TMDB_RATE: '0' }));
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    expect(requests('faults').filter(({ status }) => status !== 200).length).toBeGreaterThan(300);
    expect(sha256('faults')).toBe(undisturbed);
    await server.stop();
  }, 300_000);
});
