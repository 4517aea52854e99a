/** Row numbers of one fold. A model is fitted on `train` alone and judged on `test` alone. */
export interface Fold {
  readonly name: string;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** `k` folds of nearly equal size in random order; `random` gives numbers in [0, 1). Needs 2 ≤ k ≤ rows. */
export function kFold(rows: number, k: number, random: () => number): Fold[] {
  requireFolds(k, rows, 'rows');
  return foldsOf(
    shuffle(rows, random).map((at) => at % k),
    k,
  );
}

/** Like k-fold, but rows of the same group are never on both sides; the largest groups are placed first. */
export function groupedKFold(groups: ArrayLike<number>, k: number, random: () => number): Fold[] {
  const sizes = new Map<number, number>();
  for (let i = 0; i < groups.length; i++) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1);
  requireFolds(k, sizes.size, 'groups');
  const names = [...sizes.keys()].sort((a, b) => a - b);
  const place = shuffle(names.length, random);
  const bySize = names
    .map((group, i) => ({ group, size: sizes.get(group)!, place: place[i]! }))
    .sort((a, b) => b.size - a.size || a.place - b.place);
  const load = new Array<number>(k).fill(0);
  const foldOfGroup = new Map<number, number>();
  for (const { group, size } of bySize) {
    const lightest = load.indexOf(Math.min(...load));
    load[lightest]! += size;
    foldOfGroup.set(group, lightest);
  }
  return foldsOf(
    Int32Array.from(groups, (group) => foldOfGroup.get(group)!),
    k,
  );
}

/** One random split; the test part has `share` of the rows, at least one on either side. */
export function holdout(rows: number, share: number, random: () => number): Fold {
  requireFolds(2, rows, 'rows');
  const size = Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
  const place = shuffle(rows, random);
  const at = Int32Array.from({ length: rows }, (_, i) => i);
  return {
    name: `random ${Math.round(share * 100)} %`,
    train: at.filter((i) => place[i]! >= size),
    test: at.filter((i) => place[i]! < size),
  };
}

/**
 * Time-ordered: everything up to and with `cutoff` trains, what comes after it, up to and with `last`, tests.
 * Both are in the unit of `times`, e.g. release years. Rows with an unknown time (NaN) are in neither.
 */
export function timeSplit(times: ArrayLike<number>, cutoff: number, last: number): Fold {
  const at = Int32Array.from({ length: times.length }, (_, i) => i);
  return {
    name: `after ${cutoff}, to ${last}`,
    train: at.filter((i) => times[i]! <= cutoff),
    test: at.filter((i) => times[i]! > cutoff && times[i]! <= last),
  };
}

/**
 * Rolling origin (Tashman 2000): `origins` time-ordered folds of `window` each, the last ending at `last`, each
 * training on all that was before it. Oldest first.
 */
export function rollingOrigin(
  times: ArrayLike<number>,
  last: number,
  window: number,
  origins: number,
): Fold[] {
  return Array.from({ length: origins }, (_, i) => {
    const end = last - (origins - 1 - i) * window;
    return timeSplit(times, end - window, end);
  });
}

/** Each row's place in a random order (Fisher-Yates). */
function shuffle(rows: number, random: () => number): Int32Array {
  const place = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = place[i]!;
    place[i] = place[j]!;
    place[j] = kept;
  }
  return place;
}

function foldsOf(fold: Int32Array, k: number): Fold[] {
  const at = Int32Array.from({ length: fold.length }, (_, i) => i);
  return Array.from({ length: k }, (_, f) => ({
    name: `fold ${f + 1} of ${k}`,
    train: at.filter((i) => fold[i] !== f),
    test: at.filter((i) => fold[i] === f),
  }));
}

function requireFolds(k: number, available: number, what: string): void {
  if (!Number.isInteger(k) || k < 2 || k > available) {
    throw new Error(`${k} folds of ${available} ${what}: give a whole number from 2 to ${available}.`);
  }
}
