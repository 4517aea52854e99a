import type { ModelReport } from '../models/report.js';
import {
  agreementPicture,
  barsPicture,
  calibrationPicture,
  type CalibrationPoint,
} from '../pictures/card.js';

/** A tested row of any model's backtest; what a task does not know is absent or null. */
export interface TestedRow {
  readonly model: string;
  readonly actual: number;
  readonly predicted: number;
  readonly lower?: number | null;
  readonly upper?: number | null;
  readonly lower95?: number | null;
  readonly upper95?: number | null;
  readonly genre?: string;
}

/** The model that the snapshot before this one served for a task. */
export interface ServedBefore {
  readonly task: string;
  readonly snapshot: string;
  readonly model: string;
  /** Its main measure as recorded then, on that snapshot's own folds. */
  readonly recorded: number | null;
}

export interface CardInput {
  readonly task: ModelReport['task'];
  readonly reports: readonly ModelReport[];
  readonly backtest: readonly TestedRow[];
  readonly catalogue: string;
  readonly synthetic: boolean;
  readonly asOf: string;
  /** Of the films that it was trained on: sha256 of their content. */
  readonly data: string;
  /** Of the program, and sha256 of the task's module graph. */
  readonly version: string;
  readonly code: string;
  readonly seed: number;
  readonly before: ServedBefore | null;
}

/** The measure that decides what is served, and whose value stands beside the earlier snapshot's. */
export const MAIN_MEASURE: Readonly<Record<ModelReport['task'], string>> = {
  popularity: 'RMSE, latest years',
  genreForecast: 'MASE',
  genreShare: 'MASE',
  genreFilms: 'MASE',
  rating: 'RMSE',
  revenue: 'RMSE',
  personal: 'RMSE',
};

export function measureOf(report: ModelReport | undefined, name: string): number | null {
  return report?.metrics.find((metric) => metric.name === name)?.value ?? null;
}

/**
 * A model's card (Mitchell et al. 2019) as one self-contained Markdown text: what is served and why, what it learned
 * from, every candidate on the same folds, the model that was served before, and plots of the served one's backtest.
 */
export function cardOf(input: CardInput): string {
  const { task, reports, backtest, synthetic } = input;
  const served = reports.find((report) => report.served);
  const main = MAIN_MEASURE[task];
  const lines = [
    `# ${task}: ${served?.name ?? reports[0]?.name ?? 'no model'}`,
    '',
    ...(synthetic ? ['**Synthetic data: it says nothing of real films.**', ''] : []),
    ...facts(input, served),
    '',
    '## Candidates, on the same folds',
    '',
    table(
      ['model', main, 'baseline', 'its value', 'rows', 'seconds', 'backend'],
      reports.map((report) => {
        const metric = report.metrics.find(({ name }) => name === main);
        return [
          report.served ? `**${report.name}** (served)` : report.name,
          number(metric?.value),
          metric?.baseline ?? '',
          number(metric?.baselineValue),
          String(report.rows),
          number(report.seconds),
          report.backend ?? '',
        ];
      }),
    ),
    '',
    ...before(input, served),
  ];
  const rows = backtest.filter(({ model }) => model === served?.name);
  return `${[...lines, ...(served === undefined ? [] : measuresOf(served, rows, input))].join('\n')}\n`;
}

