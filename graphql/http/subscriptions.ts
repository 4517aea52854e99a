import { createHash } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
  type ExecutionArgs,
  type GraphQLSchema,
} from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import type { Context } from '../context.js';
import { formatError } from '../errors.js';
import { countedFields } from '../limits/fields.js';
import { checkOperation, limitRule } from '../limits/rules.js';
import { PARSING } from '../limits/tokens.js';
import { isAllowedOrigin, type AccessRules } from './access.js';
import type { Clients } from './clients.js';
import { describing } from './described.js';
import type { Metrics } from './metrics.js';
import { openSockets, type Connection } from './sockets.js';

const MOST_SOCKETS = 500;
const MOST_PER_SOCKET = 50;
/** Milliseconds that a client has to answer that its socket closes. */
const LAST_WORD = 1000;

export interface SubscriptionOptions {
  readonly schema: GraphQLSchema;
  readonly access: AccessRules;
  readonly context: (request: IncomingMessage, authorization: string | undefined) => Context;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Null: no limit of operations. */
  readonly clients: Clients | null;
  readonly introspection: boolean;
  /** SHA-256 of the documents that alone are answered; null: every one is. */
  readonly registered: ReadonlySet<string> | null;
  /** Largest message in bytes. */
  readonly maxPayload: number;
}

/** GraphQL over WebSocket (graphql-ws) at `/graphql` of a server, under the same limits as over HTTP. */
export function addSubscriptions(server: Server, options: SubscriptionOptions): { close(): Promise<void> } {
  const { schema, access, context, log, metrics, clients, introspection, registered, maxPayload } = options;
  const counted = countedFields(schema);
  const describe = describing(schema);
  const rules = [
    ...specifiedRules,
    limitRule(counted),
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ];
  const masked = (errors: readonly GraphQLError[]): GraphQLError[] =>
    errors.map((error) => {
      const { message, extensions, ...rest } = formatError(withCode(error), error, log);
      metrics.error(String(extensions?.code));
      return Object.assign(new GraphQLError(message, { extensions }), {
        toJSON: () => ({ message, ...rest, extensions }),
      });
    });

  /** Subscriptions under way, each with what counts its end. */
  const open = new WeakMap<object, Map<string, () => void>>();

  const graphql = makeServer<Record<string, unknown>, Connection>({
    schema,
    onSubscribe(socket, id, { query, operationName, variables }) {
      if (Object.keys(socket.subscriptions).length > MOST_PER_SOCKET)
        return [new GraphQLError(`A socket may have ${MOST_PER_SOCKET} operations.`, TOO_MANY)];
      const refusal = clients?.take(socket.extra.request.socket.remoteAddress ?? '');
      if (refusal?.allowed === false)
        return [new GraphQLError(`This client asks too often: go on after ${refusal.seconds} s.`, TOO_MANY)];
      if (registered?.has(createHash('sha256').update(query).digest('hex')) === false)
        return [new GraphQLError('This server answers registered operations only.', UNREGISTERED)];
      let document;
      try {
        document = parse(query, PARSING);
      } catch (error) {
        return masked([error as GraphQLError]);
      }
      const operation = getOperationAST(document, operationName);
      if (operation == null)
        return [new GraphQLError('Name one operation of the document in operationName.', UNRESOLVED)];
      const invalid = validate(schema, document, rules);
      if (invalid.length > 0) return masked(invalid);
      const tooComplex = checkOperation(operation, document, counted, variables);
      if (tooComplex !== null) return masked([tooComplex]);
      metrics.operation(describe(operation), null);
      if (operation.operation === 'subscription') {
        const ends = open.get(socket.extra.socket) ?? new Map<string, () => void>();
        open.set(socket.extra.socket, ends.set(id, metrics.subscription()));
      }
      const authorization = socket.connectionParams?.authorization ?? socket.connectionParams?.Authorization;
      const args: ExecutionArgs = {
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: context(
          socket.extra.request,
          typeof authorization === 'string' ? authorization : undefined,
        ),
      };
      return args;
    },
    onComplete(socket, id) {
      const ends = open.get(socket.extra.socket);
      ends?.get(id)?.();
      ends?.delete(id);
    },
    onNext(_socket, _id, _payload, _args, result) {
      return result.errors === undefined
        ? undefined
        : { ...result, errors: masked(result.errors).map((error) => error.toJSON()) };
    },
    onError(_socket, _id, _payload, errors) {
      return masked(errors).map((error) => error.toJSON());
    },
  });
  const sockets = openSockets(graphql, { maxPayload, log });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = request.url?.split('?')[0];
    if (path !== '/graphql') return refuse(socket, '404 Not Found');
    if (!isAllowedOrigin(access, request.headers)) return refuse(socket, '403 Forbidden');
    if (sockets.clients.size >= MOST_SOCKETS) return refuse(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  });

  return {
    async close() {
      const closed = new Promise((done) => sockets.close(done));
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
      const end = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), LAST_WORD);
      await closed;
      clearTimeout(end);
    },
  };
}

const TOO_MANY = { extensions: { code: 'RATE_LIMITED' } } as const;
const UNREGISTERED = { extensions: { code: 'FORBIDDEN' } } as const;
const UNRESOLVED = { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } } as const;

/** Apollo gives errors these codes over HTTP. */
function withCode(error: GraphQLError): ReturnType<GraphQLError['toJSON']> {
  const json = error.toJSON();
  if (json.extensions?.code !== undefined) return json;
  // A variable that a scalar refuses has that refusal as its origin; any other origin is a resolver's error.
  if (error.originalError != null && !(error.path === undefined && isOfVariable(error))) return json;
  const code = error.message.startsWith('Syntax Error') ? 'GRAPHQL_PARSE_FAILED' : validationCode(error);
  return { ...json, extensions: { ...json.extensions, code } };
}

const isOfVariable = ({ message }: GraphQLError): boolean => message.startsWith('Variable "$');

const validationCode = (error: GraphQLError): string =>
  isOfVariable(error)
    ? 'BAD_USER_INPUT'
    : error.path === undefined
      ? 'GRAPHQL_VALIDATION_FAILED'
      : 'INTERNAL_SERVER_ERROR';

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
