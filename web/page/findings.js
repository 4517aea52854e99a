import { failureOf, request } from './api.js';
import { h } from './dom.js';
import { count, decimal, percent, significant } from './format.js';
import { Section, trouble } from './section.js';
import { table } from './table.js';

const QUERY = `query Findings($snapshot: ID, $year: Int) {
  genres(snapshot: $snapshot) { name movieCount }
  actors: people(role: ACTOR, year: $year, first: 1, snapshot: $snapshot) { name movieCount }
  directors: people(role: DIRECTOR, first: 1, snapshot: $snapshot) { name movieCount }
  roiRanking(first: 1, snapshot: $snapshot) { roi movie { title year } }
  genreForecast(first: 3, snapshot: $snapshot) { year model ranking { genre index lower upper } }
  models(snapshot: $snapshot) { name task served metrics { name value baseline baselineValue } }
}`;

export function showFindings(snapshot) {
  return new Section('findings').show(async () => {
    const { data, errors } = await request(QUERY, { snapshot: snapshot.id, year: snapshot.dataYear });
    const rows = data === null ? [] : findings(data, snapshot);
    if (rows.length === 0) {
      if (errors.length > 0) throw failureOf(errors[0]);
      return 'This snapshot has no film to speak of.';
    }
    return [
      table({
        caption: 'Key numbers',
        rows,
        columns: [
          { head: 'Question', cell: ({ question }) => question, rowHead: true },
          { head: 'Answer', cell: ({ answer }) => answer },
          { head: 'Number', cell: ({ value }) => value, right: true },
        ],
      }),
      ...errors.filter((error) => !failureOf(error).isAbsence).map(trouble),
    ];
  });
}

function findings({ genres, actors, directors, roiRanking, genreForecast, models }, { dataYear }) {
  const rows = [];
  const add = (question, answer, value) => rows.push({ question, answer, value });
  const genre = genres?.[0];
  if (genre) add('Largest genre', genre.name, `${count(genre.movieCount)} films`);
  const actor = actors?.[0];
  if (actor)
    add(dataYear === null ? 'Most films' : `Most films in ${dataYear}`, actor.name, count(actor.movieCount));
  const director = directors?.[0];
  if (director) add('Directed most films', director.name, count(director.movieCount));
  const best = roiRanking?.[0];
  if (best) add('Best return over $100 M', `${best.movie.title} (${best.movie.year})`, percent(best.roi));
  genreForecast?.ranking.forEach(({ genre: name, index, lower, upper }, place) => {
    add(
      place === 0 ? `Genres ahead in ${genreForecast.year}` : '',
      name,
      h(
        'span',
        {},
        decimal(index),
        ' ',
        h('span', { class: 'detail' }, `${decimal(lower)}–${decimal(upper)}`),
      ),
    );
  });
  for (const task of ['rating', 'revenue']) {
    const model = models?.find((one) => one.task === task && one.served);
    const metric = model?.metrics[0];
    if (!model) continue;
    const beside =
      metric?.baselineValue == null
        ? ''
        : ` beside ${significant(metric.baselineValue)} of ${metric.baseline}`;
    add(
      `Model of ${task}`,
      model.name,
      metric ? `${metric.name} ${significant(metric.value)}${beside}` : '–',
    );
  }
  return rows;
}
