import { PER_PASS } from './kernel.js';
import { FOUND_NUMBERS, type GrowSpace } from './space.js';
import { emptySplit, splitCategory, splitNumber, takeBetter, type Split, type SplitRules } from './split.js';

/** Histograms to make and to search. A step is done feature by feature, so threads can share it. */
export interface Step {
  /** The rows that are added up, into the slot `fill`. */
  readonly from: number;
  readonly to: number;
  readonly fill: number;
  /** The slot of their parent, to become that of their siblings by subtraction; -1: not wanted. */
  readonly rest: number;
  /** Sums of the rows, and of their siblings. */
  readonly g: number;
  readonly h: number;
  readonly restG: number;
  readonly restH: number;
}

/**
 * The words of the control. TICKET is the number of the step and, in its lowest bits, the next chunk of it that
 * nobody has taken; a chunk is taken by raising it, and only while it still says what was read: so a thread that
 * comes late takes nothing of a step that is over. DONE counts the chunks that are finished; BELL wakes those who
 * wait. Behind the words lie the four sums of the step.
 */
const [TICKET, CHUNKS, DONE, BELL, OVER, FROM, TO, FILL, REST, FEATURES] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Bits of a chunk's number, and the one that no chunk has. */
const CHUNK_BITS = 12;
const NO_CHUNK = (1 << CHUNK_BITS) - 1;

/** Below so many rows × features, telling other threads takes longer than the work. */
const WORTH_SHARING = 40_000;
/** Looks at the ticket before a thread goes to sleep: about 20 µs. */
const SPINS = 4000;

/** Does steps: for the thread that grows a tree, alone or with others, and for those who help it. */
export class Steps {
  readonly #space: GrowSpace;
  readonly #rules: SplitRules;
  readonly #helpers: number;
  readonly #control: Int32Array;
  readonly #sums: Float64Array;
  readonly #one = emptySplit();
  #number = 0;

  constructor(space: GrowSpace, rules: SplitRules, helpers: number) {
    this.#space = space;
    this.#rules = rules;
    this.#helpers = helpers;
    this.#control = space.control;
    this.#sums = new Float64Array(space.control.buffer, space.control.byteOffset + 8 * 8, 4);
  }

  /** Does a step for some features and writes the best splits found for the rows, and for their siblings. */
  run(step: Step, features: Int32Array, best: Split, restBest: Split): void {
    const control = this.#control;
    this.#space.features.set(features);
    control[FROM] = step.from;
    control[TO] = step.to;
    control[FILL] = step.fill;
    control[REST] = step.rest;
    control[FEATURES] = features.length;
    this.#sums[0] = step.g;
    this.#sums[1] = step.h;
    this.#sums[2] = step.restG;
    this.#sums[3] = step.restH;
    const chunks = Math.ceil(features.length / PER_PASS);
    if (this.#helpers === 0 || chunks < 2 || (step.to - step.from) * features.length < WORTH_SHARING)
      for (let chunk = 0; chunk < chunks; chunk++) this.#chunk(chunk);
    else this.#share(chunks);
    for (let chunk = 0; chunk < chunks; chunk++) {
      this.#read(2 * chunk, best);
      if (step.rest >= 0) this.#read(2 * chunk + 1, restBest);
    }
  }

  /** Lets the helpers go. */
  end(): void {
    Atomics.store(this.#control, OVER, 1);
    this.#ring();
  }

  /** Helps with steps until there are no more. */
  help(): void {
    const control = this.#control;
    for (;;) {
      const bell = Atomics.load(control, BELL);
      if (Atomics.load(control, OVER) === 1) return;
      let worked = false;
      for (let spin = 0; spin < SPINS && !worked; spin++) worked = this.#takeChunk();
      if (!worked) Atomics.wait(control, BELL, bell, 1000);
    }
  }

  #share(chunks: number): void {
    const control = this.#control;
    // First nothing can be taken: whoever still holds the last ticket must not use it on this step.
    Atomics.or(control, TICKET, NO_CHUNK);
    Atomics.store(control, CHUNKS, chunks);
    Atomics.store(control, DONE, 0);
    this.#number = (this.#number + 1) & 0x7ffff;
    Atomics.store(control, TICKET, this.#number << CHUNK_BITS);
    this.#ring();
    while (this.#takeChunk());
    while (Atomics.load(control, DONE) < chunks);
  }

  #ring(): void {
    Atomics.add(this.#control, BELL, 1);
    Atomics.notify(this.#control, BELL);
  }

  #takeChunk(): boolean {
    const control = this.#control;
    const ticket = Atomics.load(control, TICKET);
    const chunk = ticket & NO_CHUNK;
    if (chunk >= Atomics.load(control, CHUNKS)) return false;
    if (Atomics.compareExchange(control, TICKET, ticket, ticket + 1) !== ticket) return true;
    this.#chunk(chunk);
    Atomics.add(control, DONE, 1);
    return true;
  }

  #chunk(chunk: number): void {
    const space = this.#space;
    const control = this.#control;
    const count = control[FEATURES]!;
    const features = space.features.subarray(chunk * PER_PASS, Math.min(count, (chunk + 1) * PER_PASS));
    const [fill, rest] = [control[FILL]!, control[REST]!];
    space.fill(fill, features, control[FROM]!, control[TO]!);
    this.#search(fill, features, this.#sums[0]!, this.#sums[1]!, 2 * chunk);
    if (rest < 0) return;
    for (const f of features) space.subtract(rest, fill, f);
    this.#search(rest, features, this.#sums[2]!, this.#sums[3]!, 2 * chunk + 1);
  }

  /** Each feature by itself, so that who searches with whom changes no bit. */
  #search(slot: number, features: Int32Array, g: number, h: number, place: number): void {
    const { histograms, offsets, shared, found, foundMasks } = this.#space;
    const start = this.#space.slotStart(slot);
    const best = emptySplit();
    for (const f of features) {
      const search = shared.categorical[f] ? splitCategory : splitNumber;
      this.#one.feature = f;
      search(histograms, start + 2 * offsets[f]!, shared.counts[f]!, g, h, this.#rules, this.#one);
      takeBetter(best, this.#one);
    }
    const at = place * FOUND_NUMBERS;
    found[at] = best.gain;
    found[at + 1] = best.feature;
    found[at + 2] = best.g;
    found[at + 3] = best.h;
    foundMasks.set(best.mask, 2 * at + 8);
  }

  #read(place: number, best: Split): void {
    const { found, foundMasks } = this.#space;
    const at = place * FOUND_NUMBERS;
    if (found[at]! <= best.gain) return;
    best.gain = found[at]!;
    best.feature = found[at + 1]!;
    best.g = found[at + 2]!;
    best.h = found[at + 3]!;
    best.mask.set(foundMasks.subarray(2 * at + 8, 2 * at + 16));
  }
}
