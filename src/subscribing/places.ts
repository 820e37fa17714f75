import { DomainError } from '../../domain/errors.js';
import type { Published } from '../../projections/kept/published.js';
import { isCode } from '../../streams/errors.js';
import type { EventStore, Position } from '../../streams/eventStore.js';
import { orderOf } from '../../streams/position.js';
import type { Bus } from './bus.js';
import type { RegisteredSubscriber } from './subscribers.js';

/** A subscriber and through where it was told. */
export type Reader = { readonly subscriber: RegisteredSubscriber; position: Position | null };

/** From where subscribers are told, and through where they were. */
type Places = {
  readonly of: (subscriber: RegisteredSubscriber, signal: AbortSignal) => Promise<Position | null>;
  /** Notes that everything through a place was told. Throws `ERR_PUBLISHER_OVERTAKEN`. */
  readonly save: (readers: readonly Reader[], to: Position) => void;
};

/** Creates the places of subscribers, over their checkpoints and the bus. */
export function createPlaces(parts: {
  readonly store: EventStore;
  readonly published: Published;
  readonly bus: Pick<Bus, 'lastPosition'>;
}): Places {
  const { store, published, bus } = parts;

  /** From where a subscriber goes on: its checkpoint, else the last message it was sent, else as it was registered. */
  async function of(
    subscriber: RegisteredSubscriber,
    signal: AbortSignal,
  ): Promise<Position | null> {
    const known = published.positionOf(subscriber.registration);
    if (known !== null) {
      return known;
    }
    const { subscriber: name, registeredAt } = subscriber;
    const sent = await bus.lastPosition(name, registeredAt, signal);
    const begins = subscriber.from === 'beginning' ? null : subscriber.position;
    const place = sent !== null && (await isOurs(sent)) ? sent : begins;
    if (place !== null) {
      published.begin(subscriber.registration, place);
    }
    return place;
  }

  /** False for a position of an engine that the ledger has moved away from. */
  async function isOurs(position: Position): Promise<boolean> {
    try {
      for await (const _ of store.readAll({ after: position, limit: 1 })) {
        break;
      }
      return true;
    } catch (error) {
      if (isCode(error, 'ERR_POSITION_FOREIGN') || isCode(error, 'ERR_POSITION_BEYOND_HEAD')) {
        return false;
      }
      throw error;
    }
  }

  function save(readers: readonly Reader[], to: Position): void {
    const behind = readers.filter(({ position }) => isBefore(position, to));
    const moved = behind.map(({ subscriber: { registration }, position: from }) => ({
      registration,
      from,
    }));
    if (!published.move(moved, to)) {
      throw new DomainError(
        'ERR_PUBLISHER_OVERTAKEN',
        'expected to be the one process that publishes, found that another has moved a subscriber on: this one stops',
      );
    }
    for (const reader of behind) {
      reader.position = to;
    }
  }

  return { of, save };
}

/** The furthest place of some subscribers. */
export function latestOf(readers: readonly Reader[]): Position | null {
  return readers.reduce<Position | null>(
    (latest, { position }) => (isBefore(latest, position) ? position : latest),
    null,
  );
}

/** The place that some subscribers have all come to. */
export function earliestOf(readers: readonly Reader[]): Position | null {
  return readers.reduce<Position | null>(
    (earliest, { position }, index) =>
      index === 0 || isBefore(position, earliest) ? position : earliest,
    null,
  );
}

/** True where one place in the log is before another; `null` is before everything. */
export function isBefore(one: Position | null, other: Position | null): boolean {
  return orderOf(one) < orderOf(other);
}
