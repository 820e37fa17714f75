import { isPassing, storeClosed, storeError } from './errors.js';

const RETRY_PAUSE_MS = 50;
const MAX_RETRY_PAUSE_MS = 1_000;

/** How long to wait before the n-th repetition: twice as long each time, up to a second. */
export function pauseBefore(repetition: number): Promise<void> {
  const pauseMs = Math.min(RETRY_PAUSE_MS * 2 ** (repetition - 1), MAX_RETRY_PAUSE_MS);
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/**
 * Makes a call that changes nothing, again and again while it fails in a way that may pass. Throws a
 * coded error when it fails for good, when the time is over or when the store is closed meanwhile.
 */
export async function repeatedly<Result>(
  call: () => Promise<Result>,
  limits: { readonly giveUpAt: number; readonly isClosed: () => boolean },
): Promise<Result> {
  for (let repetition = 1; ; repetition += 1) {
    try {
      return await call();
    } catch (error) {
      if (limits.isClosed()) {
        throw storeClosed();
      }
      if (!isPassing(error) || performance.now() > limits.giveUpAt) {
        throw storeError(error);
      }
    }
    await pauseBefore(repetition);
    if (limits.isClosed()) {
      throw storeClosed();
    }
  }
}

/** The result of some work, or the signal's reason as soon as it aborts; the work's own failure is then nobody's. */
export function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) {
    return work;
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) {
      abort();
    }
  });
}
