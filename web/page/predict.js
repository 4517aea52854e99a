import { failureOf, request } from './api.js';
import { balance } from './bar.js';
import { byId, h } from './dom.js';
import { list, number, text, whole } from './fields.js';
import { decimal, money, percent, signed } from './format.js';
import { chosenGenres, genreChoices, genreList } from './genreList.js';
import { Section, trouble } from './section.js';
import { table } from './table.js';

const QUERY = `query Predict($movie: MovieInput!, $snapshot: ID) {
  predictRating(movie: $movie, snapshot: $snapshot) {
    rating lower upper level good probabilityGood threshold model unknown reasons { feature value effect }
  }
  predictRevenue(movie: $movie, snapshot: $snapshot) {
    revenue lower upper level probabilityProfit model unknown reasons { feature value effect }
  }
}`;

/** The form, filled with an example and answered at once. */
export async function showPredict(snapshot) {
  const section = new Section('predict');
  const form = byId('predict-form');
  const fieldset = form.querySelector('[data-genres]');
  const genres = await genreList(snapshot).catch(() => []);
  const names = genres.map(({ name }) => name);
  const before = chosenGenres(fieldset).filter((name) => names.includes(name));
  genreChoices(fieldset, genres, before.length > 0 ? before : names.filter((name) => name === 'Drama'));
  if (form.elements.year.value === '') {
    form.elements.year.value = (snapshot.dataYear ?? new Date().getFullYear()) + 1;
  }
  const draw = () =>
    section.show(async () => {
      const { data, errors } = await request(QUERY, { movie: film(form, fieldset), snapshot: snapshot.id });
      if (!data?.predictRating && !data?.predictRevenue) {
        if (errors.length > 0) throw failureOf(errors[0]);
        return 'This snapshot has no model that predicts films.';
      }
      const failed = (field) => errors.find(({ path }) => path?.[0] === field);
      return h(
        'div',
        { class: 'pair' },
        part('Rating', data.predictRating, failed('predictRating'), rating),
        part('Revenue', data.predictRevenue, failed('predictRevenue'), revenue),
      );
    });
  form.onsubmit = (event) => {
    event.preventDefault();
    void draw();
  };
  await draw();
}

function film(form, fieldset) {
  const budget = number(form, 'budget');
  return {
    genres: chosenGenres(fieldset),
    year: whole(form, 'year'),
    month: whole(form, 'month'),
    runtime: whole(form, 'runtime'),
    budget: budget === null ? null : budget * 1e6,
    language: text(form, 'language'),
    directors: list(form, 'directors'),
    cast: list(form, 'cast'),
    companies: list(form, 'companies'),
    keywords: list(form, 'keywords'),
  };
}

function part(name, prediction, error, draw) {
  const content = prediction
    ? draw(prediction)
    : error
      ? trouble(error)
      : h('p', { class: 'notice' }, 'No answer.');
  return h('div', { id: `predict-${name.toLowerCase()}` }, h('h3', {}, name), content);
}

function rating(one) {
  const stars = (value) => decimal(value, 2);
  return [
    h('p', { class: 'big' }, decimal(one.rating, 1), h('span', { class: 'detail' }, ' of 10')),
    h(
      'p',
      {},
      interval(one, (value) => decimal(value, 1)),
    ),
    h(
      'p',
      {},
      `${one.good ? 'Likely good' : 'Likely not good'}: the chance of ${decimal(one.threshold, 1)} or more is ${percent(100 * one.probabilityGood)}.`,
    ),
    reasons(one, stars, 'points'),
  ];
}

function revenue(one) {
  return [
    h('p', { class: 'big' }, money(one.revenue)),
    h('p', {}, interval(one, money)),
    one.probabilityProfit === null
      ? h('p', {}, 'Without a budget nothing can be said of profit.')
      : h(
          'p',
          {},
          `The chance that it takes in more than its budget is ${percent(100 * one.probabilityProfit)}.`,
        ),
    reasons(one, money, 'US dollars'),
  ];
}

function interval({ level, lower, upper }, format) {
  return `${percent(100 * level)} interval: ${format(lower)} to ${format(upper)}`;
}

function reasons({ reasons: rows, unknown, model }, format, unit) {
  const most = Math.max(...rows.map(({ effect }) => Math.abs(effect)), 1e-12);
  return [
    rows.length === 0
      ? null
      : table({
          caption: `What moves it, in ${unit}, beside an average film`,
          rows,
          columns: [
            { head: 'Because of', cell: ({ feature }) => feature, rowHead: true },
            { head: '', cell: ({ value }) => value },
            { head: '', cell: ({ effect }) => balance(effect / most), wide: true },
            { head: 'Effect', cell: ({ effect }) => signed(effect, format), number: true },
          ],
        }),
    unknown.length === 0
      ? null
      : h('p', { class: 'notice' }, `The model has never seen: ${unknown.join(', ')}. It goes by the rest.`),
    h('p', { class: 'detail' }, `Model ${model}; effects in ${unit}, beside an average film.`),
  ];
}
