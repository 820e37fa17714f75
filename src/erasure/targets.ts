import { MAX_TARGETS, type RedactionTarget } from '../../domain/erasure/events.js';
import { DomainError } from '../../domain/errors.js';
import { isRedacted, redactableFields } from '../../domain/redaction.js';
import type { JsonValue } from '../../streams/canonicalJson.js';
import { canonicalize } from '../../streams/canonicalJson.js';
import type { Fields } from '../../streams/sealing.js';
import type { EventTable } from '../journal/eventTables.js';

/** An event of a stream as far as choosing what to redact needs it. */
export type Candidate = { readonly id: string; readonly type: string; readonly fields: Fields };

/** What to redact: fields of one event, and whether the same values go wherever else they stand. */
export type Selection = {
  readonly event: string;
  readonly fields: readonly string[];
  /** Also equal and containing texts in every redactable field of every event of the streams. */
  readonly everywhere: boolean;
};

/** A stream to choose from: that of a learner or of an import, or one of several of the same person. */
export type Searched = { readonly stream: string; readonly events: readonly Candidate[] };

/** The targets of a redaction, and in how many further fields the same values were found and left. */
export type Targets = {
  readonly orders: readonly {
    readonly stream: string;
    readonly targets: readonly RedactionTarget[];
  }[];
  readonly leftElsewhere: number;
};

/** Who recorded an event is redactable in every sealed event, each of the three for itself. */
const RECORDING_FIELDS = ['_organisation', '_purpose', '_user'];
/** Shorter texts would be found in too many others that only share letters. */
const MIN_CONTAINED_CHARACTERS = 4;

/**
 * Chooses the fields to redact: those named, and the same value in the same field of other events
 * of its stream about the same entry (a value that was recorded, corrected and corrected back). Split
 * into orders of one stream and at most 16 events. Throws `ERR_INPUT_INVALID` or `ERR_FIELD_NOT_REDACTABLE`.
 */
export function chooseTargets(
  table: EventTable,
  searched: readonly Searched[],
  selection: Selection,
): Targets {
  const own = searched.find(({ events }) => events.some(({ id }) => id === selection.event));
  const named = own?.events.find(({ id }) => id === selection.event);
  if (own === undefined || named === undefined) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'event: expected the id of an event of this stream, found another',
    );
  }
  for (const field of selection.fields) {
    requireRedactable(table, named, field);
  }
  const values = selection.fields.map((field) => ({
    field,
    value: plainValue(named.fields[field] ?? null),
  }));
  const matches = searched.flatMap(({ stream, events }) =>
    events.flatMap((event) =>
      redactableIn(table, event)
        .filter((field) => holdsAny(event, field, values))
        .map((field) => ({ stream, event, field })),
    ),
  );
  const chosen = matches.filter(
    ({ stream, event, field }) =>
      selection.everywhere ||
      (event.id === named.id && selection.fields.includes(field)) ||
      (stream === own.stream &&
        aboutSame(event, named) &&
        values.some((value) => isSameField(event, field, value))),
  );
  return { orders: inOrders(chosen), leftElsewhere: matches.length - chosen.length };
}

/** The fields chosen, as orders of one stream and at most 16 events each. */
function inOrders(
  chosen: readonly { readonly stream: string; readonly event: Candidate; readonly field: string }[],
): Targets['orders'] {
  return [...new Set(chosen.map(({ stream }) => stream))].flatMap((stream) => {
    const fields = new Map<string, string[]>();
    for (const { event, field } of chosen.filter((one) => one.stream === stream)) {
      fields.set(event.id, [...(fields.get(event.id) ?? []), field]);
    }
    const all = [...fields].map(([event, named]) => ({ event, fields: named }));
    return Array.from({ length: Math.ceil(all.length / MAX_TARGETS) }, (_, index) => ({
      stream,
      targets: all.slice(index * MAX_TARGETS, (index + 1) * MAX_TARGETS),
    }));
  });
}

type NamedValue = { readonly field: string; readonly value: JsonValue };

function requireRedactable(table: EventTable, event: Candidate, field: string): void {
  const redactable = redactableIn(table, event);
  if (!redactable.includes(field)) {
    throw new DomainError(
      'ERR_FIELD_NOT_REDACTABLE',
      `expected a field of ${event.type} that can be redacted (${redactable.join(', ')}), found another`,
    );
  }
  const value = event.fields[field] ?? null;
  if (value === null || isRedacted(value)) {
    throw new DomainError(
      'ERR_FIELD_NOT_REDACTABLE',
      `expected ${field} to hold a value to redact, found ${value === null ? 'none' : 'it redacted'}`,
    );
  }
}

function redactableIn(table: EventTable, { type, fields }: Candidate): readonly string[] {
  // What a redaction itself recorded proves what is gone: without it nothing of the stream holds.
  if (type === 'SensitiveDataRedacted' || type === 'FieldsResealed') {
    return [];
  }
  const definition = table.definitions[type];
  const declared = definition === undefined ? [] : redactableFields(definition.schema);
  return [...declared, ...RECORDING_FIELDS].filter((name) => name in fields);
}

function holdsAny(event: Candidate, field: string, values: readonly NamedValue[]): boolean {
  const held = plainValue(event.fields[field] ?? null);
  return (
    held !== null && !isRedacted(held) && values.some(({ value }) => isEqualOrWithin(held, value))
  );
}

function isSameField(event: Candidate, field: string, { field: name, value }: NamedValue): boolean {
  const held = plainValue(event.fields[field] ?? null);
  return field === name && held !== null && canonicalize(held) === canonicalize(value);
}

function isEqualOrWithin(held: JsonValue, value: JsonValue): boolean {
  if (typeof held === 'string' && typeof value === 'string') {
    const [longer, part] = [held.toLowerCase(), value.toLowerCase()];
    return part.length >= MIN_CONTAINED_CHARACTERS ? longer.includes(part) : longer === part;
  }
  return canonicalize(held) === canonicalize(value);
}

/** The value itself where an event holds it as a change. */
function plainValue(value: JsonValue): JsonValue {
  return typeof value === 'object' && value !== null && 'to' in value
    ? (value['to'] ?? null)
    : value;
}

/** True for two events on the same entry, challenge or held row, or both on the learner's details. */
function aboutSame(one: Candidate, other: Candidate): boolean {
  return subjectOf(one) === subjectOf(other);
}

function subjectOf({ fields }: Candidate): string {
  const { achievementId, participationId, challengeId, submittedBy, row } = fields;
  return canonicalize([
    achievementId ?? null,
    participationId ?? null,
    challengeId ?? null,
    submittedBy ?? null,
    row ?? null,
  ]);
}
