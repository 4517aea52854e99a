/**
 * The smallest of many numbers without sorting the rest: those so far, with the largest on top of a heap (Knuth, The
 * Art of Computer Programming, volume 3, section 5.2.3). Most of the others are refused by one comparison.
 */
export class Smallest {
  readonly #heap: Float64Array;

  /** `count`: how many are wanted, at least one. As many must be offered. */
  constructor(count: number) {
    this.#heap = new Float64Array(count).fill(Infinity);
  }

  /** What is not less is refused. */
  get bound(): number {
    return this.#heap[0]!;
  }

  offer(value: number): void {
    const heap = this.#heap;
    if (value >= heap[0]!) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1]! > heap[child]!) child++;
      if (heap[child]! <= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }

  /** Ascending. Nothing is offered after this. */
  sorted(): Float64Array {
    return this.#heap.sort();
  }
}
