import { Metadata, type ServiceError, status } from '@grpc/grpc-js';

// What a server answers with: a status, and what the client reads from the trailers.
function refusal(
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): ServiceError {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) {
    metadata.set(key, value);
  }
  return Object.assign(new Error(details), { code, details, metadata });
}

/** A node that is starting. */
export function notReady(): ServiceError {
  return refusal(status.UNAVAILABLE, 'Server Is Not Ready');
}

/** A node that knows of no leader. */
export function noLeader(): ServiceError {
  return refusal(status.UNKNOWN, 'No leader info available in response');
}

/** A node that is not the leader, and names it. */
export function notLeader(host: string, port: number): ServiceError {
  return refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });
}

/** A stream that was deleted for ever. */
export function streamDeleted(stream: string): ServiceError {
  return refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });
}

/** A deletion that expected another revision. Appends are told so in a message, not by an error. */
export function wrongVersion(stream: string, expected: string, actual: number): ServiceError {
  return refusal(status.FAILED_PRECONDITION, 'Delete failed due to WrongExpectedVersion.', {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': String(actual),
  });
}

/** A caller without the right credentials. */
export function accessDenied(): ServiceError {
  return refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

/** A write that the cluster did not confirm in time: it may have happened. */
export function commitTimeout(): ServiceError {
  return refusal(status.ABORTED, 'Operation timed out: Commit phase timeout');
}

/** A live subscription whose consumer is 32 events behind. */
export function tooSlow(): ServiceError {
  return refusal(
    status.ABORTED,
    'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.',
  );
}

/** A connection that broke after the request was sent. */
export function connectionLost(): ServiceError {
  return refusal(status.UNAVAILABLE, 'Connection dropped');
}

/** An append over the server's limit. */
export function appendTooLarge(limit: number): ServiceError {
  return refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });
}

/** A log position at which no event begins, by servers that look. */
export function oddPosition(): ServiceError {
  return refusal(status.UNKNOWN, 'Unexpected FilteredReadAllResult: InvalidPosition');
}

/** What cannot be asked for. */
export function invalid(details: string): ServiceError {
  return refusal(status.UNKNOWN, details);
}
