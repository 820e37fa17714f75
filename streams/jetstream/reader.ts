import type { JetStreamManager, StoredMsg } from 'nats';
import { eventHash } from '../envelope.js';
import type { StoredEvent } from '../eventStore.js';
import { askPatiently, isNotFound } from '../natsConnection.js';
import { foreignPosition, formatPosition, parsePosition, positionBeyondHead } from '../position.js';
import { unpackEvents } from './envelope.js';
import { appendSubject, subjectPlace } from './stream.js';

const SCHEME = 'jetstream';
/** As many events as an append may hold: a position is the message's sequence and the event's place in it. */
const EVENTS_PER_MESSAGE = 64;
/** How many questions are under way at once. */
const WAVE = 32;
/** How long a question is asked again while nobody answers. */
const READ_BUDGET_MS = 20_000;

/** One append as it is kept. */
export type Commit = { readonly sequence: number; readonly events: readonly StoredEvent[] };

/** Where a stream was seen to end, and where its last append begins. Neither ever stops being a boundary. */
export type Boundary = { readonly version: number; readonly lastFirst: number };

/**
 * The reads of one JetStream stream. Every one is answered by the stream's leader
 * (`$JS.API.STREAM.MSG.GET`, which no other server answers), so that what was acknowledged to anybody is
 * seen by everybody. Messages are asked for by their exact subject or sequence: a wildcard makes the
 * server look through every subject it holds.
 */
export type JetStreamReader = ReturnType<typeof createJetStreamReader>;

/** Creates the reads of the stream of a name. */
export function createJetStreamReader(parts: {
  readonly manager: JetStreamManager;
  readonly name: string;
  readonly isClosed: () => boolean;
}) {
  const { manager, name, isClosed } = parts;
  const boundaries = createBoundaries();

  function ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    const untilMs = performance.now() + READ_BUDGET_MS;
    return askPatiently(question, { untilMs, isStopped: isClosed });
  }

  async function get(query: { seq: number } | { last_by_subj: string }): Promise<StoredMsg | null> {
    return ask(() =>
      manager.streams.getMessage(name, query).catch((error: unknown) => {
        if (isNotFound(error)) {
          return null;
        }
        throw error;
      }),
    );
  }

  async function commitAt(stream: string, first: number): Promise<Commit | null> {
    const message = await get({ last_by_subj: appendSubject(name, stream, first) });
    return message === null ? null : toCommit(message);
  }

  async function commitOf(sequence: number): Promise<Commit | null> {
    const message = await get({ seq: sequence });
    return message === null ? null : toCommit(message);
  }

  /** The appends of a stream, from the one after a boundary on, up to its end as it is read. */
  async function* commits(stream: string, after: number): AsyncGenerator<Commit> {
    for (let next = after + 1; ; ) {
      const wave = Array.from({ length: WAVE }, (_, index) => commitAt(stream, next + index));
      const answers = await Promise.all(wave);
      const from = next;
      for (let commit = answers[0]; commit; commit = answers[next - from]) {
        const first = next;
        next += commit.events.length;
        boundaries.note(stream, { version: next - 1, lastFirst: first });
        yield commit;
      }
      // What follows an append in time has a later first version: where one is missing, the stream ends.
      if (next - from < WAVE) {
        return;
      }
    }
  }

  /** Where a stream ends, going on from where it was last seen to. */
  async function endOf(stream: string): Promise<Boundary> {
    let end = boundaries.of(stream);
    for await (const { events } of commits(stream, end.version)) {
      end = { version: end.version + events.length, lastFirst: end.version + 1 };
    }
    return end;
  }

  /** Messages of the log from a sequence on, as many as are asked for at once; none where that one is not there. */
  async function log(sequence: number): Promise<readonly Commit[]> {
    // Whoever waits for what comes asks for one message, not for a wave of them.
    if ((await commitOf(sequence)) === null) {
      return [];
    }
    const wave = Array.from({ length: WAVE }, (_, index) => commitOf(sequence + index));
    const answers = await Promise.all(wave);
    const missing = answers.indexOf(null);
    return (missing === -1 ? answers : answers.slice(0, missing)) as readonly Commit[];
  }

  async function head(): Promise<StoredEvent | null> {
    const { state } = await ask(() => manager.streams.info(name));
    const commit = state.last_seq === 0 ? null : await commitOf(state.last_seq);
    return commit?.events.at(-1) ?? null;
  }

  /** Checks that a position is of this log. */
  async function placeOf(position: string): Promise<{ sequence: number; index: number }> {
    const { number, hash } = parsePosition(SCHEME, position);
    const place = placeIn(position);
    const commit = place.sequence === 0 ? null : await commitOf(place.sequence);
    const event = commit?.events[place.index];
    if (event?.position.endsWith(hash)) {
      return place;
    }
    const last = await head();
    const lastNumber = last === null ? 0 : parsePosition(SCHEME, last.position).number;
    throw number > lastNumber
      ? positionBeyondHead(number, lastNumber)
      : foreignPosition(`event ${number} to have the hash in the position`);
  }

  return { commitAt, commits, endOf, log, head, placeOf, boundaries };
}

/** Where streams were seen to end; forgetting costs nothing but time. */
function createBoundaries() {
  const known = new Map<string, Boundary>();
  return {
    of: (stream: string): Boundary => known.get(stream) ?? { version: 0, lastFirst: 0 },
    note: (stream: string, boundary: Boundary): void => {
      if ((known.get(stream)?.version ?? 0) > boundary.version) {
        return;
      }
      known.delete(stream);
      known.set(stream, boundary);
      if (known.size > MAX_BOUNDARIES) {
        known.delete(known.keys().next().value ?? '');
      }
    },
  };
}

const MAX_BOUNDARIES = 10_000;

function toCommit({ subject, seq: sequence, data }: StoredMsg): Commit {
  const place = subjectPlace(subject);
  if (place === null) {
    return { sequence, events: [] };
  }
  const { stream, first } = place;
  const events = unpackEvents(data).map((event, index) => {
    const hash = eventHash(event.header);
    return {
      ...event,
      stream,
      version: first + index,
      position: positionOf(sequence, index, hash),
      hash,
    };
  });
  return { sequence, events };
}

/** The position of an event by its message's sequence and its place in the message, from 0. */
export function positionOf(sequence: number, index: number, hash: Uint8Array): string {
  return formatPosition(SCHEME, sequence * EVENTS_PER_MESSAGE + index, hash);
}

/** The message and the event in it that a position names. Throws `ERR_POSITION_FOREIGN` as `placeOf` does. */
export function placeIn(position: string): { readonly sequence: number; readonly index: number } {
  const { number } = parsePosition(SCHEME, position);
  return {
    sequence: Math.floor(number / EVENTS_PER_MESSAGE),
    index: number % EVENTS_PER_MESSAGE,
  };
}
