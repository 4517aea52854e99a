import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { deadLine, filmLine, parseSpool, Spool, type SpoolContent } from '../../activities/spool.js';
import type { DeadLetter } from '../../dataset/blocks.js';

const folder = mkdtempSync(join(tmpdir(), 'marquee-spool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const freshFile = (): string => join(folder, `${++files}`, 'spool.ndjson');

type Entry = { readonly id: number; readonly body: string } | DeadLetter;

const text = fc.string({
  unit: fc.oneof(fc.constantFrom('é', '🎬', '\n', '\r', ' ', '!', '"', '\u2028'), fc.string()),
});
const entry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    body: fc.record({ title: text, id: fc.nat() }).map((film) => JSON.stringify(film)),
  }),
  fc.record({
    id: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    status: fc.option(fc.constantFrom(404, 500)),
    attempts: fc.nat(20),
    message: text,
  }),
);
const entries = fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 12 });

const lineOf = (one: Entry): string => ('body' in one ? filmLine(one.id, one.body) : deadLine(one));

/** What a spool of these entries says, as plain data. */
function content(list: readonly Entry[]): { films: [number, string][]; dead: [number, DeadLetter][] } {
  return {
    films: list.flatMap((one): [number, string][] => ('body' in one ? [[one.id, one.body]] : [])),
    dead: list.flatMap((one): [number, DeadLetter][] => ('body' in one ? [] : [[one.id, one]])),
  };
}

const plain = ({ films, dead }: SpoolContent) => ({ films: [...films], dead: [...dead] });

/** How many of the lines are whole in the first `bytes` bytes. */
function wholeLines(list: readonly Entry[], bytes: number): number {
  let at = 0;
  let whole = 0;
  for (const one of list) {
    at += Buffer.byteLength(lineOf(one));
    if (at <= bytes) whole++;
  }
  return whole;
}

describe('a spool', () => {
  it('cut at any byte holds the whole lines before the cut', () => {
    fc.assert(
      fc.property(entries, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const bytes = Buffer.from(list.map(lineOf).join(''));
        const cut = Math.round(bytes.length * share);
        const whole = list.slice(0, wholeLines(list, cut));
        const found = parseSpool(bytes.subarray(0, cut).toString('utf8'));
        expect(plain(found)).toEqual(content(whole));
        expect(found.bytes).toBe(Buffer.byteLength(whole.map(lineOf).join('')));
      }),
      { numRuns: 500 },
    );
  });

  it('opened again after a cut takes what follows as if nothing had happened', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.double({ min: 0, max: 1, noNaN: true }), async (list, share) => {
        const path = freshFile();
        const half = Math.floor(list.length / 2);
        const first = await Spool.open(path);
        await Promise.all(list.slice(0, half).map((one) => first.append(lineOf(one))));
        await first.close();
        const bytes = readFileSync(path);
        const cut = Math.round(bytes.length * share);
        writeFileSync(path, bytes.subarray(0, cut));

        const survived = list.slice(0, wholeLines(list.slice(0, half), cut));
        const second = await Spool.open(path);
        expect(plain(second.found)).toEqual(content(survived));
        const rest = list.filter((one) => !survived.includes(one));
        await Promise.all(rest.map((one) => second.append(lineOf(one))));
        await second.close();

        const third = await Spool.open(path);
        await third.close();
        expect(plain(third.found)).toEqual(content([...survived, ...rest]));
        expect(readFileSync(path, 'utf8')).toBe([...survived, ...rest].map(lineOf).join(''));
      }),
      { numRuns: 60 },
    );
  });

  it('is empty where there is none yet', async () => {
    const spool = await Spool.open(freshFile());
    expect(plain(spool.found)).toEqual({ films: [], dead: [] });
    await spool.close();
  });

  it('has what was appended on disk as soon as the append resolves', async () => {
    const path = freshFile();
    const spool = await Spool.open(path);
    const appended = Array.from({ length: 200 }, (_, at) => spool.append(filmLine(at + 1, '{}')));
    await appended[99];
    expect(parseSpool(readFileSync(path, 'utf8')).films.size).toBeGreaterThanOrEqual(100);
    await Promise.all(appended);
    expect([...parseSpool(readFileSync(path, 'utf8')).films.keys()]).toEqual(
      Array.from({ length: 200 }, (_, at) => at + 1),
    );
    await spool.close();
  });

  it('keeps a document that is spread over lines as the same JSON on one line', () => {
    const pretty = JSON.stringify({ id: 1, title: 'Two\nlines' }, null, 2).replaceAll('\n', '\r\n');
    const { films } = parseSpool(filmLine(1, pretty));
    expect(JSON.parse(films.get(1)!)).toEqual({ id: 1, title: 'Two\nlines' });
  });

  it('takes the later line of a film that was asked for again', () => {
    const letter = { id: 1, status: 500, attempts: 12, message: 'HTTP 500' };
    const found = parseSpool(deadLine(letter) + filmLine(1, '{"a":1}') + filmLine(1, '{"a":2}'));
    expect(found.films.get(1)).toBe('{"a":2}');
  });

  it('tells the writer when the disk takes no more', async () => {
    const path = freshFile();
    const spool = await Spool.open(path);
    await spool.append('1 {}\n');
    await spool.close();
    await expect(spool.append('2 {}\n')).rejects.toThrow();
    appendFileSync(path, '2 {"ha');
    const again = await Spool.open(path);
    expect([...again.found.films.keys()]).toEqual([1]);
    await again.close();
  });
});
