import { crc32 } from 'node:zlib';
import type { Context } from './context.js';
import type { Film } from './data/film.js';
import type { Ordered } from './data/ordered.js';
import type { Snapshot } from './data/snapshot.js';
import { apiError, badInput } from './errors.js';
import { pageSize } from './arguments.js';

/** Which part of a list; `offset` excludes the cursors, `first` excludes `last`. */
export interface Page {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly offset?: number | null;
}

/** Where a page lies in its list. A cursor is made when it is asked for. */
class PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #cursor: (position: number) => string;
  readonly #start: number;
  readonly #end: number;

  constructor(count: number, start: number, end: number, cursor: (position: number) => string) {
    this.hasNextPage = end < count;
    this.hasPreviousPage = start > 0;
    this.#cursor = cursor;
    this.#start = start;
    this.#end = end;
  }

  get startCursor(): string | null {
    return this.#start < this.#end ? this.#cursor(this.#start) : null;
  }

  get endCursor(): string | null {
    return this.#start < this.#end ? this.#cursor(this.#end - 1) : null;
  }
}

/** A part of an ordered list of films, as Relay has it: https://relay.dev/graphql/connections.htm */
export class FilmConnection {
  readonly totalCount: number;
  readonly pageInfo: PageInfo;
  readonly #snapshot: Snapshot;
  readonly #rows: Uint32Array;
  readonly #start: number;
  readonly #cursor: (position: number) => string;
  // Made once: compiled queries read a property that is a list five times.
  #nodes: readonly Film[] | undefined;
  #edges: readonly { readonly cursor: string; readonly node: Film }[] | undefined;

  constructor(snapshot: Snapshot, question: string, films: Ordered, start: number, end: number) {
    this.#snapshot = snapshot;
    this.#rows = films.slice(start, end);
    this.#start = start;
    this.#cursor = (position) => encodeCursor({ snapshot: snapshot.id, question, position });
    this.totalCount = films.count;
    this.pageInfo = new PageInfo(films.count, start, end, this.#cursor);
  }

  get nodes(): readonly Film[] {
    if (this.#nodes !== undefined) return this.#nodes;
    const nodes: Film[] = [];
    for (let i = 0; i < this.#rows.length; i++) nodes.push(this.#snapshot.film(this.#rows[i]!));
    return (this.#nodes = nodes);
  }

  get edges(): readonly { readonly cursor: string; readonly node: Film }[] {
    return (this.#edges ??= this.nodes.map((node, at) => ({ cursor: this.#cursor(this.#start + at), node })));
  }
}

/**
 * Cuts a page of the films that `list` gives. A cursor carries its snapshot and its question (filter and order),
 * so that paging goes on in the snapshot where it began; `question` is what must be the same for it.
 *
 * @throws BAD_USER_INPUT for sizes out of range, arguments that exclude each other and cursors of another
 * question; SNAPSHOT_GONE when the cursor's snapshot is no longer there.
 */
export async function filmConnection(
  context: Context,
  asked: Snapshot | string | null,
  question: string,
  page: Page,
  list: (snapshot: Snapshot) => Ordered,
): Promise<FilmConnection> {
  const { after, before, offset } = page;
  if (page.first != null && page.last != null) throw badInput('first and last exclude each other: give one.');
  if (offset != null && (after != null || before != null || page.last != null))
    throw badInput('offset goes with first alone: it excludes after, before and last.');
  if (offset != null && offset < 0) throw badInput(`offset is ${offset}; legal is 0 or more.`);
  const last = page.last == null ? null : pageSize('last', page.last, 20);
  const first = last === null ? pageSize('first', page.first, 20) : null;

  // To find mistakes, not malice: a cryptographic hash takes a tenth of the time of a page.
  const key = crc32(question).toString(36);
  const from = after == null ? null : decodeCursor('after', after, key);
  const until = before == null ? null : decodeCursor('before', before, key);
  const snapshot = await snapshotOf(context, asked, from?.snapshot ?? null, until?.snapshot ?? null);
  context.checkTime();

  const films = list(snapshot);
  const { count } = films;
  let start = offset == null ? 0 : Math.min(offset, count);
  let end = count;
  if (from !== null) start = Math.min(from.position + 1, count);
  if (until !== null) end = Math.max(start, Math.min(until.position, count));
  if (first !== null) end = Math.min(end, start + first);
  if (last !== null) start = Math.max(start, end - last);
  return new FilmConnection(snapshot, key, films, start, end);
}

async function snapshotOf(
  context: Context,
  asked: Snapshot | string | null,
  after: string | null,
  before: string | null,
): Promise<Snapshot> {
  const cursors = after ?? before;
  if (after !== null && before !== null && after !== before)
    throw badInput(`after belongs to snapshot ${after}, before to ${before}: take both from one answer.`);
  if (typeof asked === 'string' && cursors !== null && cursors !== asked)
    throw badInput(`The cursor belongs to snapshot ${cursors}, not to ${asked}.`);
  if (cursors === null)
    return typeof asked === 'object' && asked !== null ? asked : await context.snapshot(asked);
  if (typeof asked === 'object' && asked?.id === cursors) return asked;
  const found = await context.snapshotOrNull(cursors);
  if (found !== null) return found;
  throw apiError(
    'SNAPSHOT_GONE',
    `Snapshot ${cursors} of the cursor was removed. Begin again without a cursor.`,
  );
}

interface Cursor {
  readonly snapshot: string;
  readonly question: string;
  readonly position: number;
}

function encodeCursor({ snapshot, question, position }: Cursor): string {
  return Buffer.from(`${question} ${position} ${snapshot}`).toString('base64url');
}

function decodeCursor(name: 'after' | 'before', text: string, question: string): Cursor {
  const match = /^([0-9a-z]{1,7}) (\d{1,9}) (.{1,1000})$/.exec(Buffer.from(text, 'base64url').toString());
  if (match === null)
    throw badInput(`${name} is no cursor of this API: take endCursor or startCursor as it came.`);
  if (match[1] !== question)
    throw badInput(`${name} is a cursor of another question: filter, order and person must stay the same.`);
  return { question, position: Number(match[2]), snapshot: match[3] as string };
}
