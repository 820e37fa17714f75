import { streamNameFilter } from '@eventstore/db-client';
import { createWakeUps } from '../wakeUps.js';
import type { LedgerClient } from './client.js';

/** How long a follower waits without a hint before it looks for itself. */
const TICK_MS = 500;
/** How soon after a subscription was begun another may be. */
const RESUBSCRIBE_MS = 1_000;

type Subscription = ReturnType<LedgerClient['subscribeToAll']>;

/** What wakes followers. */
export type WakeUps = ReturnType<typeof createWakeUps>;

/**
 * Wakes followers when something was written: by this store, by a subscription to the ledger's streams,
 * and by a clock. The subscription is only a hint. It may end, hang or be cut off, at worst it is late:
 * what it brings is thrown away, and who is woken reads for himself.
 */
export function createHints(client: LedgerClient, name: string) {
  const { wakeAll, next } = createWakeUps(TICK_MS);
  let subscription: Subscription | null = null;
  let begunAt = Number.NEGATIVE_INFINITY;
  let isEnded = false;

  function ensureSubscribed(): void {
    if (isEnded || subscription !== null || performance.now() - begunAt < RESUBSCRIBE_MS) {
      return;
    }
    begunAt = performance.now();
    const begun = client.subscribeToAll({
      ...client.callOptions(),
      fromPosition: 'end',
      filter: streamNameFilter({ prefixes: [`${name}.`] }),
    });
    const drop = () => {
      if (subscription === begun) {
        subscription = null;
      }
      endQuietly(begun);
    };
    // An end without an error is a drop like any other.
    begun.on('confirmation', wakeAll).on('data', wakeAll);
    begun.on('error', drop).on('end', drop).on('close', drop);
    subscription = begun;
  }

  return {
    wakeAll,
    /** Resolves when there may be something new, when the signal aborts, or after a tick. */
    next: (signal: AbortSignal): Promise<void> => {
      ensureSubscribed();
      return next(signal);
    },
    end: (): void => {
      isEnded = true;
      wakeAll();
      if (subscription !== null) {
        endQuietly(subscription);
      }
    },
  };
}

// It rejects when there never was a connection, which is no news.
function endQuietly(subscription: Subscription): void {
  subscription.unsubscribe().catch(() => undefined);
}
