import { crc32 } from 'node:zlib';

/** Keys of which it is known that they came. */
const REMEMBERED = 2 ** 16;

/**
 * Admits to a cache what comes for the second time. Most questions that come once never come again: to keep their
 * answers takes memory from others', and what is kept for a while is what the garbage collector copies, grows old and
 * has to be collected with all the rest. (The doorkeeper of Einziger, Friedman and Manes, "TinyLFU", 2017.)
 */
export class Doorkeeper {
  /** The hash of the last key that fell on each place. */
  readonly #came = new Uint32Array(REMEMBERED);

  /** Whether the key came before. One in 65,536 is taken for another, and admitted at once. */
  admits(key: string): boolean {
    const hash = crc32(key);
    const place = hash % REMEMBERED;
    const came = this.#came[place] === hash;
    this.#came[place] = hash;
    return came;
  }
}
