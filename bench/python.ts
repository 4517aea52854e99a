import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BENCH_FOLDER } from './bundle.js';
import { run } from './measure.js';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));

/** The peers' Python, in a virtual environment of its own: made once, versions fixed in requirements.txt. */
export async function python(): Promise<string> {
  const folder = `${BENCH_FOLDER}venv`;
  const interpreter = `${folder}/bin/python`;
  const there = await access(`${folder}/ready`).then(
    () => true,
    () => false,
  );
  if (!there) {
    await run('python3', ['-m', 'venv', folder]);
    await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS]);
    await run('touch', [`${folder}/ready`]);
  }
  return interpreter;
}
