import { StreamError } from '../streams/errors.js';

/** Throws `ERR_INTERRUPTED` when the user has asked to stop: between two pieces of work, never within one. */
export function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new StreamError(
      'ERR_INTERRUPTED',
      'expected to come to the end, found a request to stop; what was recorded stays, and the same command goes on from there',
    );
  }
}
