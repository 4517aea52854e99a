/** Beginnings between two looks at the sockets: fewer are fairer, more take fewer rounds of the loop. */
const MOST = 4;
/** Rounds of the loop in a row in which nothing begins as long as connections come. */
const ROUNDS_FOR_NEW = 64;

/**
 * Lets requests begin one after another, in the order in which they came, in turns of the event loop of their own.
 *
 * Requests that are answered as their sockets become readable are answered in batches, and unfairly: who is last in a
 * batch asks again too late for the next, and level-triggered epoll (https://man7.org/linux/man-pages/man7/epoll.7.html)
 * puts it behind all others in the one after, where it is last again. New connections would wait longer still: libuv
 * accepts one of them in each round of the loop. So a round that let one in begins nothing, lest the next wait for
 * what began; each beginning earns one such round, so that whoever goes on connecting takes no more than a share.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  /** Immediates that are to come; never more than wait. */
  #scheduled = 0;
  /** Immediates of this round that begin nothing. */
  #passing = 0;
  /** Rounds that may begin nothing. */
  #roundsForNew = ROUNDS_FOR_NEW;

  /** Resolves in its turn: what is done then without waiting is done before the next one begins. */
  async next(): Promise<void> {
    await new Promise<void>((begin) => {
      this.#waiting.push(begin);
      this.#schedule();
    });
  }

  /** A connection was let in: others may wait at the door. */
  letIn(): void {
    if (this.#passing > 0 || this.#scheduled === 0 || this.#roundsForNew === 0) return;
    this.#passing = this.#scheduled;
    this.#roundsForNew--;
  }

  #schedule(): void {
    if (this.#scheduled === MOST || this.#scheduled === this.#waiting.length) return;
    this.#scheduled++;
    setImmediate(this.#begin);
  }

  readonly #begin = (): void => {
    this.#scheduled--;
    if (this.#passing > 0) this.#passing--;
    else {
      this.#roundsForNew = Math.min(this.#roundsForNew + 1, ROUNDS_FOR_NEW);
      this.#waiting.shift()?.();
    }
    this.#schedule();
  };
}
