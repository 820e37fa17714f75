import { StreamError } from '../errors.js';

/**
 * What a failed call means. `not-sent`: the server has surely done nothing. `unclear`: it may or may not
 * have, and a repetition may succeed. `denied` and `refused`: it has done nothing and will not.
 */
export type Failure = 'not-sent' | 'unclear' | 'denied' | 'refused';

// The numbers of gRPC's status codes, which every server and client share.
const CANCELLED = 1;
const INVALID_ARGUMENT = 3;
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const FAILED_PRECONDITION = 9;
const OUT_OF_RANGE = 11;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;

const meanings: ReadonlyMap<number, Failure> = new Map([
  [INVALID_ARGUMENT, 'refused'],
  [NOT_FOUND, 'refused'],
  [PERMISSION_DENIED, 'denied'],
  [FAILED_PRECONDITION, 'refused'],
  [OUT_OF_RANGE, 'refused'],
  [UNIMPLEMENTED, 'refused'],
  [UNAUTHENTICATED, 'denied'],
]);

/**
 * Tells by gRPC's code, and only then by what the client made of it: the client's classes leave out
 * half of the codes, and some of its failures are plain errors without any.
 */
export function failureOf(error: unknown): Failure {
  const text = error instanceof Error ? error.message : '';
  if (typeOf(error) === 'not-leader' || NEVER_SENT.test(text)) {
    return 'not-sent';
  }
  const code = codeOf(error);
  if (text.includes('serialization failure')) {
    return 'refused';
  }
  return (code === null ? undefined : meanings.get(code)) ?? 'unclear';
}

/** Refusals of a server that is starting or has no leader, and calls for which there was no connection. */
const NEVER_SENT =
  /Server Is (Not Ready|Too Busy)|No leader info|No connection established|Name resolution failed|ECONNREFUSED|^Failed to discover/;

/** A failure that a repetition may mend. */
export function isPassing(error: unknown): boolean {
  const failure = failureOf(error);
  return !(error instanceof StreamError) && (failure === 'not-sent' || failure === 'unclear');
}

/** True when the server did not find a log position: it says so by more than one code, none of them its own. */
export function isOddPosition(error: unknown): boolean {
  const text = error instanceof Error ? error.message : '';
  return /ReadAllResult|[Ii]nvalid ?[Pp]osition/.test(text);
}

/** How many events the stream holds, when the error is a wrong expected version; otherwise `null`. */
export function actualVersionIn(error: unknown): number | null {
  if (typeOf(error) !== 'wrong-expected-version') {
    return null;
  }
  const { actualVersion } = error as { readonly actualVersion?: unknown };
  return typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0;
}

/** The error that is reported for a call that failed for good. Holds no address and no credentials. */
export function storeError(error: unknown): StreamError {
  if (error instanceof StreamError) {
    return error;
  }
  const failure = failureOf(error);
  const found = `EventStoreDB failing with ${nameOf(error)}`;
  switch (failure) {
    case 'not-sent':
    case 'unclear':
      return new StreamError(
        'ERR_STORE_UNREACHABLE',
        `expected an answer in time, found ${found}`,
        {
          cause: error,
        },
      );
    case 'denied':
      return new StreamError(
        'ERR_STORE_FAILED',
        `expected a user who may read and write the ledger's streams and read $all, found ${found}`,
        { cause: error },
      );
    case 'refused':
      return new StreamError(
        'ERR_STORE_FAILED',
        `expected the request to be accepted, found ${found}`,
        { cause: error },
      );
  }
}

/** The error for a store that was closed, before or while it was used. */
export function storeClosed(): StreamError {
  return new StreamError('ERR_STORE_CLOSED', 'expected an open store, found it closed');
}

/** The error for a call that outlived its own time-out, of gRPC's kind. */
export function timedOut(): Error {
  return Object.assign(new Error('no answer in time'), { code: DEADLINE_EXCEEDED });
}

/** The error for a call that was cancelled here, of gRPC's kind. */
export function cancelled(): Error {
  return Object.assign(new Error('cancelled'), { code: CANCELLED });
}

function nameOf(error: unknown): string {
  const code = codeOf(error);
  const type = typeOf(error);
  const words = [...(type === null ? [] : [type]), ...(code === null ? [] : [`gRPC code ${code}`])];
  return words.length === 0 ? 'no code' : words.join(', ');
}

function typeOf(error: unknown): string | null {
  const type = (error as { readonly type?: unknown } | null)?.type;
  return typeof type === 'string' ? type : null;
}

function codeOf(error: unknown): number | null {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : null;
}
