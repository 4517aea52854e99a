import { requireKind, type FittedModel } from '../estimator.js';
import { applyBins, binRow, type BinRule } from './bins.js';
import { collapse } from './cells.js';
import { FlatTrees } from './flat.js';
import { packTrees, unpackTrees, type PackedTrees } from './pack.js';
import { expectedValue, Explainer } from './shap.js';
import { rowOf, type FeatureRow, type FeatureTable } from './table.js';
import { addPredictions, type Tree } from './tree.js';

/** What trees are fitted to: one value per row (0 or 1 for a classification) and, if wanted, its weight. */
export interface Response {
  readonly values: Float64Array;
  readonly weights?: Float64Array;
}

/** How the sum of the trees becomes the answer: as it is, or as the probability of class 1. */
export type Link = 'identity' | 'logistic';

export interface EnsembleJson {
  readonly kind: 'trees';
  readonly base: number;
  readonly scale: number;
  readonly link: Link;
  readonly bins: readonly BinRule[];
  readonly trees: PackedTrees;
}

/** A fitted forest or boosting: answer = link(base + scale × sum of the trees). */
export class TreeEnsemble implements FittedModel<FeatureTable, Float64Array, EnsembleJson> {
  /** Made at the first question: not every model is asked. */
  #flat: FlatTrees | undefined;
  #explainer: Explainer | undefined;
  #average: number | undefined;

  constructor(
    readonly bins: readonly BinRule[],
    readonly trees: readonly Tree[],
    readonly base: number,
    readonly scale: number,
    readonly link: Link,
  ) {}

  /** One number per row: the expected value, or the probability of class 1. */
  predict(table: FeatureTable): Float64Array {
    const sums = this.#sums(table);
    return this.link === 'identity' ? sums : sums.map(logistic);
  }

  /** `predict` of one row. */
  predictOne(row: FeatureRow): number {
    const sum = this.#sum(row);
    return this.link === 'identity' ? sum : logistic(sum);
  }

  /**
   * What each feature adds to or takes from the average answer, per row (SHAP values, before the link): they add
   * up to the row's answer minus `average()`.
   */
  contributions(table: FeatureTable): Float64Array[] {
    return Array.from({ length: table.rows }, (_, row) => this.contributionsTo(rowOf(table, row)));
  }

  /** The same of one row. */
  contributionsTo(row: FeatureRow): Float64Array {
    const explainer = (this.#explainer ??= new Explainer(this.trees));
    return explainer.effects(binRow(this.bins, row)).map((effect) => effect * this.scale);
  }

  /** The average answer over the training rows, before the link. */
  average(): number {
    return (this.#average ??=
      this.base + this.scale * this.trees.reduce((sum, tree) => sum + expectedValue(tree), 0));
  }

  /** Share of the splits' weight that falls on each feature, by name: rows parted by it, over all trees. */
  usage(): Record<string, number> {
    const rows = new Float64Array(this.bins.length);
    for (const tree of this.trees) {
      tree.feature.forEach((f, node) => {
        if (f >= 0) rows[f]! += tree.cover[node]!;
      });
    }
    const total = rows.reduce((a, b) => a + b, 0);
    return Object.fromEntries(this.bins.map((rule, f) => [rule.name, total > 0 ? rows[f]! / total : 0]));
  }

  toJSON(): EnsembleJson {
    const { base, scale, link, bins } = this;
    return { kind: 'trees', base, scale, link, bins, trees: packTrees(this.trees, bins) };
  }

  /** The same model again, bit for bit. @throws NotThisModel */
  static fromJSON(json: EnsembleJson): TreeEnsemble {
    requireKind(json, 'trees');
    const trees = unpackTrees(json.trees, json.bins);
    return new TreeEnsemble(json.bins, trees, json.base, json.scale, json.link);
  }

  #sum(row: FeatureRow): number {
    const flat = (this.#flat ??= new FlatTrees(this.trees));
    return this.base + this.scale * flat.sum(binRow(this.bins, row));
  }

  #sums(table: FeatureTable): Float64Array {
    const cells = collapse(applyBins(this.bins, table));
    const sums = new Float64Array(cells.table.rows);
    for (const tree of this.trees) addPredictions(tree, cells.table, sums, 1);
    return Float64Array.from(cells.cell, (at) => this.base + this.scale * sums[at]!);
  }
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
