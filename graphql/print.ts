import { writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { apiSchema } from './schema.js';

/** The API's schema as text, sorted, so that every change of it is seen in review. */
export function printApi(): string {
  return `${printSchema(lexicographicSortSchema(apiSchema()))}\n`;
}

// Writes the committed file anew: npx tsx graphql/print.ts
if (argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('./schema.graphql', import.meta.url), printApi());
