import type { RunView } from '../graphql/runs.js';

/** Milliseconds between two looks at a run that somebody watches. */
const LOOK = 500;

/** One poll for a run, however many look; every subscriber gets the present state first. */
export class Watch {
  readonly #subscribers = new Set<{ push(view: RunView | null): void }>();
  #last: RunView | null = null;
  #timer: NodeJS.Timeout | undefined;
  #started = false;
  #ended = false;

  constructor(
    private readonly see: () => Promise<RunView | null>,
    private readonly onIdle: () => void,
  ) {}

  async *subscribe(): AsyncIterableIterator<RunView> {
    const queue: (RunView | null)[] = this.#last === null ? [] : [this.#last];
    let wake: (() => void) | undefined;
    const subscriber = {
      push(view: RunView | null) {
        queue.push(view);
        wake?.();
      },
    };
    this.#subscribers.add(subscriber);
    // Not before the first look has ended is there a timer: whoever comes until then must not begin another poll.
    if (!this.#started) {
      this.#started = true;
      void this.#poll();
    }
    try {
      for (;;) {
        while (queue.length === 0) await new Promise<void>((done) => (wake = done));
        const view = queue.shift() as RunView | null;
        if (view === null) return;
        yield view;
        if (view.closedAt !== null) return;
      }
    } finally {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) {
        clearTimeout(this.#timer);
        this.#ended = true;
        this.onIdle();
      }
    }
  }

  async #poll(): Promise<void> {
    // A look that fails is repeated: Temporal may be away for a while.
    const view = await this.see().catch(() => undefined);
    if (this.#ended) return;
    if (view === null) for (const subscriber of this.#subscribers) subscriber.push(null);
    else if (view !== undefined && JSON.stringify(view) !== JSON.stringify(this.#last)) {
      this.#last = view;
      for (const subscriber of this.#subscribers) subscriber.push(view);
    }
    this.#timer = setTimeout(() => void this.#poll(), LOOK);
  }
}
