import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BENCH_FOLDER } from '../bundle.js';
import { run } from '../measure.js';

export interface PeerResult {
  readonly version: string;
  readonly name: string;
  /** By fold. */
  readonly rmse: readonly number[];
  readonly mae: readonly number[];
  /** All five folds on two processes. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Surprise needs an older numpy than the other peers: it has an environment of its own. */
export async function runSurprise(folder: string): Promise<PeerResult[]> {
  const home = `${BENCH_FOLDER}venv-surprise`;
  const python = `${home}/bin/python`;
  const there = await access(`${home}/ready`).then(
    () => true,
    () => false,
  );
  if (!there) {
    await run('python3', ['-m', 'venv', home]);
    const requirements = fileURLToPath(new URL('./requirements.txt', import.meta.url));
    await run(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    await run('touch', [`${home}/ready`]);
  }
  const printed = await run(python, [fileURLToPath(new URL('./peers.py', import.meta.url)), folder]);
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PeerResult);
}
