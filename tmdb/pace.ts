/**
 * The pace of one batch: evenly spaced requests, and in no second more than its share. What a busy machine was late
 * for is made up within these bounds. The rate may be changed while it runs; a 429 lowers it once for the time that it
 * asks for, never below a quarter of the share, and it returns by itself.
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
/** Milliseconds of lateness that are made up; older ones are lost, so that nothing is saved for a burst. */
const MADE_UP = 250;
/** Requests that are made up are at least this part of a gap apart. */
const CLOSEST = 0.5;
const SECOND = 1000;

export class Pacer {
  #share: number;
  #factor = 1;
  #lowerableAt = 0;
  #returnedAt: number;
  /** When the next request is due. */
  #nextAt = 0;
  /** When those of the last second were made, ascending. */
  #made: number[] = [];

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
    const due = Math.max(this.#nextAt, now - MADE_UP);
    this.#nextAt = due + this.#gap();
    const at = Math.max(now, due, this.#earliest(now));
    this.#made.push(at);
    if (at <= now) return;
    await this.clock.sleep(at - now, signal);
    // A timer may be late.
    this.#made[this.#made.length - 1] = Math.max(at, this.clock.now());
  }

  /** The first moment that keeps the distance to the last request and the share of its second. */
  #earliest(now: number): number {
    while (this.#made.length > 0 && this.#made[0]! <= now - SECOND) this.#made.shift();
    const last = this.#made.at(-1);
    if (last === undefined) return now;
    const full = this.#made.at(-Math.ceil(this.#share));
    return Math.max(last + CLOSEST * this.#gap(), full === undefined ? now : full + SECOND);
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
