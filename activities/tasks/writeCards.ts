import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readParquet } from '../../dataset/tables.js';
import type { ModelReport } from '../../models/report.js';
import { cardOf, measureOf, MAIN_MEASURE, type TestedRow } from '../card.js';
import type { OutputTable, Task } from '../task.js';

const params = z.strictObject({
  /** All of this the activity adds. */
  version: z.string().default(''),
  data: z.string().default(''),
  /** sha256 of each task's module graph. */
  code: z.record(z.string(), z.string()).default({}),
  before: z
    .array(
      z.strictObject({
        task: z.string(),
        snapshot: z.string(),
        model: z.string(),
        recorded: z.number().nullable(),
      }),
    )
    .default([]),
});

/** A card for every task that trained models, and what was served before beside what is served now. */
export const task: Task<z.infer<typeof params>> = {
  params,
  async compute({ params: { version, data, code, before }, inputs, out, seed }) {
    const facts = inputs['films']!.facts;
    const tables: OutputTable[] = [];
    const compared: object[] = [];
    for (const [name, { tables: written }] of Object.entries(inputs)) {
      const report = Object.entries(written).find(([table]) => table.endsWith('Report'))?.[1];
      if (report === undefined) continue;
      const reports = JSON.parse(await readFile(report, 'utf8')) as ModelReport[];
      const of = reports[0]!.task;
      const backtest = Object.entries(written).find(([table]) => table.endsWith('Backtest'))?.[1];
      const earlier = before.find((one) => one.task === of) ?? null;
      const card = cardOf({
        task: of,
        reports,
        backtest: backtest === undefined ? [] : await readTested(backtest),
        catalogue: String(facts['catalogue']),
        synthetic: facts['synthetic'] === true,
        asOf: String(facts['asOf']),
        data,
        version,
        code: code[name] ?? '',
        seed,
        before: earlier,
      });
      await writeFile(join(out, `${name}-card.md`), card);
      tables.push({ table: `${name}Card`, file: `${name}-card.md`, rows: 1, content: false });
      if (earlier !== null) {
        const main = MAIN_MEASURE[of];
        const same = reports.find((one) => one.name === earlier.model);
        const served = reports.find((one) => one.served);
        compared.push({
          ...earlier,
          measure: main,
          onTheseFolds: measureOf(same, main),
          servedNow: served?.name ?? null,
          servedNowValue: measureOf(served, main),
        });
      }
    }
    await writeFile(join(out, 'served-before.json'), `${JSON.stringify(compared, null, 2)}\n`);
    tables.push({ table: 'servedBefore', file: 'served-before.json', rows: compared.length, content: false });
    return { tables, summary: `${tables.length - 1} cards` };
  },
};

async function readTested(path: string): Promise<TestedRow[]> {
  return (await readParquet(path)).toRecords() as unknown as TestedRow[];
}
