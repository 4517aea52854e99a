import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A crawl of TMDB beside the repository, with the number of its last years that are held out. */
export interface RealCatalogue {
  readonly name: string;
  readonly path: string;
  readonly held: number;
}

const at = (name: string): string => fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
const ALL: readonly RealCatalogue[] = [
  { name: 'tmdb-10k', path: at('tmdb-10k.ndjson.gz'), held: 5 },
  { name: 'tmdb-2016-2024', path: at('tmdb-2016-2024.ndjson.gz'), held: 4 },
];

/** Those that are there; says on stderr which are not. */
export async function realCatalogues(): Promise<RealCatalogue[]> {
  const there: RealCatalogue[] = [];
  for (const one of ALL)
    await access(one.path).then(
      () => there.push(one),
      () => process.stderr.write(`${one.name} is not here (${one.path}): its rows are left out\n`),
    );
  return there;
}
