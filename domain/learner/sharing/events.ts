import { z } from 'zod';
import type { EventDefinition } from '../../eventDefinition.js';
import { UserId } from '../../organisation/terms.js';
import { redactable } from '../../redaction.js';
import { CalendarDate } from '../../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../../values/text.js';
import { Ukprn } from '../../values/ukprn.js';

/** How a learner and an organisation are linked. The privacy notice asks for "a direct connection"; the kinds are ours. */
export const ConnectionKind = z.enum([
  'enrolment',
  'application',
  'examination-entry',
  'advice',
  'care',
]);

/** `restricted` applies the sensitive learners policy. Its text is not public: what follows from it is ours. */
export const HandlingLevel = z.enum(['standard', 'restricted']);

/** An organisation, or one person of it where a user is named, who may see a learner handled as restricted. */
export const Authorisation = z.strictObject({ ukprn: Ukprn, user: UserId.nullable() });
export type Authorisation = z.infer<typeof Authorisation>;

/** The events of a learner's stream that say with whom and how the record may be shared. */
export const sharingEvents = {
  ConnectionEstablished: {
    meaning: 'An organisation is directly linked to the learner, from when to when.',
    validFrom: 'startDate',
    schema: z.strictObject({
      connectionId: OwnKey,
      ukprn: Ukprn,
      kind: ConnectionKind,
      startDate: CalendarDate,
      endDate: CalendarDate.nullable(),
      evidenceReference: redactable(lineOf(255)),
    }),
  },
  ConnectionEnded: {
    meaning: 'The link ended on a date, which is the last day of it.',
    validFrom: 'endDate',
    schema: z.strictObject({
      connectionId: OwnKey,
      endDate: CalendarDate,
      reason: redactable(paragraphOf(2000).nullable()),
    }),
  },
  OptOutOverridden: {
    meaning:
      'An opt-out of the policy before 25 May 2018 was overridden, after the learner was given the latest notice.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({
      notice: z.int().min(1),
      effectiveDate: CalendarDate,
      evidenceReference: redactable(lineOf(255)),
    }),
  },
  HandlingChanged: {
    meaning: 'How the record is handled, until when that is reviewed, and who may see it then.',
    validFrom: null,
    schema: z.strictObject({
      level: HandlingLevel,
      authorised: z.array(Authorisation),
      reviewDate: CalendarDate.nullable(),
      reason: redactable(paragraphOf(2000)),
    }),
  },
} as const satisfies Record<string, EventDefinition>;
