import { StreamError } from '../errors.js';
import type { NewEvent } from '../eventStore.js';

/** The first byte of every envelope: its form. */
const FORM = 1;
const COUNT_BYTES = 4;

/**
 * The events of one append as one message: a byte for the form, the number of events (4 bytes), then of
 * each event type, header and data, each after its length in bytes (4 bytes). Numbers are big-endian.
 */
export function packEvents(events: readonly NewEvent[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(FORM), counted(events.length)];
  for (const { type, header, data } of events) {
    for (const bytes of [Buffer.from(type), Buffer.from(header), data]) {
      parts.push(counted(bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** The events of a message. Throws `ERR_DATA_UNREADABLE` for a message of another form. */
export function unpackEvents(message: Uint8Array): readonly NewEvent[] {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  let at = 1 + COUNT_BYTES;
  const take = (): Buffer => {
    const end = at + COUNT_BYTES + (bytes.length < at + COUNT_BYTES ? 0 : bytes.readUInt32BE(at));
    if (end > bytes.length) {
      throw malformed();
    }
    const part = bytes.subarray(at + COUNT_BYTES, end);
    at = end;
    return part;
  };
  if (bytes.length < at || bytes[0] !== FORM) {
    throw malformed();
  }
  const events: NewEvent[] = [];
  for (let count = bytes.readUInt32BE(1); events.length < count; ) {
    events.push({ type: take().toString(), header: take().toString(), data: take() });
  }
  if (at !== bytes.length || events.length === 0) {
    throw malformed();
  }
  return events;
}

function counted(count: number): Buffer {
  const bytes = Buffer.alloc(COUNT_BYTES);
  bytes.writeUInt32BE(count);
  return bytes;
}

function malformed(): StreamError {
  return new StreamError(
    'ERR_DATA_UNREADABLE',
    'expected a JetStream message to hold the events of one append, found another form',
  );
}
