import { z } from 'zod';
import type { Actor } from '../actor.js';
import { CalendarDate, type Instant } from '../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../values/text.js';
import { Ukprn } from '../values/ukprn.js';
import { Uln } from '../values/uln.js';
import { challengeCommands } from './challenge/commands.js';
import { configuredViewCommands } from './configuredView/commands.js';
import { LearnerDetailsInput, learnerDetailsShape, missingAsNull } from './details/details.js';
import {
  achievementPlainShape,
  achievementRedactableShape,
  EntryReference,
  participationPlainShape,
  participationRedactableShape,
} from './entry/entries.js';
import { ChallengeSubject, OptOutRoute } from './events.js';
import { mergeCommands } from './merge/commands.js';
import { noticeCommands } from './notice/commands.js';
import { retentionCommands } from './retention/commands.js';
import { reviewCommands } from './review/commands.js';
import { sharingCommands } from './sharing/commands.js';

const participation = { participationId: OwnKey, submittedBy: Ukprn } as const;
const achievement = { achievementId: OwnKey, submittedBy: Ukprn } as const;
const effectiveDate = CalendarDate.nullable();
const reason = paragraphOf(2000).nullable();
const identity = missingAsNull({
  givenName: lineOf(35).nullable(),
  familyName: lineOf(35).nullable(),
  dateOfBirth: CalendarDate.nullable(),
}).nullable();

/** The fields of a participation, as recorded and corrected. */
export const participationShape = { ...participationPlainShape, ...participationRedactableShape };
/** The fields of an achievement, as recorded and corrected. */
export const achievementShape = { ...achievementPlainShape, ...achievementRedactableShape };

/**
 * What can be asked of a learner's stream. Optional fields may be missing and read as `null`; where
 * `effectiveDate` is `null` the rules choose it: today, or the entry's own date.
 */
export const learnerCommands = {
  IssueUln: z.strictObject({ uln: Uln, details: LearnerDetailsInput }),
  AmendLearnerDetails: missingAsNull({
    effectiveDate,
    changes: z.strictObject(learnerDetailsShape).partial(),
  }),
  RecordParticipation: missingAsNull({ ...participation, ...participationShape }),
  CorrectParticipation: z.strictObject({
    ...participation,
    changes: z.strictObject(participationShape).partial(),
  }),
  WithdrawParticipation: missingAsNull({ ...participation, effectiveDate, reason }),
  ReinstateParticipation: missingAsNull({ ...participation, effectiveDate, reason }),
  RecordAchievement: missingAsNull({
    ...achievement,
    standing: z.enum(['provisional', 'final']),
    ...achievementShape,
  }),
  ConfirmAchievement: missingAsNull({ ...achievement, effectiveDate }),
  CorrectAchievement: z.strictObject({
    ...achievement,
    changes: z.strictObject(achievementShape).partial(),
  }),
  WithdrawAchievement: missingAsNull({ ...achievement, effectiveDate, reason }),
  ReinstateAchievement: missingAsNull({ ...achievement, effectiveDate, reason }),
  /**
   * The source's current version of an entry: recorded, corrected, withdrawn or reinstated as that
   * needs. `identity` is what the source takes the learner to be called; what it leaves out is not compared.
   */
  SubmitParticipation: missingAsNull({
    ...participation,
    standing: z.enum(['final', 'withdrawn']),
    identity,
    ...participationShape,
  }),
  SubmitAchievement: missingAsNull({
    ...achievement,
    standing: z.enum(['provisional', 'final', 'withdrawn']),
    identity,
    ...achievementShape,
  }),
  SetOptOut: missingAsNull({
    /** What to opt out of. `uln` is there to be refused with a reason: nobody can opt out of the ULN. */
    of: z.enum(['sharing', 'uln']),
    route: OptOutRoute,
    effectiveDate,
    evidenceReference: lineOf(255).nullable(),
  }),
  LiftOptOut: missingAsNull({
    route: OptOutRoute,
    effectiveDate,
    evidenceReference: lineOf(255).nullable(),
  }),
  RaiseChallenge: missingAsNull({
    challengeId: OwnKey,
    /** The entry disputed; `null` for the learner's details or identity. */
    entry: EntryReference.nullable(),
    /** What is disputed; `null` for the entry where one is named, else the details. */
    concerning: ChallengeSubject.nullable(),
    /** The learner's other ULN, where their identity is disputed and it is known. */
    duplicateOf: Uln.nullable(),
    reason: paragraphOf(2000),
    evidenceReference: lineOf(255).nullable(),
  }),
  WithdrawChallenge: missingAsNull({ challengeId: OwnKey, reason }),
  UpholdChallenge: missingAsNull({ challengeId: OwnKey, reason }),
  RejectChallenge: z.strictObject({ challengeId: OwnKey, reason: paragraphOf(2000) }),
  ...sharingCommands,
  ...configuredViewCommands,
  ...challengeCommands,
  ...reviewCommands,
  ...noticeCommands,
  ...mergeCommands,
  ...retentionCommands,
} as const;

/** The name of a command to a learner's stream. */
export type LearnerCommandType = keyof typeof learnerCommands;

/** What one type of command asks, parsed. */
type LearnerCommandData<Type extends LearnerCommandType> = z.output<(typeof learnerCommands)[Type]>;

/** What one type of command asks, as a caller may write it. */
export type LearnerCommandInput = {
  [Type in LearnerCommandType]: {
    readonly type: Type;
    readonly data: z.input<(typeof learnerCommands)[Type]>;
  };
}[LearnerCommandType];

/** A parsed command with who asks and when: time comes in as a value, so that `decide` needs no clock. */
export type LearnerCommand = {
  [Type in LearnerCommandType]: {
    readonly type: Type;
    readonly data: LearnerCommandData<Type>;
    readonly by: Actor;
    /** The person acting, where `by` is an organisation: only rules about two persons ask. */
    readonly user?: string | null;
    readonly at: Instant;
  };
}[LearnerCommandType];

/** One type of command with who asks and when. */
export type LearnerCommandOf<Type extends LearnerCommandType> = Extract<
  LearnerCommand,
  { type: Type }
>;
