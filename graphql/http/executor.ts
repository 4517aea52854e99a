import { HeaderMap, type GraphQLResponse } from '@apollo/server';
import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { BoundedMap } from '../boundedMap.js';
import type { Context } from '../context.js';

/** Compiled operations that are kept, and texts of which it is known that they came once. */
const KEPT = 500;
const REMEMBERED = 5_000;

/** Null where graphql-js has to execute the operation. */
type Execute = (key: string, args: ExecutionArgs) => Promise<ExecutionResult | null>;

/**
 * Executes queries as code that graphql-jit generates for them, from the second time that one comes: compiling
 * takes longer than executing. `key` stands for the document and the operation's name together.
 *
 * Whatever has an error is left to graphql-js, which executes it again, so that errors are its own, word for word and
 * in its order; so is what cannot be compiled. Mutations are never compiled: they must not run twice.
 */
export function compilingExecute(schema: GraphQLSchema): Execute {
  const compiled = new BoundedMap<string, CompiledQuery['query'] | null>(KEPT);
  const cameOnce = new BoundedMap<string, true>(REMEMBERED);
  const compile = (args: ExecutionArgs): CompiledQuery['query'] | null => {
    // graphql-jit takes an empty name for none; graphql-js, and so Apollo, finds no operation of that name.
    if (args.operationName === '') return null;
    const isQuery = args.document.definitions.every(
      (one) => one.kind !== 'OperationDefinition' || one.operation === 'query',
    );
    if (!isQuery) return null;
    const made = compileQuery(schema, args.document, args.operationName ?? undefined);
    return isCompiledQuery(made) ? made.query : null;
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
    if (query === null) return null;
    const result = await query(args.rootValue, args.contextValue, args.variableValues);
    return result.errors === undefined ? result : null;
  };
}

/** What of a request that Apollo has read and checked its execution needs. */
interface Request {
  readonly document: ExecutionArgs['document'];
  readonly queryHash?: string | undefined;
  readonly request: { readonly operationName?: string; readonly variables?: Record<string, unknown> };
  readonly contextValue: Context;
}

/** Added to the head of an answer, which is empty until then. */
const NO_HEAD = { headers: new HeaderMap() } as const;

/**
 * Compiled queries' answers take the place of Apollo's execution, through its hook for answers from elsewhere; null
 * leaves an operation to it.
 * https://www.apollographql.com/docs/apollo-server/integrations/plugins-event-reference#responseforoperation
 *
 * Its other way to an executor of one's own, a gateway, copies every request twice and reads its headers again on the
 * way there.
 */
export function compiledAnswers(
  schema: GraphQLSchema,
): (request: Request) => Promise<GraphQLResponse | null> {
  const execute = compilingExecute(schema);
  return async ({ document, queryHash, request, contextValue }) => {
    // The context's own operationName is that of the operation found: two requests would share a key.
    const { operationName, variables } = request;
    if (queryHash === undefined) return null;
    // An empty name is another question than none: there is no operation of that name.
    const key = operationName == null ? queryHash : `${queryHash} ${operationName}`;
    const args = { schema, document, operationName, variableValues: variables, contextValue };
    const result = await execute(key, args);
    return result === null ? null : { http: NO_HEAD, body: { kind: 'single', singleResult: result } };
  };
}
