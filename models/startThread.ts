import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts the thread whose program stands beside its importer's: `startThread(import.meta.url, './team.thread')`.
 * Compiled, also into one file, that is JavaScript. Run from source it is TypeScript, and Node 20 gives a new thread
 * none of its parent's loaders: tsx has to be registered in it before.
 */
export function startThread(importer: string, program: string, options: WorkerOptions = {}): Worker {
  if (!importer.endsWith('.ts')) return new Worker(new URL(`${program}.js`, importer), options);
  const file = JSON.stringify(new URL(`${program}.ts`, importer).href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(start, { ...options, eval: true });
}
