import { type Header, parseHeader } from './envelope.js';
import { MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND } from './eventStore.js';

/** Events that were one append: neighbours in the log and in their stream, of one command and one time. */
export async function* appendsOf<Event extends { readonly header: string }>(
  events: AsyncIterable<Event>,
): AsyncGenerator<readonly [Event, ...Event[]]> {
  let group: [Event, ...Event[]] | null = null;
  let [before, bytes]: [Header | null, number] = [null, 0];
  for await (const event of events) {
    const header = parseHeader(event.header);
    const size = Buffer.byteLength(event.header) + sizeOf(event);
    const fits =
      group !== null &&
      group.length < MAX_EVENTS_PER_APPEND &&
      bytes + size <= MAX_BYTES_PER_APPEND;
    if (group !== null && fits && before !== null && isSameAppend(before, header)) {
      group.push(event);
      bytes += size;
    } else {
      if (group !== null) {
        yield group;
      }
      [group, bytes] = [[event], size];
    }
    before = header;
  }
  if (group !== null) {
    yield group;
  }
}

function sizeOf(event: object): number {
  return 'data' in event && event.data instanceof Uint8Array ? event.data.length : 0;
}

function isSameAppend(before: Header, header: Header): boolean {
  return (
    before.stream === header.stream &&
    before.version + 1 === header.version &&
    before.causation === header.causation &&
    before.at === header.at
  );
}
