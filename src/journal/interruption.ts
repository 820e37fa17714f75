import { StreamError } from '../../streams/errors.js';

/**
 * Lets the process notice a request to stop, and throws `ERR_INTERRUPTED` when there was one. Reading
 * SQLite never waits, so without this a long loop would not hear a signal.
 */
export async function pauseForInterruption(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  refuseInterrupted(signal);
}

/** Throws `ERR_INTERRUPTED` when the user has asked to stop: between two pieces of work, never within one. */
export function refuseInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new StreamError(
      'ERR_INTERRUPTED',
      'expected to come to the end, found a request to stop; what was recorded stays, and the same command goes on from there',
    );
  }
}
