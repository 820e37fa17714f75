import { appendsOf } from '../appendGroups.js';
import { eventHash, type Header, parseHeader } from '../envelope.js';
import { isCode, StreamError } from '../errors.js';
import type { EventStore, StoredEvent } from '../eventStore.js';
import { makeFolder } from '../output.js';
import { formatPosition } from '../position.js';
import { createTree, type Tree } from '../proof/tree.js';
import { beginSegment, segmentsIn } from './file.js';
import { readSegment, type SegmentEnd } from './lines.js';

/** The most events of a segment where no other number is asked for. */
export const SEGMENT_EVENTS = 1_000_000;

/**
 * Writes what the segments of a folder do not hold yet, as further segments: events in log order. Where
 * `isGone` says that the key of an event is destroyed, its data is left out. Segments that are there are
 * read for where they end and never touched. Answers what was written now.
 */
export async function exportSegments(
  store: EventStore,
  folder: string,
  options: {
    readonly segmentEvents: number;
    readonly isGone: (event: StoredEvent, header: Header) => Promise<boolean>;
    readonly onProgress: (events: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly segments: number; readonly events: number; readonly size: number }> {
  makeFolder(folder);
  const last = await lastIn(folder, store.origin);
  const tree = last === null ? createTree() : treeAfter(last.end);
  const begun = tree.size();
  const groups = appendsOf(eventsAfter(store, last, options.signal));
  let segments = 0;
  let writer = null;
  for await (const group of groups) {
    writer ??= await beginSegment(folder, store.origin, tree);
    for (const event of group) {
      const header = parseHeader(event.header);
      const isGone = await options.isGone(event, header);
      const data = isGone ? null : Buffer.from(event.data).toString('base64');
      await writer.add({ header: event.header, data }, event.hash);
    }
    options.onProgress(tree.size());
    // An append is never cut in two, so that it is one again wherever it is read in.
    if (writer.events() >= options.segmentEvents) {
      await writer.finish();
      [writer, segments] = [null, segments + 1];
    }
  }
  if (writer !== null) {
    await writer.finish();
    segments += 1;
  }
  return { segments, events: tree.size() - begun, size: tree.size() };
}

/** Where the segments of a folder end, and the hash of the last event in them. */
type Last = { readonly end: SegmentEnd; readonly hash: Uint8Array };

async function lastIn(folder: string, origin: string): Promise<Last | null> {
  const segment = (await segmentsIn(folder)).at(-1);
  if (segment === undefined) {
    return null;
  }
  let hash: Uint8Array = new Uint8Array();
  // Read to its end: what is written after it builds on it.
  for await (const part of readSegment(segment.path)) {
    if (part.kind === 'head' && part.head.origin !== origin) {
      throw new StreamError(
        'ERR_LEDGER_MISMATCH',
        'expected segments of the ledger’s own origin in the folder, found those of another',
      );
    }
    if (part.kind === 'event') {
      hash = eventHash(part.line.header);
    }
    if (part.kind === 'end') {
      return { end: part.end, hash };
    }
  }
  return null;
}

function treeAfter({ size, subtrees }: SegmentEnd): Tree {
  return createTree({ size, subtrees: subtrees.map((text) => Buffer.from(text, 'base64')) });
}

/** The log after the last event of the segments, which must be in it at its place. */
async function* eventsAfter(
  store: EventStore,
  last: Last | null,
  signal: AbortSignal,
): AsyncGenerator<StoredEvent> {
  if (last === null) {
    yield* store.readAll({ signal });
    return;
  }
  if (store.capabilities.gaplessPositions) {
    const [scheme = ''] = (await store.head())?.position.split('.') ?? [];
    const after = formatPosition(scheme, last.end.size, last.hash);
    try {
      yield* store.readAll({ after, signal });
    } catch (error) {
      throw isCode(error, 'ERR_POSITION_BEYOND_HEAD') || isCode(error, 'ERR_POSITION_FOREIGN')
        ? differs(error)
        : error;
    }
    return;
  }
  let count = 0;
  for await (const event of store.readAll({ signal })) {
    count += 1;
    if (count === last.end.size && !Buffer.from(event.hash).equals(last.hash)) {
      throw differs();
    }
    if (count > last.end.size) {
      yield event;
    }
  }
  if (count < last.end.size) {
    throw differs();
  }
}

function differs(cause?: unknown): StreamError {
  return new StreamError(
    'ERR_SEGMENT_DIFFERS',
    'expected a ledger that goes on from what the segments hold, found one of another history: they are of another ledger, or it was restored',
    { cause },
  );
}
