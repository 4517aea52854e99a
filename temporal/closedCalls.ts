import type { ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

/** Takes what it is told and says nothing. */
const UNANSWERED = Object.fromEntries(
  ['start', 'sendMessage', 'sendMessageWithContext', 'halfClose', 'startRead', 'cancelWithStatus'].map(
    (name) => [name, () => undefined],
  ),
) as unknown as ReturnType<Interceptor>;

/**
 * For calls that nobody waits for any more when their connection is closed, as a query of a run that no worker
 * answered in time. The SDK's retries begin such a call again from a timer, where gRPC's "Channel has been shut down"
 * ends the process: here it stays without an answer instead. A call that begins on a closed connection fails as ever.
 */
export function leaveClosedCalls(): Interceptor {
  const begun = new WeakSet<object>();
  return (options, nextCall) => {
    const again = begun.has(options);
    begun.add(options);
    try {
      return nextCall(options) as ReturnType<Interceptor>;
    } catch (error) {
      if (!again) throw error;
      return UNANSWERED;
    }
  };
}
