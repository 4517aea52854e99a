import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { planSchema } from './schema.js';

/** As much of JSON Schema as a plan's has. https://json-schema.org/draft-07 */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

/** What `temporal.yml` may say, for editors: draft 7, which the YAML language server reads. */
export function planJsonSchema(): JsonSchema {
  return {
    title: 'temporal.yml of Marquee',
    ...z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' }),
  } as JsonSchema;
}

export function printPlanSchema(): string {
  return `${JSON.stringify(planJsonSchema(), null, 2)}\n`;
}

/** The keys that an object at `path` may have; `plan` tells which kind of check stands there. Else none. */
export function legalKeys(path: readonly string[], plan: unknown): readonly string[] {
  let schema: JsonSchema | undefined = planJsonSchema();
  let value = plan;
  for (const key of path) {
    const more: JsonSchema | boolean | undefined = schema?.additionalProperties;
    schema = schema?.properties?.[key] ?? schema?.items ?? (typeof more === 'object' ? more : undefined);
    value = (value as Record<string, unknown> | null | undefined)?.[key];
    const kind = (value as { check?: unknown } | null | undefined)?.check;
    schema = schema?.oneOf?.find((branch) => branch.properties?.check?.const === kind) ?? schema;
  }
  return Object.keys(schema?.properties ?? {});
}

// Writes the committed file anew: npm run schema
if (argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../temporal.schema.json', import.meta.url), printPlanSchema());
