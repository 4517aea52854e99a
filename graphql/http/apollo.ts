import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { Kind, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../context.js';
import { badInput, formatError } from '../errors.js';
import { listSizes } from '../limits/measure.js';
import { checkOperation, limitRule, PARSING } from '../limits/rules.js';
import type { Metrics } from './metrics.js';

/** Apollo over the API's schema with its limits, masked errors and measurements. */
export function apolloServer(schema: GraphQLSchema, log: Logger, metrics: Metrics): ApolloServer<Context> {
  const sizes = listSizes(schema);
  return new ApolloServer<Context>({
    schema,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSING,
    validationRules: [limitRule(sizes)],
    formatError: (formatted, error) => formatError(formatted, error, log),
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
            async didResolveOperation({ operation, document, request }) {
              if (operation?.operation === 'subscription')
                throw badInput('Subscriptions are answered over WebSocket (graphql-ws) at /graphql.');
              if (operation === undefined) return;
              const error = checkOperation(operation, document, sizes, request.variables);
              if (error !== null) throw error;
            },
            async willSendResponse({ operation, response }) {
              if (operation != null) {
                const seconds = (performance.now() - started) / 1000;
                metrics.operation(operation.operation, rootFields(schema, operation), seconds);
              }
              if (response.body.kind === 'single')
                for (const error of response.body.singleResult.errors ?? [])
                  metrics.error(String(error.extensions?.code));
            },
          };
        },
      },
      plainStatus,
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
const plainStatus: ApolloServerPlugin<Context> = {
  async requestDidStart({ request }) {
    return {
      async willSendResponse({ response }) {
        const accept = request.http?.headers.get('accept') ?? '';
        const { http, body } = response;
        if (
          http.status === 400 &&
          body.kind === 'single' &&
          !accept.includes('application/graphql-response+json')
        )
          http.status = 200;
      },
    };
  },
};
