import { resolve } from 'node:path';
import { z } from 'zod';
import { isRemote, parseRemote } from '../dataset/s3.js';

/**
 * What a person sets, by flag or by environment; a flag wins. Names and defaults are the contract's
 * (README, "Settings"). Nothing below `cli/` reads the environment: values are passed down.
 */
const settings = z.object({
  catalogue: z.string().min(1).default('sample'),
  limit: number().pipe(z.int().min(1).max(5_000_000)).optional(),
  data: z
    .string()
    .min(1)
    .default('./marquee-data')
    .refine((location) => !isRemote(location) || isLegalRemote(location))
    .transform((location) => (isRemote(location) ? location.replace(/\/+$/, '') : resolve(location))),
  port: number().pipe(z.int().min(0).max(65_535)).default(4000),
  host: z.string().min(1).default('127.0.0.1'),
  files: z
    .string()
    .min(1)
    .transform((folder) => resolve(folder))
    .optional(),
  /** Requests per second; unset: what the source allows. */
  rate: number().pipe(z.number().min(0).max(10_000)).optional(),
  baseUrl: address().default('https://api.themoviedb.org/3'),
  exportUrl: address().default('https://files.tmdb.org/p/exports'),
  plan: z
    .string()
    .min(1)
    .transform((file) => resolve(file))
    .optional(),
  /** Whether clients may read the schema; with it go suggestions in errors and the GraphQL page. */
  introspection: z
    .enum(['on', 'off', 'true', 'false'])
    .transform((word) => word === 'on' || word === 'true')
    .optional(),
  origins: z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .pipe(z.array(origin()).max(100))
    .optional(),
  /** File of the operations that alone are answered. */
  operations: z
    .string()
    .min(1)
    .transform((file) => resolve(file))
    .optional(),
  /** Requests a second that one client may make; 0: any number. Unset: none on loopback, else the API's default. */
  clientRate: number().pipe(z.number().min(0).max(1_000_000)).optional(),
  /** Folder of ratings in MovieLens's format that the personal model is trained on. */
  ratings: z
    .string()
    .min(1)
    .transform((folder) => resolve(folder))
    .optional(),
  /** Port of the worker's own /metrics. Unset: none. */
  metricsPort: number().pipe(z.int().min(0).max(65_535)).optional(),
  /** What mutations need as a bearer token. Unset: none. */
  adminToken: token().optional(),
  /** What opens TMDB; one of the two is enough. Only the worker's process may hold them: see `withoutKeys`. */
  accessToken: token().optional(),
  apiKey: token().optional(),
  /** What links to runs begin with, where the Temporal server is not ours. */
  uiUrl: address().optional(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

function isLegalRemote(location: string): boolean {
  try {
    parseRemote(location);
    return true;
  } catch {
    return false;
  }
}

function number() {
  return z.string().regex(/\S/).transform(Number);
}

/** As browsers send it: scheme, host and port, without a path. */
function origin() {
  return z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text);
}

/** As a header can carry it: visible ASCII. */
function token() {
  return z.string().regex(/^[!-~]+$/);
}

function address() {
  return z.url({ protocol: /^https?$/ });
}

/** What each setting may be: what an error says is legal. */
const LEGAL: Readonly<Record<keyof Settings, string>> = {
  catalogue: 'sample, tmdb, synthetic:<films>[:<seed>] or file:<path>',
  limit: 'a whole number of films from 1 to 5,000,000',
  data: 'the path of a folder, or s3://bucket/prefix',
  port: 'a whole number from 0 (a free port) to 65535',
  host: 'an address of this machine, such as 127.0.0.1',
  files: 'the path of a folder',
  rate: 'requests per second from 0 (unlimited) to 10,000',
  baseUrl: 'an address that begins with http:// or https://',
  exportUrl: 'an address that begins with http:// or https://',
  plan: 'the path of a file',
  introspection: 'on or off',
  origins: 'origins such as https://films.example.org, separated by commas',
  operations: 'the path of a JSON file',
  clientRate: 'requests per second from 0 (unlimited) to 1,000,000',
  ratings: 'the path of a folder',
  metricsPort: 'a whole number from 0 (a free port) to 65535',
  adminToken: 'a word of letters, digits and signs, without spaces',
  accessToken: "the token of TMDB's settings page, without spaces",
  apiKey: "the key of TMDB's settings page, without spaces",
  uiUrl: 'an address that begins with http:// or https://',
  logLevel: 'trace, debug, info, warn, error or silent',
};

export type Settings = z.output<typeof settings>;

/** The environment variable behind each setting: what an error names. */
const VARIABLES: Readonly<Record<keyof Settings, string>> = {
  catalogue: 'MARQUEE_CATALOGUE',
  limit: 'MARQUEE_LIMIT',
  data: 'MARQUEE_DATA',
  port: 'MARQUEE_PORT',
  host: 'MARQUEE_HOST',
  files: 'MARQUEE_FILES',
  rate: 'TMDB_RATE',
  baseUrl: 'TMDB_BASE_URL',
  exportUrl: 'TMDB_EXPORT_URL',
  plan: 'MARQUEE_PLAN',
  introspection: 'MARQUEE_INTROSPECTION',
  origins: 'MARQUEE_ORIGINS',
  operations: 'MARQUEE_OPERATIONS',
  clientRate: 'MARQUEE_CLIENT_RATE',
  ratings: 'MARQUEE_RATINGS',
  metricsPort: 'MARQUEE_METRICS_PORT',
  adminToken: 'MARQUEE_ADMIN_TOKEN',
  accessToken: 'TMDB_ACCESS_TOKEN',
  apiKey: 'TMDB_API_KEY',
  uiUrl: 'TEMPORAL_UI_URL',
  logLevel: 'MARQUEE_LOG_LEVEL',
};

/** What no message may show. */
const SECRET: ReadonlySet<keyof Settings> = new Set(['adminToken', 'accessToken', 'apiKey']);

export type Environment = Readonly<Record<string, string | undefined>>;
export type Flags = Partial<Record<keyof Settings, string>>;

/** Thrown when what a person asked for cannot be: its message is one clear sentence, shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError naming the flag or variable, what it was and what is legal. */
export function readSettings(flags: Flags, environment: Environment): Settings {
  const given: Record<string, string | undefined> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const fromEnvironment = environment[variable];
    given[name] = flags[name as keyof Settings] ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  }
  const parsed = settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]) as keyof Settings;
    const source = flags[name] === undefined ? VARIABLES[name] : `--${name}`;
    if (SECRET.has(name)) return `${source} cannot be what it is: legal is ${LEGAL[name]}`;
    return `${source} is ${JSON.stringify(given[name])}: legal is ${LEGAL[name]}`;
  });
  throw new UsageError(`${sentences.join('. ')}.`);
}

/** Only the worker's process may hold what opens TMDB; every other child gets its environment without them. */
const TMDB_KEYS = [VARIABLES.accessToken, VARIABLES.apiKey];

export function withoutKeys(environment: Environment): Record<string, string> {
  const hidden = new Set(TMDB_KEYS);
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !hidden.has(entry[0]),
    ),
  );
}

/** The settings as environment variables, so that a child process reads the same ones. */
export function asEnvironment(of: Settings): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = of[name as keyof Settings];
    if (value !== undefined) variables[variable] = String(value);
  }
  return variables;
}
