import { rowsOf, walkBits, type Bitmap, type Walk } from '../../dataset/serving/bitmap.js';
import type { Narrowing } from '../../dataset/serving/narrowing.js';
import type { Condition } from './conditions.js';

/**
 * Rows that meet all conditions, of which there is at least one, found for all films at once. Their bits lie where the
 * next search writes its own. (A class, for the getter: see `explained`.)
 */
export class Narrowed {
  readonly count: number;
  readonly rows = null;
  readonly walk: Walk;
  readonly #conditions: readonly Condition[];
  readonly #narrowing: Narrowing;
  #turn: number | null = null;
  #own: Bitmap | undefined;

  constructor(conditions: readonly Condition[], narrowing: Narrowing) {
    this.#conditions = conditions;
    this.#narrowing = narrowing;
    const [only, ...more] = conditions as [Condition, ...Condition[]];
    const alone = more.length === 0;
    if (!alone) this.#narrow();
    this.count = alone ? only.count : narrowing.count();
    // What one condition finds need not be written as bits to be shown.
    this.walk = (alone ? only.walk : undefined) ?? ((visit) => walkBits(this.bits)(visit));
  }

  get bits(): Bitmap {
    const narrowing = this.#narrowing;
    if (this.#own !== undefined) return this.#own;
    if (this.#turn === narrowing.turn) return narrowing.bits;
    const again = this.#turn !== null;
    this.#narrow();
    // Another search has written over them: who comes back for another page has them made once more, and kept.
    if (again) this.#own = narrowing.bits.slice();
    return narrowing.bits;
  }

  list(): Uint32Array {
    const { bits } = this;
    return (bits === this.#narrowing.bits ? this.#narrowing.rows() : null) ?? rowsOf(bits, this.count);
  }

  #narrow(): void {
    const narrowing = this.#narrowing;
    const start = this.#conditions.find(({ write, bits }) => write !== undefined || bits !== undefined);
    if (start?.write !== undefined) narrowing.beginWritten(start.write);
    else narrowing.begin(start?.bits?.() ?? null);
    for (const condition of this.#conditions) if (condition !== start) condition.narrow(narrowing);
    this.#turn = narrowing.turn;
  }
}
