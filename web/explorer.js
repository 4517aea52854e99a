import { failureOf, request } from './page/api.js';
import { byId } from './page/dom.js';
import { showDocs } from './page/docs.js';
import { indentWithTab } from './page/editor.js';
import { QUESTIONS } from './page/questions.js';
import { subscribe } from './page/subscription.js';

/** The GraphQL page, all of it from this server: asks, shows answers, lists the schema. */

const fields = { query: byId('query'), variables: byId('variables'), token: byId('token') };
const ready = byId('ready');
let stop = null;

function show(answer, note, state) {
  byId('result').textContent = typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2);
  byId('took').textContent = note;
  byId('answer').dataset.state = state;
}

function variables() {
  const text = fields.variables.value.trim();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`The variables are no JSON: ${error.message}`);
  }
}

async function run() {
  halt();
  try {
    const asked = variables();
    if (/^\s*subscription\b/m.test(fields.query.value)) return listen(asked);
    byId('took').textContent = 'Asking …';
    byId('answer').dataset.state = 'loading';
    const started = performance.now();
    const { data, errors } = await request(fields.query.value, asked, { token: fields.token.value });
    const took = `${Math.round(performance.now() - started)} ms`;
    show(errors.length > 0 ? { errors, data } : { data }, took, errors.length > 0 ? 'error' : 'ready');
  } catch (error) {
    const failure = failureOf(error);
    show(failure.code === 'PAGE' ? failure.message : `${failure.sentence} ${failure.message}`, '', 'error');
  }
}

/** Events as they come; the newest is shown. */
function listen(asked) {
  let events = 0;
  byId('stop').hidden = false;
  show('', 'Connecting …', 'loading');
  stop = subscribe({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
    query: fields.query.value,
    variables: asked,
    token: fields.token.value,
    onNext: (answer) => show(answer, `Event ${++events}`, answer.errors ? 'error' : 'ready'),
    onState: ({ state, why, pause }) => {
      if (state === 'live') byId('took').textContent = 'Listening …';
      else if (state === 'waiting') byId('took').textContent = `${why} Trying again in ${pause / 1000} s.`;
      else {
        byId('took').textContent = why ?? `Ended after ${events} events.`;
        if (state === 'refused') byId('answer').dataset.state = 'error';
        byId('stop').hidden = true;
      }
    },
  });
}

function halt() {
  stop?.();
  stop = null;
  byId('stop').hidden = true;
}

function take(question) {
  fields.query.value = question.query;
  fields.variables.value =
    question.variables === undefined ? '' : JSON.stringify(question.variables, null, 2);
}

ready.replaceChildren(...QUESTIONS.map(({ title }, index) => new Option(title, String(index))));
ready.onchange = () => take(QUESTIONS[Number(ready.value)]);
take(QUESTIONS[0]);
byId('ask-form').onsubmit = (event) => {
  event.preventDefault();
  void run();
};
byId('ask-form').onkeydown = (event) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  void run();
};
byId('stop').onclick = () => {
  halt();
  byId('took').textContent = 'Stopped.';
};
indentWithTab(fields.query);
indentWithTab(fields.variables);
void showDocs();
