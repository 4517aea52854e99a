import { ModelNotTrained } from '../prediction.js';
import { PERSONAL_FORMAT, PersonalModel, type PersonalJson } from './served.js';

export interface UntrainedPersonal {
  readonly format: string;
  readonly trained: false;
  readonly reason: string;
}

export function untrainedPersonal(reason: string): UntrainedPersonal {
  return { format: PERSONAL_FORMAT, trained: false, reason };
}

/** Reads `personalModel.json`. @throws ModelNotTrained with the reason, Error when the text is no such model. */
export function loadPersonalModel(text: string): PersonalModel {
  const json = JSON.parse(text) as PersonalJson | UntrainedPersonal | null;
  if (json?.format !== PERSONAL_FORMAT) {
    throw new Error(
      `This is not a personal model of this version (format "${PERSONAL_FORMAT}"): train it again with the pipeline.`,
    );
  }
  if (!json.trained) throw new ModelNotTrained(json.reason);
  return new PersonalModel(json);
}
