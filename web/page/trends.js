import { ask } from './api.js';
import { lineChart } from './chart.js';
import { byId, h } from './dom.js';
import { onChange, whole } from './fields.js';
import { count, decimal, percent } from './format.js';
import { chosenGenres, genreChoices, genreList } from './genreList.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Trends($genres: [String!], $fromYear: Int, $toYear: Int, $snapshot: ID) {
  genreTrends(genres: $genres, fromYear: $fromYear, toYear: $toYear, snapshot: $snapshot) {
    genre points { year movieCount index voteAverage share }
  }
}`;

/** A year without films of a genre has no point: that is 0 films, and no mean at all. */
const MEASURES = {
  movieCount: { name: 'Number of films', note: 'Released films of each year.', format: count, absent: 0 },
  share: {
    name: 'Share of the year’s films',
    note: 'Films of the genre in percent of the year’s films.',
    format: (value) => percent(value, 1),
    absent: 0,
  },
  index: {
    name: 'Popularity index',
    note: 'Mean popularity of the genre’s films divided by that of all films of the year; 1 is average.',
    format: (value) => decimal(value),
    absent: null,
  },
  voteAverage: {
    name: 'Mean rating',
    note: 'Mean of the films’ ratings, 0–10.',
    format: (value) => decimal(value, 1),
    absent: null,
    floor: null,
  },
};

const MOST = 4;

export async function showTrends(snapshot) {
  const section = new Section('trends');
  const form = byId('trends-form');
  const fieldset = form.querySelector('[data-genres]');
  const draw = () =>
    section.show(async () => {
      const genres = chosenGenres(fieldset);
      byId('trends-measure-note').textContent = MEASURES[form.elements.measure.value].note;
      if (genres.length === 0) return 'Choose a genre.';
      const { genreTrends } = await ask(QUERY, {
        genres,
        fromYear: whole(form, 'fromYear'),
        toYear: whole(form, 'toYear'),
        snapshot: snapshot.id,
      });
      return content(genreTrends ?? [], form.elements.measure.value);
    });
  let genres;
  try {
    genres = await genreList(snapshot);
  } catch (error) {
    return section.fail(error);
  }
  if (genres.length === 0) return section.empty('No film of this snapshot has a genre.');
  const before = chosenGenres(fieldset).filter((name) => genres.some((genre) => genre.name === name));
  genreChoices(
    fieldset,
    genres,
    before.length > 0 ? before : genres.slice(0, 3).map(({ name }) => name),
    MOST,
  );
  if (form.elements.fromYear.value === '' && snapshot.fromYear !== null) {
    form.elements.fromYear.value = Math.max(snapshot.fromYear, Math.min(1980, snapshot.dataYear ?? 1980));
    form.elements.toYear.value = snapshot.dataYear ?? snapshot.toYear;
  }
  onChange(form, draw);
  return draw();
}

function content(trends, measure) {
  const { name, format, absent, floor } = MEASURES[measure];
  const years = trends.flatMap(({ points }) => points.map(({ year }) => year));
  const known = trends.flatMap(({ points }) => points.filter((point) => point[measure] !== null));
  if (known.length === 0) return 'No film of these genres and years is known.';
  const from = Math.min(...years);
  const all = Array.from({ length: Math.max(...years) - from + 1 }, (_, index) => from + index);
  const series = trends.map(({ genre, points }) => {
    const byYear = new Map(points.map((point) => [point.year, point[measure]]));
    return {
      name: genre,
      points: all.map((year) => ({ x: year, y: byYear.has(year) ? byYear.get(year) : absent })),
    };
  });
  return [
    lineChart({
      label: `${name} by year: ${series.map((one) => one.name).join(', ')}`,
      series,
      format,
      floor,
    }),
    h(
      'details',
      {},
      h('summary', {}, 'The same as a table'),
      table({
        caption: `${name} by year`,
        rows: all.map((year, index) => ({ year, index })),
        columns: [
          { head: 'Year', cell: ({ year }) => String(year), rowHead: true },
          ...series.map(({ name: genre, points }) => ({
            head: genre,
            number: true,
            cell: ({ index }) => (points[index].y === null ? '–' : format(points[index].y)),
          })),
        ],
      }),
    ),
  ];
}
