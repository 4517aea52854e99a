/** Numbers below this are looked up in an array; TMDB's people have numbers of seven digits. */
const DENSE = 1 << 23;
const NOBODY = -1;

/** The people of one role in some films, one film after another. */
export interface Billing {
  /** By film: how many. */
  readonly length: ArrayLike<number>;
  /** By row: the person's number, or the name where there is none. */
  readonly person: ArrayLike<number | string>;
  /** By row: 1 where the source has a picture. */
  readonly pictured: ArrayLike<number>;
}

/** Rows of a billing, and who stands there. */
export interface Fresh {
  readonly row: number[];
  readonly who: number[];
}

/** People in the order in which films name them: each becomes an integer, 0, 1, 2, … */
export class Roll {
  #numbered = new Int32Array(1 << 16).fill(NOBODY);
  readonly #others = new Map<number | string, number>();
  /** By who: 1 where a picture is known. */
  #shown = new Uint8Array(1 << 16);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Who stands in the next films: `who` film by film, cast first, each in its order. `named` and `shown`: the rows of
   * each role that name somebody, or show a picture of somebody, for the first time.
   */
  call(billings: readonly Billing[]): {
    readonly who: Int32Array;
    readonly named: readonly Fresh[];
    readonly shown: readonly Fresh[];
  } {
    const who = new Int32Array(billings.reduce((sum, { person }) => sum + person.length, 0));
    const none = (): Fresh => ({ row: [], who: [] });
    const [named, shown] = [billings.map(none), billings.map(none)];
    const next = billings.map(() => 0);
    const films = billings[0]!.length.length;
    let at = 0;
    for (let film = 0; film < films; film++)
      for (let role = 0; role < billings.length; role++) {
        const { length, person, pictured } = billings[role]!;
        const end = next[role]! + length[film]!;
        for (let row = next[role]!; row < end; row++) {
          const known = this.#size;
          const one = this.#numberOf(person[row]!);
          who[at++] = one;
          if (one === known) note(named[role]!, row, one);
          if (pictured[row] !== 1 || this.#shown[one] === 1) continue;
          this.#shown[one] = 1;
          note(shown[role]!, row, one);
        }
        next[role] = end;
      }
    return { who, named, shown };
  }

  #numberOf(person: number | string): number {
    if (typeof person === 'number' && person >= 0 && person < DENSE) {
      if (person >= this.#numbered.length) this.#grow(person);
      const one = this.#numbered[person]!;
      return one === NOBODY ? (this.#numbered[person] = this.#add()) : one;
    }
    let one = this.#others.get(person);
    if (one === undefined) this.#others.set(person, (one = this.#add()));
    return one;
  }

  #add(): number {
    if (this.#size === this.#shown.length) {
      const shown = new Uint8Array(2 * this.#size);
      shown.set(this.#shown);
      this.#shown = shown;
    }
    return this.#size++;
  }

  #grow(person: number): void {
    const numbered = new Int32Array(Math.min(DENSE, 2 * person)).fill(NOBODY);
    numbered.set(this.#numbered);
    this.#numbered = numbered;
  }
}

function note({ row, who }: Fresh, at: number, one: number): void {
  row.push(at);
  who.push(one);
}
