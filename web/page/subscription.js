/**
 * One GraphQL subscription over WebSocket in the graphql-transport-ws protocol.
 * https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
 *
 * Reconnects with a growing pause. `onState` hears `live`, `waiting` (with the pause in ms and why), `ended` (the
 * server is done) and `refused` (no use trying again), so that the page can say so and ask in another way.
 * @returns a function that stops it
 */
export function subscribe({
  url,
  query,
  variables,
  token,
  onNext,
  onState,
  Socket,
  firstPause = 1000,
  longestPause = 30_000,
}) {
  const Kind = Socket ?? WebSocket;
  let pause = firstPause;
  let stopped = false;
  let timer;
  let socket;

  const end = (state, why) => {
    if (stopped) return;
    stopped = true;
    clearTimeout(timer);
    onState({ state, why });
    socket.close(1000);
  };

  const connect = () => {
    socket = new Kind(url, 'graphql-transport-ws');
    const here = socket;
    const send = (message) => here.send(JSON.stringify(message));
    here.onopen = () =>
      send({ type: 'connection_init', payload: token ? { authorization: `Bearer ${token}` } : {} });
    here.onmessage = ({ data }) => {
      if (stopped) return;
      const message = JSON.parse(data);
      if (message.type === 'connection_ack') {
        pause = firstPause;
        onState({ state: 'live' });
        send({ id: '1', type: 'subscribe', payload: { query, variables } });
      } else if (message.type === 'ping') send({ type: 'pong' });
      else if (message.type === 'next') onNext(message.payload);
      else if (message.type === 'complete') end('ended');
      else if (message.type === 'error') {
        end('refused', message.payload?.[0]?.message ?? 'The server refused the subscription.');
      }
    };
    here.onclose = ({ code, reason }) => {
      if (stopped) return;
      const why = reason || `The connection closed (code ${code}).`;
      if (code >= 4400 && code < 4500) return end('refused', why);
      onState({ state: 'waiting', why, pause });
      timer = setTimeout(connect, pause);
      pause = Math.min(longestPause, pause * 2);
    };
    // A failed connection closes too, and onclose tells of it; Node's `ws` throws without a listener.
    here.onerror = () => {};
  };
  connect();

  return () => {
    stopped = true;
    clearTimeout(timer);
    socket.close(1000);
  };
}
