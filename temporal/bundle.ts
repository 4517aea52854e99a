import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';

/**
 * The workflows as one file, as Temporal's sandbox loads them. Making it takes seconds, so `npm run build` makes it
 * (https://docs.temporal.io/develop/typescript/core-application#prebundle-code); uncompiled, a worker makes its own.
 */
const COMPILED = !import.meta.url.endsWith('.ts');
const WORKFLOWS = fileURLToPath(new URL(`../workflows/index.${COMPILED ? 'js' : 'ts'}`, import.meta.url));
const BUNDLE = fileURLToPath(new URL('./workflows.bundle.js', import.meta.url));

/** `traced`: with OpenTelemetry's interceptors in it, made anew at each start: few runs are traced. */
export async function workflowBundle(
  traced = false,
): Promise<WorkflowBundle | { readonly codePath: string }> {
  if (traced)
    return await bundle([
      createRequire(import.meta.url).resolve(
        '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors',
      ),
    ]);
  return COMPILED && isFresh() ? { codePath: BUNDLE } : await bundle();
}

async function bundle(workflowInterceptorModules: string[] = []): Promise<WorkflowBundle> {
  return await bundleWorkflowCode({
    workflowsPath: WORKFLOWS,
    workflowInterceptorModules,
    logger: new DefaultLogger('ERROR'),
  });
}

/** Whether the bundle is younger than the workflows and than the packages in it. */
function isFresh(): boolean {
  const folder = dirname(WORKFLOWS);
  const sources = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const made = timeOf(BUNDLE);
  const packages = timeOf(fileURLToPath(new URL('../../node_modules/.package-lock.json', import.meta.url)));
  return made > packages && sources.every((name) => made > timeOf(join(folder, name)));
}

function timeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

// The last step of `npm run build`.
if (argv[1] === fileURLToPath(import.meta.url) && COMPILED && !isFresh())
  writeFileSync(BUNDLE, (await bundle()).code);
