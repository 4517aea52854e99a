import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sha256Of } from '../dataset/artefacts.js';

/**
 * What a task's code is: the sha256 of its bundled module graph (esbuild, so that a comment or an edit elsewhere
 * changes nothing) and the versions of the packages that it imports.
 */
const hashes = new Map<string, Promise<string>>();

/** `module`: relative to this folder, without extension, e.g. `tasks/rankRoi`. */
export function codeHash(module: string): Promise<string> {
  let hash = hashes.get(module);
  if (hash === undefined) {
    hash = hashModule(module);
    hashes.set(module, hash);
  }
  return hash;
}

async function hashModule(module: string): Promise<string> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`./${module}.${extension}`, import.meta.url))],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  const packages = Object.values(metafile.outputs)
    .flatMap((output) => output.imports)
    .filter((one) => one.external && !one.path.startsWith('node:'))
    .map((one) => packageName(one.path));
  const versions = [...new Set(packages)].sort().map((name) => `${name}@${versionOf(name)}`);
  return sha256Of([outputFiles[0]?.text ?? '', ...versions].join('\n'));
}

function packageName(path: string): string {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}

const require = createRequire(import.meta.url);

function versionOf(name: string): string {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    // Packages may hide their package.json, and Node's own modules have none.
    return process.versions.node.split('.')[0] as string;
  }
}
