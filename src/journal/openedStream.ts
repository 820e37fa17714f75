import type { Disposed } from '../../domain/erasure/disposalEvents.js';
import {
  type ChainEnd,
  chainEnd,
  checkLink,
  type Header,
  parseHeader,
  START,
} from '../../streams/envelope.js';
import { StreamError } from '../../streams/errors.js';
import type { EventStore, StoredEvent } from '../../streams/eventStore.js';
import {
  commitClear,
  commitFields,
  commitmentOf,
  digestOf,
  disclosureOf,
  type Fields,
  openFields,
  type SaltedValue,
} from '../../streams/sealing.js';
import type { Vault } from '../../streams/vault/vault.js';
import { tableOf } from './eventTables.js';

/** What an event's bytes gave when they were opened. */
export type Content =
  | { readonly state: 'clear'; readonly fields: Fields }
  | { readonly state: 'sealed'; readonly seed: Uint8Array; readonly fields: Fields }
  | { readonly state: 'resealed'; readonly version: number }
  | { readonly state: 'dropped' }
  | { readonly state: 'disposed' };

/** A stored event with its header read and its data opened, before any redaction is laid over it. */
export type OpenedEvent = {
  readonly stored: StoredEvent;
  readonly header: Header;
  readonly content: Content;
};

/** Reads a whole stream, checks that its chain is unbroken, and opens every event. */
export async function openStream(
  store: EventStore,
  vault: Vault,
  stream: string,
): Promise<readonly OpenedEvent[]> {
  // An erasure that is carried out meanwhile moves fields to events that were not read yet.
  for (let attempt = 1; ; attempt += 1) {
    const { shreds } = vault.state();
    try {
      const opened = await openOnce(store, vault, stream);
      if (vault.state().shreds === shreds || attempt === MAX_READINGS) {
        return opened;
      }
    } catch (error) {
      if (vault.state().shreds === shreds || attempt === MAX_READINGS) {
        throw error;
      }
    }
  }
}

const MAX_READINGS = 5;

async function openOnce(
  store: EventStore,
  vault: Vault,
  stream: string,
): Promise<readonly OpenedEvent[]> {
  const opened: OpenedEvent[] = [];
  let end: ChainEnd = START;
  for await (const stored of store.read(stream)) {
    const header = parseHeader(stored.header);
    checkLink(stored, header, end, store.origin);
    end = chainEnd(stored, header);
    opened.push({ stored, header, content: await openContent(vault, stored, header) });
  }
  return opened;
}

/** Opens one event's data with the key the vault has for it. */
export async function openContent(
  vault: Vault,
  stored: StoredEvent,
  header: Header,
): Promise<Content> {
  // Whoever can write the file can make an event in clear, but must not pass it off as a learner's.
  if ((header.key === null) === tableOf(stored.stream).sealed) {
    throw new StreamError(
      'ERR_CHAIN_BROKEN',
      `expected event ${stored.version} of ${stored.stream} to be ${header.key === null ? 'sealed' : 'in clear'}, found otherwise`,
    );
  }
  if (header.key === null) {
    if (commitClear(stored.data) !== header.commitment) {
      throw commitmentMismatch(stored);
    }
    return { state: 'clear', fields: clearFields(stored) };
  }
  const { stream, version } = stored;
  const eventKey = await vault.eventKey({ stream, version, key: header.key, id: header.id });
  return eventKey.state === 'live'
    ? { state: 'sealed', ...openFields(stored.data, eventKey.key, stored.hash) }
    : eventKey;
}

function clearFields({ stream, version, data }: StoredEvent): Fields {
  try {
    const fields: unknown = JSON.parse(Buffer.from(data).toString());
    if (typeof fields === 'object' && fields !== null) {
      // Sound: canonical JSON that the journal wrote, as its commitment says.
      return fields as Fields;
    }
  } catch {
    // The parser's message repeats the data.
  }
  throw new StreamError(
    'ERR_DATA_UNREADABLE',
    `expected event ${version} of ${stream} to be an object in JSON, found something else`,
  );
}

