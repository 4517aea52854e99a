import { ask } from './api.js';
import { byId, h } from './dom.js';
import { text, whole } from './fields.js';
import { count, decimal, money, percent } from './format.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Films(
  $first: Int, $after: String, $last: Int, $before: String, $offset: Int,
  $filter: MovieFilter, $order: MovieOrder, $snapshot: ID
) {
  movies(
    first: $first, after: $after, last: $last, before: $before, offset: $offset,
    filter: $filter, orderBy: $order, snapshot: $snapshot
  ) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes {
      id title year genres directors voteAverage voteCount budget revenue roi overview tagline runtime
      originalTitle originalLanguage cast(first: 8)
    }
  }
}`;

const PAGE = 20;

/** The search, page by page. Returns `ofPerson({ id, name })`, which lists all films of somebody, newest first. */
export function showFilms(snapshot) {
  const section = new Section('films');
  const form = byId('films-form');
  let person = null;

  const filter = () => ({
    title: text(form, 'title'),
    ...(person === null ? { person: text(form, 'person') } : { personId: person.id }),
    genres: text(form, 'genre') === null ? null : [text(form, 'genre')],
    fromYear: whole(form, 'fromYear'),
    toYear: whole(form, 'toYear'),
    minVoteCount: whole(form, 'minVoteCount'),
  });

  /** `place`: which films, as the API takes it; `start`: how many come before them. */
  const draw = (place = { first: PAGE }, start = 0) =>
    section.show(async () => {
      const { movies } = await ask(QUERY, {
        ...place,
        filter: filter(),
        order: { field: form.elements.field.value, direction: form.elements.direction.value },
        snapshot: snapshot.id,
      });
      if (movies.totalCount === 0) return 'No film fits.';
      if (movies.nodes.length === 0) return 'There is no such page.';
      return content(movies, start);
    });

  const content = ({ nodes, pageInfo, totalCount }, start) => {
    const pages = Math.ceil(totalCount / PAGE);
    const page = Math.floor(start / PAGE) + 1;
    const jump = h('input', {
      type: 'number',
      min: 1,
      max: pages,
      value: page,
      'aria-label': `Page, of ${count(pages)}`,
      change: () => {
        const wanted = Math.min(pages, Math.max(1, Math.trunc(Number(jump.value)) || 1));
        void draw({ first: PAGE, offset: (wanted - 1) * PAGE }, (wanted - 1) * PAGE);
      },
    });
    return [
      h(
        'div',
        { class: 'pager' },
        h(
          'p',
          { role: 'status' },
          `Films ${count(start + 1)}–${count(start + nodes.length)} of `,
          h('b', { id: 'films-total' }, count(totalCount)),
        ),
        h(
          'button',
          {
            type: 'button',
            disabled: !pageInfo.hasPreviousPage,
            click: () => draw({ last: PAGE, before: pageInfo.startCursor }, Math.max(0, start - PAGE)),
          },
          'Previous',
        ),
        h('label', {}, 'Page ', jump, ` of ${count(pages)}`),
        h(
          'button',
          {
            type: 'button',
            disabled: !pageInfo.hasNextPage,
            click: () => draw({ first: PAGE, after: pageInfo.endCursor }, start + nodes.length),
          },
          'Next',
        ),
      ),
      table({
        caption: 'Films',
        rows: nodes,
        columns: [
          { head: 'Title', cell: title, rowHead: true },
          { head: 'Year', cell: ({ year }) => String(year ?? '–'), number: true },
          { head: 'Genres', cell: ({ genres }) => genres.join(', ') },
          { head: 'Directors', cell: ({ directors }) => directors.join(', ') },
          { head: 'Rating', cell: ({ voteAverage }) => decimal(voteAverage, 1), number: true },
          { head: 'Votes', cell: ({ voteCount }) => count(voteCount), number: true },
          { head: 'Budget', cell: ({ budget }) => money(budget), number: true },
          { head: 'Revenue', cell: ({ revenue }) => money(revenue), number: true },
          { head: 'Return', cell: ({ roi }) => percent(roi), number: true },
        ],
      }),
    ];
  };

  form.elements.person.oninput = () => {
    person = null;
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    void draw();
  };
  form.onchange = (event) => {
    if (event.target.tagName === 'SELECT') void draw();
  };
  return {
    done: draw(),
    ofPerson: (chosen) => {
      form.reset();
      person = chosen;
      form.elements.person.value = chosen.name;
      form.elements.field.value = 'RELEASE_DATE';
      section.root.scrollIntoView();
      form.elements.person.focus({ preventScroll: true });
      return draw();
    },
  };
}

/** A film's title, opening on what else is known. */
function title({ title: name, originalTitle, tagline, overview, runtime, originalLanguage, cast }) {
  const facts = [
    originalTitle !== null && originalTitle !== name ? originalTitle : null,
    runtime === null ? null : `${runtime} min`,
    originalLanguage,
  ].filter(Boolean);
  const lines = [
    facts.join(' · '),
    tagline,
    overview,
    cast.length > 0 ? `With ${cast.join(', ')}` : null,
  ].filter(Boolean);
  if (lines.length === 0) return name;
  return h(
    'details',
    { class: 'film' },
    h('summary', {}, name),
    lines.map((one) => h('p', {}, one)),
  );
}
