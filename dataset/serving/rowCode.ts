import {
  block,
  compile,
  get,
  go,
  goIf,
  I32,
  i32,
  I64,
  i64,
  instantiate,
  loop,
  set,
  tee,
  V128,
  v128,
  when,
  type Code,
  type WasmFunction,
  type WasmMemory,
} from './wasm.js';

/** Bytes of a bitmap that are taken at a time. */
export const STRIDE = 64;
/** Bitmaps that are combined at once. */
export const AT_ONCE = 6;

/**
 * Loops over bitmaps, and over lists of rows, of four bytes each. Addresses and lengths are bytes; lengths of bitmaps
 * are multiples of STRIDE, at least one. What lies behind a bitmap may be read.
 *
 * Beside vectors WebAssembly has another advantage over JavaScript: a step is few instructions, without a look at the
 * array's bounds and place. A processor that waits for a far word goes on until it has some hundreds of instructions
 * in hand, and so waits for more words at once.
 */
export interface RowCode {
  /**
   * For each number of masks: `to = from & (mask ^ flip) & …` at each place; the number of ones. A flip is -1 where the
   * mask's ones are taken out, else 0.
   */
  readonly [narrow: `narrow${number}`]: (
    to: number,
    from: number,
    bytes: number,
    ...masksAndFlips: readonly number[]
  ) => number;
  /** Number of ones. */
  readonly count: (at: number, bytes: number) => number;
  /** Writes the places of ones, ascending. */
  readonly list: (at: number, bytes: number, to: number) => void;
  /** How many of the rows the bits have. */
  readonly held: (rows: number, end: number, bits: number) => number;
  /** Takes the rows out of the bits; how many of them there were. */
  readonly drop: (rows: number, end: number, bits: number) => number;
  /** Writes the rows that the bits have, and up to three rows behind `last`; where the writing ended. */
  readonly take: (rows: number, end: number, bits: number, to: number, last: number) => number;
  /** Writes the column's value of each row; `to` may be where the rows are. */
  readonly values: (rows: number, end: number, column: number, to: number) => void;
}

const upTo = (end: number, step: number): number[] =>
  Array.from({ length: end / step }, (_, at) => at * step);
const advance = (local: number, by: number): Code => set(local, i32.add(get(local), i32.of(by)));

/** Again as long as there are bytes. */
const forStrides = (at: readonly number[], bytes: number, ...body: readonly Code[]): Code =>
  loop(
    ...body,
    at.map((local) => advance(local, STRIDE)),
    goIf(tee(bytes, i32.subtract(get(bytes), i32.of(STRIDE))), 0),
  );

function narrow(masks: number): WasmFunction {
  const [to, from, bytes] = [0, 1, 2];
  const parameters = 3 + 2 * masks;
  const [sum, word] = [parameters, parameters + 1];
  const each = Array.from({ length: masks }, (_, i) => ({
    at: 3 + 2 * i,
    by: 4 + 2 * i,
    flip: word + 1 + i,
  }));
  const narrowed = (offset: number): Code =>
    each.reduce<Code>(
      (left, { at, flip }) => v128.and(left, v128.xor(v128.load(get(at), offset), get(flip))),
      v128.load(get(from), offset),
    );
  const ones = (half: number): Code => i64.ones(v128.half(get(word), half));
  return {
    name: `narrow${masks}`,
    parameters,
    returns: true,
    locals: [I64, V128, ...each.map(() => V128)],
    body: [
      each.map(({ by, flip }) => set(flip, v128.splat(get(by)))),
      forStrides(
        [to, from, ...each.map(({ at }) => at)],
        bytes,
        upTo(STRIDE, 16).map((offset) => [
          v128.store(get(to), tee(word, narrowed(offset)), offset),
          set(sum, i64.add(i64.add(get(sum), ones(0)), ones(1))),
        ]),
      ),
      i64.toI32(get(sum)),
    ],
  };
}

/** Eight bytes a count: processors count the ones of a word in a cycle, those of a vector in a dozen steps. */
function count(): WasmFunction {
  const [at, bytes, sum] = [0, 1, 2];
  return {
    ...{ name: 'count', parameters: 2, returns: true, locals: [I64] },
    body: [
      forStrides(
        [at],
        bytes,
        upTo(STRIDE, 8).map((offset) => set(sum, i64.add(get(sum), i64.ones(i64.load(get(at), offset))))),
      ),
      i64.toI32(get(sum)),
    ],
  };
}

/** Few ones leave most strides empty: one look tells. */
function list(): WasmFunction {
  const [at, bytes, to, word, place] = [0, 1, 2, 3, 4];
  const placesIn = (offset: number): Code =>
    loop(
      i32.store(
        get(to),
        i32.add(i32.add(get(place), i64.toI32(i64.trailingZeros(get(word)))), i32.of(8 * offset)),
        0,
      ),
      advance(to, 4),
      // Without its lowest one.
      set(word, i64.and(get(word), i64.subtract(get(word), i64.of(1)))),
      goIf(i64.unequal(get(word), i64.of(0)), 0),
    );
  return {
    ...{ name: 'list', parameters: 3, returns: false, locals: [I64, I32] },
    body: forStrides(
      [at],
      bytes,
      when(
        v128.any(
          upTo(STRIDE, 16)
            .map((offset) => v128.load(get(at), offset))
            .reduce((all, one) => v128.or(all, one)),
        ),
        upTo(STRIDE, 8).map((offset) =>
          when(i64.unequal(tee(word, i64.load(get(at), offset)), i64.of(0)), placesIn(offset)),
        ),
      ),
      advance(place, 8 * STRIDE),
    ),
  };
}

