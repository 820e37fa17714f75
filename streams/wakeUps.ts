/** Those who wait for something to be recorded. */
export type WakeUps = {
  readonly wakeAll: () => void;
  /** Resolves at the next wake-up, when the signal aborts, or after a tick where there is one. */
  readonly next: (signal: AbortSignal) => Promise<void>;
};

/** Creates a place to wait; without `tickMs` only a wake-up ends the wait. */
export function createWakeUps(tickMs?: number): WakeUps {
  const waiting = new Set<() => void>();
  return {
    wakeAll: () => {
      for (const wakeUp of waiting) {
        wakeUp();
      }
    },
    next: (signal) =>
      new Promise((resolve) => {
        const wakeUp = () => {
          clearTimeout(timer);
          waiting.delete(wakeUp);
          signal.removeEventListener('abort', wakeUp);
          resolve();
        };
        const timer = tickMs === undefined ? undefined : setTimeout(wakeUp, tickMs);
        waiting.add(wakeUp);
        signal.addEventListener('abort', wakeUp);
      }),
  };
}
