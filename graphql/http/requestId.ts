import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const PROCESS = randomBytes(6).toString('hex');
const LEGAL = /^[\w.:-]{1,64}$/;
let count = 0;

/** On the request itself: a WeakMap of thousands of requests a second is work for the garbage collector. */
const ID = Symbol('request id');

/**
 * What a request is called in the log and in its answer (`x-request-id`): the client's or proxy's own name for it
 * where that is a short word, else one of ours.
 */
export function requestIdOf(request: IncomingMessage & { [ID]?: string }): string {
  const known = request[ID];
  if (known !== undefined) return known;
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && LEGAL.test(given) ? given : `${PROCESS}-${(++count).toString(36)}`;
  return (request[ID] = id);
}