/** One redaction recorded in a stream: the fields that went, and the earlier reseals that went with them. */
type Redaction = {
  readonly version: number;
  readonly target: string;
  readonly marker: Fields;
  readonly digests: Readonly<Record<string, string>>;
  readonly drops: readonly string[];
};

/** Every redaction recorded in a stream, in order. */
export function redactionsIn(opened: readonly OpenedEvent[]): readonly Redaction[] {
  return opened.flatMap(({ header, content }) => {
    if (header.type !== 'SensitiveDataRedacted' || content.state !== 'sealed') {
      return [];
    }
    // Sound: authenticated bytes of a type whose schema has these fields.
    const { target, on, order, basis, digests, drops } = content.fields as unknown as Redaction & {
      readonly on: string;
      readonly order: string;
      readonly basis: string;
    };
    const marker = { redacted: true, on, order, basis };
    return [{ version: header.version, target, marker, digests, drops }];
  });
}

/** The disposal recorded in a stream: everything before it is unreadable for good. */
export function disposalIn(
  opened: readonly OpenedEvent[],
): (Disposed & { readonly version: number; readonly below: number }) | null {
  const last = opened.findLast(({ header }) => header.type === 'RecordDisposed');
  if (last?.content.state !== 'sealed' || last.header.key === null) {
    return null;
  }
  // Sound: authenticated bytes of a type whose schema has these fields.
  const { order, on, basis } = last.content.fields as unknown as Disposed;
  return { order, on, basis, version: last.header.version, below: last.header.key };
}

/** The fields that remain of a redacted event, each with its salt, as its last reseal holds them. */
export function keptFields(
  opened: readonly OpenedEvent[],
  version: number,
): Readonly<Record<string, SaltedValue>> {
  const reseal = opened[version - 1];
  if (reseal?.header.type !== 'FieldsResealed' || reseal.content.state !== 'sealed') {
    throw new StreamError(
      'ERR_CHAIN_BROKEN',
      `expected the remaining fields of a redacted event at version ${version}, found none`,
    );
  }
  // Sound: authenticated bytes of a type whose schema has this field.
  return reseal.content.fields['kept'] as unknown as Readonly<Record<string, SaltedValue>>;
}

/**
 * Checks that what can be read of an event is what its header committed to: opened fields by their
 * salts, redacted ones by the digests recorded for them. Throws `ERR_COMMITMENT_MISMATCH`.
 */
export function checkCommitment(
  { stored, header, content }: OpenedEvent,
  opened: readonly OpenedEvent[],
): void {
  const redactions = redactionsIn(opened);
  if (content.state === 'clear') {
    return;
  }
  if (content.state === 'dropped') {
    if (!redactions.some(({ drops }) => drops.includes(header.id))) {
      throw commitmentMismatch(stored);
    }
    return;
  }
  if (content.state === 'disposed') {
    if ((disposalIn(opened)?.version ?? 0) < header.version) {
      throw commitmentMismatch(stored);
    }
    return;
  }
  const commitment =
    content.state === 'sealed'
      ? commitFields(content.fields, content.seed).commitment
      : commitmentOf([
          ...Object.entries(keptFields(opened, content.version)).map(([name, salted]) =>
            digestOf(disclosureOf(name, salted)),
          ),
          ...redactionsThrough(redactions, header.id, content.version).flatMap(({ digests }) =>
            Object.values(digests),
          ),
        ]);
  if (commitment !== header.commitment) {
    throw commitmentMismatch(stored);
  }
}

/** The redactions of an event up to one reseal: a later one may be recorded and not yet carried out. */
function redactionsThrough(
  redactions: readonly Redaction[],
  event: string,
  reseal: number,
): readonly Redaction[] {
  return redactions.filter(({ target, version }) => target === event && version < reseal);
}

function commitmentMismatch({ stream, version }: StoredEvent): StreamError {
  return new StreamError(
    'ERR_COMMITMENT_MISMATCH',
    `expected event ${version} of ${stream} to hold what its header commits to, found something else`,
  );
}
