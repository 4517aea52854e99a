import { existsSync, readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, isObjectType, isInputObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { printApi } from '../../graphql/print.js';
import { apiSchema } from '../../graphql/schema.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const CONTRACT = '../../../shared/contract/schema.graphql';
const missing = !existsSync(new URL(CONTRACT, import.meta.url));

describe('the schema', () => {
  it('is the committed one; write it anew with: npx tsx graphql/print.ts', () => {
    expect(printApi()).toBe(read('../../graphql/schema.graphql'));
  });

  it('describes every type and field', () => {
    for (const type of Object.values(apiSchema().getTypeMap())) {
      if (type.name.startsWith('__') || !(isObjectType(type) || isInputObjectType(type))) continue;
      for (const field of Object.values(type.getFields()))
        expect([type.name, field.name, field.description ?? '']).not.toContain('');
    }
  });

  it.skipIf(missing)(`keeps the contract${missing ? ' (../shared/contract is missing)' : ''}`, async () => {
    const changes = await diff(buildSchema(read(CONTRACT)), buildSchema(printApi()));
    const broken = changes.filter(
      ({ criticality, type }) =>
        criticality.level === CriticalityLevel.Breaking || /DEFAULT_VALUE_CHANGED$/.test(type),
    );
    expect(broken.map(({ message }) => message)).toEqual([]);
  });
});
