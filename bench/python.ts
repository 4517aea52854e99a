import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BENCH_FOLDER } from './bundle.js';
import { run } from './measure.js';

/**
 * A Python with the peers of some benchmarks, in a virtual environment of its own: made once, versions fixed in
 * `requirements`, and made again when these change. `name` keeps peers apart that cannot live together.
 */
export async function python(
  name = 'venv',
  requirements = new URL('./requirements.txt', import.meta.url),
): Promise<string> {
  const folder = `${BENCH_FOLDER}${name}`;
  const interpreter = `${folder}/bin/python`;
  const wanted = await readFile(requirements, 'utf8');
  const there = await readFile(`${folder}/ready`, 'utf8').catch(() => null);
  if (there !== wanted) {
    await mkdir(folder, { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', fileURLToPath(requirements)]);
    await writeFile(`${folder}/ready`, wanted);
  }
  return interpreter;
}
