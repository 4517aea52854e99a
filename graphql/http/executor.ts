import type { ApolloServerOptions, BaseContext } from '@apollo/server';
import { execute, type ExecutionArgs, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { BoundedMap } from '../boundedMap.js';

/** Compiled operations that are kept, and texts of which it is known that they came once. */
const KEPT = 500;
const REMEMBERED = 5_000;

export type Execute = (key: string, args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/**
 * Executes queries as code that graphql-jit generates for them, from the second time that one comes: compiling
 * takes longer than executing. `key` stands for the document and the operation's name together.
 *
 * Whatever has an error is executed again by graphql-js, so that errors are its own, word for word and in its
 * order; so is what cannot be compiled. Mutations are never compiled: they must not run twice.
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

  return (key, args) => {
    let query = compiled.get(key);
    if (query === undefined) {
      if (!cameOnce.has(key)) {
        cameOnce.set(key, true);
        return execute(args);
      }
      query = compile(args);
      compiled.set(key, query);
    }
    if (query === null) return execute(args);
    const settle = (result: ExecutionResult): ExecutionResult | Promise<ExecutionResult> =>
      result.errors === undefined ? result : (execute(args) as ExecutionResult | Promise<ExecutionResult>);
    const result = query(args.rootValue, args.contextValue, args.variableValues);
    return result instanceof Promise ? result.then(settle) : settle(result);
  };
}

/** The option of Apollo that lets a server execute operations in its own way. */
export function executorGateway(
  schema: GraphQLSchema,
  run: Execute,
): NonNullable<ApolloServerOptions<BaseContext>['gateway']> {
  return {
    onSchemaLoadOrUpdate(tell) {
      tell({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    async load() {
      return {
        async executor({ document, queryHash, request, context }) {
          // The context's own operationName is that of the operation found: two requests would share a key.
          const { operationName, variables } = request;
          // An empty name is another question than none: there is no operation of that name.
          const key = operationName == null ? queryHash : `${queryHash} ${operationName}`;
          return await run(key, {
            schema,
            document,
            operationName,
            variableValues: variables,
            contextValue: context,
          });
        },
      };
    },
    async stop() {},
  };
}
