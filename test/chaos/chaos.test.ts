import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, temporaryFolder } from '../support/system.js';
import { chaosRun, makeReference, type Reference } from './run.js';

/** The short form of `npm run chaos`. */
describe('runs in which worker, API and Temporal server are killed at random moments', () => {
  const folder = temporaryFolder('chaos');
  let reference: Reference;

  beforeAll(async () => {
    reference = await makeReference(folder, 3000);
  }, 180_000);
  afterAll(() => removeFolder(folder));

  it.each([1, 2])(
    'come to the same bytes, repeat next to no request and show readers whole snapshots (seed %i)',
    async (seed) => {
      const at = join(folder, `run-${seed}`);
      mkdirSync(at);
      const result = await chaosRun(at, reference, seed);
      expect(result.failures).toEqual([]);
      expect(Object.values(result.kills).reduce((a, b) => a + b)).toBeGreaterThan(0);
      expect(result.answers).toBeGreaterThan(50);
    },
    600_000,
  );
});
