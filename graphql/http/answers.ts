import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Doorkeeper } from '../data/doorkeeper.js';
import type { Snapshot } from '../data/snapshot.js';

/** Bytes of all kept answers with their keys, of the largest answer and of the largest key that is kept. */
const MOST_BYTES = 32 * 2 ** 20;
const MOST_OF_ONE = 2 ** 20;
const MOST_OF_KEY = 10_000;
/** A shorter answer costs more to compress than to send. */
const WORTH_COMPRESSING = 2048;

const compress = promisify(gzip);

/** An answer that stays right as long as its snapshot is the newest. */
export interface Answer {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
  /** Null while it has not been compressed, or where that does not pay. */
  zipped: Buffer | null;
  /** Counts another use in the metrics. */
  readonly count: () => void;
}

/** Answers to queries about the newest snapshot, kept until another one takes its place. */
export class Answers {
  readonly #kept = new LRUCache<string, Answer>({ maxSize: MOST_BYTES, sizeCalculation: sizeOf });
  readonly #doorkeeper = new Doorkeeper();
  #snapshot: Snapshot | null = null;

  /** Bytes in use. */
  get bytes(): number {
    return this.#kept.calculatedSize;
  }

  find(key: string, newest: Snapshot | null): Answer | undefined {
    this.#see(newest);
    return key.length > MOST_OF_KEY ? undefined : this.#kept.get(key);
  }

  /** Whether a question came before, here or to a snapshot before: else its answer is not worth keeping. */
  cameBefore(key: string): boolean {
    return this.#doorkeeper.admits(key);
  }

  /** `from`: the snapshot that the answer was made of. */
  keep(
    key: string,
    from: Snapshot | null,
    newest: Snapshot | null,
    answer: Pick<Answer, 'body' | 'type' | 'count'>,
  ): void {
    this.#see(newest);
    if (from !== newest || key.length > MOST_OF_KEY || answer.body.length > MOST_OF_ONE) return;
    this.#kept.set(key, { ...answer, etag: etagOf(answer.body), zipped: null });
  }

  /** The body compressed, made once; null where that does not pay. */
  async zip(key: string, answer: Answer): Promise<Buffer | null> {
    if (answer.zipped !== null) return answer.zipped;
    const zipped = await zipBody(answer.body);
    if (zipped === null) return null;
    // Set anew, so that its bytes are counted.
    this.#kept.delete(key);
    answer.zipped = zipped;
    this.#kept.set(key, answer);
    return zipped;
  }

  #see(newest: Snapshot | null): void {
    if (newest === this.#snapshot) return;
    this.#kept.clear();
    this.#snapshot = newest;
  }
}

export async function zipBody(body: Buffer): Promise<Buffer | null> {
  return body.length < WORTH_COMPRESSING ? null : await compress(body, { level: 4 });
}

function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

function sizeOf({ body, zipped }: Answer, key: string): number {
  return 2 * key.length + body.length + (zipped?.length ?? 0) + 200;
}
