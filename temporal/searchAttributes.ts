import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/visibility.js';

/** temporal.api.enums.v1.IndexedValueType. https://github.com/temporalio/api/blob/master/temporal/api/enums/v1/common.proto */
const TYPES: Readonly<Record<string, number>> = {
  KEYWORD: 2,
  INT: 3,
  BOOL: 5,
};

/**
 * Registers what runs are searched by. Repeating is harmless; a name that stands there with another type would be
 * left as it is without a word, so what stands is compared. Returns why runs must do without, or null.
 */
export async function registerSearchAttributes(client: Client): Promise<string | null> {
  const namespace = client.options.namespace;
  const wanted = Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, TYPES[type]] as const);
  try {
    const operator = client.connection.operatorService;
    const { customAttributes } = await operator.listSearchAttributes({ namespace });
    const missing = wanted.filter(([name]) => customAttributes?.[name] === undefined);
    const wrong = wanted.filter(
      ([name, type]) => customAttributes?.[name] !== undefined && customAttributes[name] !== type,
    );
    if (wrong.length > 0)
      return `the search attributes ${wrong.map(([name]) => name).join(', ')} stand on the server with another type`;
    if (missing.length > 0)
      await operator.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, type ?? 2])),
      });
    return null;
  } catch (error) {
    return `the server refused to register search attributes (${(error as Error).message.split('\n')[0]})`;
  }
}
