import { Worker } from 'node:worker_threads';

/** Starts a thread of a module of this program, built or as it stands in TypeScript. */
export function startThread(module: URL, workerData: unknown): Worker {
  if (!module.pathname.endsWith('.ts')) return new Worker(module, { workerData });
  // Node 20 gives a new thread none of its parent's loaders: tsx has to be registered in it before TypeScript.
  const file = JSON.stringify(module.href);
  const start = `import('tsx/esm/api').then(({ register }) => (register(), import(${file})))`;
  return new Worker(start, { eval: true, workerData });
}
