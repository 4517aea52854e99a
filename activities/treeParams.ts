import { z } from 'zod';
import { BOOSTING, FOREST } from '../models/films/trees.js';

const share = z.number().gt(0).max(1);
const maxBins = z.int().min(2).max(255);

/** Settings of a film model's trees, as a plan may give them; what it leaves out is as it was found to be good. */
export const treeParams = {
  boosting: z
    .strictObject({
      loss: z.literal('squared').default('squared'),
      trees: z.int().min(1).max(5000).default(BOOSTING.trees),
      learningRate: share.default(BOOSTING.learningRate),
      maxLeaves: z.int().min(2).max(1000).default(BOOSTING.maxLeaves),
      maxDepth: z.int().min(1).max(60).default(BOOSTING.maxDepth),
      minLeaf: z.number().gt(0).default(BOOSTING.minLeaf),
      lambda: z.number().min(0).default(BOOSTING.lambda),
      rowsPerTree: share.default(BOOSTING.rowsPerTree),
      featuresPerTree: share.default(BOOSTING.featuresPerTree),
      categorySmooth: z.number().min(0).default(BOOSTING.categorySmooth),
      categoryLambda: z.number().min(0).default(BOOSTING.categoryLambda),
      maxBins: maxBins.default(BOOSTING.maxBins),
      members: z
        .int()
        .min(1)
        .max(50)
        .default(BOOSTING.members ?? 1),
    })
    .prefault({}),
  forest: z
    .strictObject({
      trees: z.int().min(1).max(5000).default(FOREST.trees),
      maxDepth: z.int().min(1).max(60).default(FOREST.maxDepth),
      minLeaf: z.number().gt(0).default(FOREST.minLeaf),
      featuresPerSplit: share.default(FOREST.featuresPerSplit),
      maxBins: maxBins.default(FOREST.maxBins),
    })
    .prefault({}),
};
