import {
  type EventStore,
  type FollowItem,
  PAGE_SIZE_EVENTS,
  type Position,
  type StoredEvent,
} from '../eventStore.js';
import { isPassing, storeError } from './errors.js';
import type { WakeUps } from './hint.js';
import type { EventStoreDbReader } from './reader.js';
import { untilAborted } from './retry.js';

/** The one pump of a follower: what was recorded after the last event given, read again and again. */
export function createFollow(context: {
  readonly reader: EventStoreDbReader;
  readonly wakeUps: WakeUps;
  /** Reads once, tried again while that may help. */
  readonly fetch: <Result>(call: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;
  readonly refuseClosed: () => void;
}): EventStore['follow'] {
  const { reader, wakeUps, fetch, refuseClosed } = context;

  return async function* follow(options: {
    readonly after: Position | null;
    readonly signal: AbortSignal;
  }): AsyncGenerator<FollowItem> {
    const { signal } = options;
    let applied = options.after;
    let saidCaughtUp = false;
    let hasRead = false;
    while (!signal.aborted) {
      const page = await untilAborted(pageAfter(applied, hasRead ? null : signal), signal).catch(
        (error: unknown) => {
          if (signal.aborted) {
            return null;
          }
          throw error;
        },
      );
      hasRead = true;
      for (const event of page ?? []) {
        if (signal.aborted) {
          return;
        }
        applied = event.position;
        yield { kind: 'event', event };
      }
      if (page !== null && page.length > 0) {
        saidCaughtUp = false;
      } else if (page !== null && !saidCaughtUp) {
        saidCaughtUp = true;
        yield { kind: 'caught-up' };
      } else if (!signal.aborted) {
        await wakeUps.next(signal);
      }
    }
  };

  // A follower that has begun outlives any outage: what it waits for is the next event, however long that takes.
  async function pageAfter(
    after: Position | null,
    beginning: AbortSignal | null,
  ): Promise<readonly StoredEvent[] | null> {
    const read = () => reader.log({ after, limit: PAGE_SIZE_EVENTS });
    if (beginning !== null) {
      return fetch(read, beginning);
    }
    refuseClosed();
    try {
      return await read();
    } catch (error) {
      refuseClosed();
      if (isPassing(error)) {
        return null;
      }
      throw storeError(error);
    }
  }
}
