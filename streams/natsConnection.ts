import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, type NatsConnection, NatsError } from 'nats';
import { StreamError } from './errors.js';

/** How long one request waits for its answer. */
export const REQUEST_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS = 100;

/**
 * Connects to NATS, for as long as the connection is not closed: a server that goes away is looked for
 * again. Throws `ERR_STORE_UNREACHABLE` where none answers now.
 */
export async function connectNats(
  options: ConnectionOptions,
  more: ConnectionOptions = {},
): Promise<NatsConnection> {
  try {
    return await connect({
      ...options,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      reconnectJitter: 100,
      timeout: CONNECT_TIMEOUT_MS,
      // A server that does not answer any more is noticed within seconds.
      pingInterval: 2_000,
      maxPingOut: 2,
      ...more,
    });
  } catch (cause) {
    throw unreachable(cause);
  }
}

/** True where NATS did not answer, or could not just now: nothing is known of what became of a request. */
export function isUnanswered(error: unknown): boolean {
  if (!(error instanceof NatsError)) {
    return false;
  }
  // 503: no leader, or not enough servers, for the moment; so says 10005 while a cluster is coming up.
  const { code, err_code: number } = error.api_error ?? { code: 503 };
  return code === 503 || number === 10005;
}

/** True for the server's word that a subject which is to be new has a message already. */
export function isTaken(error: unknown): boolean {
  return error instanceof NatsError && TAKEN.includes(error.api_error?.err_code ?? 0);
}

/** Its numbers for it: wrong last sequence, of which later servers know two. */
const TAKEN = [10071, 10164];

/** True where an answer says that there is no such stream or message. */
export function isNotFound(error: unknown): boolean {
  return error instanceof NatsError && error.api_error?.code === 404;
}

/** Asks again while NATS does not answer, until `untilMs` (`performance.now()`) or until it is to stop. */
export async function askPatiently<Answer>(
  ask: () => Promise<Answer>,
  { untilMs, isStopped }: { readonly untilMs: number; readonly isStopped: () => boolean },
): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (isStopped()) {
        throw new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed', {
          cause: error,
        });
      }
      if (!isUnanswered(error) && !isTaken(error)) {
        throw error instanceof NatsError ? refusedByNats(error) : error;
      }
      if (performance.now() > untilMs) {
        throw unreachable(error);
      }
    }
    await sleep(RETRY_MS);
  }
}

/** The error for servers that do not answer. */
function unreachable(cause: unknown): StreamError {
  const code = cause instanceof NatsError ? ` (${cause.code})` : '';
  return new StreamError(
    'ERR_STORE_UNREACHABLE',
    `expected NATS to answer, found no server that does${code}`,
    { cause },
  );
}

/** The error for what a server refuses. */
export function refusedByNats(cause: NatsError): StreamError {
  const code = cause.api_error?.err_code ?? cause.code;
  return new StreamError(
    'ERR_STORE_FAILED',
    `expected NATS to do as asked, found it refusing (${code})`,
    {
      cause,
    },
  );
}
