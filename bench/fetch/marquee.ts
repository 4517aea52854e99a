import { readFile } from 'node:fs/promises';
import { fetchFilms, systemClock } from '../../activities/batch.js';
import { deadLine, filmLine, Spool } from '../../activities/spool.js';
import { startThreads } from '../../activities/threads.js';
import { createClient } from '../../tmdb/client.js';
import { Pacer } from '../../tmdb/pace.js';

/**
 * The program's own fetch without Temporal: batches in four lanes, each with its spool and its share of the rate,
 * finished ones turned into Parquet in threads. Arguments: base URL, file of ids as JSON, output folder, requests per
 * second (0 = unlimited), films of a batch, seconds after which nothing more is asked for (0 = no end).
 */
const [baseUrl, idsFile, out, rateText, batchText, secondsText] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const LANES = 4;
const CONCURRENCY = 16;
const rate = Number(rateText);
const size = Number(batchText);
const end = Number(secondsText) === 0 ? Infinity : Date.now() + Number(secondsText) * 1000;

const ids = JSON.parse(await readFile(idsFile, 'utf8')) as number[];
const client = createClient({ baseUrl, exportUrl: '' });
const threads = startThreads(2);
const { signal } = new AbortController();
let next = 0;

async function lane(at: number): Promise<void> {
  // Lanes that begin together would ask together: each begins its part of a gap later.
  if (rate > 0) await systemClock.sleep((1000 / rate) * at, signal);
  while (next < ids.length && Date.now() < end) {
    const from = next;
    next += size;
    const path = `${out}/${String(from).padStart(7, '0')}`;
    const spool = await Spool.open(`${path}.ndjson`);
    await fetchFilms({
      ids: ids.slice(from, from + size),
      client,
      pacer: new Pacer(rate / LANES, systemClock),
      clock: systemClock,
      concurrency: CONCURRENCY,
      signal,
      paused: () => Date.now() >= end,
      onFilm: (id, body) => spool.append(filmLine(id, body)),
      onDead: (letter) => spool.append(deadLine(letter)),
    });
    await spool.close();
    await threads.block({ spool: `${path}.ndjson`, out: `${path}.parquet` }, signal);
  }
}

await Promise.all(Array.from({ length: LANES }, (_, at) => lane(at)));
await client.close();
await threads.close();
