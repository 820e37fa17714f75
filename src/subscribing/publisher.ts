import type { Published } from '../../projections/kept/published.js';
import type { EventStore, FollowItem, Position, StoredEvent } from '../../streams/eventStore.js';
import type { Bus } from './bus.js';
import type { MessagesFor } from './messages.js';
import { createPlaces, earliestOf, isBefore, latestOf, type Reader } from './places.js';
import {
  type RegisteredSubscriber,
  SUBSCRIBER_STREAM,
  type SubscriberRegister,
} from './subscribers.js';

/** How long it is published, and who hears of every message sent. */
type PublishOptions = {
  /** True to end when everything recorded so far was sent. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly onSent?: (sent: { readonly subscriber: string; readonly position: Position }) => void;
};

/** Telling subscribers what happens to records, in the order in which it was recorded. */
export type Publisher = {
  /**
   * Sends what is news from every subscriber's checkpoint on, and goes on as more is recorded, until the
   * signal aborts or, with `once`, everything was sent. At least once and in order for every learner:
   * what a crash or a broker's failure cut short is sent again. Throws `ERR_PUBLISHER_OVERTAKEN`.
   */
  readonly publish: (options: PublishOptions) => Promise<void>;
  /**
   * Sends a range again to one subscriber, under the rules of now; its checkpoint stays. Answers how
   * many messages that were. Throws `ERR_SUBSCRIBER_NOT_FOUND` and what `readAll` throws of positions.
   */
  readonly republish: (range: {
    readonly subscriber: RegisteredSubscriber;
    readonly after: Position | null;
    readonly through: Position | null;
    readonly signal: AbortSignal;
  }) => Promise<number>;
};

/** After how many events of the log checkpoints are saved where nothing calls for it sooner. */
const EVENTS_BETWEEN_SAVES = 256;

/** Creates the publisher over a bus. */
export function createPublisher(parts: {
  readonly store: EventStore;
  readonly register: Pick<SubscriberRegister, 'list'>;
  readonly messagesFor: MessagesFor;
  readonly published: Published;
  readonly bus: Bus;
}): Publisher {
  const { store, register, messagesFor, bus } = parts;
  const places = createPlaces(parts);

  async function tell(
    event: StoredEvent,
    subscribers: readonly RegisteredSubscriber[],
    signal: AbortSignal,
    onSent?: PublishOptions['onSent'],
  ): Promise<number> {
    const outgoing = subscribers.length === 0 ? [] : await messagesFor(event, subscribers);
    for (const { subscriber, message, record } of outgoing) {
      // Durable in the access ledger before anybody is told.
      await record();
      await bus.send(subscriber, message, signal);
      onSent?.({ subscriber, position: event.position });
    }
    return outgoing.length;
  }

  /**
   * Goes through the log from the earliest of some subscribers on, and tells each of what it was not told
   * yet. Ends at `through`, when the signal aborts, when there is nothing more with `once`, and after an
   * event of the stream of subscribers, so that whoever is new is told too.
   */
  async function pass(
    readers: readonly Reader[],
    options: PublishOptions & { readonly through: Position | null },
  ): Promise<void> {
    const { signal, once, through } = options;
    // Where nobody is to be told anything yet, only who comes is of interest.
    const after =
      readers.length === 0 ? ((await store.head())?.position ?? null) : earliestOf(readers);
    let [last, unsaved] = [after, 0];
    const settle = () => {
      if (last !== null && unsaved > 0) {
        places.save(readers, last);
      }
      unsaved = 0;
    };
    try {
      for await (const item of itemsOf(store, { after, through, signal })) {
        if (item.kind === 'caught-up') {
          settle();
          if (once) {
            return;
          }
          continue;
        }
        const { event } = item;
        const untold = readers.filter(({ position }) => isBefore(position, event.position));
        const subscribers = untold.map(({ subscriber }) => subscriber);
        await tell(event, subscribers, signal, options.onSent);
        last = event.position;
        unsaved += 1;
        if (event.stream === SUBSCRIBER_STREAM && through === null && !once) {
          return;
        }
        if (unsaved >= EVENTS_BETWEEN_SAVES) {
          settle();
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        throw error;
      }
    } finally {
      settle();
    }
  }

  async function readersNow(signal: AbortSignal): Promise<readonly Reader[]> {
    const readers: Reader[] = [];
    for (const subscriber of await register.list()) {
      await bus.admit(subscriber.subscriber, signal);
      readers.push({ subscriber, position: await places.of(subscriber, signal) });
    }
    return readers;
  }

  /**
   * Whoever is far behind is brought up in a pass of its own, so that nobody waits for them; then they go
   * along with the others, from the earliest of them on. A pass ends wherever the subscribers change.
   */
  async function publishOn(options: PublishOptions): Promise<void> {
    const abreast = new Set<string>();
    while (!options.signal.aborted) {
      const turn = new AbortController();
      const signal = AbortSignal.any([options.signal, turn.signal]);
      const readers = await readersNow(signal);
      const latest = latestOf(readers);
      const isAbreast = ({ subscriber, position }: Reader) =>
        position === latest || abreast.has(subscriber.registration);
      const front = readers.filter(isAbreast);
      const behind = readers.filter((reader) => !isAbreast(reader));
      const passes = [pass(front, { ...options, signal, through: null })];
      const through = (await store.head())?.position ?? null;
      if (behind.length > 0) {
        passes.push(
          pass(behind, { ...options, signal, through }).then(() => {
            for (const { subscriber, position } of behind) {
              if (!isBefore(position, through)) {
                abreast.add(subscriber.registration);
              }
            }
          }),
        );
      }
      await Promise.race(passes).finally(() => turn.abort());
      await Promise.all(passes);
    }
  }

  return {
    publish: async (options) => {
      const { once, signal } = options;
      try {
        await (once
          ? pass(await readersNow(signal), { ...options, through: null })
          : publishOn(options));
      } catch (error) {
        // An abort is how it is meant to end.
        if (!signal.aborted) {
          throw error;
        }
      }
    },
    republish: async ({ subscriber, after, through, signal }) => {
      await bus.admit(subscriber.subscriber, signal);
      let count = 0;
      for await (const event of store.readAll({ after, through, signal })) {
        count += await tell(event, [subscriber], signal);
      }
      return count;
    },
  };
}

/** The log after a place: through another one, or without end. */
async function* itemsOf(
  store: EventStore,
  {
    after,
    through,
    signal,
  }: { after: Position | null; through: Position | null; signal: AbortSignal },
): AsyncGenerator<FollowItem> {
  if (through === null) {
    yield* store.follow({ after, signal });
    return;
  }
  for await (const event of store.readAll({ after, through, signal })) {
    yield { kind: 'event', event };
  }
}
