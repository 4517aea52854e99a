import { readFile } from 'node:fs/promises';
import { UsageError } from './config.js';

/**
 * The operations that alone are answered, from a JSON file: a list of texts or of their SHA-256, or an object from
 * SHA-256 to text, as graphql-codegen's client preset writes it (`persistedDocuments`, hash algorithm sha256).
 *
 * @throws UsageError for a file that is not there or is something else.
 */
export async function readOperations(file: string | undefined): Promise<string[] | undefined> {
  if (file === undefined) return undefined;
  const refuse = (why: string): UsageError =>
    new UsageError(
      `The operations in ${file} cannot be used: ${why}. Legal is a JSON list of operations or of their SHA-256, or an object from SHA-256 to operation.`,
    );
  let given: unknown;
  try {
    given = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const operations = Array.isArray(given) ? (given as unknown[]) : Object.values(given ?? {});
  if (operations.length === 0) throw refuse('there is none');
  if (!operations.every((one) => typeof one === 'string')) throw refuse('not every entry is a text');
  return operations;
}
