import type { z } from 'zod';
import { Actor } from '../../../domain/actor.js';
import {
  achievementShape,
  type LearnerCommandOf,
  type LearnerCommandType,
  learnerCommands,
  participationShape,
} from '../../../domain/learner/commands.js';
import { learnerDetailsShape } from '../../../domain/learner/details/details.js';
import {
  type LearnerEvent,
  type LearnerEventType,
  learnerEvents,
} from '../../../domain/learner/events.js';
import { RedactionMarker } from '../../../domain/redaction.js';
import { Instant } from '../../../domain/values/date.js';

/** A ULN with a valid check digit: the example of the ILR's validation tests, nobody's. */
export const ULN = '1000000043';
/** Another one: the first numbers that can be issued, by computation. */
export const OTHER_ULN = '1000000035';
/** A merge of the two. */
export const MERGE_ID = '00000000-0000-4000-8000-0000000000cc';
/** An awarding organisation, a learning provider and one more organisation. Synthetic: UKPRNs of no one. */
export const AWARDING = '99999901';
export const PROVIDER = '99999902';
const STRANGER = '99999903';

export const awarding = Actor.parse({ kind: 'organisation', ukprn: AWARDING });
export const provider = Actor.parse({ kind: 'organisation', ukprn: PROVIDER });
export const stranger = Actor.parse({ kind: 'organisation', ukprn: STRANGER });
export const theLearner: Actor = { kind: 'learner' };
export const keeper: Actor = { kind: 'keeper' };

/** When commands are given unless a test says otherwise. */
export const NOON = Instant.parse('2024-09-02T12:00:00.000Z');

/** What stands where something was redacted. */
export const marker = RedactionMarker.parse({
  redacted: true,
  on: '2024-09-01T00:00:00.000Z',
  order: '00000000-0000-4000-8000-0000000000aa',
  basis: 'recorded-in-error',
});

const nothing = (shape: object) =>
  Object.fromEntries(Object.keys(shape).map((name) => [name, null]));

