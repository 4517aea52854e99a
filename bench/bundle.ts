import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** What benchmarks build and keep between runs; under dist, which git ignores. */
export const BENCH_FOLDER = fileURLToPath(new URL('../dist/bench/', import.meta.url));

/**
 * Compiles one program of a benchmark to a file of plain JavaScript, as the published program is: a measured process
 * compiles nothing while it runs. `as`: its path under BENCH_FOLDER, else that of its folder and name.
 */
export async function bundle(entry: URL, as?: string): Promise<string> {
  await mkdir(BENCH_FOLDER, { recursive: true });
  const from = fileURLToPath(entry);
  const name = as ?? from.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '').replace(/\.ts$/, '.js');
  const outfile = `${BENCH_FOLDER}${name}`;
  await build({
    entryPoints: [from],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}
