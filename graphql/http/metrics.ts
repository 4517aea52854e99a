import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Served } from '../data/served.js';
import type { Described } from './described.js';

/** What a Prometheus server reads. Labels are bounded: words of the schema, and the names of the first operations. */
export interface Metrics {
  readonly registry: Registry;
  /** An operation that was answered after so many seconds; null where it takes no time of its own. */
  readonly operation: (described: Described, seconds: number | null) => void;
  /** A subscription that has begun; call the result at its end. */
  readonly subscription: () => () => void;
  readonly error: (code: string) => void;
  /** A look for a kept answer. */
  readonly cache: (hit: boolean) => void;
}

const HIT = { result: 'hit' };
const MISS = { result: 'miss' };
/** Names of operations that are told apart: clients choose them, and each takes memory here and in Prometheus. */
const MOST_NAMES = 100;
const LONGEST_NAME = 60;
const KNOWN_CODE = /^[A-Z_]{1,40}$/;

export function apiMetrics(served: Served): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'marquee_graphql_requests_total',
    help: 'Root fields asked for',
    labelNames: ['operation', 'field'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'marquee_graphql_duration_seconds',
    help: 'Time from the parsed request to its answer, without subscriptions; kept answers count as 0',
    labelNames: ['operation', 'name'] as const,
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers,
  });
  const errors = new Counter({
    name: 'marquee_graphql_errors_total',
    help: 'Errors in answers by their code',
    labelNames: ['code'] as const,
    registers,
  });
  const looks = new Counter({
    name: 'marquee_graphql_cache_total',
    help: 'Looks for kept answers',
    labelNames: ['result'] as const,
    registers,
  });
  new Gauge({
    name: 'marquee_snapshot_age_seconds',
    help: 'Time since the served snapshot was published; missing before the first',
    registers,
    collect() {
      const { newest } = served;
      this.reset();
      if (newest !== null) this.set((Date.now() - Date.parse(newest.manifest.createdAt)) / 1000);
      else this.remove();
    },
  });
  new Gauge({
    name: 'marquee_snapshot_films',
    help: 'Films of the served snapshot',
    registers,
    collect() {
      this.set(served.newest?.manifest.movieCount ?? 0);
    },
  });
  const open = new Gauge({
    name: 'marquee_graphql_subscriptions',
    help: 'Open subscriptions',
    registers,
  });
  const names = new Set<string>();
  const labelOf = (name: string | undefined): string => {
    if (name === undefined) return 'anonymous';
    if (names.has(name)) return name;
    if (names.size >= MOST_NAMES || name.length > LONGEST_NAME) return 'other';
    names.add(name);
    return name;
  };
  return {
    registry,
    operation({ operation, name, fields }, seconds) {
      for (const field of fields) requests.inc({ operation, field });
      if (seconds !== null) durations.observe({ operation, name: labelOf(name) }, seconds);
    },
    subscription() {
      open.inc();
      return () => open.dec();
    },
    cache(hit) {
      looks.inc(hit ? HIT : MISS);
    },
    error(code) {
      errors.inc({ code: KNOWN_CODE.test(code) ? code : 'OTHER' });
    },
  };
}
