import { basename } from 'node:path';

/** Where films come from, as a person names it (`--catalogue`). */
export type CatalogueSpec =
  | { readonly kind: 'tmdb' }
  | { readonly kind: 'sample' }
  | { readonly kind: 'synthetic'; readonly films: number; readonly seed: number; readonly day: number }
  | { readonly kind: 'file'; readonly path: string };

/** Thrown when a catalogue cannot be: its message is one sentence for the person who named it. */
export class BadCatalogue extends Error {
  override readonly name = 'BadCatalogue';
}

/** TMDB itself has about 1.3 million films. */
const MOST_FILMS = 5_000_000;
const MOST_DAYS = 36_500;
const MOST_SEED = 0xffffffff;

const LEGAL =
  'legal are tmdb, sample, synthetic:<films>[:<seed>][@<day>] with 1 to 5,000,000 films, and file:<path>';

/** @throws BadCatalogue saying what is legal. */
export function parseCatalogue(text: string): CatalogueSpec {
  if (text === 'tmdb' || text === 'sample') return { kind: text };
  if (text.startsWith('file:') && text.length > 'file:'.length) {
    return { kind: 'file', path: text.slice('file:'.length) };
  }
  const match = /^synthetic:(\d{1,10})(?::(\d{1,10}))?(?:@(\d{1,6}))?$/.exec(text);
  if (match !== null) {
    const films = Number(match[1]);
    const seed = Number(match[2] ?? 1);
    const day = Number(match[3] ?? 0);
    if (films >= 1 && films <= MOST_FILMS && seed <= MOST_SEED && day <= MOST_DAYS) {
      return { kind: 'synthetic', films, seed, day };
    }
  }
  throw new BadCatalogue(`The catalogue ${JSON.stringify(text)} is not known: ${LEGAL}.`);
}

/** The name that answers and snapshots carry: a file's folder is left out, and so are defaults. */
export function catalogueLabel(spec: CatalogueSpec): string {
  switch (spec.kind) {
    case 'tmdb':
    case 'sample':
      return spec.kind;
    case 'file':
      return `file:${basename(spec.path)}`;
    case 'synthetic':
      return `synthetic:${spec.films}${spec.seed === 1 ? '' : `:${spec.seed}`}${spec.day === 0 ? '' : `@${spec.day}`}`;
  }
}
