import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { legalKeys, planJsonSchema, printPlanSchema, type JsonSchema } from '../../plan/jsonSchema.js';
import { printSystem } from '../../pictures/print.js';
import { readPlanFile } from '../../cli/root.js';
import { parseDuration } from '../../plan/schema.js';
import { TEXT } from './plan.js';

const committed = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Every property of a schema with its path. */
function properties(schema: JsonSchema, path = ''): [string, JsonSchema][] {
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]): [string, JsonSchema][] => [
    [`${path}.${name}`, one],
    ...properties(one, `${path}.${name}`),
  ]);
  const more = typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
  const parts = [...more, ...(schema.items ? [schema.items] : []), ...(schema.oneOf ?? [])];
  return [...inner, ...parts.flatMap((one) => properties(one, `${path}.*`))];
}

describe('what is generated and committed', () => {
  it('temporal.schema.json is current (else: npm run schema)', () => {
    expect(committed('temporal.schema.json')).toBe(printPlanSchema());
  });

  it('docs/system.svg is current (else: npm run schema)', async () => {
    expect(committed('docs/system.svg')).toBe(printSystem(await readPlanFile()));
  });
});

describe('the JSON schema of a plan', () => {
  it('describes every key, so that an editor can show what it means', () => {
    const all = properties(planJsonSchema());
    expect(all.length).toBeGreaterThan(40);
    expect(all.filter(([, { description }]) => !description).map(([path]) => path)).toEqual([]);
  });

  it('knows every key that temporal.yml has', () => {
    const plan = parse(TEXT) as Record<string, Record<string, object>>;
    expect(legalKeys([], plan)).toEqual(expect.arrayContaining(Object.keys(plan)));
    for (const [name, task] of Object.entries(plan.tasks ?? {}))
      expect(legalKeys(['tasks', name], plan)).toEqual(expect.arrayContaining(Object.keys(task)));
  });

  it('is named in the first line of temporal.yml', () => {
    expect(TEXT.split('\n')[0]).toBe('# yaml-language-server: $schema=./temporal.schema.json');
  });
});

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['30', null],
    ['', null],
    ['-1s', null],
    ['1 h', null],
  ])('%s is %s ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
});
