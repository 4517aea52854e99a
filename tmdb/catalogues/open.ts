import type { Catalogue } from './catalogue.js';
import { openFile } from './file.js';
import { openSample } from './sample.js';
import { BadCatalogue, type CatalogueSpec } from './spec.js';
import { openSynthetic } from './synthetic.js';

/** @throws BadCatalogue for `tmdb`, which is read over the network, and for a file that cannot be read. */
export async function openCatalogue(spec: CatalogueSpec): Promise<Catalogue> {
  switch (spec.kind) {
    case 'tmdb':
      throw new BadCatalogue(
        'The catalogue tmdb is the live API: no local server speaks for it. Choose sample, synthetic:<films> or file:<path>.',
      );
    case 'sample':
      return openSample();
    case 'synthetic':
      return openSynthetic(spec);
    case 'file':
      return openFile(spec.path);
  }
}
