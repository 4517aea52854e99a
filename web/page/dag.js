import { s } from './dom.js';
import { count, words } from './format.js';
import { layOut } from './graph.js';

const NARROWEST = 760;
const ROW = 58;
const BOX = 44;

const ARROW = () =>
  s(
    'defs',
    {},
    s(
      'marker',
      { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      s('path', { d: 'M0 0.5L8 4L0 7.5z' }),
    ),
  );

/**
 * The declared tasks with how each stands in a run.
 * @param tasks `{ name, after, kind, queue }`
 * @param states a run's tasks by name; empty when there is no run
 */
export function dag(tasks, states, room) {
  const layers = layOut(tasks);
  const width = Math.max(NARROWEST, room);
  const height = layers.rows * ROW + 8;
  const pitch = width / Math.max(1, layers.columns);
  const box = Math.min(140, pitch - 24);
  const left = (column) => 2 + column * pitch + (pitch - box - 4) / 2;
  const y = (row) => 4 + (row + 0.5) * ROW;
  const said = tasks.map(({ name }) => `${name}: ${words(states.get(name)?.status ?? 'not run')}`).join(', ');
  return s(
    'svg',
    {
      class: 'dag',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `Tasks. ${said}`,
    },
    ARROW(),
    layers.edges.map(({ points }) =>
      s('path', { class: 'arrow', d: route(points, left, box, y), 'marker-end': 'url(#arrow)' }),
    ),
    layers.nodes.map(({ name, column, row }) => {
      const task = tasks.find((one) => one.name === name);
      const state = states.get(name);
      return node(task, state, left(column), y(row) - BOX / 2, box);
    }),
  );
}

function node({ name, kind, queue }, state, x, y, width) {
  const status = state?.status ?? null;
  const part = state?.total > 0 ? Math.min(1, (state.done ?? 0) / state.total) : null;
  const standing =
    status === null
      ? queue
      : status === 'RUNNING' && part !== null
        ? `${count(state.done ?? 0)} of ${count(state.total)}`
        : words(status);
  return s(
    'g',
    {
      class: `task ${status === null ? 'none' : status.toLowerCase()}`,
      'data-task': name,
      'data-status': status,
    },
    s(
      'title',
      {},
      [name, kind, `queue ${queue}`, state?.reason, state?.lastFailure].filter(Boolean).join(' · '),
    ),
    s('rect', { class: 'box', x, y, width, height: BOX, rx: 5 }),
    kind === 'workflow'
      ? s('rect', { class: 'inner', x: x + 3, y: y + 3, width: width - 6, height: BOX - 6, rx: 3 })
      : null,
    s('text', { class: 'name', x: x + width / 2, y: y + 18, 'text-anchor': 'middle' }, name),
    s('text', { x: x + width / 2, y: y + 34, 'text-anchor': 'middle' }, standing),
    part !== null && status === 'RUNNING'
      ? s('rect', { class: 'done', x: x + 1, y: y + BOX - 4, width: (width - 2) * part, height: 3 })
      : null,
  );
}

function route(points, left, box, y) {
  let x = left(points[0].column) + box;
  let at = y(points[0].row);
  let d = `M${x.toFixed(1)} ${at.toFixed(1)}`;
  points.slice(1).forEach((point, index) => {
    const start = left(point.column);
    const to = y(point.row);
    const middle = ((x + start) / 2).toFixed(1);
    d += `C${middle} ${at.toFixed(1)} ${middle} ${to.toFixed(1)} ${start.toFixed(1)} ${to.toFixed(1)}`;
    at = to;
    x = start + box;
    if (index < points.length - 2) d += `H${x.toFixed(1)}`;
  });
  return d;
}
