import { createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gunzipSync } from 'node:zlib';
import { RatingsReader, readLinks, type ImportedRatings, type Links } from '../models/personal/movielens.js';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';

/** A folder of MovieLens's format: ratings.csv and links.csv, each as it is or with .gz. */
export interface RatingFiles {
  readonly ratings: string;
  readonly links: string;
}

/**
 * Whether the films of a catalogue can be joined with links.csv. Those of `sample` and `synthetic` are numbered by row,
 * and a number that some film of TMDB has as well would join it with another film's ratings.
 */
export function hasTmdbIds(catalogue: string): boolean {
  const { kind } = parseCatalogue(catalogue);
  return kind === 'tmdb' || kind === 'file';
}

/** @throws Error naming the file that is missing. */
export async function findRatingFiles(folder: string): Promise<RatingFiles> {
  const find = async (name: string): Promise<string> => {
    for (const file of [join(folder, name), join(folder, `${name}.gz`)]) {
      const there = await access(file).then(
        () => true,
        () => false,
      );
      if (there) return file;
    }
    throw new Error(
      `There is no ${name} (or ${name}.gz) in ${folder}: name a folder of MovieLens's format in MARQUEE_RATINGS or in the parameter \`ratings\`, or none at all.`,
    );
  };
  return { ratings: await find('ratings.csv'), links: await find('links.csv') };
}

/** Line by line: the largest MovieLens file does not fit in a string. */
export async function importRatings(file: string): Promise<ImportedRatings> {
  const reader = new RatingsReader();
  const bytes = createReadStream(file);
  const input = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  // A pipe does not carry the errors of its source.
  bytes.on('error', (error) => input.destroy(error));
  for await (const line of createInterface({ input, crlfDelay: Infinity })) reader.read(line);
  return reader.finish();
}

export async function importLinks(file: string): Promise<Links> {
  const bytes = await readFile(file);
  return readLinks((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}
