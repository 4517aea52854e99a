import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseCatalogue } from '../../tmdb/catalogues/catalogue.js';
import { syntheticDocuments } from '../../tmdb/catalogues/synthetic.js';

/** Writes the documents of a synthetic catalogue as NDJSON, as its server would answer them. */
export async function writeDocuments(catalogue: string, path: string): Promise<string> {
  const spec = parseCatalogue(catalogue);
  if (spec.kind !== 'synthetic') throw new Error(`${catalogue} is not synthetic`);
  function* lines(): Iterable<string> {
    if (spec.kind === 'synthetic')
      for (const document of syntheticDocuments(spec.films, spec.seed)) yield `${document}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return path;
}
