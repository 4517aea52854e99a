import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { openStore } from '../../dataset/store.js';
import { startApi, type ApiOptions } from '../../graphql/server.js';
import { RunsError, type Runs, type RunView } from '../../graphql/runs.js';
import type { Plan } from '../../plan/schema.js';

/** The API over a data folder, asked over HTTP. */

export interface Api {
  readonly url: string;
  readonly folder: string;
  /** Lines of the log, newest last. */
  readonly log: Record<string, unknown>[];
  ask<Data>(query: string, variables?: object): Promise<Data>;
  /** The whole answer, errors and all. */
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: { message: string; path?: (string | number)[]; extensions: { code: string } }[];
  readonly text: string;
}

export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'marquee-graphql-'));

const PLAN = {
  maxAge: '36h',
  tasks: {
    listIds: { activity: 'listIds', after: [], queue: 'io' },
    fetchFilms: { workflow: 'fetchCatalogue', after: ['listIds'], queue: 'io' },
  },
} as unknown as Plan;

export async function serveFolder(folder: string, options: Partial<ApiOptions> = {}): Promise<Api> {
  const log: Record<string, unknown>[] = [];
  const web = join(folder, 'web');
  mkdirSync(web, { recursive: true });
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Marquee</title>');
  writeFileSync(join(web, 'explorer.html'), '<!doctype html><title>Explorer</title>');
  writeFileSync(join(web, 'app.js'), 'export {};');
  const logger: Logger = pino(
    { level: 'info' },
    { write: (line: string) => void log.push(JSON.parse(line)) },
  );
  const { url, close } = await startApi({
    store: await openStore(join(folder, 'data')),
    catalogue: 'test',
    host: '127.0.0.1',
    port: 0,
    plan: PLAN,
    runs: new FakeRuns(),
    adminToken: undefined,
    files: undefined,
    web,
    log: logger,
    ...options,
  });
  const post: Api['post'] = async (body, headers = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const { data, errors } = JSON.parse(text) as Partial<Answer>;
    return { status: response.status, data, errors: errors ?? [], text };
  };
  return {
    url,
    folder,
    log,
    post,
    async ask<Data>(query: string, variables?: object) {
      const { data, errors } = await post({ query, variables });
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
      return data as Data;
    },
    async close() {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function runView(id: string, changes: Partial<RunView> = {}): RunView {
  return {
    id,
    status: 'RUNNING',
    catalogue: 'test',
    startedAt: '2021-01-01T00:00:00.000Z',
    closedAt: null,
    tasks: [],
    workers: 1,
    notice: null,
    failure: null,
    temporalUrl: null,
    snapshot: null,
    ...changes,
  };
}

/** Runs that are only remembered. Ids: `gone` is unknown, `away` is where Temporal is down, `broken` a bug. */
export class FakeRuns implements Runs {
  readonly calls: unknown[][] = [];
  /** Watchers that have not been left. */
  watching = 0;
  readonly #views: RunView[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  #do(id: string, ...call: unknown[]): RunView {
    if (id === 'gone') throw new RunsError('NOT_FOUND', 'There is no run gone.');
    if (id === 'away') throw new RunsError('TEMPORAL_UNAVAILABLE', 'Temporal does not answer.');
    if (id === 'broken') throw new Error(`secret token abc at ${import.meta.dirname}`);
    this.calls.push(call);
    return runView(id);
  }

  /** What watchers see next. */
  push(view: RunView): void {
    this.#views.push(view);
    this.#wake?.();
  }

  /** Watchers see what was pushed, and then the end. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  start = async (input: object): Promise<RunView> => this.#do('new', 'start', input);
  retryDeadLetters = async (snapshot: object): Promise<RunView> => this.#do('new', 'retry', snapshot);
  cancel = async (id: string): Promise<RunView> => this.#do(id, 'cancel', id);
  pause = async (id: string): Promise<RunView> => this.#do(id, 'pause', id);
  resume = async (id: string): Promise<RunView> => this.#do(id, 'resume', id);
  setRate = async (id: string, rate: number): Promise<RunView> => this.#do(id, 'setRate', id, rate);
  find = async (id: string): Promise<RunView | null> =>
    id === 'nobody' ? null : { ...this.#do(id, 'find', id), snapshot: 'test/1' };
  list = async (first: number, since: Date | null): Promise<RunView[]> => [
    since === null ? this.#do('new', 'list', first) : this.#do('new', 'list', first, since),
  ];

  watch(id: string): AsyncIterableIterator<RunView> {
    this.watching++;
    let left = false;
    const next = async (): Promise<IteratorResult<RunView>> => {
      if (id === 'gone' || id === 'broken') this.#do(id);
      while (this.#views.length === 0 && !left && !this.#ended)
        await new Promise<void>((done) => (this.#wake = done));
      const value = this.#views.shift();
      return left || value === undefined ? { done: true, value: undefined } : { done: false, value };
    };
    return {
      next,
      return: async () => {
        left = true;
        this.watching--;
        this.#wake?.();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }
}
