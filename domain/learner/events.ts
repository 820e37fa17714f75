import { z } from 'zod';
import { Actor } from '../actor.js';
import { disposalEvents } from '../erasure/disposalEvents.js';
import { redactionEvents } from '../erasure/redactionEvents.js';
import type { EventDefinition } from '../eventDefinition.js';
import { redactable, redactableShape } from '../redaction.js';
import { CalendarDate } from '../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../values/text.js';
import { Ukprn } from '../values/ukprn.js';
import { Uln } from '../values/uln.js';
import { challengeEvents } from './challenge/events.js';
import { configuredViewEvents } from './configuredView/events.js';
import { learnerDetailsShape } from './details/details.js';
import {
  achievementPlainShape,
  achievementRedactableShape,
  EntryReference,
  participationPlainShape,
  participationRedactableShape,
} from './entry/entries.js';
import { mergeEvents } from './merge/events.js';
import { noticeShownEvents } from './notice/events.js';
import { retentionEvents } from './retention/events.js';
import { reviewEvents } from './review/events.js';
import { sharingEvents } from './sharing/events.js';

/** How an opt-out reached the service: from a provider at enrolment, the helpdesk, or the learner's own account. */
export const OptOutRoute = z.enum(['enrolment', 'helpdesk', 'own-account']);

/**
 * What a challenge disputes: an entry, the learner's details, or their identity: that two learners
 * share this ULN, or that the learner has another one too.
 */
export const ChallengeSubject = z.enum(['entry', 'details', 'identity']);
export type ChallengeSubject = z.infer<typeof ChallengeSubject>;

const reason = redactable(paragraphOf(2000).nullable());
const evidenceReference = redactable(lineOf(255).nullable());
const participation = { participationId: OwnKey, submittedBy: Ukprn } as const;
const achievement = { achievementId: OwnKey, submittedBy: Ukprn } as const;

/** Each field as `null` where it stays, or the value it now has. */
function changesOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = Object.entries(shape).map(([name, schema]) => [
    name,
    z.strictObject({ to: schema }).nullable(),
  ]);
  // Sound: the entries are those of `shape`, each as a nullable change.
  return Object.fromEntries(fields) as {
    [Name in keyof Shape]: z.ZodNullable<z.ZodObject<{ to: Shape[Name] }, z.core.$strict>>;
  };
}

/**
 * Every event of a learner's stream: its schema, the date from which it is true, and what it means.
 * This table is the only place where they are defined. A change of shape is a new schema version in
 * `upcasters.ts`, never an edit of what was written.
 */
export const learnerEvents = {
  UlnIssued: {
    meaning: 'A Unique Learner Number was issued to a learner with these details.',
    validFrom: null,
    schema: z.strictObject({ uln: Uln, ...redactableShape(learnerDetailsShape) }),
  },
  LearnerDetailsAmended: {
    meaning: 'Details changed; each field is null where it stayed, or the value it now has.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({
      effectiveDate: CalendarDate,
      ...redactableShape(changesOf(learnerDetailsShape)),
    }),
  },
  ParticipationRecorded: {
    meaning: 'A source submitted that the learner takes or took part in something.',
    validFrom: 'participationStartDate',
    schema: z.strictObject({
      ...participation,
      ...participationPlainShape,
      ...redactableShape(participationRedactableShape),
    }),
  },
  ParticipationCorrected: {
    meaning: 'The source corrected a participation; null where it stayed.',
    validFrom: 'validFrom',
    schema: z.strictObject({
      ...participation,
      validFrom: CalendarDate,
      ...changesOf(participationPlainShape),
      ...redactableShape(changesOf(participationRedactableShape)),
    }),
  },
  ParticipationWithdrawn: {
    meaning: 'The source took a participation back, from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ ...participation, effectiveDate: CalendarDate, reason }),
  },
  ParticipationReinstated: {
    meaning: 'The source put a withdrawn participation back, from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ ...participation, effectiveDate: CalendarDate, reason }),
  },
  AchievementRecorded: {
    meaning:
      'A source submitted an award, provisional or final; grade U or no grade is no achievement.',
    validFrom: 'achievementAwardDate',
    schema: z.strictObject({
      ...achievement,
      standing: z.enum(['provisional', 'final']),
      ...achievementPlainShape,
      ...redactableShape(achievementRedactableShape),
    }),
  },
  AchievementConfirmed: {
    meaning: 'The source promoted a provisional achievement to final.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ ...achievement, effectiveDate: CalendarDate }),
  },
  AchievementCorrected: {
    meaning: 'The source corrected an achievement; null where it stayed.',
    validFrom: 'validFrom',
    schema: z.strictObject({
      ...achievement,
      validFrom: CalendarDate,
      ...changesOf(achievementPlainShape),
      ...redactableShape(changesOf(achievementRedactableShape)),
    }),
  },
  AchievementWithdrawn: {
    meaning: 'The source took an achievement back, from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ ...achievement, effectiveDate: CalendarDate, reason }),
  },
  AchievementReinstated: {
    meaning: 'The source put a withdrawn achievement back, from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ ...achievement, effectiveDate: CalendarDate, reason }),
  },
  OptOutSet: {
    meaning: 'Participation and achievement data is not shared from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ route: OptOutRoute, effectiveDate: CalendarDate, evidenceReference }),
  },
  OptOutLifted: {
    meaning: 'Participation and achievement data is shared again from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ route: OptOutRoute, effectiveDate: CalendarDate, evidenceReference }),
  },
  ChallengeRaised: {
    meaning:
      'An entry, the learner’s details, or that the record is of this one person alone, was disputed.',
    validFrom: null,
    schema: z.strictObject({
      challengeId: OwnKey,
      challengeNumber: z.int().min(1),
      concerning: ChallengeSubject,
      entry: EntryReference.nullable(),
      duplicateOf: redactable(Uln.nullable()),
      raisedBy: Actor,
      dueDate: CalendarDate,
      reason: redactable(paragraphOf(2000)),
      evidenceReference,
    }),
  },
  ChallengeWithdrawn: {
    meaning: 'Whoever raised the challenge took it back.',
    validFrom: null,
    schema: z.strictObject({ challengeId: OwnKey, reason }),
  },
  ChallengeUpheld: {
    meaning: 'The owning source, or the keeper, found the challenge right.',
    validFrom: null,
    schema: z.strictObject({ challengeId: OwnKey, reason }),
  },
  ChallengeRejected: {
    meaning: 'The owning source, or the keeper, found the challenge wrong, for the reason given.',
    validFrom: null,
    schema: z.strictObject({ challengeId: OwnKey, reason: redactable(paragraphOf(2000)) }),
  },
  ...sharingEvents,
  ...configuredViewEvents,
  ...challengeEvents,
  ...reviewEvents,
  ...noticeShownEvents,
  ...mergeEvents,
  ...retentionEvents,
  ...disposalEvents,
  ...redactionEvents,
} as const satisfies Record<string, EventDefinition>;

/** The name of a learner event. */
export type LearnerEventType = keyof typeof learnerEvents;

/** What one type of learner event says. */
export type LearnerEventData<Type extends LearnerEventType> = z.infer<
  (typeof learnerEvents)[Type]['schema']
>;

/** An event of a learner's stream. */
export type LearnerEvent = {
  [Type in LearnerEventType]: { readonly type: Type; readonly data: LearnerEventData<Type> };
}[LearnerEventType];
