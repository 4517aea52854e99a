import { existsSync, readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, isEnumType, isInputObjectType, isObjectType, isScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printApi } from '../../graphql/print.js';
import { apiSchema } from '../../graphql/schema.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const CONTRACT = '../../../shared/contract/schema.graphql';
const missing = !existsSync(new URL(CONTRACT, import.meta.url));

/** What a client of `before` could no longer do. */
async function breaking(before: string): Promise<string[]> {
  const changes = await diff(buildSchema(before), buildSchema(printApi()));
  return changes
    .filter(
      ({ criticality, type }) =>
        criticality.level === CriticalityLevel.Breaking || /DEFAULT(?:_VALUE)?_CHANGED$/.test(type),
    )
    .map(({ message }) => message);
}

describe('the schema', () => {
  it('is the committed one; write it anew with: npx tsx graphql/print.ts', () => {
    expect(printApi()).toBe(read('../../graphql/schema.graphql'));
  });

  it('describes every type, field, argument, input field and value', () => {
    const bare: string[] = [];
    const need = (name: string, description: string | null | undefined): void => {
      if ((description ?? '').length < 4) bare.push(name);
    };
    const { Query, Mutation, Subscription, ...types } = apiSchema().getTypeMap();
    for (const type of [...Object.values(types), Query, Mutation, Subscription]) {
      if (type === undefined || type.name.startsWith('__')) continue;
      const isRoot = [Query, Mutation, Subscription].includes(type);
      if (!isRoot && !isScalarType(type)) need(type.name, type.description);
      if (isEnumType(type))
        for (const value of type.getValues()) need(`${type.name}.${value.name}`, value.description);
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        need(`${type.name}.${field.name}`, field.description);
        for (const argument of 'args' in field ? field.args : [])
          need(`${type.name}.${field.name}(${argument.name})`, argument.description);
      }
    }
    expect(bare).toEqual([]);
  });

  it('breaks no client of the last release; graphql/released.graphql is its schema', async () => {
    expect(await breaking(read('../../graphql/released.graphql'))).toEqual([]);
  });

  it('would not pass with a field less, an argument more that is needed, or another default', async () => {
    const api = printApi();
    for (const [part, instead] of [
      ['  voteCount: Int\n', '  voteCount: Int\n  imaginary: Int\n'],
      ['first: Int = 20', 'first: Int = 21'],
    ] as const) {
      expect(api).toContain(part);
      expect(await breaking(api.replace(part, instead))).not.toEqual([]);
    }
  });

  it.skipIf(missing)(`keeps the contract${missing ? ' (../shared/contract is missing)' : ''}`, async () => {
    expect(await breaking(read(CONTRACT))).toEqual([]);
  });
});
