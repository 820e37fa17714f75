import { appendsOf } from '../appendGroups.js';
import { StreamError } from '../errors.js';
import type { EventStore, NewEvent } from '../eventStore.js';
import { numberOf } from '../position.js';
import { type CarriedEvent, readSegments, type SegmentSummary } from './read.js';

/**
 * Reads the segments of a folder into a store that is empty or holds the beginning of exactly these
 * events; then they have the same headers, hashes and order there, and what was one append is one again.
 * Throws `ERR_SEGMENT_DIFFERS`, with nothing written, where the store holds anything else.
 */
export async function importSegments(
  folder: string,
  store: EventStore,
  options: { readonly onProgress: (events: number) => void; readonly signal: AbortSignal },
): Promise<SegmentSummary & { readonly written: number }> {
  const source = readSegments(folder);
  const existing = store.readAll()[Symbol.asyncIterator]();
  let summary: SegmentSummary = NOTHING;
  let present = 0;
  let isPast = false;
  async function* missing(): AsyncGenerator<{
    readonly header: string;
    readonly event: CarriedEvent;
  }> {
    for (;;) {
      options.signal.throwIfAborted();
      const next = await source.next();
      if (next.done) {
        summary = next.value;
        return;
      }
      const there = isPast ? null : await existing.next();
      if (there === null || there.done) {
        isPast = true;
        yield { header: next.value.headerText, event: next.value };
      } else if (there.value.header !== next.value.headerText) {
        throw differs(present);
      } else {
        present += 1;
      }
    }
  }
  const window = createWindow(store.capabilities.keepsCallOrder === true ? WINDOW : 1);
  let written = 0;
  let reached = 0;
  for await (const group of appendsOf(missing())) {
    const [{ event }] = group;
    const append = store
      .append(
        event.header.stream,
        event.header.version - 1,
        group.map((one) => toNewEvent(one.event)),
      )
      .then(({ position }) => {
        const number = numberOf(position) ?? 0;
        if (number <= reached) {
          throw differs(present);
        }
        reached = number;
      });
    await window.add(append);
    written += group.length;
    options.onProgress(present + written);
  }
  await window.settled();
  if (!isPast && !(await existing.next()).done) {
    throw differs(present);
  }
  return { ...summary, written };
}

const NOTHING = { origin: null, segments: 0, events: 0, root: '' };
/** How many appends are under way at once where the engine records them in the order of the calls. */
const WINDOW = 128;

/** Keeps at most so many promises waiting, and gives back the first failure. */
function createWindow(size: number) {
  let waiting: Promise<void>[] = [];
  return {
    add: async (promise: Promise<void>): Promise<void> => {
      // A failure is met when it is waited for, not before.
      promise.catch(() => undefined);
      waiting.push(promise);
      if (waiting.length >= size) {
        const all = waiting;
        waiting = [];
        await Promise.all(all);
      }
    },
    settled: async (): Promise<void> => {
      await Promise.all(waiting);
    },
  };
}

function toNewEvent({ header, headerText, data }: CarriedEvent): NewEvent {
  return { type: header.type, header: headerText, data: data ?? new Uint8Array() };
}

function differs(present: number): StreamError {
  return new StreamError(
    'ERR_SEGMENT_DIFFERS',
    `expected a store that is empty or holds the beginning of what the segments hold, found another event after ${present}`,
  );
}
