import { fileURLToPath } from 'node:url';
import { run } from '../measure.js';
import { python } from '../python.js';

export interface PeerResult {
  readonly version: string;
  readonly name: string;
  /** By fold. */
  readonly rmse: readonly number[];
  readonly mae: readonly number[];
  /** All folds on two processes. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** Surprise needs an older numpy than the other peers: it has an environment of its own. */
export async function runSurprise(folder: string, folds: readonly number[]): Promise<PeerResult[]> {
  const interpreter = await python('venv-surprise', new URL('./requirements.txt', import.meta.url));
  const script = fileURLToPath(new URL('./peers.py', import.meta.url));
  const printed = await run(interpreter, [script, folder, ...folds.map(String)]);
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PeerResult);
}
