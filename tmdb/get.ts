import { Agent, type Dispatcher } from 'undici';

/**
 * GETs whose answers are read whole, in thousands a second: undici's own dispatch instead of its `request`, whose
 * streams and signals of each answer cost as much as the rest of a fetch.
 * https://undici.nodejs.org/#/docs/api/Dispatcher.md
 */
export interface Getter {
  /** `path` begins with a slash. @throws the signal's reason when it fires; undici's errors; GetTimeout. */
  get(path: string, signal: AbortSignal): Promise<GotAnswer>;
  close(): Promise<void>;
}

export interface GotAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface GetOptions {
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** Milliseconds for one answer, whole. */
  readonly timeout: number;
  /** Bytes of an answer's body. */
  readonly largestBody: number;
}

/** An answer was not there, or not whole, in time. */
export class GetTimeout extends Error {
  override readonly name = 'TimeoutError';
}

/** How often the clock is looked at for all requests under way: a timer for each would cost more than they do. */
const LOOK_EVERY = 500;

interface Flight {
  readonly until: number;
  abort(reason: unknown): void;
}

export function createGetter(options: GetOptions): Getter {
  const { origin, headers, timeout } = options;
  const agent = new Agent({
    connections: options.connections,
    pipelining: 1,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect: { timeout },
    maxResponseSize: options.largestBody,
  });
  // In the order in which they began, which is that in which their time is over.
  const flights = new Set<Flight>();
  const look = setInterval(() => {
    const now = performance.now();
    for (const flight of flights) {
      if (flight.until > now) break;
      flight.abort(new GetTimeout(`no answer within ${timeout / 1000} s`));
    }
  }, LOOK_EVERY);
  look.unref();

  // One listener for all requests of a signal that are under way: what they were asked for ends together.
  const bySignal = new Map<AbortSignal, { readonly together: Set<Flight>; readonly stop: () => void }>();
  const takeOff = (flight: Flight, signal: AbortSignal): void => {
    flights.add(flight);
    const known = bySignal.get(signal);
    if (known !== undefined) return void known.together.add(flight);
    const together = new Set([flight]);
    const stop = (): void => together.forEach((one) => one.abort(signal.reason));
    bySignal.set(signal, { together, stop });
    signal.addEventListener('abort', stop);
  };
  const land = (flight: Flight, signal: AbortSignal): void => {
    flights.delete(flight);
    const known = bySignal.get(signal);
    known?.together.delete(flight);
    if (known?.together.size !== 0) return;
    bySignal.delete(signal);
    signal.removeEventListener('abort', known.stop);
  };

  return {
    get(path, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      return new Promise<GotAnswer>((resolve, reject) => {
        let controller: Dispatcher.DispatchController | undefined;
        let stopped: unknown;
        const flight: Flight = {
          until: performance.now() + timeout,
          abort(reason) {
            stopped ??= reason;
            controller?.abort(reason as Error);
            settle(() => reject(reason as Error));
          },
        };
        const settle = (how: () => void): void => {
          land(flight, signal);
          how();
        };
        takeOff(flight, signal);
        let status = 0;
        let answered: GotAnswer['headers'] = {};
        const chunks: Buffer[] = [];
        agent.dispatch(
          { origin, path, method: 'GET', headers },
          {
            onRequestStart(started) {
              controller = started;
              if (stopped !== undefined) started.abort(stopped as Error);
            },
            onResponseStart(_, code, received) {
              status = code;
              answered = received;
            },
            onResponseData: (_, chunk) => void chunks.push(chunk),
            onResponseEnd: () => settle(() => resolve({ status, headers: answered, body: textOf(chunks) })),
            onResponseError: (_, error) => settle(() => reject(error)),
          },
        );
      });
    },
    async close() {
      clearInterval(look);
      await agent.close();
    },
  };
}

/** UTF-8, without the byte-order mark that some servers begin with. */
function textOf(chunks: readonly Buffer[]): string {
  const text = (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
