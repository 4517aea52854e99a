import { mkdir, open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeadLetter } from '../dataset/blocks.js';

/**
 * A batch's spool: what has been answered so far, a line a film, appended as it comes. A killed worker leaves at
 * most one torn line at the end, which the next attempt drops; everything else is not asked for again.
 *
 * A line is `<id> <document>` or `<id> !<dead letter as JSON>`; JSON text holds no raw line break.
 */
export interface SpoolContent {
  /** Document text by film id. */
  readonly films: ReadonlyMap<number, string>;
  readonly dead: ReadonlyMap<number, DeadLetter>;
  /** UTF-8 bytes of the whole lines. */
  readonly bytes: number;
}

export function parseSpool(text: string): SpoolContent {
  const end = text.lastIndexOf('\n') + 1;
  const films = new Map<number, string>();
  const dead = new Map<number, DeadLetter>();
  let from = 0;
  while (from < end) {
    const to = text.indexOf('\n', from);
    const space = text.indexOf(' ', from);
    const id = Number(text.slice(from, space));
    if (text[space + 1] === '!') dead.set(id, JSON.parse(text.slice(space + 2, to)) as DeadLetter);
    else films.set(id, text.slice(space + 1, to));
    from = to + 1;
  }
  return { films, dead, bytes: Buffer.byteLength(text.slice(0, end)) };
}

export function filmLine(id: number, body: string): string {
  return `${id} ${/[\r\n]/.test(body) ? body.replace(/[\r\n]+/g, ' ') : body}\n`;
}

export function deadLine(letter: DeadLetter): string {
  return `${letter.id} !${JSON.stringify(letter)}\n`;
}

/** Milliseconds for which lines are gathered before they are written together: a call for each costs more than they do. */
const GATHER = 5;
/** How often what was appended is made to survive a loss of power, in milliseconds. */
const SYNC_EVERY = 1000;

export class Spool {
  #pending: string[] = [];
  #writing: Promise<void> = Promise.resolve();
  #syncedAt = -Infinity;

  private constructor(
    readonly path: string,
    readonly found: SpoolContent,
    private readonly file: FileHandle,
  ) {}

  /** Opens or makes the spool at a local path; what an earlier attempt left is in `found`. */
  static async open(path: string): Promise<Spool> {
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const found = parseSpool(text);
    if (found.bytes < Buffer.byteLength(text)) await truncate(path, found.bytes);
    return new Spool(path, found, await open(path, 'a'));
  }

  /** Appends lines; resolves when the operating system has them. */
  append(line: string): Promise<void> {
    this.#pending.push(line);
    this.#writing = this.#writing.then(async () => {
      if (this.#pending.length === 0) return;
      await sleep(GATHER);
      const text = this.#pending.join('');
      this.#pending = [];
      await this.file.appendFile(text);
      if (performance.now() - this.#syncedAt >= SYNC_EVERY) {
        this.#syncedAt = performance.now();
        await this.file.datasync();
      }
    });
    return this.#writing;
  }

  /** What the operating system has is not made to survive a loss of power here: who needs all of it looks. */
  async close(): Promise<void> {
    try {
      await this.#writing;
    } finally {
      await this.file.close();
    }
  }
}
