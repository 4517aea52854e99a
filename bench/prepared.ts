import { access, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import pl from 'nodejs-polars';
import { cleanFilms } from '../dataset/clean.js';
import { readDocument } from '../dataset/document.js';
import { BLOCK_COLUMNS } from '../dataset/films.js';
import { frameOf, writeParquet } from '../dataset/tables.js';
import { genreTrends } from '../dataset/trends.js';
import { parseCatalogue } from '../tmdb/catalogues/catalogue.js';
import { openCatalogue } from '../tmdb/catalogues/open.js';
import { BENCH_FOLDER } from './bundle.js';

/** A catalogue's tables as the pipeline would leave them, computed here without it. */
export interface Prepared {
  readonly films: string;
  readonly trends: string;
  readonly dataYear: number | null;
}

/** The first run of a catalogue takes its time; later ones find the tables under dist/bench. */
export async function prepare(catalogueName: string): Promise<Prepared> {
  const catalogue = await openCatalogue(parseCatalogue(catalogueName));
  try {
    const folder = `${BENCH_FOLDER}prepared/${catalogue.version.replace(/[^\w.-]+/g, '-')}`;
    const [films, trends] = [`${folder}/films.parquet`, `${folder}/trends.parquet`];
    const there = await access(`${folder}/facts.json`).then(
      () => true,
      () => false,
    );
    if (!there) {
      await mkdir(folder, { recursive: true });
      const rows: Record<string, unknown>[] = [];
      const listed: { id: number; popularity: number }[] = [];
      const blocks: pl.DataFrame[] = [];
      for await (const { id, popularity } of catalogue.list()) {
        listed.push({ id, popularity });
        const document = await catalogue.document(id);
        if (document !== null) rows.push(readDocument(id, document) as unknown as Record<string, unknown>);
        if (rows.length === 10_000) blocks.push(frameOf(BLOCK_COLUMNS, rows.splice(0)));
      }
      if (rows.length > 0) blocks.push(frameOf(BLOCK_COLUMNS, rows));
      const ids = frameOf({ id: pl.Int32, popularity: pl.Float64 }, listed).lazy();
      const clean = await cleanFilms(pl.concat(blocks).lazy(), ids, null);
      writeParquet(clean.films, films);
      writeParquet(await genreTrends(clean.films.lazy()).collect(), trends);
      await writeFile(`${folder}/facts.part`, JSON.stringify({ dataYear: clean.dataYear }));
      await rename(`${folder}/facts.part`, `${folder}/facts.json`);
    }
    const facts = JSON.parse(await readFile(`${folder}/facts.json`, 'utf8')) as Pick<Prepared, 'dataYear'>;
    return { films, trends, ...facts };
  } finally {
    await catalogue.close();
  }
}
