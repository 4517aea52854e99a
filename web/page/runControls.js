import { h } from './dom.js';

const CONTROL = {
  pause: 'mutation Pause($id: ID!) { pauseRun(id: $id) { id } }',
  resume: 'mutation Resume($id: ID!) { resumeRun(id: $id) { id } }',
  cancel: 'mutation Cancel($id: ID!) { cancelRun(id: $id) { id } }',
};
const RATE = 'mutation Rate($id: ID!, $rate: Float!) { setRate(id: $id, ratePerSecond: $rate) { id } }';

/** What a reader may do with an open run; `perform(what, mutation, variables)` does it. */
export function runControls(run, perform) {
  const rate = h('input', {
    type: 'number',
    min: 0,
    step: 'any',
    value: 10,
    'aria-label': 'Requests per second',
  });
  const button = (what, name) =>
    h(
      'button',
      { type: 'button', 'data-action': name, click: () => perform(what, CONTROL[name], { id: run.id }) },
      what,
    );
  return h(
    'p',
    { class: 'buttons' },
    run.status === 'PAUSED' ? button('Resume', 'resume') : button('Pause', 'pause'),
    button('Cancel', 'cancel'),
    h('label', {}, 'Requests a second ', rate),
    h(
      'button',
      {
        type: 'button',
        'data-action': 'rate',
        click: () => perform('Set the rate', RATE, { id: run.id, rate: Number(rate.value) }),
      },
      'Set',
    ),
  );
}
