import { ModelNotTrained } from '../prediction.js';
import { PERSONAL_FORMAT, readTables, type PersonalJson, type PersonalTables } from './file.js';
import { PersonalModel } from './served.js';

export interface UntrainedPersonal {
  readonly format: string;
  readonly trained: false;
  readonly reason: string;
}

/** A model's text after the reading: plain data and typed arrays, which cross from one thread to another. */
export type ReadPersonal = PersonalTables | Pick<UntrainedPersonal, 'trained' | 'reason'>;

export function untrainedPersonal(reason: string): UntrainedPersonal {
  return { format: PERSONAL_FORMAT, trained: false, reason };
}

/**
 * Reads `personalModel.json`; takes as long as there are ratings. A model of another version is read as one that was
 * not trained. Throws when the text is no such model.
 */
export function readPersonal(text: string): ReadPersonal {
  const json = JSON.parse(text) as PersonalJson | UntrainedPersonal | null;
  const format = json?.format;
  if (typeof format !== 'string' || !format.startsWith(KIND))
    throw new Error(`This is not a personal model: its format is ${JSON.stringify(format ?? null)}.`);
  if (format !== PERSONAL_FORMAT) {
    const reason = `the snapshot's is of another version of Marquee ("${format}", not "${PERSONAL_FORMAT}"); run the pipeline again`;
    return { trained: false, reason };
  }
  return json!.trained ? readTables(json as PersonalJson) : (json as UntrainedPersonal);
}

/** @throws ModelNotTrained with the reason */
export function personalModel(data: ReadPersonal): PersonalModel {
  if (!data.trained) throw new ModelNotTrained(data.reason);
  return new PersonalModel(data);
}

const KIND = 'marquee personal model ';
