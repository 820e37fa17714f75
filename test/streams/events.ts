import { createHash } from 'node:crypto';
import { headerText, SUITE } from '../../streams/envelope.js';
import type { EventStore, NewEvent, StoredEvent } from '../../streams/eventStore.js';

/** A UUID that is the same for the same words. */
export function uuidOf(...words: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(words.join('\n')).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}

/** An event for an engine: engines need an id in the header and look at nothing else. */
export function someEvent(
  words: string | number,
  { data = Buffer.from('data'), type = 'SomethingHappened' }: Partial<NewEvent> = {},
): NewEvent {
  const digest = createHash('sha256').update(String(words)).digest('base64url');
  const header = headerText({
    at: '2026-01-01T00:00:00.000Z',
    causation: uuidOf('command', words),
    commitment: digest,
    correlation: uuidOf('command', words),
    id: uuidOf('event', words),
    key: null,
    ledger: 'test.invalid/ledger',
    prev: null,
    schema: 1,
    stream: 'some-stream',
    suite: SUITE,
    type,
    version: 1,
  });
  return { type, header, data };
}

/** Everything an iterable yields. */
export async function all<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) {
    items.push(item);
  }
  return items;
}

/** The headers of what a stream holds: what identifies its events. */
export async function headersOf(store: EventStore, stream: string): Promise<readonly string[]> {
  return (await all(store.read(stream))).map(({ header }) => header);
}

/** An event as it was given, without what the engine added. */
export function asGiven({ type, header, data }: StoredEvent): NewEvent {
  return { type, header, data: Buffer.from(data) };
}
