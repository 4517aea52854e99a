import { failureOf, request } from './api.js';
import { byId, h, responsive, s } from './dom.js';
import { onChange, text, whole } from './fields.js';
import { decimal } from './format.js';
import { besideLastYear } from './metric.js';
import { digits, linear, ticks } from './scale.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Forecast($year: Int, $model: String, $snapshot: ID) {
  genreForecast(year: $year, model: $model, first: 10, snapshot: $snapshot) {
    year model trainedThrough ranking { rank genre index lower upper lower95 upper95 }
  }
  models(snapshot: $snapshot) { name task served metrics { name value baseline baselineValue } }
}`;

const ROW = 30;

export function showForecast(snapshot) {
  const section = new Section('forecast');
  const form = byId('forecast-form');
  const { dataYear } = snapshot;
  form.elements.year.replaceChildren(
    ...(dataYear === null ? [] : [1, 2, 3]).map((ahead) =>
      h('option', { value: dataYear + ahead }, String(dataYear + ahead)),
    ),
  );
  form.elements.model.value = '';
  const draw = () =>
    section.show(async () => {
      const { data, errors } = await request(QUERY, {
        year: whole(form, 'year'),
        model: text(form, 'model'),
        snapshot: snapshot.id,
      });
      const forecast = data?.genreForecast ?? null;
      if (forecast === null && errors.length > 0) throw failureOf(errors[0]);
      if (forecast === null || forecast.ranking.length === 0) {
        return 'This snapshot’s years are too few for a forecast.';
      }
      const models = (data.models ?? []).filter(({ task }) => task === 'genreForecast');
      offerModels(form, models);
      return content(forecast, models);
    });
  onChange(form, draw);
  return draw();
}

function offerModels(form, models) {
  const names = models.map(({ name }) => name);
  const select = form.elements.model;
  const chosen = select.value;
  select.replaceChildren(
    h('option', { value: '' }, 'the served one'),
    ...names.map((name) => h('option', { value: name }, name)),
  );
  select.value = names.includes(chosen) ? chosen : '';
}

function content(forecast, models) {
  const { ranking, year, model, trainedThrough } = forecast;
  return [
    h(
      'p',
      {},
      'Model ',
      h('b', {}, model),
      `, trained on films through ${trainedThrough}. `,
      h('span', { id: 'beats' }, besideLastYear(models.find(({ name }) => name === model))),
    ),
    responsive((width) => whiskers(ranking, width)),
    h(
      'details',
      {},
      h('summary', {}, 'The same as a table'),
      table({
        caption: `Forecast of ${year}`,
        rows: ranking,
        columns: [
          { head: '', cell: ({ rank }) => String(rank), number: true },
          { head: 'Genre', cell: ({ genre }) => genre, rowHead: true },
          { head: 'Index', cell: ({ index }) => decimal(index), number: true },
          { head: '80 %', cell: ({ lower, upper }) => `${decimal(lower)}–${decimal(upper)}`, number: true },
          {
            head: '95 %',
            cell: ({ lower95, upper95 }) => `${decimal(lower95)}–${decimal(upper95)}`,
            number: true,
          },
        ],
      }),
    ),
  ];
}

function whiskers(ranking, width) {
  const left = Math.min(150, width * 0.32);
  const right = width - 52;
  const marks = ticks(
    Math.min(1, ...ranking.map(({ lower95 }) => lower95)),
    Math.max(1, ...ranking.map(({ upper95 }) => upper95)),
    Math.max(2, Math.floor((right - left) / 90)),
  );
  const x = linear([marks[0], marks.at(-1)], [left, right]);
  const bottom = 8 + ranking.length * ROW;
  return s(
    'svg',
    {
      class: 'chart',
      width,
      height: bottom + 44,
      viewBox: `0 0 ${width} ${bottom + 44}`,
      role: 'img',
      'aria-label': `Forecast: ${ranking.map(({ genre, index }) => `${genre} ${decimal(index)}`).join(', ')}. The intervals stand in the table below.`,
    },
    marks.map((mark) => [
      s('line', { class: 'grid', x1: x(mark), x2: x(mark), y1: 4, y2: bottom }),
      s('text', { x: x(mark), y: bottom + 18, 'text-anchor': 'middle' }, mark.toFixed(digits(marks))),
    ]),
    s('line', { class: 'reference', x1: x(1), x2: x(1), y1: 0, y2: bottom + 4 }),
    s('text', { x: x(1), y: bottom + 36, 'text-anchor': 'middle' }, 'average film'),
    ranking.map((entry, index) => {
      const y = 8 + index * ROW + ROW / 2;
      return s(
        'g',
        {},
        s(
          'title',
          {},
          `${entry.genre} ${decimal(entry.index)}; 80 %: ${decimal(entry.lower)}–${decimal(entry.upper)}; 95 %: ${decimal(entry.lower95)}–${decimal(entry.upper95)}`,
        ),
        s('text', { class: 'name', x: left - 12, y: y + 5, 'text-anchor': 'end' }, entry.genre),
        s('line', { class: 'whisker95', x1: x(entry.lower95), x2: x(entry.upper95), y1: y, y2: y }),
        s('line', { class: 'whisker80', x1: x(entry.lower), x2: x(entry.upper), y1: y, y2: y }),
        s('circle', { class: 'dot', cx: x(entry.index), cy: y, r: 5 }),
        s('text', { class: 'name', x: width - 2, y: y + 5, 'text-anchor': 'end' }, decimal(entry.index)),
      );
    }),
  );
}
