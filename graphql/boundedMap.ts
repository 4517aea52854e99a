/** Keeps as many entries as it may; the one unused for longest goes first. */
export class BoundedMap<Key, Value> {
  readonly #most: number;
  readonly #sizeOf: (key: Key, value: Value) => number;
  readonly #entries = new Map<Key, Value>();
  #size = 0;

  /** `most` bounds the sum of `sizeOf` over the entries; without it, their number. */
  constructor(most: number, sizeOf: (key: Key, value: Value) => number = () => 1) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  get size(): number {
    return this.#size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // Taken out and put back: a Map's first key is then the one unused for longest.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#size += this.#sizeOf(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#most) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#size -= this.#sizeOf(key, value);
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}
