import { createElement as h, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { QUESTIONS } from './page/questions.js';
import 'graphiql/style.css';

/** The GraphQL page: GraphiQL with a ready query for each question. Bundled by `npm run build`: no other server is asked. */

const address = `${location.origin}/graphql`;
let client;

/** Queries over HTTP; subscriptions over one WebSocket, opened when the first one comes. */
async function fetcher({ query, variables, operationName }, { headers = {} } = {}) {
  if (/^\s*subscription\b/m.test(query)) {
    client ??= createClient({ url: address.replace(/^http/, 'ws'), connectionParams: headers });
    return client.iterate({ query, variables, operationName });
  }
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables, operationName }),
  });
  return await response.json();
}

const asText = (variables) => (variables === undefined ? '' : JSON.stringify(variables, null, 2));

/** Set by the page: puts a question into the editor. */
let choose = () => {};

/** One object for as long as the page lives: GraphiQL tells panels apart by identity. */
const READY = {
  title: 'Ready questions',
  icon: () => h('span', { 'aria-hidden': true, className: 'questions-icon' }, '?'),
  content: () =>
    h(
      'section',
      { 'aria-label': 'Ready questions', className: 'questions' },
      h('h2', null, 'Ready questions'),
      h(
        'ul',
        null,
        QUESTIONS.map((question) =>
          h(
            'li',
            { key: question.title },
            h('button', { type: 'button', onClick: () => choose(question) }, question.title),
          ),
        ),
      ),
    ),
};
const PLUGINS = [READY];

function Page() {
  const [chosen, setChosen] = useState(QUESTIONS[0]);
  choose = setChosen;
  return h(GraphiQL, {
    fetcher,
    query: chosen.query,
    variables: asText(chosen.variables),
    plugins: PLUGINS,
    defaultEditorToolsVisibility: 'variables',
    // A token in the headers is forgotten when the page is left.
    shouldPersistHeaders: false,
  });
}

createRoot(document.getElementById('graphiql')).render(h(Page));
