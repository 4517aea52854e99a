import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../plan/schema.js';
import { emptyFolder, FakeRuns, runView, serveFolder, type Api } from '../graphql/api.js';
import { testFilms, writeSnapshot } from '../graphql/snapshot.js';
import { removeFolder, ROOT } from '../support/system.js';
import { snippetsOf } from './snippets.js';

const PAGE = 'docs/api.md';
const ADDRESS = '127.0.0.1:4000';
const run = promisify(execFile);
const of = (language: string) => snippetsOf(PAGE).filter((snippet) => snippet.language === language);

describe(PAGE, () => {
  const runs = new FakeRuns();
  // Under the repository, where Node finds its packages.
  const script = join(ROOT, `test/output/api-${process.pid}.mjs`);
  let api: Api;
  const here = (text: string): string => text.replaceAll(ADDRESS, new URL(api.url).host);

  beforeAll(async () => {
    mkdirSync(dirname(script), { recursive: true });
    const folder = emptyFolder();
    writeSnapshot(join(folder, 'data'), testFilms(200));
    const tasks = {
      films: { activity: 'cleanFilms', after: ['documents'], queue: 'cpu' },
      people: { activity: 'rankPeople', after: ['films'], queue: 'cpu' },
    };
    api = await serveFolder(folder, { runs, plan: { maxAge: '36h', tasks } as unknown as Plan });
  });
  afterAll(async () => {
    await api.close();
    removeFolder(script);
  });

  it('has no block that is not run', () => {
    expect(new Set(snippetsOf(PAGE).map(({ language }) => language))).toEqual(
      new Set(['sh', 'js', 'graphql', 'text']),
    );
  });

  it.each(of('graphql'))('$heading: the query is answered', async ({ text }) => {
    const data = await api.ask<Record<string, unknown>>(text);
    expect(Object.keys(data).length).toBeGreaterThan(0);
  });

  it.each(of('sh'))('$heading: the command prints an answer', async ({ text }) => {
    const { stdout } = await run('bash', ['-c', here(text)]);
    const { data, errors } = JSON.parse(stdout) as { data: unknown; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data).toBeTruthy();
  });

  it.each(of('js'))('$heading: the program runs to its end', async ({ text }) => {
    if (text.includes('RUN')) {
      runs.push(runView('r1'));
      runs.push(runView('r1', { status: 'COMPLETED', closedAt: '2021-01-01T00:01:00.000Z' }));
      runs.end();
    }
    const setup = text.includes('RUN')
      ? `import { WebSocket } from 'ws'; globalThis.WebSocket ??= WebSocket; const RUN = 'r1';\n`
      : '';
    writeFileSync(script, setup + here(text));
    const { stdout } = await run(process.execPath, [script]);
    expect(stdout).toContain(text.includes('RUN') ? 'RUNNING\nCOMPLETED' : 'no errors');
  });
});
