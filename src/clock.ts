import { Instant } from '../domain/values/date.js';
import { StreamError } from '../streams/errors.js';

/** Tells the time as an instant in UTC. An injected clock need only never go back. */
export type Clock = () => Instant;

/** How far wall and monotonic time may part while a process runs. */
const MAX_DRIFT_MS = 60_000;

/**
 * The machine's clock. Throws `ERR_CLOCK_JUMPED` when it has been set by more than a minute since the
 * process started: recorded time is evidence, so an event with a doubtful one is not written.
 */
export function createSystemClock(): Clock {
  const startedAtMs = Date.now() - performance.now();
  return () => {
    const nowMs = Date.now();
    const driftMs = Math.abs(nowMs - performance.now() - startedAtMs);
    if (driftMs > MAX_DRIFT_MS) {
      throw new StreamError(
        'ERR_CLOCK_JUMPED',
        `expected the clock to run on since the process started, found it set by ${Math.round(driftMs / 1000)} s; start again when it is right`,
      );
    }
    return toInstant(nowMs);
  };
}

/** Milliseconds since 1970 as an instant. */
function toInstant(milliseconds: number): Instant {
  return Instant.parse(new Date(milliseconds).toISOString());
}

/** How far a stream's last event may be ahead of the clock. */
const MAX_AHEAD_MS = 60_000;

/**
 * The instant under which something is recorded after an event of `previous`: now, and never earlier
 * than that. Throws `ERR_CLOCK_BEHIND` where it is more than a minute ahead.
 */
export function recordedTime(now: Instant, previous: Instant | null): Instant {
  if (previous === null || previous <= now) {
    return now;
  }
  const aheadMs = Date.parse(previous) - Date.parse(now);
  if (aheadMs > MAX_AHEAD_MS) {
    throw new StreamError(
      'ERR_CLOCK_BEHIND',
      `expected the clock to be at most ${MAX_AHEAD_MS / 1000} s behind the stream's last event, found it ${Math.round(aheadMs / 1000)} s behind`,
    );
  }
  return previous;
}
