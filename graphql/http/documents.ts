import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';

/** Bytes of texts that are kept. */
const MOST_BYTES = 8 * 2 ** 20;
/** Hexadecimal digits of a SHA-256. */
const DIGITS = 64;

/** Extensions that Apollo reads nothing of, such as those in which clients name themselves. */
const isPlain = (extensions: unknown): extensions is object | null | undefined =>
  extensions == null ||
  (typeof extensions === 'object' && !Array.isArray(extensions) && !('persistedQuery' in extensions));

const BOUND = {
  maxSize: MOST_BYTES,
  sizeCalculation: (value: string, key: string): number => 2 * (key.length + value.length) + 200,
};

/**
 * Texts of operations by their SHA-256, also those that clients persist. Apollo hashes every text that it gets, through
 * a `require` of its own each time: a twentieth of what a short answer costs. So each text is hashed here when it first
 * comes, and Apollo is asked by its hash, as a client of automatic persisted queries asks.
 */
export class Documents {
  readonly #hashes = new LRUCache<string, string>(BOUND);
  readonly #texts = new LRUCache<string, string>(BOUND);

  /** The body of a request with its text's hash instead of the text; as it is where it has a hash or is not as it should. */
  byHash(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const { query, extensions } = body;
    if (typeof query !== 'string' || query === '' || !isPlain(extensions)) return body;
    const sha256Hash = this.#hashOf(query);
    return {
      ...body,
      query: undefined,
      extensions: { ...extensions, persistedQuery: { version: 1, sha256Hash } },
    };
  }

  /** Has a text at hand for Apollo, which is to be asked by its hash at once: before any other request is read. */
  provide({ query }: Readonly<Record<string, unknown>>): void {
    if (typeof query === 'string') this.#texts.set(this.#hashOf(query), query);
  }

  #hashOf(query: string): string {
    const known = this.#hashes.get(query);
    if (known !== undefined) return known;
    const made = hash('sha256', query);
    this.#hashes.set(query, made);
    return made;
  }

  /** For Apollo, whose keys end in the hash. */
  async get(key: string): Promise<string | undefined> {
    return this.#texts.get(key.slice(-DIGITS));
  }

  /** Apollo has checked that the hash is the text's. */
  async set(key: string, text: string): Promise<void> {
    this.#texts.set(key.slice(-DIGITS), text);
  }

  async delete(key: string): Promise<void> {
    this.#texts.delete(key.slice(-DIGITS));
  }
}
