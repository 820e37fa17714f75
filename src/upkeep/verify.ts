import { chainEnd, checkLink, type Header, parseHeader, START } from '../../streams/envelope.js';
import { StreamError } from '../../streams/errors.js';
import type { EventStore, StoredEvent } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import { tableOf, toDomainEvent } from '../journal/eventTables.js';
import { pauseForInterruption } from '../journal/interruption.js';
import { checkCommitment, type OpenedEvent, openContent } from '../journal/openedStream.js';
import type { Orders } from '../journal/orders.js';
import { readableFields } from '../journal/redactions.js';

/** What was checked and what did not hold. Streams stand for learners; no personal data is in it. */
export type Verification = {
  readonly streams: number;
  readonly events: number;
  /** Events of which fields were redacted or which were dropped; their commitments were checked all the same. */
  readonly redacted: number;
  /** Events of records that were disposed of: their headers and chains were checked, what they said is gone. */
  readonly disposed: number;
  readonly problems: readonly Problem[];
};

/** One thing that did not hold, and where. */
export type Problem = {
  readonly stream: string;
  readonly version: number | null;
  readonly code: string;
  readonly message: string;
};

/** What checking needs of a ledger. */
type Parts = { readonly store: EventStore; readonly vault: Vault; readonly orders: Orders };

const MAX_PROBLEMS = 100;
const STREAMS_BETWEEN_PAUSES = 50;

/**
 * Checks streams: that every header is canonical, every chain unbroken, every event opens with its key
 * and holds what its header committed to, and every redaction is accounted for. `stream` limits it to
 * one. Flat memory: a stream at a time. Stops after 100 problems.
 */
export async function verifyStreams(
  parts: Parts,
  stream: string | null,
  onProgress: (events: number) => void,
  signal?: AbortSignal,
): Promise<Verification> {
  const { store, orders } = parts;
  await orders.refresh();
  // A stream whose end was cut off has an unbroken chain: only the engine's own count tells.
  const problems = stream === null ? await findingsOf(store) : [];
  let [streams, events, redacted, disposed] = [0, 0, 0, 0];
  const source = stream === null ? store.readStreams() : store.read(stream);
  for await (const whole of byStream(source)) {
    const result = await verifyStream(parts, whole);
    streams += 1;
    events += whole.length;
    redacted += result.redacted;
    disposed += result.disposed;
    problems.push(...result.problems);
    onProgress(events);
    if (streams % STREAMS_BETWEEN_PAUSES === 0) {
      await pauseForInterruption(signal);
    }
    if (problems.length >= MAX_PROBLEMS) {
      break;
    }
  }
  return { streams, events, redacted, disposed, problems };
}

async function findingsOf(store: EventStore): Promise<Problem[]> {
  const bad = (await store.inspect()).filter(({ isGood }) => !isGood);
  return bad.map(({ check, found }) => ({
    stream: '',
    version: null,
    code: 'ERR_CHAIN_BROKEN',
    message: `expected ${check}, found ${found}`,
  }));
}

async function* byStream(
  source: AsyncIterable<StoredEvent>,
): AsyncGenerator<readonly StoredEvent[]> {
  let current: StoredEvent[] = [];
  for await (const event of source) {
    if (current.length > 0 && current[0]?.stream !== event.stream) {
      yield current;
      current = [];
    }
    current.push(event);
  }
  if (current.length > 0) {
    yield current;
  }
}

/** Checks a stream, and once more where an erasure was carried out meanwhile. */
async function verifyStream(
  parts: Parts,
  whole: readonly StoredEvent[],
): Promise<Omit<Verification, 'streams' | 'events'>> {
  const { shreds } = parts.vault.state();
  const result = await verifyOnce(parts, whole);
  if (result.problems.length === 0 || parts.vault.state().shreds === shreds) {
    return result;
  }
  const again: StoredEvent[] = [];
  for await (const stored of parts.store.read(whole[0]?.stream ?? '')) {
    again.push(stored);
  }
  return verifyOnce(parts, again);
}

async function verifyOnce(
  { store, vault, orders }: Parts,
  whole: readonly StoredEvent[],
): Promise<Omit<Verification, 'streams' | 'events'>> {
  const stream = whole[0]?.stream ?? '';
  const problems: Problem[] = [];
  const opened: OpenedEvent[] = [];
  const ids = new Set<string>();
  let end = START;
  for (const stored of whole) {
    try {
      const header = parseHeader(stored.header);
      checkLink(stored, header, end, store.origin);
      refuseRepeated(ids, header, stored);
      opened.push({ stored, header, content: await openContent(vault, stored, header) });
      end = chainEnd(stored, header);
    } catch (error) {
      problems.push(problemOf(error, stream, stored.version));
      end = { ...end, version: stored.version, hash: stored.hash };
    }
  }
  if (problems.length > 0) {
    return { redacted: 0, disposed: 0, problems };
  }
  for (const event of opened) {
    try {
      checkCommitment(event, opened);
    } catch (error) {
      problems.push(problemOf(error, stream, event.stored.version));
    }
  }
  problems.push(...unreadable(stream, opened, orders));
  const redacted = opened.filter(
    ({ content }) => content.state === 'resealed' || content.state === 'dropped',
  ).length;
  const disposed = opened.filter(({ content }) => content.state === 'disposed').length;
  return { redacted, disposed, problems };
}

function unreadable(
  stream: string,
  opened: readonly OpenedEvent[],
  orders: Orders,
): readonly Problem[] {
  try {
    tableOf(stream);
    const fields = readableFields(opened, orders.pendingFor(stream));
    return opened.flatMap(({ stored, header, content }, index) => {
      if (content.state === 'disposed') {
        return [];
      }
      try {
        const { _user, _organisation, _purpose, ...data } = fields[index] ?? {};
        toDomainEvent(stream, stored.type, header.schema, data);
        return [];
      } catch (error) {
        return [problemOf(error, stream, stored.version)];
      }
    });
  } catch (error) {
    return [problemOf(error, stream, null)];
  }
}

/** The same id twice is one command recorded twice. */
function refuseRepeated(ids: Set<string>, { id }: Header, { stream, version }: StoredEvent): void {
  if (ids.has(id)) {
    throw new StreamError(
      'ERR_CHAIN_BROKEN',
      `expected event ${version} of ${stream} to have an id of its own, found one repeated`,
    );
  }
  ids.add(id);
}

function problemOf(error: unknown, stream: string, version: number | null): Problem {
  if (error instanceof StreamError) {
    return { stream, version, code: error.code, message: error.message };
  }
  // Altered bytes can lead anywhere; what is thrown there may repeat them.
  const name = error instanceof Error ? error.name : 'failure';
  const message = `expected the event to be read, found a ${name}`;
  return { stream, version, code: 'ERR_DATA_UNREADABLE', message };
}
