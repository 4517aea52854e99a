import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addDays, changedFilms, changeWindows } from '../../tmdb/changes.js';
import { ChangesUntold } from '../../tmdb/failures.js';

describe('windows of changes', () => {
  it('cover every day once, in at most 14 days each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 4000 }), (length, start) => {
        const from = addDays('2020-01-01', start);
        const to = addDays(from, length);
        const days = changeWindows(from, to).flatMap((window) => {
          const covered: string[] = [];
          for (let day = window.from; day <= window.to; day = addDays(day, 1)) covered.push(day);
          expect(covered.length).toBeLessThanOrEqual(14);
          return covered;
        });
        expect(days).toEqual(Array.from({ length: length + 1 }, (_, at) => addDays(from, at)));
      }),
    );
  });

  it('are none when the crawl is of today already', () => {
    expect(changeWindows('2026-11-24', '2026-11-23')).toEqual([]);
  });
});

describe('changed films', () => {
  /** A source in which 45 films change a day, of which a list holds 500 pages of one; nothing is told before 2026. */
  const asked = async (from: string, to: string): Promise<{ ids: number[]; windows: string[] }> => {
    const windows: string[] = [];
    const server = createServer((request, response) => {
      const query = new URL(request.url ?? '', 'http://here').searchParams;
      const [start, end] = [query.get('start_date')!, query.get('end_date')!];
      const page = Number(query.get('page'));
      if (start < '2026') return void response.writeHead(422).end('{}');
      if (page === 1) windows.push(`${start} ${end}`);
      const first = (Date.parse(start) - Date.parse('2026-01-01')) / 86_400_000;
      const days = (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1;
      const pages = days * (start === '2026-03-01' && end === start ? 501 : 45);
      response.end(JSON.stringify({ results: [{ id: first * 45 + page }], total_pages: pages }));
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    try {
      const endpoint = { baseUrl: `http://127.0.0.1:${port}/3`, exportUrl: '' };
      const ids = await changedFilms(endpoint, from, to, new AbortController().signal);
      return { ids: [...ids].sort((a, b) => a - b), windows };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  it('are asked for in halves where a window has more pages than a list can hold', async () => {
    const { ids, windows } = await asked('2026-01-01', '2026-01-14');
    expect(windows).toEqual(['2026-01-01 2026-01-14', '2026-01-01 2026-01-07', '2026-01-08 2026-01-14']);
    expect(ids).toEqual(Array.from({ length: 14 * 45 }, (_, at) => at + 1));
  });

  it('are untold where the source has no list of that time, or one day overflows it', async () => {
    await expect(asked('2025-12-01', '2025-12-02')).rejects.toThrow(ChangesUntold);
    await expect(asked('2026-03-01', '2026-03-01')).rejects.toThrow(/More films changed on 2026-03-01/);
  });
});
