import { MASK_WORDS } from './tree.js';

/** What a node may be split by. G and H are sums over rows of weight × response and of weight. */
export interface SplitRules {
  /** Least H on either side. */
  readonly minLeaf: number;
  /** Added to H when a side's answer G / (H + λ) is formed. */
  readonly lambda: number;
  /** Pulls the mean of a rare category towards 0 while categories are put in order (LightGBM's cat_smooth). */
  readonly categorySmooth: number;
}

/** The best way found to part a node; `mask` has a bit for every bin that goes left. */
export interface Split {
  gain: number;
  feature: number;
  readonly mask: Uint32Array;
}

export const emptySplit = (): Split => ({ gain: 0, feature: -1, mask: new Uint32Array(MASK_WORDS) });

/**
 * Improves `best` with the best split of a numeric feature. The histogram holds G and H of each bin, bin 0 the
 * missing values, which are tried on both sides; where the node has none they will follow the heavier side.
 */
export function splitNumber(
  histogram: Float64Array,
  offset: number,
  bins: number,
  feature: number,
  rules: SplitRules,
  best: Split,
): void {
  const { minLeaf, lambda } = rules;
  const end = offset + 2 * bins;
  const missingG = histogram[offset]!;
  const missingH = histogram[offset + 1]!;
  let totalG = 0;
  let totalH = 0;
  for (let at = offset; at < end; at += 2) {
    totalG += histogram[at]!;
    totalH += histogram[at + 1]!;
  }
  const base = (totalG * totalG) / (totalH + lambda);
  let target = best.gain + base;
  let cut = 0;
  let missingLeft = false;
  let g = 0;
  let h = 0;
  for (let at = offset + 2; at < end; at += 2) {
    const binH = histogram[at + 1]!;
    if (binH === 0) continue;
    g += histogram[at]!;
    h += binH;
    // Missing values on the right, or none.
    const otherH = totalH - h;
    if (h >= minLeaf && otherH >= minLeaf && otherH > 0) {
      const other = totalG - g;
      const found = (g * g) / (h + lambda) + (other * other) / (otherH + lambda);
      if (found > target) {
        target = found;
        cut = at;
        missingLeft = missingH === 0 && h > otherH;
      }
    }
    if (missingH === 0) continue;
    const withH = h + missingH;
    const restH = totalH - withH;
    if (withH < minLeaf || restH < minLeaf || restH <= 0) continue;
    const withG = g + missingG;
    const restG = totalG - withG;
    const found = (withG * withG) / (withH + lambda) + (restG * restG) / (restH + lambda);
    if (found > target) {
      target = found;
      cut = at;
      missingLeft = true;
    }
  }
  if (cut === 0) return;
  best.gain = target - base;
  best.feature = feature;
  fillMask(best.mask, missingLeft ? 0 : 1, (cut - offset) / 2);
}

/**
 * Improves `best` with the best split of a categorical feature: categories sorted by their mean response need
 * only be cut once (Fisher 1958); the missing bin is one of them. Categories that the node has not seen follow
 * the heavier side.
 */
export function splitCategory(
  histogram: Float64Array,
  offset: number,
  bins: number,
  feature: number,
  rules: SplitRules,
  best: Split,
): void {
  const { minLeaf, lambda, categorySmooth } = rules;
  const seen: number[] = [];
  let totalG = 0;
  let totalH = 0;
  for (let b = 0; b < bins; b++) {
    const h = histogram[offset + 2 * b + 1]!;
    if (h === 0) continue;
    seen.push(b);
    totalG += histogram[offset + 2 * b]!;
    totalH += h;
  }
  const mean = (b: number) => histogram[offset + 2 * b]! / (histogram[offset + 2 * b + 1]! + categorySmooth);
  seen.sort((a, b) => mean(a) - mean(b) || a - b);
  const base = (totalG * totalG) / (totalH + lambda);
  let g = 0;
  let h = 0;
  let cut = -1;
  let unseenLeft = false;
  for (let i = 0; i < seen.length - 1; i++) {
    g += histogram[offset + 2 * seen[i]!]!;
    h += histogram[offset + 2 * seen[i]! + 1]!;
    const otherH = totalH - h;
    if (h < minLeaf || otherH < minLeaf || otherH <= 0) continue;
    const other = totalG - g;
    const gain = (g * g) / (h + lambda) + (other * other) / (otherH + lambda) - base;
    if (gain <= best.gain) continue;
    best.gain = gain;
    best.feature = feature;
    cut = i;
    unseenLeft = h > otherH;
  }
  if (cut < 0) return;
  best.mask.fill(unseenLeft ? 0xffffffff : 0);
  seen.forEach((b, i) => {
    const bit = 1 << (b & 31);
    if (i <= cut) best.mask[b >> 5]! |= bit;
    else best.mask[b >> 5]! &= ~bit;
  });
}

/** Sets the bits of the bins `from` to `to` alone. */
function fillMask(mask: Uint32Array, from: number, to: number): void {
  mask.fill(0);
  for (let b = from; b <= to; b++) mask[b >> 5]! |= 1 << (b & 31);
}
