import { MASK_WORDS } from './tree.js';

/** What a node may be split by. G and H are sums over rows of weight × response and of weight. */
export interface SplitRules {
  /** Least H on either side. */
  readonly minLeaf: number;
  /** Added to H when a side's answer G / (H + λ) is formed. */
  readonly lambda: number;
  /**
   * Pulls the mean of a rare category towards 0 while categories are put in order; one with less H than this in a node
   * is never parted from the others (LightGBM's cat_smooth, which counts rows there).
   */
  readonly categorySmooth: number;
  /**
   * Added to λ when a split by categories is weighed, and in the answers of its two sides: of many categories some
   * look good by chance (LightGBM's cat_l2).
   */
  readonly categoryLambda: number;
}

/** A way to part a node; `mask` has a bit for every bin that goes left, `g` and `h` are the sums of that side. */
export interface Split {
  /** 0 where none was found. */
  gain: number;
  feature: number;
  g: number;
  h: number;
  readonly mask: Uint32Array;
}

export const emptySplit = (): Split => ({
  gain: 0,
  feature: -1,
  g: 0,
  h: 0,
  mask: new Uint32Array(MASK_WORDS),
});

/** Copies a split over another one if its gain is greater. */
export function takeBetter(best: Split, other: Split): void {
  if (other.gain <= best.gain) return;
  best.gain = other.gain;
  best.feature = other.feature;
  best.g = other.g;
  best.h = other.h;
  best.mask.set(other.mask);
}

/** A side with no more weight than this is what rounding left of nothing. */
const NOTHING = 1e-9;

/**
 * Writes the best split of a numeric feature to `found`. The histogram holds G and H of each bin from `offset` on,
 * bin 0 the missing values, which are tried on both sides; where the node has none they will follow the heavier
 * side. `totalG` and `totalH` are the node's.
 */
export function splitNumber(
  histogram: Float64Array,
  offset: number,
  bins: number,
  totalG: number,
  totalH: number,
  { minLeaf, lambda }: SplitRules,
  found: Split,
): void {
  const end = offset + 2 * bins;
  const missingG = histogram[offset]!;
  const missingH = histogram[offset + 1]!;
  const base = (totalG * totalG) / (totalH + lambda);
  const least = Math.max(minLeaf, NOTHING);
  let target = base;
  let cut = 0;
  let missingLeft = false;
  let g = 0;
  let h = 0;
  for (let at = offset + 2; at < end; at += 2) {
    const binH = histogram[at + 1]!;
    if (binH === 0) continue;
    g += histogram[at]!;
    h += binH;
    const otherH = totalH - h;
    // Missing values on the right, or none.
    if (h >= least && otherH >= least) {
      const other = totalG - g;
      const score = (g * g) / (h + lambda) + (other * other) / (otherH + lambda);
      if (score > target) {
        target = score;
        cut = at;
        missingLeft = false;
        found.g = g;
        found.h = h;
      }
    }
    if (missingH === 0) continue;
    const withH = h + missingH;
    const restH = totalH - withH;
    if (withH < least || restH < least) continue;
    const withG = g + missingG;
    const restG = totalG - withG;
    const score = (withG * withG) / (withH + lambda) + (restG * restG) / (restH + lambda);
    if (score > target) {
      target = score;
      cut = at;
      missingLeft = true;
      found.g = withG;
      found.h = withH;
    }
  }
  found.gain = target - base;
  if (cut === 0) return;
  if (missingH === 0) missingLeft = found.h > totalH - found.h;
  setBits(found.mask, missingLeft ? 0 : 1, (cut - offset) / 2);
}

/** The bins that a node has seen and their means, in the order of these; used again for every node. */
const seen = new Int32Array(256);
const means = new Float64Array(256);

/**
 * Writes the best split of a categorical feature to `found`: categories sorted by their mean response need only be
 * cut once (Fisher 1958); the missing bin is one of them. The shorter end of the order goes left; categories that are
 * rare in the node, or that it has not seen, go right.
 */
export function splitCategory(
  histogram: Float64Array,
  offset: number,
  bins: number,
  totalG: number,
  totalH: number,
  { minLeaf, lambda, categorySmooth, categoryLambda }: SplitRules,
  found: Split,
): void {
  const count = sortByMean(histogram, offset, bins, categorySmooth);
  const base = (totalG * totalG) / (totalH + lambda);
  const penalty = lambda + categoryLambda;
  const least = Math.max(minLeaf, NOTHING);
  let target = base;
  let from = 0;
  let to = 0;
  const half = (count + 1) >> 1;
  // From either end: what is rare is on the other side of both.
  for (let step = 1; step >= -1; step -= 2) {
    let g = 0;
    let h = 0;
    for (let taken = 0; taken < half; taken++) {
      const i = step === 1 ? taken : count - 1 - taken;
      const at = offset + 2 * seen[i]!;
      g += histogram[at]!;
      h += histogram[at + 1]!;
      const otherH = totalH - h;
      if (h < least || otherH < least) continue;
      const other = totalG - g;
      const score = (g * g) / (h + penalty) + (other * other) / (otherH + penalty);
      if (score <= target) continue;
      target = score;
      from = step === 1 ? 0 : i;
      to = step === 1 ? i + 1 : count;
      found.g = g;
      found.h = h;
    }
  }
  found.gain = target - base;
  if (to === 0) return;
  found.mask.fill(0);
  for (let i = from; i < to; i++) found.mask[seen[i]! >> 5]! |= 1 << (seen[i]! & 31);
}

/** Insertion: there are few categories, and a comparison by callback costs more than all of its moves. */
function sortByMean(histogram: Float64Array, offset: number, bins: number, smooth: number): number {
  let count = 0;
  for (let b = 0; b < bins; b++) {
    const h = histogram[offset + 2 * b + 1]!;
    if (h === 0 || h < smooth) continue;
    const mean = histogram[offset + 2 * b]! / (h + smooth);
    let at = count++;
    for (; at > 0 && means[at - 1]! > mean; at--) {
      means[at] = means[at - 1]!;
      seen[at] = seen[at - 1]!;
    }
    means[at] = mean;
    seen[at] = b;
  }
  return count;
}

/** Sets the bits of the bins `from` to `to` alone. */
function setBits(mask: Uint32Array, from: number, to: number): void {
  for (let word = 0; word < MASK_WORDS; word++) {
    const low = Math.max(0, from - 32 * word);
    const high = Math.min(31, to - 32 * word);
    mask[word] = low > 31 || high < 0 ? 0 : (0xffffffff >>> (31 - high)) & (0xffffffff << low);
  }
}
