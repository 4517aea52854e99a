import { Failure, failureOf, request } from './api.js';
import { byId } from './dom.js';

/**
 * A mutation; asks for the admin token only when the API wants one, and forgets it after this one action.
 * Resolves to the data, or to null when the reader gave no token.
 * @throws Failure
 */
export async function act(mutation, variables) {
  const first = await request(mutation, variables);
  if (first.errors.length === 0) return first.data;
  const failure = failureOf(first.errors[0]);
  if (failure.code !== 'UNAUTHENTICATED' && failure.code !== 'FORBIDDEN') throw failure;
  const token = await askToken(failure);
  if (token === null) return null;
  const second = await request(mutation, variables, { token });
  if (second.errors.length > 0) throw failureOf(second.errors[0]);
  return second.data;
}

function askToken(failure) {
  const dialog = byId('token-dialog');
  const field = byId('token');
  byId('token-reason').textContent = `${failure.sentence} ${failure.message}`;
  field.value = '';
  return new Promise((resolve, reject) => {
    dialog.onclose = () => {
      const token = field.value;
      field.value = '';
      const sent = dialog.returnValue === 'send';
      if (sent && token === '') reject(new Failure('UNAUTHENTICATED', 'No token was given.'));
      else resolve(sent ? token : null);
    };
    dialog.returnValue = 'cancel';
    dialog.showModal();
    field.focus();
  });
}
