import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { table } from './table.js';

/**
 * `npm run results -- <address>`: writes the results in docs/models.md from what the API at that address answers of
 * its newest snapshot's models, e.g. of `npm run serve -- --catalogue file:tmdb-10k.ndjson.gz`.
 */
const DOCUMENT = fileURLToPath(new URL('../docs/models.md', import.meta.url));
const QUERY =
  '{ snapshot { catalogue movieCount fromYear toYear } models { name task served rows backend metrics { name value } } }';

interface Model {
  readonly name: string;
  readonly task: string;
  readonly served: boolean;
  readonly backend: string | null;
  readonly metrics: readonly { readonly name: string; readonly value: number | null }[];
}

/** Task → title and the metrics that stand in its table, as the reports call them. */
const TABLES: readonly (readonly [task: string, title: string, metrics: readonly string[]])[] = [
  [
    'genreForecast',
    'Genre forecast, 10 origins × up to 3 years ahead',
    ['MASE', 'MASE gain', 'MASE, 1 year ahead', 'MASE, 3 years ahead', 'Spearman', 'top-5 hits'],
  ],
  ...(
    [
      ['genreShare', "Share of a year's films, in percent"],
      ['genreFilms', 'Number of films'],
    ] as const
  ).map(([task, title]): readonly [string, string, readonly string[]] => [
    task,
    `${title}, the same origins`,
    ['MASE', 'MASE gain', 'MASE, 1 year ahead', 'MASE, 3 years ahead', 'MAE', 'coverage 80 %, 1 year ahead'],
  ]),
  [
    'rating',
    'Rating, 0–10, films of later years than each model learned from',
    [
      'RMSE',
      'MAE',
      'R²',
      'AUC of good',
      'F1 of good',
      'Brier score of good',
      'coverage of the 80 % interval',
    ],
  ],
  [
    'revenue',
    'Revenue, log10 of US dollars, films of later years than each model learned from',
    [
      'RMSE (log10 of US dollars)',
      'MAE (log10 of US dollars)',
      'R² (log10 of US dollars)',
      'accuracy of profit',
      'AUC of profit',
      'Brier score of profit',
      'coverage of the 80 % interval',
    ],
  ],
  [
    'popularity',
    'Popularity (the plain forest), random 20 % of the films and the latest three years',
    ['RMSE', 'RMSE of min-max normalised popularity', 'RMSE, latest years', 'MAE', 'MAE, latest years'],
  ],
];

const address = process.argv[2];
if (address === undefined) {
  console.error('Name the address of a Marquee API, e.g. npm run results -- http://127.0.0.1:4000');
  process.exit(2);
}
const response = await fetch(`${address}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: QUERY }),
});
const { data } = (await response.json()) as {
  data: {
    snapshot: { catalogue: string; movieCount: number; fromYear: number; toYear: number };
    models: readonly Model[];
  };
};
const { catalogue, movieCount, fromYear, toYear } = data.snapshot;
const sections = TABLES.map(([task, title, metrics]) => {
  const models = data.models.filter((model) => model.task === task);
  const rows = models.map((model) => [
    model.served ? `**${model.name}** (served)` : model.name,
    ...metrics.map((name) => shown(model.metrics.find((metric) => metric.name === name)?.value ?? null)),
  ]);
  return `${title}:\n\n${table(['model', ...metrics], rows)}`;
});
const written = [
  '<!-- results:begin -->',
  `By \`npm run results\`, on \`${catalogue}\`: ${movieCount.toLocaleString('en-US')} films, ${fromYear}–${toYear}.`,
  ...sections,
  '<!-- results:end -->',
].join('\n\n');
const text = await readFile(DOCUMENT, 'utf8');
await writeFile(
  DOCUMENT,
  text.replace(/<!-- results:begin -->[^]*<!-- results:end -->/, () => written),
);

function shown(value: number | null): string {
  return value === null ? '' : value.toFixed(3);
}
