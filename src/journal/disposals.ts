import type { Disposed } from '../../domain/erasure/disposalEvents.js';
import type { Recorded } from '../../domain/recorded.js';
import { decodeEvent } from './codec.js';
import type { DomainEvent } from './eventTables.js';
import { disposalIn, type OpenedEvent } from './openedStream.js';
import type { PendingDisposal, PendingRedaction } from './orders.js';
import { readableFields } from './redactions.js';

/** By which order a stream reads as disposed of: one that is being carried out, or the one it records. */
export function disposedBy(
  opened: readonly OpenedEvent[],
  pending: PendingDisposal | null,
): Disposed | null {
  const recorded = disposalIn(opened);
  if (recorded !== null) {
    const { order, on, basis } = recorded;
    return { order, on, basis };
  }
  if (pending === null) {
    return null;
  }
  const { order, on, basis } = pending;
  // Sound: the order's instant is a header's `at`, whose form was checked.
  return { order, on: on as Disposed['on'], basis };
}

/**
 * The events of a stream that was disposed of, as its readers see them: each says only that, with the
 * type under which it was recorded, and when. So every part of the history reads the same, in any order
 * and at any date.
 */
export function disposedEvents(
  opened: readonly OpenedEvent[],
  disposed: Disposed,
): readonly Recorded<DomainEvent>[] {
  const event = { type: 'RecordDisposed', data: disposed } as const;
  const nobody = { _user: null, _organisation: null, _purpose: 'data-protection' };
  return opened.map(({ stored, header }) => ({
    ...decodeEvent(
      { ...stored, type: event.type },
      { ...header, schema: 1 },
      { ...disposed, ...nobody },
    ),
    disposedType: header.type === event.type ? null : header.type,
  }));
}

/** The events of a stream as they read before its disposal, while they can still be opened. */
export function keptEvents(
  opened: readonly OpenedEvent[],
  redactions: readonly PendingRedaction[],
): readonly Recorded<DomainEvent>[] {
  const fields = readableFields(opened, redactions);
  return opened.map(({ stored, header }, index) =>
    decodeEvent(stored, header, fields[index] ?? {}),
  );
}

/** True for a history that says only that it was disposed of. */
export function isDisposed(events: readonly Recorded<DomainEvent>[]): boolean {
  return events.at(-1)?.event.type === 'RecordDisposed';
}
