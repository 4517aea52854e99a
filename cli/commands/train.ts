import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { SEED } from '../../activities/runner.js';
import { task as trainRating } from '../../activities/tasks/trainRating.js';
import { BACKENDS, openEngine, openFastest, type Backend } from '../../models/networks/backend.js';
import type { ModelReport } from '../../models/report.js';
import { readSettings } from '../config.js';
import { catalogueOption, dataOption, type flagsOf } from '../options.js';
import { servedLabel } from '../served.js';
import { chooseSnapshot, openFolder } from '../snapshot.js';

/** Training from the command line, on the native backend unless another is named. */
export function trainCommand(): Command {
  return new Command('train')
    .description(
      'Trains the rating models, network among them, on a snapshot and prints each beside its baselines; publishes nothing.',
    )
    .addOption(
      new Option('--backend <name>', 'where TensorFlow.js computes; fastest: the first of these that loads')
        .choices([...BACKENDS, 'fastest'])
        .default('native'),
    )
    .option('--snapshot <id>', 'e.g. sample/3 (default: the newest of the catalogue)')
    .option('--out <folder>', 'keep the model, its backtest and its reports in this folder')
    .addOption(catalogueOption())
    .addOption(dataOption())
    .action(async (_, command: Command) => {
      const {
        backend: asked,
        snapshot: id,
        out,
        ...flags
      } = command.opts<{ backend: Backend | 'fastest'; snapshot?: string; out?: string }>();
      // Its library would tell of the processor's instructions.
      process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
      const { backend } = await (asked === 'fastest' ? openFastest() : openEngine(asked));
      const settings = readSettings(flags as ReturnType<typeof flagsOf>, process.env);
      const store = await openFolder(settings.data);
      const snapshot = await chooseSnapshot(store, id, await servedLabel(settings));
      const films = snapshot.tables.find(({ table }) => table === 'films')!;
      const folder = out === undefined ? await mkdtemp(join(tmpdir(), 'marquee-train-')) : resolve(out);
      await mkdir(folder, { recursive: true });
      try {
        const { summary } = await trainRating.compute({
          params: trainRating.params.parse({ backend }),
          inputs: {
            films: {
              tables: { films: await store.bring(films.path) },
              facts: { asOf: snapshot.asOf, dataYear: snapshot.dataYear },
            },
          },
          out: folder,
          seed: SEED,
          run: { catalogue: snapshot.catalogue, limit: snapshot.limit, day: snapshot.asOf, profile: 'quick' },
          progress: (done, total) => tell(`${done} of ${total} fits`),
        });
        const reports = JSON.parse(
          await readFile(join(folder, 'ratingReport.json'), 'utf8'),
        ) as ModelReport[];
        tell('');
        console.log(`${snapshot.id}, TensorFlow.js on ${backend}, seed ${SEED}: ${summary}`);
        for (const line of tableOf(reports)) console.log(line);
        if (out !== undefined) console.log(`Kept in ${folder}.`);
      } finally {
        if (out === undefined) await rm(folder, { recursive: true, force: true });
      }
    });
}

/** On a terminal, one line that the next one replaces. */
function tell(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
}

/** Each model with its errors on the same held-out years; RMSE beside each baseline's. */
function tableOf(reports: readonly ModelReport[]): string[] {
  const number = (value: number | null): string => (value === null ? '' : value.toFixed(3));
  const baselines = [
    ...new Set(
      reports.flatMap(({ metrics }) =>
        metrics
          .filter(({ name, baseline }) => name === 'RMSE' && baseline !== null)
          .map((one) => one.baseline!),
      ),
    ),
  ];
  const rows = [
    [
      'model',
      'served',
      'backend',
      'seconds',
      'RMSE',
      'MAE',
      'R²',
      ...baselines.map((name) => `RMSE of ${name}`),
    ],
    ...reports.map(({ name, served, backend, seconds, metrics }) => {
      const value = (metric: string): string =>
        number(metrics.find((one) => one.name === metric)?.value ?? null);
      const beside = (baseline: string): string =>
        number(
          metrics.find((one) => one.name === 'RMSE' && one.baseline === baseline)?.baselineValue ?? null,
        );
      return [
        name,
        served ? 'yes' : '',
        backend ?? '',
        seconds === null ? '' : seconds.toFixed(1),
        value('RMSE'),
        value('MAE'),
        value('R²'),
        ...baselines.map(beside),
      ];
    }),
  ];
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}
