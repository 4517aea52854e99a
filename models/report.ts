/** How well a model did, beside a baseline on the same rows; the same shape as the GraphQL contract's. */
export interface Metric {
  readonly name: string;
  /** Null where the data cannot define it. */
  readonly value: number | null;
  /** What `baselineValue` is the measure of; null where there is nothing to compare with. */
  readonly baseline: string | null;
  readonly baselineValue: number | null;
}

/** One model of a task. `seconds` is what fitting and judging it took. */
export interface ModelReport {
  readonly name: string;
  readonly task:
    'popularity' | 'genreForecast' | 'genreShare' | 'genreFilms' | 'rating' | 'revenue' | 'personal';
  /** ISO time. */
  readonly trainedAt: string;
  readonly served: boolean;
  /** Rows that the final model was fitted on. */
  readonly rows: number;
  readonly seconds: number | null;
  readonly backend: string | null;
  readonly metrics: readonly Metric[];
  /** What the model was fitted with, by name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Mean absolute effect of each input on tested rows, in the prediction's unit. */
  readonly importance?: Readonly<Record<string, number>>;
}

/** What the pure part knows of a report; the edge adds when. */
export type ReportDraft = Omit<ModelReport, 'task' | 'trainedAt' | 'backend'> & {
  /** What computed it, where that is not this project's own code. */
  readonly backend?: string;
};

/** Milliseconds from any fixed point; the edge gives the real one. */
export type Clock = () => number;

/** A measure, unknown where it is not a number. */
export function metric(name: string, value: number, baseline?: string, baselineValue = NaN): Metric {
  return {
    name,
    value: known(value),
    baseline: baseline ?? null,
    baselineValue: known(baselineValue),
  };
}

/** The reports of one task. `rows` 0 and no metrics for a model that could not be trained. */
export function finishReports(
  drafts: readonly ReportDraft[],
  task: ModelReport['task'],
  trainedAt: Date,
): ModelReport[] {
  return drafts.map((draft) => ({
    name: draft.name,
    task,
    trainedAt: trainedAt.toISOString(),
    served: draft.served,
    rows: draft.rows,
    seconds: draft.seconds,
    backend: draft.backend ?? 'TypeScript',
    metrics: draft.metrics,
    ...(draft.parameters === undefined ? {} : { parameters: draft.parameters }),
    ...(draft.importance === undefined ? {} : { importance: draft.importance }),
  }));
}

/** Says in a report's name why there is no model. */
export function untrained(reason: string): ReportDraft {
  return { name: `none: ${reason}`, served: false, rows: 0, seconds: null, metrics: [] };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
