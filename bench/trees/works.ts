import type { BenchTable } from './data.js';

/** One training that every tool does with the same numbers. */
export interface Work {
  readonly name: string;
  readonly kind: 'forest' | 'boosting';
  readonly table: BenchTable;
  readonly trees: number;
  readonly depth: number;
  readonly leaves: number;
  readonly rate: number;
  /** Share of the features tried at each split. */
  readonly share: number;
  readonly minLeaf: number;
  readonly threads: number;
}

/** What a program that trains is given. */
export interface Asked {
  readonly works: readonly Work[];
  /** Trainings of which the quickest counts, at most; none begins after so many seconds of training. */
  readonly repeats: number;
  readonly patience: number;
  /** Of the peers; ours is one. */
  readonly tools?: readonly string[];
  /** File that a peer writes its predictions to. */
  readonly predictions?: string;
}

/** What it prints for each work and tool. */
export interface Trained {
  readonly work: string;
  readonly tool: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly predictSeconds: number;
  readonly rmse: number;
}

export function worksOf(genre: BenchTable, mixed: BenchTable, threads: number): Work[] {
  const forest = { kind: 'forest', leaves: 0, rate: 0, threads } as const;
  return [
    {
      ...forest,
      name: `forest, ${genre.train.toLocaleString('en-US')} rows × (genre, year)`,
      table: genre,
      trees: 50,
      depth: 5,
      share: 1,
      minLeaf: 1,
    },
    {
      ...forest,
      name: `forest, ${mixed.train.toLocaleString('en-US')} rows × 30 mixed features`,
      table: mixed,
      trees: 50,
      depth: 10,
      share: 1 / 3,
      minLeaf: 5,
    },
    {
      name: `boosting, ${mixed.train.toLocaleString('en-US')} rows × 30 mixed features`,
      kind: 'boosting',
      table: mixed,
      trees: 200,
      depth: 30,
      leaves: 31,
      rate: 0.1,
      share: 1,
      minLeaf: 20,
      threads,
    },
  ];
}
