import { h, outside } from './dom.js';
import { count, decimal, duration, moment, UNKNOWN, words } from './format.js';
import { table } from './table.js';

export function isOpen(run) {
  return run.status === 'RUNNING' || run.status === 'PAUSED';
}

function standing(status) {
  return h('span', { class: `status ${status.toLowerCase()}` }, words(status));
}

/** What a person should know of a run before its tasks. */
export function runHead(run) {
  const workers = `${run.workers} ${run.workers === 1 ? 'worker' : 'workers'}`;
  return [
    h(
      'p',
      {},
      standing(run.status),
      ` ${run.catalogue}, since ${moment(run.startedAt)}`,
      run.closedAt == null ? '' : `, ended ${moment(run.closedAt)}`,
      run.snapshot ? `, snapshot ${run.snapshot.id}` : '',
      run.workers == null || !isOpen(run) ? '' : `, ${workers}`,
      run.temporalUrl ? [' · ', outside(run.temporalUrl, 'in the Temporal UI')] : null,
    ),
    run.notice ? h('p', { class: 'notice' }, run.notice) : null,
    run.failure ? h('p', { class: 'notice trouble' }, run.failure) : null,
  ];
}

/** `pick(id)` is called with the run that a reader wants to see. */
export function runList(runs, shown, pick) {
  return [
    h('h3', {}, 'Runs'),
    table({
      caption: 'Runs, newest first',
      rows: runs,
      columns: [
        {
          head: 'Started',
          rowHead: true,
          cell: ({ id, startedAt }) =>
            h(
              'button',
              { type: 'button', class: 'link', 'aria-pressed': String(id === shown), click: () => pick(id) },
              moment(startedAt),
            ),
        },
        { head: 'Status', cell: ({ status }) => standing(status) },
        { head: 'Catalogue', cell: ({ catalogue }) => catalogue },
        { head: 'Snapshot', cell: ({ snapshot }) => snapshot?.id ?? UNKNOWN },
        { head: 'Ended', cell: ({ closedAt }) => moment(closedAt) },
        { head: '', cell: ({ failure, notice }) => failure ?? notice ?? '' },
        { head: '', cell: ({ temporalUrl }) => (temporalUrl ? outside(temporalUrl, 'Temporal UI') : '') },
      ],
    }),
  ];
}

export function taskTable({ tasks }) {
  return table({
    caption: 'Tasks of this run',
    rows: tasks,
    columns: [
      { head: 'Task', cell: ({ name }) => name, rowHead: true },
      {
        head: 'Status',
        cell: ({ status }) => standing(status),
      },
      { head: 'Done', cell: progress, number: true },
      {
        head: 'A second',
        cell: ({ ratePerSecond }) => (ratePerSecond == null ? UNKNOWN : decimal(ratePerSecond, 1)),
        number: true,
      },
      { head: 'Still', cell: ({ etaSeconds }) => duration(etaSeconds), number: true },
      { head: 'Attempt', cell: ({ attempt }) => count(attempt), number: true },
      { head: '', cell: remarks },
    ],
  });
}

function progress({ done, total }) {
  if (done == null) return UNKNOWN;
  return total == null ? count(done) : `${count(done)} of ${count(total)}`;
}

function remarks({ reason, lastFailure, nextAttemptAt }) {
  return [reason, lastFailure, nextAttemptAt ? `next attempt ${moment(nextAttemptAt)}` : null]
    .filter(Boolean)
    .join(' · ');
}
