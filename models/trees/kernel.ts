import * as wasm from './wasm.js';

/** The innermost loops of all training, over one shared memory; all arguments are addresses in bytes. */
export interface Kernel {
  /**
   * Adds the pairs (G, H) of the rows listed from `order` to `end` to histograms of `columns.length` features, at
   * most PER_PASS: pair `bin` of histogram k for the row's byte in column k.
   */
  addRows(
    order: number,
    end: number,
    pairs: number,
    columns: readonly number[],
    histograms: readonly number[],
  ): void;
  /** Turns a parent's histogram into that of the child whose sibling's is given. */
  subtract(parent: number, end: number, sibling: number): void;
  /**
   * Puts the rows whose bin has its bit in the mask first, both sides in their order, and gives the address where
   * the other side begins. `scratch` has room for all of them.
   */
  partition(order: number, end: number, column: number, mask: number, scratch: number): number;
}

/**
 * Features that are added up together. Additions to one bin wait for each other; eight at a time keep the processor
 * busy meanwhile.
 */
export const PER_PASS = 8;

/** Subtraction leaves dust in bins that hold no row; a bin with less weight must hold nothing. */
const DUST = 1e-9;

const { get, set, tee, i32, f64, ADD, AND, SHL, SHR, SUB, LESS, LOAD, STORE, LOAD_BYTE } = wasm;

function addRowsOf(count: number): wasm.WasmFunction {
  const [order, end, pairs] = [0, 1, 2];
  const column = (k: number) => 3 + k;
  const histogram = (k: number) => 3 + count + k;
  const [row, bin, pair] = [3 + 2 * count, 4 + 2 * count, 5 + 2 * count];
  const one = (k: number) => [
    ...[...get(histogram(k)), ...get(column(k)), ...get(row), ...ADD, ...LOAD_BYTE],
    ...[...i32(4), ...SHL, ...ADD, ...tee(bin)],
    ...[...get(bin), ...wasm.LOAD_PAIR, ...get(pair), ...wasm.ADD_PAIR, ...wasm.STORE_PAIR],
  ];
  return {
    name: `addRows${count}`,
    parameters: 3 + 2 * count,
    locals: [wasm.I32, wasm.I32, wasm.V128],
    returns: false,
    body: wasm.repeat(
      [...get(order), ...LOAD, ...tee(row), ...i32(4), ...SHL, ...get(pairs), ...ADD],
      [...wasm.LOAD_PAIR, ...set(pair)],
      ...Array.from({ length: count }, (_, k) => one(k)),
      [...get(order), ...i32(4), ...ADD, ...tee(order), ...get(end), ...LESS],
    ),
  };
}

function subtract(): wasm.WasmFunction {
  const [parent, end, sibling, left] = [0, 1, 2, 3];
  return {
    name: 'subtract',
    parameters: 3,
    locals: [wasm.V128],
    returns: false,
    body: wasm.repeat(
      [...get(parent), ...wasm.NO_PAIR],
      [...get(parent), ...wasm.LOAD_PAIR, ...get(sibling), ...wasm.LOAD_PAIR, ...wasm.SUB_PAIR, ...tee(left)],
      [...get(left), ...wasm.SECOND, ...f64(DUST), ...wasm.F64_LESS, ...wasm.SELECT, ...wasm.STORE_PAIR],
      [...get(sibling), ...i32(16), ...ADD, ...set(sibling)],
      [...get(parent), ...i32(16), ...ADD, ...tee(parent), ...get(end), ...LESS],
    ),
  };
}

function partition(): wasm.WasmFunction {
  const [order, end, column, mask, scratch] = [0, 1, 2, 3, 4];
  const [row, bin, step, left, right] = [5, 6, 7, 8, 9];
  return {
    name: 'partition',
    parameters: 5,
    locals: [wasm.I32, wasm.I32, wasm.I32, wasm.I32, wasm.I32],
    returns: true,
    body: [
      ...[...get(order), ...set(left), ...get(scratch), ...set(right)],
      ...wasm.repeat(
        [...get(column), ...get(order), ...LOAD, ...tee(row), ...ADD, ...LOAD_BYTE, ...set(bin)],
        // The word of the mask that the bin's bit is in, moved so that it is the lowest; times four bytes.
        [...get(mask), ...get(bin), ...i32(5), ...SHR, ...i32(2), ...SHL, ...ADD, ...LOAD],
        [...get(bin), ...SHR, ...i32(1), ...AND, ...i32(2), ...SHL, ...set(step)],
        // Written to both sides, kept on one: faster than a branch that is guessed wrong.
        [...get(left), ...get(row), ...STORE, ...get(right), ...get(row), ...STORE],
        [...get(left), ...get(step), ...ADD, ...set(left)],
        [...get(right), ...i32(4), ...ADD, ...get(step), ...SUB, ...set(right)],
        [...get(order), ...i32(4), ...ADD, ...tee(order), ...get(end), ...LESS],
      ),
      ...[...get(left), ...get(scratch), ...get(right), ...get(scratch), ...SUB, ...wasm.COPY],
      ...get(left),
    ],
  };
}

const COUNTS = Array.from({ length: PER_PASS }, (_, k) => k + 1);
let compiled: object | undefined;

/** Lists of no rows (order = end) must not be given. */
export function kernelOver(memory: wasm.SharedMemory): Kernel {
  compiled ??= wasm.compile([...COUNTS.map(addRowsOf), subtract(), partition()]);
  const functions = wasm.instantiate(compiled, memory);
  const adders = COUNTS.map((count) => functions[`addRows${count}`]!);
  return {
    addRows(order, end, pairs, columns, histograms) {
      adders[columns.length - 1]!(order, end, pairs, ...columns, ...histograms);
    },
    subtract: functions['subtract'] as Kernel['subtract'],
    partition: functions['partition'] as Kernel['partition'],
  };
}
