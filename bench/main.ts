import { spawn } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * `npm run bench [-- name …] [--short]`: runs benchmarks, each `bench/<name>/main.ts` as a process of its own. What
 * it prints on stdout is its section of docs/benchmarks.md, in Markdown; on stderr it says how far it is. Words with
 * an `=` go on to each benchmark, e.g. `films=1100000`; of a benchmark that ran with such a choice, the document keeps
 * the tables that were not made again. Short runs show tables and leave the document as it is.
 */
const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const ORDER = ['fetch', 'pacing', 'process', 'pipeline', 'refresh'];

const words = process.argv.slice(2);
const short = words.includes('--short');
const options = words.filter((word) => word.startsWith('--') || word.includes('='));
const asked = words.filter((word) => !options.includes(word));
const there = await benchmarks();
const unknown = asked.filter((name) => !there.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${there.join(', ')}.`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : there) {
  console.error(`── ${name}`);
  const { code, text } = await runBenchmark(name);
  if (code !== 0) {
    console.error(`The benchmark ${name} ended with code ${code}; what docs/benchmarks.md says of it stays.`);
    process.exitCode = 1;
    continue;
  }
  // Another benchmark may have been written meanwhile.
  const sections = new Map(Object.entries(await written()));
  sections.set(name, merged(sections.get(name), text.trim()));
  if (!short) await writeFile(DOCUMENT, documentOf(sections));
}

async function benchmarks(): Promise<string[]> {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const names: string[] = [];
  for (const name of await readdir(folder))
    if (
      await stat(`${folder}${name}/main.ts`).then(
        () => true,
        () => false,
      )
    )
      names.push(name);
  const place = (name: string): number => ORDER.indexOf(name) + 1 || ORDER.length + 1;
  return names.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

async function runBenchmark(name: string): Promise<{ readonly code: number | null; readonly text: string }> {
  const entry = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', entry, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece.toString();
    process.stdout.write(piece);
  });
  return await new Promise((done) => child.once('close', (code) => done({ code, text })));
}

/** The sections of the document as it is, by benchmark. */
async function written(): Promise<Record<string, string>> {
  const text = await readFile(DOCUMENT, 'utf8').catch(() => '');
  return Object.fromEntries(
    text
      .split(/^<!-- bench: /m)
      .slice(1)
      .map((section) => [
        section.slice(0, section.indexOf(' -->')),
        section.slice(section.indexOf('-->') + 3).trim(),
      ]),
  );
}

/** A section with the parts (`### …`) that were measured just now, each with its day and machine. */
function merged(before: string | undefined, now: string): string {
  const parts = (text: string): string[] => text.split(/^(?=### )/m).map((part) => part.trim());
  const measured = `_${new Date().toISOString().slice(0, 10)}, ${machine()}._`;
  const [head, ...made] = parts(now);
  if (made.length === 0) return `${now}\n\n${measured}`;
  const titleOf = (part: string): string => part.slice(0, part.indexOf('\n'));
  const fresh = new Map(made.map((part) => [titleOf(part), `${part}\n\n${measured}`]));
  const kept = options.some((word) => word.includes('=')) ? parts(before ?? '').slice(1) : [];
  const all = new Map(kept.map((part) => [titleOf(part), part]));
  for (const [title, part] of fresh) all.set(title, part);
  return [head, ...all.values()].join('\n\n');
}

function documentOf(of: ReadonlyMap<string, string>): string {
  const parts = there
    .filter((name) => of.has(name))
    .map((name) => `<!-- bench: ${name} -->\n\n${of.get(name)}\n`);
  return `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- fetch process\` runs some, \`--short\` in small sizes. Each table is of
one run on one machine, whole processes with their imports, beside peers in their own virtual environment, with equal
answers asserted. Compare figures within a table, not between tables.

${parts.join('\n')}`;
}

function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? 'CPU'}, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}`;
}
