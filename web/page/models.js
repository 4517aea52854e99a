import { ask } from './api.js';
import { h } from './dom.js';
import { count, duration, significant } from './format.js';
import { verdict } from './metric.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Models($snapshot: ID) {
  models(snapshot: $snapshot) {
    name task trainedAt served rows seconds backend metrics { name value baseline baselineValue }
  }
}`;

const TASKS = {
  popularity: 'Popularity of genres and years',
  genreForecast: 'Forecast of the genres’ popularity index',
  rating: 'Rating of a film',
  revenue: 'Revenue of a film',
  personal: 'Personal recommendations',
};
/** What the one report of a task begins with when it has trained nothing. */
const NOTHING = 'none: ';

/** Metrics shown of each model at a glance; the rest opens below. */
const GLANCE = 3;

export function showModels(snapshot) {
  return new Section('models').show(async () => {
    const { models } = await ask(QUERY, { snapshot: snapshot.id });
    if ((models ?? []).length === 0) return 'This snapshot has no model.';
    return [...new Set(models.map(({ task }) => task))].map((task) =>
      part(
        TASKS[task] ?? task,
        models.filter((model) => model.task === task),
      ),
    );
  });
}

function part(title, models) {
  if (models.every(({ name }) => name.startsWith(NOTHING))) {
    const reasons = models.map(({ name }) => name.slice(NOTHING.length));
    return [h('h3', {}, title), h('p', { class: 'lead' }, `Not trained: ${reasons.join('; ')}.`)];
  }
  const judged = models.find(({ served }) => served) ?? models[0];
  const glance = [...new Set(judged.metrics.map(({ name }) => name))].slice(0, GLANCE);
  const unit = commonUnit(glance);
  const brief = (metric) => (unit === '' ? metric : metric.slice(0, -unit.length).trimEnd());
  const first = (model) => model.metrics.find(({ name }) => name === glance[0]);
  return [
    h('h3', {}, title, unit === '' ? null : h('span', { class: 'detail' }, ` ${unit}`)),
    table({
      caption: `${title}: models`,
      rows: models,
      columns: [
        { head: 'Model', cell: named, rowHead: true },
        ...glance.map((metric) => ({
          head: brief(metric),
          number: true,
          cell: ({ metrics }) => significant(metrics.find(({ name }) => name === metric)?.value),
        })),
        { head: 'Beside', cell: (model) => first(model)?.baseline ?? '–' },
        {
          head: brief(glance[0] ?? ''),
          cell: (model) => significant(first(model)?.baselineValue),
          number: true,
        },
        { head: '', cell: (model) => judgement(first(model)) },
        { head: 'Rows', cell: ({ rows }) => count(rows), number: true },
        { head: 'Training', cell: ({ seconds }) => duration(seconds), number: true },
        { head: 'Backend', cell: ({ backend }) => backend ?? '–' },
      ],
    }),
    models.some(({ metrics }) => metrics.length > 0)
      ? h('details', {}, h('summary', {}, 'All measures'), everything(title, models))
      : null,
  ];
}

/** `(log10 of US dollars)` where all of these measures end with it: said once, it needs no room in each head. */
function commonUnit(names) {
  const units = new Set(names.map((name) => /\([^()]+\)$/.exec(name)?.[0] ?? ''));
  return units.size === 1 ? [...units][0] : '';
}

function everything(title, models) {
  return table({
    caption: `${title}: all measures`,
    rows: models.flatMap((model) =>
      model.metrics.map((metric, index) => ({ model, metric, first: index === 0 })),
    ),
    columns: [
      { head: 'Model', cell: ({ model, first }) => (first ? named(model) : ''), rowHead: true },
      { head: 'Measure', cell: ({ metric }) => metric.name },
      { head: 'Value', cell: ({ metric }) => significant(metric.value), number: true },
      { head: 'Beside', cell: ({ metric }) => metric.baseline ?? '–' },
      { head: 'Its value', cell: ({ metric }) => significant(metric.baselineValue), number: true },
      { head: '', cell: ({ metric }) => judgement(metric) },
    ],
  });
}

function named({ name, served }) {
  return h('span', {}, name, served ? h('span', { class: 'tag' }, 'served') : null);
}

function judgement(metric) {
  const found = metric === undefined ? null : verdict(metric);
  return found === null ? '' : h('span', { class: `verdict ${found}` }, found);
}
