import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dampedEts, forecastBy, theta, type Method } from '../../models/forecast/methods.js';
import { run } from '../measure.js';
import { python } from '../python.js';

const HORIZON = 3;
const METHODS = { 'damped ETS': dampedEts, theta } as const;
type Name = keyof typeof METHODS;

export interface Comparison {
  readonly name: Name;
  readonly series: number;
  /** Largest and mean |ours - theirs| ÷ |theirs| over series and years ahead. */
  readonly largest: number;
  readonly mean: number;
  /** CPU seconds for all series and three years ahead, after a first call of each. */
  readonly seconds: number;
  readonly peerSeconds: number;
}

interface Answer {
  readonly seconds: Readonly<Record<Name, number>>;
  readonly forecasts: Readonly<Record<string, Readonly<Record<Name, readonly number[]>>>>;
}

/** Both sides forecast the same series by the same method, one thread each. */
export async function compare(series: ReadonlyMap<string, Float64Array>): Promise<Comparison[]> {
  const folder = await mkdtemp(join(tmpdir(), 'marquee-forecast-'));
  try {
    const file = join(folder, 'series.json');
    const plain = [...series].map(([name, values]) => [name, Array.from(values)]);
    await writeFile(file, JSON.stringify(Object.fromEntries(plain)));
    const interpreter = await python('venv-forecast', new URL('./requirements.txt', import.meta.url));
    const script = fileURLToPath(new URL('./peers.py', import.meta.url));
    const peer = JSON.parse(await run(interpreter, [script, file, String(HORIZON)])) as Answer;
    return (Object.keys(METHODS) as Name[]).map((name) => {
      const method = METHODS[name] as Method<unknown>;
      forecastBy(method, series.values().next().value!, HORIZON);
      const from = process.cpuUsage();
      const ours = [...series].map(([genre, values]) => ({
        genre,
        values: forecastBy(method, values, HORIZON),
      }));
      const { user, system } = process.cpuUsage(from);
      const differences = ours.flatMap(({ genre, values }) =>
        Array.from(values, (value, h) => {
          const theirs = peer.forecasts[genre]![name][h]!;
          return Math.abs(value - theirs) / Math.abs(theirs);
        }),
      );
      return {
        name,
        series: series.size,
        largest: Math.max(...differences),
        mean: differences.reduce((a, b) => a + b, 0) / differences.length,
        seconds: (user + system) / 1e6,
        peerSeconds: peer.seconds[name],
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
