import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { readDocument } from '../../dataset/document.js';
import { BLOCK_COLUMNS } from '../../dataset/films.js';
import { frameOf, writeParquet } from '../../dataset/tables.js';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../../tmdb/catalogues/open.js';

/**
 * Writes the blocks that a fetch of a catalogue leaves, without the network: `<folder>/blocks/<n>.parquet` of a
 * thousand films each, `ids.parquet` and the block list. Arguments: catalogue, folder, part, parts.
 */
const [catalogueName, folder, part, parts] = process.argv.slice(2) as [string, string, string, string];
const BLOCK = 1000;

const catalogue = await openCatalogue(parseCatalogue(catalogueName));
const listed = [];
for await (const { id, popularity } of catalogue.list()) listed.push({ id, popularity });
await mkdir(`${folder}/blocks`, { recursive: true });
const blocks = [];
for (let from = 0, n = 0; from < listed.length; from += BLOCK, n++) {
  const own = listed.slice(from, from + BLOCK);
  const path = `blocks/${String(n).padStart(5, '0')}.parquet`;
  blocks.push({ path, rows: own.length, sha256: '', layer: 0, day: null });
  if (n % Number(parts) !== Number(part)) continue;
  const there = await access(`${folder}/${path}`).then(
    () => true,
    () => false,
  );
  if (there) continue;
  const rows = [];
  for (const { id } of own) rows.push(readDocument(id, (await catalogue.document(id)) as string));
  writeParquet(frameOf(BLOCK_COLUMNS, rows), `${folder}/${path}.part`);
  await rename(`${folder}/${path}.part`, `${folder}/${path}`);
}
if (part === '0') {
  writeParquet(frameOf({ id: pl.Int32, popularity: pl.Float64 }, listed), `${folder}/ids.parquet`);
  // Where the program keeps its artefacts: three folders deep.
  await mkdir(`${folder}/artefacts/documents/bench`, { recursive: true });
  await writeFile(`${folder}/artefacts/documents/bench/blocks.json`, JSON.stringify({ blocks }));
  await writeFile(`${folder}/artefacts/documents/bench/missing.json`, '[]');
}
await catalogue.close();