/** Steps that are taken in a row. */
const STEPS = 4;

/** For each row, `step` gets where it lies: at an address and so many bytes behind; four at a time, then the rest. */
const forRows = (rows: number, end: number, step: (offset: number) => Code): Code => [
  forFours(rows, end, upTo(4 * STEPS, 4).map(step)),
  forOnes(rows, end, step(0)),
];

const forOnes = (rows: number, end: number, ...body: readonly Code[]): Code =>
  block(loop(goIf(i32.notLess(get(rows), get(end)), 1), ...body, advance(rows, 4), go(0)));

const forFours = (rows: number, end: number, ...body: readonly Code[]): Code =>
  block(
    loop(
      goIf(i32.more(i32.add(get(rows), i32.of(4 * STEPS)), get(end)), 1),
      ...body,
      advance(rows, 4 * STEPS),
      go(0),
    ),
  );

/** Address of the word that has the row's bit. */
const wordOf = (bits: number, row: Code): Code =>
  i32.add(get(bits), i32.and(i32.shiftRight(row, i32.of(3)), i32.of(-4)));

function held(): WasmFunction {
  const [rows, end, bits, sum, row] = [0, 1, 2, 3, 4];
  return {
    ...{ name: 'held', parameters: 3, returns: true, locals: [I32, I32] },
    body: [
      forRows(rows, end, (offset) => {
        const word = i32.load(wordOf(bits, tee(row, i32.load(get(rows), offset))), 0);
        return set(sum, i32.add(get(sum), i32.and(i32.shiftRight(word, get(row)), i32.of(1))));
      }),
      get(sum),
    ],
  };
}

function drop(): WasmFunction {
  const [rows, end, bits, sum, row, at, word] = [0, 1, 2, 3, 4, 5, 6];
  return {
    ...{ name: 'drop', parameters: 3, returns: true, locals: [I32, I32, I32, I32] },
    body: [
      forRows(rows, end, (offset) => [
        set(at, wordOf(bits, tee(row, i32.load(get(rows), offset)))),
        set(word, i32.load(get(at), 0)),
        set(sum, i32.add(get(sum), i32.and(i32.shiftRight(get(word), get(row)), i32.of(1)))),
        // All ones but that of the row.
        i32.store(get(at), i32.and(get(word), i32.rotateLeft(i32.of(-2), get(row))), 0),
      ]),
      get(sum),
    ],
  };
}

/** Most steps find none: four at a glance. Where one does, each is written, and the next one over it if it is none. */
function take(): WasmFunction {
  const [rows, end, bits, to, last, row] = [0, 1, 2, 3, 4, 5];
  const bitOf = (row: Code, again: Code): Code => i32.shiftRight(i32.load(wordOf(bits, row), 0), again);
  const bitAt = (offset: number): Code => bitOf(tee(row, i32.load(get(rows), offset)), get(row));
  const takeAt = (offset: number): Code => [
    i32.store(get(to), tee(row, i32.load(get(rows), offset)), 0),
    set(to, i32.add(get(to), i32.shiftLeft(i32.and(bitOf(get(row), get(row)), i32.of(1)), i32.of(2)))),
  ];
  const full = i32.notLess(get(to), get(last));
  const any = upTo(4 * STEPS, 4)
    .map(bitAt)
    .reduce((all, one) => i32.or(all, one));
  return {
    ...{ name: 'take', parameters: 5, returns: true, locals: [I32] },
    body: [
      block(
        forFours(
          rows,
          end,
          // Out of the condition, the loop, its block and this one.
          when(i32.and(any, i32.of(1)), upTo(4 * STEPS, 4).map(takeAt), goIf(full, 3)),
        ),
        forOnes(rows, end, goIf(full, 1), takeAt(0)),
      ),
      get(to),
    ],
  };
}

function values(): WasmFunction {
  const [rows, end, column, to] = [0, 1, 2, 3];
  return {
    ...{ name: 'values', parameters: 4, returns: false, locals: [] },
    body: forOnes(
      rows,
      end,
      i32.store(
        get(to),
        i32.load(i32.add(get(column), i32.shiftLeft(i32.load(get(rows), 0), i32.of(2))), 0),
        0,
      ),
      advance(to, 4),
    ),
  };
}

const MODULE = compile([
  ...Array.from({ length: AT_ONCE + 1 }, (_, masks) => narrow(masks)),
  ...[count(), list(), held(), drop(), take(), values()],
]);

/** The code over what lies in this memory. */
export const rowCode = (memory: WasmMemory): RowCode => instantiate(MODULE, memory) as RowCode;
