import {
  ApolloServer,
  type GraphQLRequestContextDidEncounterErrors,
  type GraphQLRequestContextDidResolveOperation,
  type GraphQLRequestContextResponseForOperation,
  type GraphQLRequestContextWillSendResponse,
  type GraphQLRequestListener,
  type GraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from '../context.js';
import { apiError, badInput, formatError } from '../errors.js';
import { countedFields, type CountedFields } from '../limits/fields.js';
import { checkOperation, limitRule } from '../limits/rules.js';
import { PARSING } from '../limits/tokens.js';
import { describing } from './described.js';
import type { Documents } from './documents.js';
import { compiledAnswers } from './executor.js';
import type { Metrics } from './metrics.js';
import { nameSpan } from './tracing.js';

export interface ApolloSettings {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'operation' | 'error'>;
  readonly introspection: boolean;
  /** SHA-256 of the documents that alone are answered; null: every one is. */
  readonly registered: ReadonlySet<string> | null;
  /** Texts of persisted queries; undefined: Apollo's own memory of them. */
  readonly documents?: Documents | undefined;
  /** Leaves all execution to graphql-js. */
  readonly interpret?: boolean | undefined;
}

/** Apollo over the API's schema with its limits, masked errors and measurements. */
export function apolloServer(schema: GraphQLSchema, settings: ApolloSettings): ApolloServer<Context> {
  const { log, introspection, documents } = settings;
  const counted = countedFields(schema);
  /** Errors are formatted out of their request's sight: each finds its log here. */
  const logs = new WeakMap<object, Logger>();
  const answer = settings.interpret === true ? async () => null : compiledAnswers(schema);
  const shared: Shared = { ...settings, counted, logs, answer, describe: describing(schema) };
  return new ApolloServer<Context>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: PARSING,
    validationRules: [limitRule(counted)],
    formatError: (formatted, error) => formatError(formatted, error, logs.get(error as object) ?? log),
    logger: log,
    ...(documents === undefined ? {} : { persistedQueries: { cache: documents } }),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      {
        async requestDidStart() {
          return new RequestListener(shared);
        },
      },
    ],
  });
}

interface Shared extends Pick<ApolloSettings, 'log' | 'metrics' | 'registered'> {
  readonly counted: CountedFields;
  readonly logs: WeakMap<object, Logger>;
  readonly answer: ReturnType<typeof compiledAnswers>;
  readonly describe: ReturnType<typeof describing>;
}

/** What happens to one request beside Apollo's own steps. */
class RequestListener implements GraphQLRequestListener<Context> {
  readonly #started = performance.now();
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  async didResolveOperation({
    operation,
    document,
    request,
    queryHash,
  }: GraphQLRequestContextDidResolveOperation<Context>): Promise<void> {
    const { registered, counted } = this.#shared;
    if (registered !== null && !registered.has(queryHash))
      throw apiError('FORBIDDEN', 'This server answers registered operations only.');
    if (operation?.operation === 'subscription')
      throw badInput('Subscriptions are answered over WebSocket (graphql-ws) at /graphql.');
    if (operation === undefined) return;
    const error = checkOperation(operation, document, counted, request.variables);
    if (error !== null) throw error;
  }

  async responseForOperation(
    request: GraphQLRequestContextResponseForOperation<Context>,
  ): Promise<GraphQLResponse | null> {
    return await this.#shared.answer(request);
  }

  async didEncounterErrors({
    errors,
    contextValue,
  }: GraphQLRequestContextDidEncounterErrors<Context>): Promise<void> {
    for (const error of errors) this.#shared.logs.set(error, contextValue.log);
  }

  async willSendResponse({
    operation,
    response,
    contextValue,
    request,
    source,
  }: GraphQLRequestContextWillSendResponse<Context>): Promise<void> {
    const { log, metrics, describe } = this.#shared;
    const { trace } = contextValue;
    const { body } = response;
    const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
    if (operation !== undefined) {
      const described = describe(operation);
      const seconds = (performance.now() - this.#started) / 1000;
      metrics.operation(described, seconds);
      trace.count = () => metrics.operation(described, 0);
      nameSpan(described, errors);
      if (log.isLevelEnabled('debug')) contextValue.log.debug({ ...described, seconds }, 'answered');
    }
    if (operation?.operation !== 'query' || errors !== undefined) trace.lasting = false;
    if (errors === undefined) return;
    for (const error of errors) metrics.error(String(error.extensions?.code));
    if (source !== undefined) plainStatus(response, request.http?.headers.get('accept') ?? '');
  }
}

/**
 * A client that takes `application/json` alone gets status 200 for every GraphQL answer, also an error:
 * https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
function plainStatus({ http }: { readonly http: { status?: number } }, accept: string): void {
  if (http.status === 400 && !accept.includes('application/graphql-response+json')) http.status = 200;
}
