import {
  ApolloServer,
  HeaderMap,
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
import type { GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { Logger } from 'pino';
import type { AnsweredOperation, Context } from '../context.js';
import { apiError, badInput, formatError } from '../errors.js';
import { countedFields, type CountedFields } from '../limits/fields.js';
import { checkOperation, limitRule } from '../limits/rules.js';
import { PARSING } from '../limits/tokens.js';
import { describing, type Described } from './described.js';
import type { Documents } from './documents.js';
import { compilingExecute, type Execute } from './executor.js';
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
  const execute = settings.interpret === true ? async () => null : compilingExecute(schema);
  const shared: Shared = { ...settings, schema, counted, logs, execute, describe: describing(schema) };
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
  readonly schema: GraphQLSchema;
  readonly counted: CountedFields;
  readonly logs: WeakMap<object, Logger>;
  readonly execute: Execute;
  readonly describe: (operation: OperationDefinitionNode) => Described;
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

  /**
   * Compiled queries' answers take the place of Apollo's execution, through its hook for answers from elsewhere; null
   * leaves an operation to it.
   * https://www.apollographql.com/docs/apollo-server/integrations/plugins-event-reference#responseforoperation
   *
   * Its other way to an executor of one's own, a gateway, copies every request twice and reads its headers again on
   * the way there.
   */
  async responseForOperation({
    document,
    queryHash,
    request,
    contextValue,
  }: GraphQLRequestContextResponseForOperation<Context>): Promise<GraphQLResponse | null> {
    const { schema, execute } = this.#shared;
    // The context's own operationName is that of the operation found: two requests would share a key.
    const { operationName, variables } = request;
    if (queryHash === undefined || contextValue.trace.tried) return null;
    const args = { schema, document, operationName, variableValues: variables, contextValue };
    const result = await execute(keyOf(queryHash, operationName), args);
    return result === null ? null : { http: NO_HEAD, body: { kind: 'single', singleResult: result } };
  }

  async didEncounterErrors({
    errors,
    contextValue,
  }: GraphQLRequestContextDidEncounterErrors<Context>): Promise<void> {
    for (const error of errors) this.#shared.logs.set(error, contextValue.log);
  }

  async willSendResponse(asked: GraphQLRequestContextWillSendResponse<Context>): Promise<void> {
    const { operation, response, contextValue, request, source } = asked;
    const { metrics } = this.#shared;
    const { trace } = contextValue;
    const { body } = response;
    const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
    if (operation !== undefined) answered(this.#shared, operation, contextValue, this.#started, errors);
    if (operation?.operation !== 'query' || errors !== undefined) trace.lasting = false;
    else trace.operation = answeredOperation(this.#shared, operation, asked);
    if (errors === undefined) return;
    for (const error of errors) metrics.error(String(error.extensions?.code));
    if (source !== undefined) plainStatus(response, request.http?.headers.get('accept') ?? '');
  }
}

/** Added to the head of an answer, which is empty until then. */
const NO_HEAD = { headers: new HeaderMap() } as const;

/** Names a document and the operation in it. An empty name is another question than none. */
const keyOf = (queryHash: string, operationName: string | null | undefined): string =>
  operationName == null ? queryHash : `${queryHash} ${operationName}`;

/** Counts, names and logs an operation that was answered. */
function answered(
  { log, metrics, describe }: Shared,
  operation: OperationDefinitionNode,
  context: Context,
  started: number,
  errors: readonly GraphQLFormattedError[] | undefined,
): void {
  const described = describe(operation);
  const seconds = (performance.now() - started) / 1000;
  metrics.operation(described, seconds);
  context.trace.count = () => metrics.operation(described, 0);
  nameSpan(described, errors);
  if (log.isLevelEnabled('debug')) context.log.debug({ ...described, seconds }, 'answered');
}

/** The same steps for a query of which all but its variables is checked. */
function answeredOperation(
  shared: Shared,
  operation: OperationDefinitionNode,
  { document, queryHash, request: { operationName } }: GraphQLRequestContextWillSendResponse<Context>,
): AnsweredOperation | null {
  if (document === undefined || queryHash === undefined) return null;
  const { schema, counted, execute } = shared;
  const key = keyOf(queryHash, operationName);
  return {
    characters: document.loc?.end ?? 0,
    async again(variables, contextValue) {
      const started = performance.now();
      if (checkOperation(operation, document, counted, variables) !== null) return null;
      const args = { schema, document, operationName, variableValues: variables, contextValue };
      contextValue.trace.tried = true;
      const result = await execute(key, args);
      if (result === null) return null;
      answered(shared, operation, contextValue, started, undefined);
      // As Apollo writes it, byte for byte.
      return `${JSON.stringify({ data: result.data })}\n`;
    },
  };
}

/**
 * A client that takes `application/json` alone gets status 200 for every GraphQL answer, also an error:
 * https://graphql.github.io/graphql-over-http/draft/#sec-application-json
 */
function plainStatus({ http }: { readonly http: { status?: number } }, accept: string): void {
  if (http.status === 400 && !accept.includes('application/graphql-response+json')) http.status = 200;
}
