import type { Fields } from '../../streams/sealing.js';
import { keptFields, type OpenedEvent, redactionsIn } from './openedStream.js';
import type { PendingRedaction } from './orders.js';

/**
 * The fields of every event of a stream as a reader may see them: redacted ones as the marker, by what
 * the stream records and by every order that is still being carried out. In the stream's order.
 */
export function readableFields(
  opened: readonly OpenedEvent[],
  pending: readonly PendingRedaction[],
): readonly Fields[] {
  const redactions = redactionsIn(opened);
  return opened.map((event) => {
    const { header, content } = event;
    if (content.state === 'clear') {
      return content.fields;
    }
    if (content.state === 'disposed') {
      return {};
    }
    if (content.state === 'dropped') {
      return droppedFields(header.id, redactions);
    }
    const remaining =
      content.state === 'sealed'
        ? content.fields
        : Object.fromEntries(
            Object.entries(keptFields(opened, content.version)).map(([name, [, value]]) => [
              name,
              value,
            ]),
          );
    const markers = redactions
      .filter(({ target }) => target === header.id)
      .flatMap(({ marker, digests }) => Object.keys(digests).map((name) => [name, marker]));
    return {
      ...remaining,
      ...Object.fromEntries(markers),
      ...pendingMarkers(header.id, remaining, pending),
      ...(header.type === 'FieldsResealed' ? withoutPending(remaining, pending) : {}),
    };
  });
}

function pendingMarkers(
  eventId: string,
  remaining: Fields,
  pending: readonly PendingRedaction[],
): Fields {
  const markers = pending.flatMap(({ targets, on, order, basis }) =>
    targets
      .filter(({ event }) => event === eventId)
      .flatMap(({ fields }) => fields)
      .filter((name) => name in remaining)
      .map((name) => [name, { redacted: true, on, order, basis }]),
  );
  return Object.fromEntries(markers);
}

/** The kept fields of a reseal without those that a later order has named since. */
function withoutPending({ target, kept }: Fields, pending: readonly PendingRedaction[]): Fields {
  const named = pending.flatMap(({ targets }) =>
    targets.filter(({ event }) => event === target).flatMap(({ fields }) => fields),
  );
  const left = Object.entries(kept as Fields).filter(([name]) => !named.includes(name));
  return { kept: Object.fromEntries(left) };
}

/** What is left of a reseal that a later redaction replaced: which event it was of. */
function droppedFields(eventId: string, redactions: ReturnType<typeof redactionsIn>): Fields {
  const by = redactions.find(({ drops }) => drops.includes(eventId));
  return {
    target: by?.target ?? eventId,
    kept: {},
    _user: null,
    _organisation: null,
    _purpose: 'data-protection',
  };
}
