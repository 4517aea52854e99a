import { ask } from './ask.js';

/** `year` is the snapshot's data year. */
const FINDINGS_QUERY = /* GraphQL */ `
  query Findings($year: Int) {
    snapshot {
      id
      asOf
      dataYear
      movieCount
      quarantined
      deadLetters
      fromYear
      toYear
      synthetic
      attribution
      coverage {
        field
        known
      }
    }
    genres {
      name
      movieCount
    }
    actors: people(role: ACTOR, year: $year, first: 1) {
      name
      movieCount
    }
    directors: people(role: DIRECTOR, first: 1) {
      name
      movieCount
    }
    roiRanking(first: 1) {
      roi
      movie {
        title
        year
      }
    }
    genreForecast(first: 3) {
      year
      model
      ranking {
        genre
        index
        lower
        upper
      }
    }
    models {
      name
      task
      served
      metrics {
        name
        value
        baseline
        baselineValue
      }
    }
  }
`;

export interface FindingsAnswer {
  readonly snapshot: {
    readonly id: string;
    readonly asOf: string;
    readonly dataYear: number | null;
    readonly movieCount: number;
    readonly quarantined: number;
    readonly deadLetters: number;
    readonly fromYear: number | null;
    readonly toYear: number | null;
    readonly synthetic: boolean;
    readonly attribution: string;
    readonly coverage: readonly { readonly field: string; readonly known: number }[];
  } | null;
  readonly genres: readonly { readonly name: string; readonly movieCount: number }[] | null;
  readonly actors: readonly { readonly name: string; readonly movieCount: number }[] | null;
  readonly directors: readonly { readonly name: string; readonly movieCount: number }[] | null;
  readonly roiRanking:
    | readonly { readonly roi: number; readonly movie: { readonly title: string; readonly year: number } }[]
    | null;
  readonly genreForecast: {
    readonly year: number;
    readonly model: string;
    readonly ranking: readonly {
      readonly genre: string;
      readonly index: number;
      readonly lower: number;
      readonly upper: number;
    }[];
  } | null;
  readonly models:
    | readonly {
        readonly name: string;
        readonly task: string;
        readonly served: boolean;
        readonly metrics: readonly {
          readonly name: string;
          readonly value: number | null;
          readonly baseline: string | null;
          readonly baselineValue: number | null;
        }[];
      }[]
    | null;
}

/** What the terminal ends with: one line per finding, and what this source cannot answer. */
export async function findings(url: string): Promise<string[]> {
  const { snapshot } = await ask<{ snapshot: { dataYear: number | null } | null }>(
    url,
    '{ snapshot { dataYear } }',
  );
  return formatFindings(await ask<FindingsAnswer>(url, FINDINGS_QUERY, { year: snapshot?.dataYear ?? null }));
}

const count = (n: number): string => n.toLocaleString('en-US');

/** A question that a source without these fields cannot answer. */
const NEEDS: readonly { readonly question: string; readonly fields: readonly string[] }[] = [
  { question: 'who appeared in the most films', fields: ['cast'] },
  { question: 'who directed the most films', fields: ['directors'] },
  { question: 'which films earned their budget many times over', fields: ['budget', 'revenue'] },
  { question: 'how runtime bears on a rating', fields: ['runtime'] },
  { question: 'films by original language', fields: ['originalLanguage'] },
  { question: 'films by keyword', fields: ['keywords'] },
];

/** Questions whose fields this snapshot has for no film at all. */
export function unanswerable(
  coverage: readonly { readonly field: string; readonly known: number }[],
): string[] {
  const known = new Map(coverage.map((entry) => [entry.field, entry.known]));
  return NEEDS.flatMap(({ question, fields }) => {
    const missing = fields.filter((field) => known.get(field) === 0);
    return missing.length === 0 ? [] : [`${question} (no ${missing.join(', no ')})`];
  });
}

export function formatFindings(answer: FindingsAnswer): string[] {
  const { snapshot } = answer;
  if (snapshot === null) return ['There is no snapshot yet.'];
  const rows: [string, string][] = [];
  const genre = answer.genres?.[0];
  if (genre) rows.push(['Largest genre', `${genre.name}, ${count(genre.movieCount)} films`]);
  const actor = answer.actors?.[0];
  if (actor) rows.push([`Most films in ${snapshot.dataYear}`, `${actor.name}, ${count(actor.movieCount)}`]);
  const director = answer.directors?.[0];
  if (director) rows.push(['Directed most films', `${director.name}, ${count(director.movieCount)}`]);
  const best = answer.roiRanking?.[0];
  if (best) {
    rows.push([
      'Best return over 100 M$',
      `${best.movie.title} (${best.movie.year}), ${count(Math.round(best.roi))} %`,
    ]);
  }
  const forecast = answer.genreForecast;
  if (forecast) {
    const genres = forecast.ranking.map(
      ({ genre: name, index, lower, upper }) =>
        `${name} ${index.toFixed(2)} (${lower.toFixed(2)}–${upper.toFixed(2)})`,
    );
    rows.push([`Genres ahead in ${forecast.year}`, `${genres.join(', ')}; model ${forecast.model}`]);
  }
  for (const task of ['rating', 'revenue']) {
    const model = answer.models?.find((one) => one.task === task && one.served);
    if (model === undefined) continue;
    const [metric] = model.metrics;
    const beside =
      metric?.value == null
        ? ''
        : `, ${metric.name} ${metric.value.toFixed(3)}${
            metric.baseline !== null && metric.baselineValue !== null
              ? ` beside ${metric.baselineValue.toFixed(3)} of ${metric.baseline}`
              : ''
          }`;
    rows.push([`Model of ${task}`, `${model.name}${beside}`]);
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  const losses = `${count(snapshot.quarantined)} quarantined, ${count(snapshot.deadLetters)} dead letters`;
  const lines = [
    `${snapshot.synthetic ? 'SYNTHETIC DATA. ' : ''}Snapshot ${snapshot.id}: ${count(snapshot.movieCount)} films of ${snapshot.fromYear}–${snapshot.toYear}, as of ${snapshot.asOf} (${losses})`,
    '',
    ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
  ];
  const missing = unanswerable(snapshot.coverage);
  if (missing.length > 0) {
    lines.push('', 'This source cannot answer:', ...missing.map((question) => `  - ${question}`));
  }
  return [...lines, '', snapshot.attribution];
}
