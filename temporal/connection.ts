import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type ClientOptions,
} from '@temporalio/client';
import { NativeConnection, TransportError } from '@temporalio/worker';
import { leaveClosedCalls } from './closedCalls.js';
import type { Tracing } from './tracing.js';

/** How to reach Temporal: the variables that its own tools read. https://docs.temporal.io/references/client-environment-configuration */
export interface TemporalSettings {
  /** TEMPORAL_ADDRESS; undefined: a local server is looked for, or started. */
  readonly address: string | undefined;
  readonly namespace: string;
  readonly apiKey: string | undefined;
  readonly tls: TlsFiles | null;
}

interface TlsFiles {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly authority: string | undefined;
  readonly serverName: string | undefined;
}

/** Milliseconds between attempts to reach a server that is away. */
const RETRY = 250;

export const LOCAL_ADDRESS = '127.0.0.1:7233';

export function readTemporalSettings(
  environment: Readonly<Record<string, string | undefined>>,
): TemporalSettings {
  const given = (name: string): string | undefined => environment[name] || undefined;
  const files: TlsFiles = {
    certificate: given('TEMPORAL_TLS_CLIENT_CERT_PATH') ?? given('TEMPORAL_TLS_CERT'),
    key: given('TEMPORAL_TLS_CLIENT_KEY_PATH') ?? given('TEMPORAL_TLS_KEY'),
    authority: given('TEMPORAL_TLS_SERVER_CA_CERT_PATH') ?? given('TEMPORAL_TLS_CA'),
    serverName: given('TEMPORAL_TLS_SERVER_NAME'),
  };
  const apiKey = given('TEMPORAL_API_KEY');
  const wanted = given('TEMPORAL_TLS')?.toLowerCase();
  const on =
    wanted === undefined
      ? apiKey !== undefined || Object.values(files).some((value) => value !== undefined)
      : wanted !== 'false' && wanted !== '0';
  return {
    address: given('TEMPORAL_ADDRESS'),
    namespace: given('TEMPORAL_NAMESPACE') ?? 'default',
    apiKey,
    tls: on ? files : null,
  };
}

async function connectOptions(settings: TemporalSettings, address: string) {
  const { tls, apiKey } = settings;
  const read = async (path: string | undefined): Promise<Buffer | undefined> =>
    path === undefined ? undefined : await readFile(path);
  if (tls === null) return { address, ...(apiKey === undefined ? {} : { apiKey }) };
  const [crt, key, ca] = await Promise.all([read(tls.certificate), read(tls.key), read(tls.authority)]);
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey }),
    tls: {
      ...(tls.serverName === undefined ? {} : { serverNameOverride: tls.serverName }),
      ...(ca === undefined ? {} : { serverRootCACertificate: ca }),
      ...(crt !== undefined && key !== undefined ? { clientCertPair: { crt, key } } : {}),
    },
  };
}

/** @throws when no Temporal server answers at the address within `timeout` ms. */
export async function connectClient(
  settings: TemporalSettings,
  address: string,
  timeout = 5000,
  tracing: Tracing | null = null,
): Promise<Client> {
  const connection = await Connection.connect({
    ...(await connectOptions(settings, address)),
    interceptors: interceptors(),
    connectTimeout: timeout,
  });
  return new Client({ connection, namespace: settings.namespace, ...pluginsOf(tracing) });
}

/** A client that connects when it is first used, and again after the server was away. */
export async function lazyClient(
  settings: TemporalSettings,
  address: string,
  tracing: Tracing | null = null,
): Promise<Client> {
  const connection = Connection.lazy({
    ...(await connectOptions(settings, address)),
    interceptors: interceptors(),
  });
  return new Client({ connection, namespace: settings.namespace, ...pluginsOf(tracing) });
}

/** The SDK's own retries, and what it does not see to. */
const interceptors = () => [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), leaveClosedCalls()];

const pluginsOf = (tracing: Tracing | null): Pick<ClientOptions, 'plugins'> =>
  tracing === null ? {} : { plugins: [tracing.plugin] };

/**
 * A worker's connection. A server that is away, as one that restarts while a worker starts, is waited for.
 * @throws TransportError when none answers within `timeout` ms.
 */
export async function connectWorker(
  settings: TemporalSettings,
  address: string,
  timeout = 10_000,
): Promise<NativeConnection> {
  const options = await connectOptions(settings, address);
  const until = performance.now() + timeout;
  for (;;) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      if (!(error instanceof TransportError) || performance.now() >= until) throw error;
      await sleep(RETRY);
    }
  }
}

/** Whether a Temporal server answers there. */
export async function answers(settings: TemporalSettings, address: string, timeout = 1500): Promise<boolean> {
  try {
    const client = await connectClient(settings, address, timeout);
    await client.connection.close();
    return true;
  } catch {
    return false;
  }
}
