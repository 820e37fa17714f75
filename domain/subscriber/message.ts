import { z } from 'zod';
import { Instant } from '../values/date.js';

/** What a subscriber is told: that something happened, never what it says. */
export const MessageKind = z.enum([
  'achievement.recorded',
  'achievement.corrected',
  'achievement.withdrawn',
  'sharing.withdrawn',
  'sharing.restored',
  'record.redacted',
  'learner.merged',
  'learner.unmerged',
]);
export type MessageKind = z.infer<typeof MessageKind>;

/**
 * A reference to a learner or an entry that is one subscriber's own: the same in all its messages, and
 * another for everybody else, so that two subscribers cannot find out that they mean the same person.
 */
const Reference = z.string().regex(/^[a-z2-7]{26}$/, 'expected a reference of 26 characters');

/** What a message of each kind says: references alone. The particulars are fetched with its `dataref`. */
export const messageData = {
  'achievement.recorded': z.strictObject({ learner: Reference, entry: Reference }),
  'achievement.corrected': z.strictObject({ learner: Reference, entry: Reference }),
  'achievement.withdrawn': z.strictObject({ learner: Reference, entry: Reference }),
  'sharing.withdrawn': z.strictObject({ learner: Reference }),
  'sharing.restored': z.strictObject({ learner: Reference }),
  'record.redacted': z.strictObject({
    learner: Reference,
    /** The entry of which something was redacted; null for the learner's details, and for a whole record. */
    entry: Reference.nullable(),
    /** The event that lost fields, by the id that its message had; null where the whole record is gone. */
    event: z.uuid().nullable(),
  }),
  'learner.merged': z.strictObject({ learner: Reference, superseded: Reference }),
  'learner.unmerged': z.strictObject({ learner: Reference, superseded: Reference }),
} as const satisfies Record<MessageKind, z.ZodType>;

/** What a message of any kind says. */
export type MessageData = z.infer<(typeof messageData)[MessageKind]>;

/** The attributes of a message, as CloudEvents 1.0 names them. */
export const messageAttributes = z.strictObject({
  specversion: z.literal('1.0'),
  /** The id of the ledger's event: the same whenever the message is sent again. */
  id: z.uuid(),
  /** The ledger, by its origin: `//ledger.example/2026`. */
  source: z.string().regex(/^\/\/\S+$/),
  type: z.enum(MessageKind.options.map((kind) => `plr.v1.${kind}` as const)),
  /** The subscriber's reference to the learner. */
  subject: Reference,
  /** When the ledger learnt of it. */
  time: Instant,
  datacontenttype: z.literal('application/json'),
  /** What the particulars are fetched with; of no use to anybody but the subscriber. */
  dataref: z.string().regex(/^plr:event:[A-Za-z0-9_-]{60,400}$/),
  /** The place in the ledger's log: opaque, growing. */
  position: z.string().min(1).max(60),
});

/** The attributes of a message. */
export type MessageAttributes = z.infer<typeof messageAttributes>;

/** A message as it is sent and received: its kind says what its data holds. */
export type Message = {
  [Kind in MessageKind]: MessageAttributes & {
    readonly kind: Kind;
    readonly data: z.infer<(typeof messageData)[Kind]>;
  };
}[MessageKind];

/** The CloudEvents type of a kind of message. */
export function typeOfKind(kind: MessageKind): MessageAttributes['type'] {
  return `plr.v1.${kind}`;
}
