import { conformalBand, type ConformalBand } from '../conformal.js';
import { ModelNotTrained, type FilmPredictor, type MovieInput, type Reason } from '../prediction.js';
import type { Answer, AnswerJson, Explanation } from './answer.js';
import { planFilm, type PlannedFilm } from './film.js';
import { readKnowledge, type Knowledge, type KnowledgeJson } from './knowledge.js';
import { readAnswer } from './trees.js';

export type FilmTask = 'rating' | 'revenue';

/** What `ratingModel.json` and `revenueModel.json` hold; no times, so that the same fit is the same text. */
export type FilmModelJson = TrainedJson | UntrainedJson;

export interface TrainedJson {
  readonly format: string;
  readonly trained: true;
  readonly name: string;
  readonly rows: number;
  readonly level: number;
  readonly knowledge: KnowledgeJson;
  readonly answer: AnswerJson;
  /** Errors on films of later years than were learned from, in rising order. */
  readonly errors: readonly number[];
}

interface UntrainedJson {
  readonly format: string;
  readonly trained: false;
  readonly reason: string;
}

/** A served model: an answer, with all that it looks things up in and the errors it has made. */
export class FilmModel {
  readonly band: ConformalBand;

  constructor(
    readonly task: FilmTask,
    readonly name: string,
    readonly rows: number,
    readonly level: number,
    readonly knowledge: Knowledge,
    readonly answer: Answer,
    readonly errors: ArrayLike<number>,
  ) {
    this.band = conformalBand(errors, level);
  }

  predict(film: PlannedFilm): number {
    return this.answer.predict({ films: [film], knowledge: this.knowledge })[0]!;
  }

  explain(film: PlannedFilm): Explanation {
    return this.answer.explain(film, this.knowledge);
  }

  toJSON(): TrainedJson {
    const { history, vocabulary } = this.knowledge;
    return {
      format: formatOf(this.task),
      trained: true,
      name: this.name,
      rows: this.rows,
      level: this.level,
      knowledge: { history: history.toJSON(), vocabulary },
      answer: this.answer.toJSON(),
      errors: Array.from(this.errors),
    };
  }

  static fromJSON(task: FilmTask, json: TrainedJson): FilmModel {
    const { name, rows, level, knowledge, answer, errors } = json;
    return new FilmModel(task, name, rows, level, readKnowledge(knowledge), readAnswer(answer), errors);
  }
}

const WARM_UP = 3;

export function untrainedJson(task: FilmTask, reason: string): FilmModelJson {
  return { format: formatOf(task), trained: false, reason };
}

/**
 * Reads a model's text and gives it the answers of its task. A model of another version answers nothing and says so;
 * throws when the text is no film model.
 */
export function readPredictor<Prediction extends { readonly reasons: readonly Reason[] }>(
  task: FilmTask,
  text: string,
  predict: (model: FilmModel, film: PlannedFilm, input: MovieInput) => Prediction,
): FilmPredictor<Prediction> {
  const json = JSON.parse(text) as FilmModelJson | null;
  const format = json?.format;
  if (typeof format !== 'string' || !format.startsWith(kindOf(task)))
    throw new Error(`This is not a ${task} model: its format is ${JSON.stringify(format ?? null)}.`);
  if (format !== formatOf(task)) {
    return silent(
      task,
      `the snapshot's is of another version of Marquee ("${format}", not "${formatOf(task)}"); run the pipeline again`,
    );
  }
  if (!json!.trained) return silent(task, json!.reason);
  const model = FilmModel.fromJSON(task, json as TrainedJson);
  const answer = (input: MovieInput) => predict(model, planFilm(input), input);
  // The first answers compile the code and take ten times a later one's time: no client should wait for that.
  for (let i = 0; i < WARM_UP; i++) void answer({ genres: [], year: 2000 }).reasons;
  return { trained: true, reason: null, predict: answer };
}

/** Of a model that cannot answer. */
function silent<Prediction>(task: FilmTask, reason: string): FilmPredictor<Prediction> {
  return {
    trained: false,
    reason,
    predict() {
      throw new ModelNotTrained(`There is no ${task} model: ${reason}`);
    },
  };
}

function formatOf(task: FilmTask): string {
  return `${kindOf(task)}2`;
}

function kindOf(task: FilmTask): string {
  return `marquee ${task} model `;
}