const details = {
  ...nothing(learnerDetailsShape),
  givenName: 'Alex',
  familyName: 'Example',
  lastKnownPostCode: 'ZZ99 9ZZ',
  dateOfBirth: '2005-03-14',
  gender: '9',
  abilityToShare: '1',
  verificationType: '1',
};
const achievementId = { achievementId: 'A-1', submittedBy: AWARDING };
const participationId = { participationId: 'P-1', submittedBy: PROVIDER };
const achievement = {
  ...achievementId,
  standing: 'final',
  ...nothing(achievementShape),
  source: 'AO',
  subjectCode: '601/0143/X',
  level: 'Level 3',
  subject: 'Education and Training',
  achievementAwardDate: '2022-08-18',
  credits: 12,
  grade: 'Pass',
};
const participation = {
  ...participationId,
  ...nothing(participationShape),
  source: 'ILR',
  subjectCode: '601/0143/X',
  participationStartDate: '2021-09-01',
  participationEndDate: '2022-06-30',
};
const unitOfWork = { effectiveDate: null, reason: null };
const optOut = { route: 'own-account', effectiveDate: '2024-09-02', evidenceReference: null };
const challenge = {
  challengeId: 'C-1',
  entry: { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' },
  reason: 'The grade is not the one on the certificate.',
  evidenceReference: null,
};

/** The id of the usual view, the opening of it, and what stands of its code. */
export const VIEW = '00000000-0000-4000-8000-0000000000c1';
export const OPENING = '00000000-0000-4000-8000-0000000000d1';
export const CODE_HASH = { salt: 'S'.repeat(22), digest: 'D'.repeat(43) };
const view = {
  viewId: VIEW,
  recipient: { kind: 'link' },
  purpose: 'employment',
  note: null,
  expiresAt: '2024-10-02T12:00:00.000Z',
  mode: 'live',
  frozenVersion: null,
  selection: { entries: [], details: ['givenName'] },
  codeHash: CODE_HASH,
};
const report = {
  reportId: 'R-1',
  entry: challenge.entry,
  raisedBy: theLearner,
  reason: 'It says too much.',
};
const hold = {
  holdId: 'H-1',
  reason: 'A claim is before the court.',
  evidenceReference: null,
  endDate: null,
};

const eventDefaults: Readonly<Record<LearnerEventType, object>> = {
  UlnIssued: { uln: ULN, ...details },
  LearnerDetailsAmended: { effectiveDate: '2024-09-02', ...nothing(learnerDetailsShape) },
  ParticipationRecorded: participation,
  ParticipationCorrected: {
    ...participationId,
    validFrom: '2021-09-01',
    ...nothing(participationShape),
  },
  ParticipationWithdrawn: { ...participationId, effectiveDate: '2021-09-01', reason: null },
  ParticipationReinstated: { ...participationId, effectiveDate: '2021-09-01', reason: null },
  AchievementRecorded: achievement,
  AchievementConfirmed: { ...achievementId, effectiveDate: '2022-08-18' },
  AchievementCorrected: { ...achievementId, validFrom: '2022-08-18', ...nothing(achievementShape) },
  AchievementWithdrawn: { ...achievementId, effectiveDate: '2022-08-18', reason: null },
  AchievementReinstated: { ...achievementId, effectiveDate: '2022-08-18', reason: null },
  OptOutSet: optOut,
  OptOutLifted: optOut,
  ChallengeRaised: {
    ...challenge,
    challengeNumber: 1,
    concerning: 'entry',
    duplicateOf: null,
    raisedBy: theLearner,
    dueDate: '2024-10-02',
  },
  ChallengeWithdrawn: { challengeId: 'C-1', reason: null },
  ChallengeUpheld: { challengeId: 'C-1', reason: null },
  ChallengeRejected: { challengeId: 'C-1', reason: 'The certificate was checked.' },
  ConnectionEstablished: {
    connectionId: 'K-1',
    ukprn: PROVIDER,
    kind: 'enrolment',
    startDate: '2021-09-01',
    endDate: null,
    evidenceReference: 'ENROL-1',
  },
  ConnectionEnded: { connectionId: 'K-1', endDate: '2022-07-31', reason: null },
  OptOutOverridden: { notice: 1, effectiveDate: '2024-09-02', evidenceReference: 'ENROL-1' },
  HandlingChanged: {
    level: 'restricted',
    authorised: [{ ukprn: PROVIDER, user: null }],
    reviewDate: '2025-09-01',
    reason: 'Asked for by the learner.',
  },
  ConfiguredViewCreated: view,
  ConfiguredViewCodeIssued: { viewId: VIEW, codeHash: CODE_HASH },
  ConfiguredViewCodeUsed: { viewId: VIEW, openingId: OPENING },
  ConfiguredViewCodeFailed: { viewId: VIEW, openingId: OPENING },
  ConfiguredViewRevoked: { viewId: VIEW },
  ConfiguredViewExported: { viewId: VIEW, list: '2024', index: 7 },
  ChallengeExtended: { challengeId: 'C-1', dueDate: '2024-12-02', reason: 'It is in the archive.' },
  ChallengeResolved: { challengeId: 'C-1' },
  ReviewFlagged: {
    flagId: '00000000-0000-4000-8000-0000000000f1',
    event: '00000000-0000-4000-8000-000000000002',
    entry: challenge.entry,
    fields: ['subject'],
    categories: ['health'],
    list: 'C'.repeat(43),
  },
  ReviewReported: report,
  ReviewDismissed: { reviewId: 'R-1', reason: 'It is the name of a street.' },
  EntryQuarantined: {
    quarantineId: 'Q-1',
    entry: challenge.entry,
    cause: null,
    placedBy: `officer1@${PROVIDER}`,
  },
  QuarantineLifted: {
    quarantineId: 'Q-1',
    entry: challenge.entry,
    outcome: 'dismissed',
    decidedBy: `officer2@${PROVIDER}`,
    reason: null,
  },
  NoticeShown: { notice: 1, language: 'en', shownBy: keeper },
  NoticeAcknowledged: { notice: 1, language: 'en' },
  LearnersMerged: {
    mergeId: MERGE_ID,
    superseded: OTHER_ULN,
    reason: 'The certificates name one person.',
    evidenceReference: null,
  },
  LearnersUnmerged: {
    mergeId: MERGE_ID,
    superseded: OTHER_ULN,
    cause: 'reversed',
    reason: 'They are twins.',
  },
  LearnerSuperseded: { mergeId: MERGE_ID, master: OTHER_ULN },
  SupersessionEnded: { mergeId: MERGE_ID, master: OTHER_ULN },
  UlnRetired: { cause: 'issued-in-error', reason: 'Nobody was to be registered.' },
  RetentionReviewed: { outcome: 'keep', nextReviewDate: '2029-09-02', reason: null },
  LegalHoldPlaced: hold,
  LegalHoldReleased: { holdId: 'H-1', reason: null },
  VitalStatusRecorded: { dateOfDeath: '2024-08-30' },
  RecordDisposed: { order: marker.order, on: marker.on, basis: 'court-order' },
  SensitiveDataRedacted: {
    order: marker.order,
    on: marker.on,
    basis: marker.basis,
    target: '00000000-0000-4000-8000-0000000000bb',
    digests: { notes: 'A'.repeat(43) },
    drops: [],
  },
  FieldsResealed: {
    target: '00000000-0000-4000-8000-0000000000bb',
    kept: { gender: ['B'.repeat(43), '9'] },
  },
};

const commandDefaults: Readonly<Record<LearnerCommandType, object>> = {
  IssueUln: { uln: ULN, details },
  AmendLearnerDetails: { effectiveDate: null, changes: {} },
  RecordParticipation: participation,
  CorrectParticipation: { ...participationId, changes: {} },
  WithdrawParticipation: { ...participationId, ...unitOfWork },
  ReinstateParticipation: { ...participationId, ...unitOfWork },
  RecordAchievement: achievement,
  ConfirmAchievement: { ...achievementId, effectiveDate: null },
  CorrectAchievement: { ...achievementId, changes: {} },
  WithdrawAchievement: { ...achievementId, ...unitOfWork },
  ReinstateAchievement: { ...achievementId, ...unitOfWork },
  SubmitParticipation: { ...participation, standing: 'final', identity: null },
  SubmitAchievement: { ...achievement, identity: null },
  SetOptOut: { ...optOut, of: 'sharing' },
  LiftOptOut: optOut,
  RaiseChallenge: challenge,
  WithdrawChallenge: { challengeId: 'C-1', reason: null },
  UpholdChallenge: { challengeId: 'C-1', reason: null },
  RejectChallenge: { challengeId: 'C-1', reason: 'The certificate was checked.' },
  EstablishConnection: {
    connectionId: 'K-1',
    ukprn: PROVIDER,
    kind: 'enrolment',
    startDate: '2021-09-01',
    endDate: null,
    evidenceReference: 'ENROL-1',
  },
  EndConnection: { connectionId: 'K-1', endDate: '2022-07-31', reason: null },
  OverrideOptOut: { notice: 1, effectiveDate: null, evidenceReference: 'ENROL-1' },
  ChangeHandling: {
    level: 'restricted',
    authorised: [{ ukprn: PROVIDER, user: null }],
    reviewDate: '2025-09-01',
    reason: 'Asked for by the learner.',
  },
  CreateConfiguredView: view,
  IssueConfiguredViewCode: { viewId: VIEW, codeHash: CODE_HASH, stoppedElsewhere: false },
  RevokeConfiguredView: { viewId: VIEW },
  OpenConfiguredView: {
    viewId: VIEW,
    openingId: OPENING,
    codeHash: CODE_HASH,
    stoppedElsewhere: false,
  },
  ExportConfiguredView: { viewId: VIEW, list: '2024', index: 7, stoppedElsewhere: false },
  ExtendChallenge: { challengeId: 'C-1', months: 2, reason: 'It is in the archive.' },
  ReportSensitive: { reportId: 'R-1', entry: challenge.entry, reason: 'It says too much.' },
  DismissReview: { reviewId: 'R-1', reason: 'It is the name of a street.' },
  QuarantineEntry: { quarantineId: 'Q-1', entry: challenge.entry, cause: null },
  DecideQuarantine: { quarantineId: 'Q-1', outcome: 'dismiss', reason: null },
  ShowNotice: { notice: 1, language: 'en' },
  AcknowledgeNotice: { notice: 1, language: 'en' },
  MergeLearner: {
    mergeId: MERGE_ID,
    superseded: OTHER_ULN,
    reason: 'The certificates name one person.',
  },
  UnmergeLearner: { mergeId: MERGE_ID, reason: 'They are twins.' },
  RefuseMerge: { mergeId: MERGE_ID, cause: 'cycle' },
  Supersede: { mergeId: MERGE_ID, master: OTHER_ULN },
  EndSupersession: { mergeId: MERGE_ID },
  RetireUln: { cause: 'issued-in-error', reason: 'Nobody was to be registered.' },
  ReviewRetention: { outcome: 'keep', nextReviewDate: '2029-09-02', reason: null },
  PlaceLegalHold: hold,
  ReleaseLegalHold: { holdId: 'H-1', reason: null },
  RecordVitalStatus: { dateOfDeath: '2024-08-30' },
};

type EventData<Type extends LearnerEventType> = z.input<(typeof learnerEvents)[Type]['schema']>;
type CommandData<Type extends LearnerCommandType> = z.input<(typeof learnerCommands)[Type]>;

/** An event that parses, with the fields given in place of the usual ones. */
export function event<Type extends LearnerEventType>(
  type: Type,
  given: Partial<EventData<Type>> = {},
): Extract<LearnerEvent, { type: Type }> {
  const ofDetails = type === 'ChallengeRaised' && 'entry' in given && given.entry === null;
  const data = learnerEvents[type].schema.parse({
    ...eventDefaults[type],
    ...(ofDetails ? { concerning: 'details' } : {}),
    ...given,
  });
  // Sound: parsed by the schema of exactly this type.
  return { type, data } as unknown as Extract<LearnerEvent, { type: Type }>;
}

/** A parsed command, by its usual caller and at noon unless said otherwise. */
export function command<Type extends LearnerCommandType>(
  type: Type,
  given: Partial<CommandData<Type>> = {},
  {
    by,
    at = NOON,
    user = null,
  }: { readonly by?: Actor; readonly at?: Instant; readonly user?: string | null } = {},
): LearnerCommandOf<Type> {
  const data = learnerCommands[type].parse({ ...commandDefaults[type], ...given });
  // Sound: parsed by the schema of exactly this type.
  return { type, data, by: by ?? usualCaller(type), user, at } as unknown as LearnerCommandOf<Type>;
}

function usualCaller(type: LearnerCommandType): Actor {
  if (['RefuseMerge', 'Supersede', 'EndSupersession', 'RetireUln'].includes(type)) {
    return keeper;
  }
  if (
    type.endsWith('Achievement') ||
    ['UpholdChallenge', 'RejectChallenge', 'ExtendChallenge'].includes(type)
  ) {
    return awarding;
  }
  return /ConfiguredView|(Challenge|OptOut|Sensitive|Notice)$/.test(type) ? theLearner : provider;
}
