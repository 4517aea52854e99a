import { ask } from './api.js';
import { bar } from './bar.js';
import { unanswerable } from './coverage.js';
import { byId, h } from './dom.js';
import { count, moment, percent } from './format.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Source {
  snapshot {
    id createdAt asOf catalogue synthetic movieCount quarantined deadLetters fromYear toYear dataYear
    sha256 attribution notes coverage { field known }
  }
}`;

/** What the data is, how old, from whom, and what it cannot say. Resolves to the snapshot; null where there is none. */
export async function showSource() {
  const section = new Section('source');
  let snapshot = null;
  await section.show(async () => {
    ({ snapshot } = await ask(QUERY));
    byId('attribution').textContent = snapshot?.attribution ?? '';
    return snapshot === null
      ? 'There is no snapshot yet. Start a run below; the page fills when it has published.'
      : content(snapshot);
  });
  return snapshot;
}

function content(snapshot) {
  const cannot = unanswerable(snapshot.coverage);
  return [
    snapshot.synthetic
      ? h('p', { class: 'synthetic' }, h('b', {}, 'SYNTHETIC'), ' These films are invented.')
      : null,
    h(
      'dl',
      { class: 'facts' },
      fact('Snapshot', h('span', { id: 'snapshot-id' }, snapshot.id)),
      fact('As of', h('time', { datetime: snapshot.asOf }, snapshot.asOf)),
      fact('Published', h('time', { datetime: snapshot.createdAt }, moment(snapshot.createdAt))),
      fact('Films', count(snapshot.movieCount)),
      fact('Years', snapshot.fromYear === null ? '–' : `${snapshot.fromYear}–${snapshot.toYear}`),
      fact(
        'Left out',
        `${count(snapshot.quarantined)} quarantined, ${count(snapshot.deadLetters)} dead letters`,
      ),
    ),
    cannot.length > 0
      ? h(
          'div',
          { id: 'unanswerable', class: 'notice' },
          h('p', {}, 'This source cannot answer:'),
          h(
            'ul',
            {},
            cannot.map((one) => h('li', {}, one)),
          ),
        )
      : null,
    snapshot.notes.length > 0
      ? h(
          'ul',
          { class: 'notes' },
          snapshot.notes.map((note) => h('li', {}, note)),
        )
      : null,
    h(
      'details',
      {},
      h('summary', {}, 'What is known of how many films'),
      table({
        caption: 'Films with each field',
        rows: snapshot.coverage,
        columns: [
          { head: 'Field', cell: ({ field }) => field, rowHead: true },
          { head: 'Films', cell: ({ known }) => count(known), number: true },
          { head: 'Share', cell: ({ known }) => percent(share(known, snapshot), 1), number: true },
          { head: '', cell: ({ known }) => bar(share(known, snapshot) / 100), wide: true },
        ],
      }),
      h('p', { class: 'detail' }, `sha256 of the content: ${snapshot.sha256}`),
    ),
    h('p', { class: 'attribution' }, snapshot.attribution),
  ];
}

function share(known, { movieCount }) {
  return movieCount === 0 ? 0 : (100 * known) / movieCount;
}

function fact(name, value) {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}

/** Offers a snapshot that has been published since the page was filled. */
export function offerNewer(id, show) {
  const box = byId('newer');
  const button = h('button', { type: 'button', class: 'primary' }, 'Show it');
  button.onclick = () => {
    box.hidden = true;
    show();
  };
  box.replaceChildren(h('p', { class: 'notice' }, `Snapshot ${id} has been published. `, button));
  box.hidden = false;
}
