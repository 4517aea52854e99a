import { act } from './action.js';
import { ask, failureOf, request } from './api.js';
import { dag } from './dag.js';
import { byId, h, responsive } from './dom.js';
import { text, whole } from './fields.js';
import { runControls } from './runControls.js';
import { isOpen, runHead, runList, taskTable } from './runTables.js';
import { Section, trouble } from './section.js';
import { subscribe } from './subscription.js';

const LINE = 'id status catalogue startedAt closedAt failure notice temporalUrl snapshot { id }';
const RUN = `${LINE} workers tasks {
  name status done total ratePerSecond etaSeconds attempt nextAttemptAt lastFailure reason startedAt closedAt
}`;
const PIPELINE = 'query Pipeline { pipeline { tasks { name kind after queue } } }';
const RUNS = `query Runs { runs(first: 10) { ${LINE} } }`;
const ONE = `query Run($id: ID!) { run(id: $id) { ${RUN} } }`;
const PROGRESS = `subscription Progress($id: ID!) { runProgress(id: $id) { ${RUN} } }`;
const START = `mutation Start($input: StartRunInput) { startRun(input: $input) { id } }`;

/** Milliseconds. */
const LIST_EVERY = 10_000;
const POLL_EVERY = 5_000;

/**
 * The pipeline's tasks, the runs, and the newest run live. `onClosed` is called when a run that was watched ends.
 * Works without a snapshot; without Temporal it shows the declared tasks and says what is missing.
 */
export function showRuns({ onClosed }) {
  const section = new Section('runs');
  let tasks = [];
  let runs = [];
  let shown = null;
  let picked = null;
  let stop = () => {};
  let watched = null;
  let timer;

  const picture = responsive((width) => dag(tasks, states(), width));
  const states = () => new Map((shown?.tasks ?? []).map((task) => [task.name, task]));
  const redraw = () => {
    const box = byId('dag');
    if (tasks.length > 0 && picture.parentNode === null) {
      box.replaceChildren(
        h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Tasks as a graph' }, picture),
      );
    }
    if (picture.clientWidth > 0) picture.replaceChildren(dag(tasks, states(), picture.clientWidth));
  };
  const say = (sentence) => {
    if (byId('live').textContent !== sentence) byId('live').textContent = sentence;
  };

  const loadPipeline = async () => {
    try {
      ({ tasks } = (await ask(PIPELINE)).pipeline);
      redraw();
    } catch (error) {
      byId('dag').replaceChildren(trouble(error));
    }
  };

  const loadRuns = async () => {
    try {
      const { data, errors } = await request(RUNS);
      if (!data?.runs && errors.length > 0) throw failureOf(errors[0]);
      runs = data?.runs ?? [];
      if (runs.length === 0) {
        shown = null;
        leave();
        redraw();
        return section.empty('No run yet. Start one below.');
      }
      const chosen = runs.find(({ id }) => id === picked) ?? runs[0];
      if (shown?.id !== chosen.id || (isOpen(shown) && !isOpen(chosen))) await loadRun(chosen.id);
      watch(chosen);
      draw();
    } catch (error) {
      leave();
      say('');
      section.fail(error);
    }
  };

  const loadRun = async (id) => {
    const { data, errors } = await request(ONE, { id });
    if (!data?.run && errors.length > 0) throw failureOf(errors[0]);
    if (data?.run) take(data.run);
  };

  /** A run's newest state, from wherever it came. */
  const take = (run) => {
    const ended = shown !== null && shown.id === run.id && isOpen(shown) && !isOpen(run);
    shown = run;
    runs = runs.map((one) => (one.id === run.id ? { ...one, ...run } : one));
    redraw();
    draw();
    if (ended) onClosed(run);
  };

  const leave = () => {
    stop();
    clearInterval(timer);
    stop = () => {};
    watched = null;
  };

  const watch = (run) => {
    if (!isOpen(run)) {
      leave();
      say('');
      return;
    }
    if (watched === run.id) return;
    leave();
    watched = run.id;
    say('Connecting for live progress …');
    let failed = false;
    const poll = (why) => {
      clearInterval(timer);
      timer = setInterval(() => loadRun(run.id).catch((error) => section.fail(error)), POLL_EVERY);
      say(`Not live: ${why} Asking every ${POLL_EVERY / 1000} s instead.`);
    };
    stop = subscribe({
      url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
      query: PROGRESS,
      variables: { id: run.id },
      onNext: ({ data, errors }) => {
        if (data?.runProgress) take(data.runProgress);
        else if (errors?.length > 0) {
          failed = true;
          poll(errors[0].message);
        }
      },
      onState: ({ state, why, pause }) => {
        if (state === 'live') {
          clearInterval(timer);
          say('Live.');
        } else if (state === 'ended') {
          if (failed) return;
          say('');
          // Not at once: a server that ends every subscription must not be asked in a circle.
          setTimeout(() => {
            if (watched === run.id) watched = null;
            void loadRuns();
          }, 1000);
        } else if (state === 'refused') poll(why);
        else poll(`${why} Trying again in ${Math.round(pause / 1000)} s.`);
      },
    });
  };

  const perform = async (what, mutation, variables) => {
    const note = byId('action');
    note.replaceChildren(`${what} …`);
    try {
      const data = await act(mutation, variables);
      note.replaceChildren(data === null ? `${what}: not done, no token given.` : `${what}: asked for.`);
      if (data?.startRun) picked = null;
      await loadRuns();
    } catch (error) {
      note.replaceChildren(`${what}: not done. `, trouble(error));
    }
  };

  // Boxes that stay, so that an event neither takes the focus nor what is being typed.
  const boxes = { head: h('div', { class: 'run' }), controls: h('div'), tasks: h('div'), list: h('div') };
  const drawn = new Map();
  const put = (name, value, make) => {
    const key = JSON.stringify(value);
    if (drawn.get(name) === key) return;
    drawn.set(name, key);
    boxes[name].replaceChildren(...[make()].flat(2).filter(Boolean));
  };
  const draw = () => {
    if (boxes.head.parentNode === null) section.ready(Object.values(boxes));
    section.root.dataset.state = 'ready';
    if (shown !== null) {
      boxes.head.dataset.run = shown.id;
      boxes.head.dataset.status = shown.status;
      put('head', { ...shown, tasks: null }, () => runHead(shown));
      put('controls', [shown.id, shown.status], () => (isOpen(shown) ? runControls(shown, perform) : null));
      put('tasks', shown.tasks, () => taskTable(shown));
    }
    put('list', [shown?.id, runs.map((run) => ({ ...run, tasks: null }))], () =>
      runList(runs, shown?.id, pick),
    );
  };

  const pick = (id) => {
    picked = id;
    void loadRuns();
  };

  const start = byId('start-form');
  start.onsubmit = (event) => {
    event.preventDefault();
    void perform('Start a run', START, {
      input: {
        catalogue: text(start, 'catalogue'),
        limit: whole(start, 'limit'),
        force: start.elements.force.checked,
      },
    });
  };

  setInterval(() => {
    if (document.visibilityState === 'visible') void loadRuns();
  }, LIST_EVERY);
  return Promise.all([loadPipeline(), loadRuns()]);
}
