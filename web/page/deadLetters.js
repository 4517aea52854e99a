import { act } from './action.js';
import { ask } from './api.js';
import { byId, h } from './dom.js';
import { count } from './format.js';
import { trouble } from './section.js';
import { table } from './table.js';

const QUERY = `query DeadLetters($snapshot: ID) {
  deadLetters(first: 20, snapshot: $snapshot) { totalCount nodes { id status attempts message } }
}`;
const RETRY = 'mutation Retry($snapshot: ID!) { retryDeadLetters(snapshot: $snapshot) { id } }';

/** Films that could not be fetched, why, and what to do. */
export async function showDeadLetters(snapshot) {
  const box = byId('dead-letters');
  if (snapshot === null || snapshot.deadLetters === 0) return box.replaceChildren();
  try {
    const { deadLetters } = await ask(QUERY, { snapshot: snapshot.id });
    if (!deadLetters || deadLetters.totalCount === 0) return box.replaceChildren();
    const said = h('p', { role: 'status' });
    const retry = h('button', { type: 'button' }, 'Fetch them again');
    retry.onclick = async () => {
      said.replaceChildren('Starting …');
      try {
        const data = await act(RETRY, { snapshot: snapshot.id });
        said.replaceChildren(data === null ? 'Not done, no token given.' : 'A run has started; see above.');
      } catch (error) {
        said.replaceChildren(trouble(error));
      }
    };
    box.replaceChildren(
      h(
        'details',
        {},
        h('summary', {}, `${count(deadLetters.totalCount)} films of ${snapshot.id} could not be fetched`),
        h('p', {}, retry),
        said,
        table({
          caption: 'Dead letters',
          rows: deadLetters.nodes,
          columns: [
            { head: 'Film', cell: ({ id }) => String(id), rowHead: true },
            { head: 'HTTP', cell: ({ status }) => String(status ?? '–'), number: true },
            { head: 'Attempts', cell: ({ attempts }) => count(attempts), number: true },
            { head: 'Why', cell: ({ message }) => message },
          ],
        }),
      ),
    );
  } catch (error) {
    box.replaceChildren(trouble(error));
  }
}
