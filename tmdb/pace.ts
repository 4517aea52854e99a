/**
 * The pace of one batch: evenly spaced requests, so that no second holds more than the budget. The rate may be
 * changed while it runs; a 429 lowers it once for the time that it asks for, never below a quarter of the share,
 * and it returns by itself.
 */

/** What a clock must do; tests bring their own. Milliseconds since any moment; never goes back. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const LOWERED = 0.5;
const FLOOR = 0.25;
/** Share of the full rate that returns in a second. */
const RETURN_PER_SECOND = 0.05;

export class Pacer {
  #share: number;
  #factor = 1;
  #lowerableAt = 0;
  #returnedAt: number;
  #nextAt = 0;

  /** `share`: requests per second of this batch, 0 = unlimited. `phase`: 0-1, the part of a gap before the first. */
  constructor(
    share: number,
    private readonly clock: Clock,
    phase = 0,
  ) {
    this.#share = share;
    this.#returnedAt = clock.now();
    this.#nextAt = clock.now() + phase * this.#gap();
  }

  setShare(share: number): void {
    if (share === this.#share) return;
    this.#share = share;
    // A slot far ahead was planned at the old rate.
    this.#nextAt = Math.min(this.#nextAt, this.clock.now() + this.#gap());
  }

  /** Requests per second that are allowed now; 0 = unlimited. */
  get rate(): number {
    return this.#share * this.#factor;
  }

  /** A 429 came that asked for `retryAfterMs`: every other 429 until then is of the same cause. */
  refused(retryAfterMs: number): void {
    const now = this.clock.now();
    if (now < this.#lowerableAt) return;
    this.#lowerableAt = now + retryAfterMs;
    this.#factor = Math.max(FLOOR, this.#factor * LOWERED);
    this.#returnedAt = now + retryAfterMs;
  }

  /** Waits for the next slot. */
  async slot(signal: AbortSignal): Promise<void> {
    this.#recover();
    if (this.#share === 0) return;
    const now = this.clock.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#gap();
    if (at > now) await this.clock.sleep(at - now, signal);
  }

  #gap(): number {
    return this.#share === 0 ? 0 : 1000 / this.rate;
  }

  #recover(): void {
    const now = this.clock.now();
    if (this.#factor === 1 || now <= this.#returnedAt) return;
    this.#factor = Math.min(1, this.#factor + (RETURN_PER_SECOND * (now - this.#returnedAt)) / 1000);
    this.#returnedAt = now;
  }
}
