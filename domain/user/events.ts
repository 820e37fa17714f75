import { z } from 'zod';
import { redactionEvents } from '../erasure/redactionEvents.js';
import type { EventDefinition } from '../eventDefinition.js';
import { UserId } from '../organisation/terms.js';
import { redactable } from '../redaction.js';
import { lineOf } from '../values/text.js';
import { Ukprn } from '../values/ukprn.js';

/** Every event of a person's stream, which is sealed: who acts for an organisation under a user id. */
export const userEvents = {
  PersonRecorded: {
    meaning: 'Who a user is, how to reach them, and how that was verified.',
    validFrom: null,
    schema: z.strictObject({
      ukprn: Ukprn,
      user: UserId,
      name: redactable(lineOf(100)),
      emailAddress: redactable(lineOf(254)),
      verificationProvided: redactable(lineOf(255)),
    }),
  },
  ...redactionEvents,
} as const satisfies Record<string, EventDefinition>;

/** An event of a person's stream. */
export type UserEvent = {
  [Type in keyof typeof userEvents]: {
    readonly type: Type;
    readonly data: z.infer<(typeof userEvents)[Type]['schema']>;
  };
}[keyof typeof userEvents];
