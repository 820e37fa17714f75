import { strict as assert } from 'node:assert';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted } from '../../domain/redaction.js';
import { type CalendarDate, dateOf, type Instant } from '../../domain/values/date.js';
import { canonicalize } from '../../streams/canonicalJson.js';
import { eventHash, type Header, headerText, parseHeader, SUITE } from '../../streams/envelope.js';
import type { NewEvent, StoredEvent } from '../../streams/eventStore.js';
import { commitClear, commitFields, type Fields, sealFields } from '../../streams/sealing.js';
import type { SealedEvent } from '../../streams/vault/vault.js';
import { currentSchema, type DomainEvent, tableOf, toDomainEvent } from './eventTables.js';
import { eventId } from './identifiers.js';
import type { Recording, StreamEnd } from './recording.js';

/**
 * The events of one append as an engine stores them: parsed, sealed (or in clear where `key` is null)
 * and chained to the stream's end.
 */
export async function encodeEvents(request: {
  readonly ledger: string;
  readonly key: number | null;
  readonly stream: string;
  readonly end: StreamEnd;
  readonly events: readonly DomainEvent[];
  readonly recording: Recording;
  readonly at: Instant;
  /** The key for one event of the stream. */
  readonly eventKey: (event: SealedEvent) => Promise<Uint8Array>;
}): Promise<readonly NewEvent[]> {
  const { ledger, key, stream, end, events, recording, at } = request;
  const table = tableOf(stream);
  const sealed: NewEvent[] = [];
  let prev = end.hash;
  for (const [index, event] of events.entries()) {
    const version = end.version + index + 1;
    const id = eventId({ ...recording, stream, index });
    // Parsed on the way in as on the way out: nothing is written that could not be read.
    const parsed = toDomainEvent(stream, event.type, currentSchema(table, event.type), event.data);
    const fields = fieldsOf(parsed, recording);
    const common = {
      at,
      causation: recording.commandId,
      correlation: recording.correlation,
      id,
      key,
      ledger,
      prev: prev === null ? null : Buffer.from(prev).toString('base64url'),
      schema: currentSchema(table, event.type),
      stream,
      suite: SUITE,
      type: event.type,
      version,
    } as const;
    if (key === null) {
      const data = Buffer.from(canonicalize(fields));
      const header = checkedText({ ...common, commitment: commitClear(data) });
      prev = eventHash(header);
      sealed.push({ type: event.type, header, data });
    } else {
      const committed = commitFields(fields);
      const header = checkedText({ ...common, commitment: committed.commitment });
      prev = eventHash(header);
      const eventKey = await request.eventKey({ stream, version, key, id });
      sealed.push({ type: event.type, header, data: sealFields(committed, eventKey, prev) });
    }
  }
  return sealed;
}

/** The header's text after reading it back: nothing is written that could not be read. */
function checkedText(header: Header): string {
  const text = headerText(header);
  parseHeader(text);
  return text;
}

function fieldsOf(event: DomainEvent, { user, organisation, purpose }: Recording): Fields {
  assert(
    !Object.values(event.data).some(isRedacted),
    'a redaction is recorded by its own events, never written into another',
  );
  // Sound: schemas of events are JSON-pure; canonical JSON checks every value once more.
  return {
    ...(event.data as Fields),
    _organisation: organisation,
    _purpose: purpose,
    _user: user,
  };
}

/** A stored event as its reader may see it: the fields given, upcast and parsed, with what the header says. */
export function decodeEvent(
  stored: StoredEvent,
  header: Header,
  fields: Fields,
): Recorded<DomainEvent> {
  const { _user, _organisation, _purpose, ...data } = fields;
  const event = toDomainEvent(stored.stream, stored.type, header.schema, data);
  const definition = tableOf(stored.stream).definitions[stored.type];
  // Sound: `parseHeader` checked the form of `at`, and the three fields are written by `fieldsOf`.
  const recordedAt = header.at as Instant;
  const named = definition?.validFrom ? data[definition.validFrom] : undefined;
  return {
    event,
    id: header.id,
    commandId: header.causation,
    stream: stored.stream,
    version: stored.version,
    position: stored.position,
    recordedAt,
    validFrom: (named as CalendarDate | undefined) ?? dateOf(recordedAt),
    user: _user as Recorded<DomainEvent>['user'],
    organisation: _organisation as Recorded<DomainEvent>['organisation'],
    purpose: _purpose as Recorded<DomainEvent>['purpose'],
    disposedType: null,
  };
}