/** Every measure of the served model, and plots of its tested rows. */
function measuresOf(
  served: ModelReport,
  rows: readonly TestedRow[],
  { catalogue, synthetic }: CardInput,
): string[] {
  const frame = (title: string, subtitle: string) => ({ title, subtitle, synthetic });
  const image = (what: string, svg: string): string =>
    `![${what}](data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')})`;
  const errors = byGenre(rows);
  return [
    '## Every measure of the served model',
    '',
    table(
      ['measure', 'value', 'beside', 'its value'],
      served.metrics.map(({ name, value, baseline, baselineValue }) => [
        name,
        number(value),
        baseline ?? '',
        number(baselineValue),
      ]),
    ),
    '',
    '## How it fared on rows that it had not learned from',
    '',
    image(
      'predicted against actual',
      agreementPicture(
        frame('Predicted and what came', `${served.name}, ${catalogue}; ${rows.length} tested rows`),
        rows,
      ),
    ),
    '',
    image(
      'calibration',
      calibrationPicture(
        frame(
          'Promised and what came',
          'Share of tested rows inside their intervals, by nominal level; beside each dot the rows',
        ),
        calibrationOf(rows),
      ),
    ),
    '',
    ...(served.importance === undefined
      ? []
      : [
          image(
            'importance',
            barsPicture(
              frame('What moves the prediction', 'Mean absolute effect of each input (SHAP) on tested films'),
              Object.entries(served.importance).map(([name, value]) => ({ name, value })),
              '',
            ),
          ),
          '',
        ]),
    ...(errors.length === 0
      ? []
      : [
          image(
            'error by genre',
            barsPicture(frame('Error by genre', 'Mean absolute error of the tested forecasts'), errors, ''),
          ),
          '',
        ]),
  ];
}

function facts(input: CardInput, served: ModelReport | undefined): string[] {
  const parameters = Object.entries(served?.parameters ?? {});
  return [
    `- catalogue: ${input.catalogue}, as of ${input.asOf}`,
    `- data version: ${input.data}`,
    `- code version: ${input.version}, ${input.code}`,
    `- seed: ${input.seed}`,
    ...(served === undefined
      ? []
      : [
          `- trained at: ${served.trainedAt}, on ${served.rows} rows, in ${number(served.seconds)} s, by ${served.backend ?? 'an unnamed backend'}`,
        ]),
    ...(parameters.length === 0
      ? []
      : [
          `- parameters: ${parameters.map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')}`,
        ]),
  ];
}

function before({ before: earlier, task, reports }: CardInput, served: ModelReport | undefined): string[] {
  const main = MAIN_MEASURE[task];
  if (earlier === null) return ['No earlier snapshot of this catalogue served a model of this task.', ''];
  const here = measureOf(
    reports.find(({ name }) => name === earlier.model),
    main,
  );
  return [
    `Served before, in ${earlier.snapshot}: ${earlier.model}, ${main} ${number(earlier.recorded)} on the folds of that snapshot. ` +
      (here === null
        ? 'It is no candidate any more. '
        : `The same kind of model, fitted inside the folds of this snapshot: ${number(here)}. `) +
      `Served now: ${served?.name ?? 'none'}, ${number(measureOf(served, main))}. ` +
      'Only the last two compare; what is served was decided without the first.',
    '',
  ];
}

/** What share of rows each interval covered. */
function calibrationOf(rows: readonly TestedRow[]): CalibrationPoint[] {
  const inside = (said: number, lower: 'lower' | 'lower95', upper: 'upper' | 'upper95'): CalibrationPoint => {
    const known = rows.filter((row) => typeof row[lower] === 'number' && typeof row[upper] === 'number');
    const hits = known.filter((row) => row.actual >= row[lower]! && row.actual <= row[upper]!).length;
    return { said, came: known.length === 0 ? NaN : hits / known.length, rows: known.length };
  };
  return [inside(0.8, 'lower', 'upper'), inside(0.95, 'lower95', 'upper95')];
}

function byGenre(rows: readonly TestedRow[]): { name: string; value: number }[] {
  const errors = new Map<string, number[]>();
  for (const { genre, actual, predicted } of rows)
    if (genre !== undefined) errors.set(genre, [...(errors.get(genre) ?? []), Math.abs(actual - predicted)]);
  return [...errors].map(([name, of]) => ({ name, value: of.reduce((a, b) => a + b, 0) / of.length }));
}

function number(value: number | null | undefined): string {
  return value == null ? '' : String(Number(value.toPrecision(4)));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
