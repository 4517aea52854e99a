import { readFileSync } from 'node:fs';
import type { TableFiles } from '../../dataset/serving/tables.js';
import { readFilmModel, type FilmModelData } from '../../models/films/model.js';
import { readPersonal, type ReadPersonal } from '../../models/personal/loading.js';

/** A snapshot's models as they are read of their files; null where there is none. */
export interface ModelTables {
  readonly ratingModel: FilmModelData | null;
  readonly revenueModel: FilmModelData | null;
  readonly personalModel: ReadPersonal | null;
}

export const MODELS = [
  'ratingModel',
  'revenueModel',
  'personalModel',
] as const satisfies readonly (keyof ModelTables)[];

/** Synchronous, and takes as long as there are films: for threads that compute. Throws where a file is no such model. */
export function readModels(files: TableFiles): ModelTables {
  const read = <Data>(table: keyof ModelTables, as: (text: string) => Data): Data | null => {
    const found = files[table];
    if (found === undefined) return null;
    try {
      return as(readFileSync(found.file, 'utf8'));
    } catch (error) {
      throw new Error(`table ${table} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
  return {
    ratingModel: read('ratingModel', (text) => readFilmModel('rating', text)),
    revenueModel: read('revenueModel', (text) => readFilmModel('revenue', text)),
    personalModel: read('personalModel', readPersonal),
  };
}
