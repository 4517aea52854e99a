import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

/** Compiled operations that are kept, and texts of which it is known that they came once. */
const KEPT = 500;
const REMEMBERED = 5_000;

/** Null where graphql-js has to execute the operation. */
export type Execute = (key: string, args: ExecutionArgs) => Promise<ExecutionResult | null>;

/**
 * Executes queries as code that graphql-jit generates for them, from the second time that one comes: compiling
 * takes longer than executing. `key` stands for the document and the operation's name together.
 *
 * Whatever has an error is left to graphql-js, which executes it again, so that errors are its own, word for word and
 * in its order; so is what cannot be compiled. Mutations are never compiled: they must not run twice.
 */
export function compilingExecute(schema: GraphQLSchema): Execute {
  const compiled = new LRUCache<string, CompiledQuery['query'] | 'not compiled'>({ max: KEPT });
  const cameOnce = new LRUCache<string, true>({ max: REMEMBERED });
  const compile = (args: ExecutionArgs): CompiledQuery['query'] | 'not compiled' => {
    // graphql-jit takes an empty name for none; graphql-js, and so Apollo, finds no operation of that name.
    if (args.operationName === '') return 'not compiled';
    const isQuery = args.document.definitions.every(
      (one) => one.kind !== 'OperationDefinition' || one.operation === 'query',
    );
    if (!isQuery) return 'not compiled';
    const made = compileQuery(schema, args.document, args.operationName ?? undefined);
    return isCompiledQuery(made) ? made.query : 'not compiled';
  };

  return async (key, args) => {
    let query = compiled.get(key);
    if (query === undefined) {
      if (!cameOnce.has(key)) {
        cameOnce.set(key, true);
        return null;
      }
      query = compile(args);
      compiled.set(key, query);
    }
    if (query === 'not compiled') return null;
    const result = await query(args.rootValue, args.contextValue, args.variableValues);
    return result.errors === undefined ? result : null;
  };
}
