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

export function showModels(snapshot) {
  return new Section('models').show(async () => {
    const { models } = await ask(QUERY, { snapshot: snapshot.id });
    if ((models ?? []).length === 0) return 'This snapshot has no model.';
    return table({
      caption: 'Models beside their baselines',
      rows: models.flatMap(lines),
      columns: [
        { head: 'Model', cell: ({ model, first }) => (first ? name(model) : ''), rowHead: true },
        { head: 'Task', cell: ({ model, first }) => (first ? model.task : '') },
        { head: 'Rows', cell: ({ model, first }) => (first ? count(model.rows) : ''), number: true },
        {
          head: 'Training',
          cell: ({ model, first }) => (first ? duration(model.seconds) : ''),
          number: true,
        },
        { head: 'Backend', cell: ({ model, first }) => (first ? (model.backend ?? '–') : '') },
        { head: 'Metric', cell: ({ metric }) => metric?.name ?? '–' },
        { head: 'Value', cell: ({ metric }) => significant(metric?.value), number: true },
        { head: 'Baseline', cell: ({ metric }) => metric?.baseline ?? '–' },
        { head: 'Its value', cell: ({ metric }) => significant(metric?.baselineValue), number: true },
        { head: '', cell: ({ metric }) => judgement(metric) },
      ],
    });
  });
}

function lines(model) {
  const metrics = model.metrics.length === 0 ? [null] : model.metrics;
  return metrics.map((metric, index) => ({ model, metric, first: index === 0 }));
}

function name(model) {
  return h('span', {}, model.name, model.served ? h('span', { class: 'tag' }, 'served') : null);
}

function judgement(metric) {
  const found = metric === null ? null : verdict(metric);
  return found === null ? '' : h('span', { class: `verdict ${found}` }, found);
}
