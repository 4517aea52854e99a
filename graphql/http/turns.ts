/** Beginnings between two looks at the sockets: fewer are fairer, more take fewer rounds of the loop. */
const MOST = 4;

/**
 * Lets requests begin one after another, in the order in which they came, in turns of the event loop of their own.
 *
 * Requests that are answered as their sockets become readable are answered in batches, and unfairly: who is last in a
 * batch asks again too late for the next, and level-triggered epoll (https://man7.org/linux/man-pages/man7/epoll.7.html)
 * puts it behind all others in the one after, where it is last again. New connections wait longer still, as libuv
 * accepts one of them in each round of the loop.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** Immediates that are to come; never more than wait. */
  #scheduled = 0;

  /** Resolves in its turn: what is done then without waiting is done before the next one begins. */
  async next(): Promise<void> {
    await new Promise<void>((begin) => {
      this.#waiting.push(begin);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled === MOST || this.#scheduled === this.#waiting.length) return;
    this.#scheduled++;
    setImmediate(this.#begin);
  }

  readonly #begin = (): void => {
    this.#scheduled--;
    this.#waiting.shift()?.();
    this.#schedule();
  };
}
