import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { ErasureBasis } from '../redaction.js';
import { disposalOrderEvents } from './disposalEvents.js';
import { Person } from './person.js';

/** The most events one order may name, so that resealing them fits into one append. */
export const MAX_TARGETS = 16;

/** Fields of one event that are to go. */
const RedactionTarget = z.strictObject({
  event: z.uuid(),
  fields: z.array(z.string()).min(1),
});
export type RedactionTarget = z.infer<typeof RedactionTarget>;

const redaction = {
  order: z.uuid(),
  stream: z.string(),
  targets: z.array(RedactionTarget).min(1).max(MAX_TARGETS),
  basis: ErasureBasis,
} as const;

/** Every event of the erasure streams. They are in clear and hold ids, field names and codes only. */
export const erasureEvents = {
  RedactionProposed: {
    meaning: 'A person proposed to make fields of events unreadable for good.',
    validFrom: null,
    schema: z.strictObject({ ...redaction, proposedBy: Person }),
  },
  RedactionOrdered: {
    meaning: 'A second person ordered it: from here on the fields read as redacted.',
    validFrom: null,
    schema: z.strictObject({ ...redaction, approvedBy: Person }),
  },
  ErasureCompleted: {
    meaning: 'The keys are gone and every view has forgotten what the order named.',
    validFrom: null,
    schema: z.strictObject({ order: z.uuid() }),
  },
  MasterKeyDestroyed: {
    meaning: 'A master key was replaced and destroyed, and with it every older copy of the vault.',
    validFrom: null,
    schema: z.strictObject({ master: z.string(), replacedBy: z.string() }),
  },
  ...disposalOrderEvents,
} as const satisfies Record<string, EventDefinition>;

/** The name of an event of an erasure stream. */
type ErasureEventType = keyof typeof erasureEvents;

/** An event of an erasure stream. */
export type ErasureEvent = {
  [Type in ErasureEventType]: {
    readonly type: Type;
    readonly data: z.infer<(typeof erasureEvents)[Type]['schema']>;
  };
}[ErasureEventType];

/** One type of event of an erasure stream. */
export type ErasureEventOf<Type extends ErasureEventType> = Extract<ErasureEvent, { type: Type }>;
