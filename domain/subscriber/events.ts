import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { UserId } from '../organisation/terms.js';
import { Purpose } from '../purpose.js';
import { Ukprn } from '../values/ukprn.js';
import { MessageKind } from './message.js';

/** A subscriber's name: a part of the subjects of its messages, and in clear for ever. */
const SubscriberName = z
  .string()
  .regex(
    /^[a-z](?!.*\d{10})[a-z0-9-]{0,31}$/,
    'expected a name of up to 32 small letters, digits and hyphens that begins with a letter and holds no ten digits in a row',
  );

/** From where on a subscriber is told: of everything that was ever recorded, or of what comes. */
export const SubscribedFrom = z.enum(['beginning', 'registration']);

/** Every event of the stream of subscribers. It is in clear: names of services, UKPRNs and user ids only. */
export const subscriberEvents = {
  SubscriberRegistered: {
    meaning:
      'A service is told of what happens to records: one of our own, or an organisation’s, which then hears of its own learners alone.',
    validFrom: null,
    schema: z.strictObject({
      subscriber: SubscriberName,
      /** Null for a service of the ledger's own keeper. */
      organisation: Ukprn.nullable(),
      /** The user of the organisation in whose name it asks; null for a service of the keeper. */
      user: UserId.nullable(),
      purpose: Purpose,
      kinds: z.array(MessageKind).min(1),
      from: SubscribedFrom,
      /** Of the index key, of which the subscriber's own references to learners are made. */
      generation: z.int().min(0),
    }),
  },
  SubscriberRemoved: {
    meaning: 'A service is told of nothing any more.',
    validFrom: null,
    schema: z.strictObject({ subscriber: SubscriberName }),
  },
} as const satisfies Record<string, EventDefinition>;

/** What one type of event of the stream of subscribers says. */
export type SubscriberEventData<Type extends keyof typeof subscriberEvents> = z.infer<
  (typeof subscriberEvents)[Type]['schema']
>;

/** An event of the stream of subscribers. */
export type SubscriberEvent = {
  [Type in keyof typeof subscriberEvents]: {
    readonly type: Type;
    readonly data: SubscriberEventData<Type>;
  };
}[keyof typeof subscriberEvents];
