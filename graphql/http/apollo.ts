import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { Kind, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../context.js';
import { apiError, badInput, formatError } from '../errors.js';
import { countedFields } from '../limits/fields.js';
import { checkOperation, limitRule } from '../limits/rules.js';
import { PARSING } from '../limits/tokens.js';
import { compilingExecute, executorGateway } from './executor.js';
import type { Metrics } from './metrics.js';
import { nameSpan } from './tracing.js';

export interface ApolloSettings {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'operation' | 'error'>;
  readonly introspection: boolean;
  /** SHA-256 of the documents that alone are answered; null: every one is. */
  readonly registered: ReadonlySet<string> | null;
  /** Leaves all execution to graphql-js. */
  readonly interpret?: boolean | undefined;
}

/** Apollo over the API's schema with its limits, masked errors and measurements. */
export function apolloServer(schema: GraphQLSchema, settings: ApolloSettings): ApolloServer<Context> {
  const { log, metrics, introspection, registered } = settings;
  const counted = countedFields(schema);
  /** Errors are formatted out of their request's sight: each finds its log here. */
  const logs = new WeakMap<object, Logger>();
  return new ApolloServer<Context>({
    ...(settings.interpret === true
      ? { schema }
      : { gateway: executorGateway(schema, compilingExecute(schema)) }),
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSING,
    validationRules: [limitRule(counted)],
    formatError: (formatted, error) => formatError(formatted, error, logs.get(error as object) ?? log),
    logger: log,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      {
        async requestDidStart() {
          const started = performance.now();
          return {
            async didResolveOperation({ operation, document, request, queryHash }) {
              if (registered !== null && !registered.has(queryHash))
                throw apiError('FORBIDDEN', 'This server answers registered operations only.');
              if (operation?.operation === 'subscription')
                throw badInput('Subscriptions are answered over WebSocket (graphql-ws) at /graphql.');
              if (operation === undefined) return;
              const error = checkOperation(operation, document, counted, request.variables);
              if (error !== null) throw error;
            },
            async didEncounterErrors({ errors, contextValue }) {
              for (const error of errors) logs.set(error, contextValue.log);
            },
            async willSendResponse({ operation, response, contextValue, request, source }) {
              const { trace } = contextValue;
              if (operation != null) {
                const fields = rootFields(schema, operation);
                const seconds = (performance.now() - started) / 1000;
                const name = operation.name?.value;
                metrics.operation(operation.operation, name, fields, seconds);
                const { body: made } = response;
                const errors = made.kind === 'single' ? (made.singleResult.errors ?? []) : [];
                nameSpan(
                  operation.operation,
                  name,
                  errors.map(({ extensions }) => String(extensions?.code)),
                );
                trace.count = () => metrics.operation(operation.operation, name, fields, 0);
                if (log.isLevelEnabled('debug'))
                  contextValue.log.debug(
                    { operation: operation.operation, name, fields, seconds },
                    'answered',
                  );
              }
              if (operation?.operation !== 'query') trace.lasting = false;
              const { body } = response;
              if (body.kind !== 'single' || body.singleResult.errors === undefined) return;
              trace.lasting = false;
              for (const error of body.singleResult.errors) metrics.error(String(error.extensions?.code));
              if (source !== undefined) plainStatus(response, request.http?.headers.get('accept') ?? '');
            },
          };
        },
      },
    ],
  });
}

/** Names of the root fields as the schema has them; those in fragments are left out. */
export function rootFields(schema: GraphQLSchema, operation: OperationDefinitionNode): string[] {
  const known = schema.getRootType(operation.operation)?.getFields() ?? {};
  return operation.selectionSet.selections.flatMap((one) =>
    one.kind === Kind.FIELD && Object.hasOwn(known, one.name.value) ? [one.name.value] : [],
  );
}

/**
 * A client that takes `application/json` alone gets status 200 for every GraphQL answer, also an error:
 * https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
function plainStatus({ http }: { readonly http: { status?: number } }, accept: string): void {
  if (http.status === 400 && !accept.includes('application/graphql-response+json')) http.status = 200;
}
