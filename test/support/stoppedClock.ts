import { onTestFinished, vi } from 'vitest';

/** A clock that stands still until a test says how much of it passes. */
export type StoppedClock = { readonly pass: (milliseconds: number) => void };

/**
 * Stops the clock by which patience ends (`performance.now()`), until the test has ended. Timers go on: so
 * budgets and deadlines are over when the test says so, however fast the machine is.
 */
export function stopClock(): StoppedClock {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return {
    pass: (milliseconds) => {
      vi.advanceTimersByTime(milliseconds);
    },
  };
}

/** Stops every timer until the test has ended: what happens then was not waited for by the clock. */
export function stopTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}
