import { conformalBand, type ConformalBand } from '../conformal.js';
import { ModelNotTrained, type FilmPredictor, type MovieInput } from '../prediction.js';
import type { Answer, AnswerJson, Explanation } from './answer.js';
import { planFilm, type PlannedFilm } from './film.js';
import { History, readHistory, type HistoryTables } from './history.js';
import type { Knowledge, KnowledgeJson } from './knowledge.js';
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

/**
 * A model's text after the reading, which takes as long as there are films: plain data and typed arrays, which cross
 * from the thread that read it to the one that answers.
 */
export type FilmModelData =
  | (Omit<TrainedJson, 'knowledge' | 'format'> & {
      readonly vocabulary: KnowledgeJson['vocabulary'];
      readonly history: HistoryTables;
    })
  | Pick<UntrainedJson, 'trained' | 'reason'>;

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

  /** Takes as long however many films the model knows. */
  static from(task: FilmTask, data: Extract<FilmModelData, { trained: true }>): FilmModel {
    const { name, rows, level, vocabulary, history, answer, errors } = data;
    const knowledge = { history: new History(history), vocabulary };
    return new FilmModel(task, name, rows, level, knowledge, readAnswer(answer), errors);
  }
}

export function untrainedJson(task: FilmTask, reason: string): FilmModelJson {
  return { format: formatOf(task), trained: false, reason };
}

/** A model of another version is read as one that was not trained. Throws when the text is no film model. */
export function readFilmModel(task: FilmTask, text: string): FilmModelData {
  const json = JSON.parse(text) as FilmModelJson | null;
  const format = json?.format;
  if (typeof format !== 'string' || !format.startsWith(kindOf(task)))
    throw new Error(`This is not a ${task} model: its format is ${JSON.stringify(format ?? null)}.`);
  if (format !== formatOf(task)) {
    const reason = `the snapshot's is of another version of Marquee ("${format}", not "${formatOf(task)}"); run the pipeline again`;
    return { trained: false, reason };
  }
  if (!json!.trained) return { trained: false, reason: (json as UntrainedJson).reason };
  const { trained, name, rows, level, knowledge, answer, errors } = json as TrainedJson;
  const { vocabulary, history } = knowledge;
  return { trained, name, rows, level, vocabulary, history: readHistory(history), answer, errors };
}

/** Gives a model the answers of its task. */
export function filmPredictor<Prediction>(
  task: FilmTask,
  data: FilmModelData,
  predict: (model: FilmModel, film: PlannedFilm, input: MovieInput) => Prediction,
): FilmPredictor<Prediction> {
  if (!data.trained) return silent(task, data.reason);
  const model = FilmModel.from(task, data);
  return {
    trained: true,
    reason: null,
    predict: (input) => predict(model, planFilm(input), input),
  };
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

export function formatOf(task: FilmTask): string {
  return `${kindOf(task)}3`;
}

function kindOf(task: FilmTask): string {
  return `marquee ${task} model `;
}
