import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAccessLog } from './accessLog.js';
import { TmdbAnswers, type AnswerOptions, type Asked } from './answers.js';
import { ERRORS } from './catalogues/protocol.js';

/** The catalogue stays open when the server closes: whoever opened it closes it. */
export interface TmdbServerOptions extends AnswerOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Gets a line `<ms since 1970> <status> <path>` for each request, status 0 = no answer; no key is written. */
  readonly accessLog?: string;
  readonly log?: (line: string) => void;
}

export interface Counts extends Readonly<Asked> {
  readonly total: number;
  readonly byStatus: Readonly<Record<number, number>>;
}

export interface TmdbServer {
  /** What `TMDB_BASE_URL` takes: ends in `/3`. */
  readonly url: string;
  /** What `TMDB_EXPORT_URL` takes: ends in `/p/exports`. */
  readonly exportUrl: string;
  requests(): Counts;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 2048;
const KEEP_ALIVE_MS = 30_000;

/**
 * Speaks TMDB's protocol for a catalogue: `/3/movie/{id}`, `/3/movie/changes` and the daily export. Every
 * answer names its source (`x-marquee-catalogue`, percent-encoded outside ASCII), version and, where it has days, day.
 * @throws Error when the address is taken or the access log cannot be written.
 */
export async function startTmdbServer(options: TmdbServerOptions): Promise<TmdbServer> {
  const { host = '127.0.0.1', port = 0, log = () => undefined } = options;
  const answers = new TmdbAnswers(options);
  let total = 0;
  const byStatus: Record<number, number> = {};
  const access = options.accessLog === undefined ? null : await openAccessLog(options.accessLog, log);

  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 30_000 },
    (request, response) => {
      const at = Date.now();
      total++;
      response.once('close', () => {
        const status = response.headersSent ? response.statusCode : 0;
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        access?.write(`${at} ${status} ${withoutKey(request.url ?? '/')}\n`);
      });
      answers.answer(request, response).catch((error: Error & { code?: string }) => {
        // A client that hangs up in the middle of an export is no failure of ours.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log(`${request.url}: ${error.message}`);
        if (response.headersSent) response.destroy();
        else if (!response.destroyed) answers.send(response, 500, ERRORS.internal);
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;

  try {
    await new Promise<void>((done, refuse) => {
      server.once('error', refuse);
      server.listen(port, host, done);
    });
  } catch (error) {
    await access?.close();
    throw new Error(refusal(error as NodeJS.ErrnoException, host, port));
  }
  const origin = `http://${authority(host)}:${(server.address() as AddressInfo).port}`;
  let closing: Promise<void> | undefined;
  return {
    url: `${origin}/3`,
    exportUrl: `${origin}/p/exports`,
    requests: () => ({ total, ...answers.asked, byStatus: { ...byStatus } }),
    close: () =>
      (closing ??= new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }).then(() => access?.close())),
  };
}

function withoutKey(url: string): string {
  return url.replace(/([?&]api_key=)[^&]*/g, '$1…');
}

function authority(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): string {
  const at = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return `Another program listens on ${at}; choose another --port (0 = a free one).`;
  if (error.code === 'EACCES') return `Listening on ${at} is not allowed; choose a --port above 1023.`;
  return `The local TMDB server could not listen on ${at}: ${error.message}.`;
}
