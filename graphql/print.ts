import { writeFileSync } from 'node:fs';
import { printApi } from './schema.js';

/** Writes the printed schema anew: npx tsx graphql/print.ts */
writeFileSync(new URL('./schema.graphql', import.meta.url), printApi());
