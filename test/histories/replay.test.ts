import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

interface Recording {
  readonly workflowId: string;
  readonly history: { readonly events: Record<string, unknown>[] };
}

/** Runs that are open when a new version is deployed go on with it: what they did must be what the code does. */
describe('recorded histories', () => {
  let workflowBundle: WorkflowBundle;
  const read = (type: string): Recording =>
    JSON.parse(readFileSync(join(import.meta.dirname, `${type}.json`), 'utf8')) as Recording;
  const replay = ({ workflowId, history }: Recording): Promise<void> =>
    Worker.runReplayHistory({ workflowBundle }, history, workflowId);

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
    workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
      logger: new DefaultLogger('ERROR'),
    });
  });

  for (const type of ['moviePipeline', 'fetchCatalogue']) {
    it(`of ${type} replay`, async () => {
      await expect(replay(read(type))).resolves.toBeUndefined();
    });

    it(`of ${type} fail when an activity in them is another`, async () => {
      const text = JSON.stringify(read(type));
      const tampered = text
        .replaceAll('"name":"cleanFilms"', '"name":"rankPeople"')
        .replaceAll('"name":"sealFetch"', '"name":"fetchBatch"');
      expect(tampered).not.toBe(text);
      await expect(replay(JSON.parse(tampered) as Recording)).rejects.toThrow(/determinis/i);
    });
  }
});
