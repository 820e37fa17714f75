import { type AccessEvent, accessEvents } from '../../domain/access/events.js';
import { type AlertEvent, alertEvents } from '../../domain/alert/events.js';
import { type CredentialEvent, credentialEvents } from '../../domain/credential/events.js';
import { type ErasureEvent, erasureEvents } from '../../domain/erasure/events.js';
import type { EventDefinition } from '../../domain/eventDefinition.js';
import { type ImportEvent, importEvents } from '../../domain/imports/events.js';
import { type LearnerEvent, learnerEvents } from '../../domain/learner/events.js';
import { learnerUpcasters, type Upcaster } from '../../domain/learner/upcasters.js';
import { type LedgerEvent, ledgerEvents } from '../../domain/ledger/events.js';
import { type NoticeEvent, noticeEvents } from '../../domain/notice/events.js';
import { type OrganisationEvent, organisationEvents } from '../../domain/organisation/events.js';
import { type SubscriberEvent, subscriberEvents } from '../../domain/subscriber/events.js';
import { type UserEvent, userEvents } from '../../domain/user/events.js';
import { StreamError } from '../../streams/errors.js';

/** Any event of the ledger. */
export type DomainEvent =
  | LearnerEvent
  | ImportEvent
  | UserEvent
  | OrganisationEvent
  | AlertEvent
  | AccessEvent
  | ErasureEvent
  | LedgerEvent
  | CredentialEvent
  | NoticeEvent
  | SubscriberEvent;

/** What the journal knows of one family of streams, by the first word of their names. */
export type EventTable = {
  readonly sealed: boolean;
  readonly definitions: Readonly<Record<string, EventDefinition>>;
  readonly upcasters: Readonly<Record<string, readonly Upcaster[] | undefined>>;
};

/** Every family of streams: those in clear are free of personal data. */
export const eventTables: Readonly<Record<string, EventTable>> = {
  learner: { sealed: true, definitions: learnerEvents, upcasters: learnerUpcasters },
  import: { sealed: true, definitions: importEvents, upcasters: {} },
  user: { sealed: true, definitions: userEvents, upcasters: {} },
  organisation: { sealed: false, definitions: organisationEvents, upcasters: {} },
  alert: { sealed: false, definitions: alertEvents, upcasters: {} },
  access: { sealed: false, definitions: accessEvents, upcasters: {} },
  erasure: { sealed: false, definitions: erasureEvents, upcasters: {} },
  ledger: { sealed: false, definitions: ledgerEvents, upcasters: {} },
  credential: { sealed: false, definitions: credentialEvents, upcasters: {} },
  notice: { sealed: false, definitions: noticeEvents, upcasters: {} },
  subscriber: { sealed: false, definitions: subscriberEvents, upcasters: {} },
};

/** The table for a stream. Throws `ERR_EVENT_UNKNOWN` for a family that this version does not know. */
export function tableOf(stream: string): EventTable {
  const [family = ''] = stream.split('-', 1);
  const table = Object.hasOwn(eventTables, family) ? eventTables[family] : undefined;
  if (table === undefined) {
    throw new StreamError(
      'ERR_EVENT_UNKNOWN',
      `expected a stream of ${Object.keys(eventTables).join(', ')}, found another: it was written by a newer version`,
    );
  }
  return table;
}

/** The schema version in which a type is written now: one more than its upcasters. */
export function currentSchema(table: EventTable, type: string): number {
  return (table.upcasters[type]?.length ?? 0) + 1;
}

/**
 * The data of a stored event in its current shape, parsed. Throws `ERR_EVENT_UNKNOWN` for a type or a
 * newer version that this software does not know: a history with a hole in it would be a wrong one.
 */
export function toDomainEvent(
  stream: string,
  type: string,
  schema: number,
  data: Record<string, unknown>,
): DomainEvent {
  const table = tableOf(stream);
  const definition = Object.hasOwn(table.definitions, type) ? table.definitions[type] : undefined;
  const current = currentSchema(table, type);
  if (definition === undefined || schema > current) {
    throw new StreamError(
      'ERR_EVENT_UNKNOWN',
      `expected ${definition === undefined ? 'a known type' : `${type} up to version ${current}`}, found ${type} version ${schema}: it was written by a newer version`,
    );
  }
  const upcast = (table.upcasters[type] ?? [])
    .slice(schema - 1)
    .reduce((shape, upcaster) => upcaster(shape), data);
  const parsed = definition.schema.safeParse(upcast);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StreamError(
      'ERR_DATA_UNREADABLE',
      `expected ${type} version ${schema} to have the fields of its schema, found another ${issue?.path.join('.')}`,
    );
  }
  // Sound: the table gives every type the schema from which DomainEvent is derived.
  return { type, data: parsed.data } as DomainEvent;
}
