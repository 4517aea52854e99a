import type { IncomingMessage } from 'node:http';
import { CloseCode, handleProtocols, type Server } from 'graphql-ws';
import type { Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';

/** What hooks of graphql-ws know of a connection. */
export interface Connection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
}

/** Milliseconds between pings, and within which each is to be answered. */
const KEEP_ALIVE = 12_000;

/**
 * WebSockets that speak graphql-ws's protocol: its own adapter (`graphql-ws/use/ws`), save that what goes wrong is
 * told to our log; that one tells the console.
 */
export function openSockets(
  server: Server<Connection>,
  { maxPayload, log }: { readonly maxPayload: number; readonly log: Logger },
): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload, handleProtocols });
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // A message that is too long, or no WebSocket frame: ws closes with the code for it.
    socket.on('error', ({ message }) =>
      log.warn({ reason: message }, 'a socket was closed for what it sent'),
    );
    const stop = keepAlive(socket);
    const fail = (error: unknown): void => {
      // graphql-ws throws where a client sends what only servers may; that is the client's fault, not ours.
      if (error instanceof Error && /^Unexpected message of type \w+ received$/.test(error.message)) {
        log.warn({ reason: error.message }, 'a socket was closed for what it sent');
        return socket.close(CloseCode.BadRequest, 'Unexpected message');
      }
      log.error({ err: error }, 'a socket was closed: its message could not be handled');
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    };
    const closed = server.opened(
      {
        protocol: socket.protocol,
        // Whoever has left misses nothing, and `close` follows.
        send: (data) => new Promise((done) => socket.send(data, () => done())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          void socket.on('message', (data: Buffer) => {
            take(data.toString()).catch(fail);
          }),
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => {
      stop();
      closed(code, reason.toString()).catch(fail);
    });
  });
  return sockets;
}

/** Ends a connection whose other end no longer answers. @returns what ends the watch. */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, KEEP_ALIVE);
  socket.on('pong', () => (answered = true));
  return () => clearInterval(timer);
}
