import { LRUCache } from 'lru-cache';

export interface Rate {
  /** Requests that a client may make each second, on average. */
  readonly perSecond: number;
  /** Requests that it may make at once after a rest. */
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Addresses that are remembered; one that is forgotten has a full bucket again. */
const REMEMBERED = 10_000;

/** A token bucket for each client. */
export class Clients {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: REMEMBERED });

  constructor(rate: Rate, now: () => number = Date.now) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes a token of a client's; else says after how many seconds there is one. */
  take(client: string): { readonly allowed: true } | { readonly allowed: false; readonly seconds: number } {
    const { perSecond, burst } = this.#rate;
    const now = this.#now();
    const bucket = this.#buckets.get(client) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(client, bucket);
    if (bucket.tokens < 1) return { allowed: false, seconds: Math.ceil((1 - bucket.tokens) / perSecond) };
    bucket.tokens--;
    return { allowed: true };
  }
}
