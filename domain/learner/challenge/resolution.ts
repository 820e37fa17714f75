import { type EntryReference, entryKey, entryReferenceOf } from '../entry/entries.js';
import type { LearnerEvent } from '../events.js';
import type { Challenge, IssuedLearner, Learner } from '../state.js';

/** How many challenges one command resolves at most; the rest are resolved by the next. */
const MAX_RESOLVED = 32;
/** Details that say who somebody is: a change of another does not answer a disputed identity. */
const IDENTIFYING = [
  'givenName',
  'middleOtherName',
  'familyName',
  'previousFamilyName',
  'dateOfBirth',
  'gender',
] as const;

/** What an event puts right. */
type Correction =
  | { readonly of: 'nothing' }
  | { readonly of: 'entry'; readonly entry: EntryReference }
  | { readonly of: 'details'; readonly identifying: boolean }
  | { readonly of: 'identity' };

/** What happens to a challenge itself. */
type ChallengeEvent = Extract<
  LearnerEvent,
  {
    type:
      | 'ChallengeRaised'
      | 'ChallengeWithdrawn'
      | 'ChallengeUpheld'
      | 'ChallengeRejected'
      | 'ChallengeExtended'
      | 'ChallengeResolved';
  }
>;

/** The learner after something happened to a challenge; as before where there is none of its id. */
export function withChallengeEvent(state: IssuedLearner, event: ChallengeEvent): IssuedLearner {
  const { challengeId } = event.data;
  const before = state.challenges.get(challengeId);
  const after = challengeAfter(event, before);
  return after === undefined
    ? state
    : { ...state, challenges: new Map(state.challenges).set(challengeId, after) };
}

function challengeAfter(
  event: ChallengeEvent,
  before: Challenge | undefined,
): Challenge | undefined {
  if (event.type === 'ChallengeRaised') {
    const fresh = { outcome: 'open', extended: null, corrected: false, resolved: false } as const;
    return { raised: event.data, ...fresh };
  }
  return before === undefined ? undefined : { ...before, ...changeOf(event) };
}

function changeOf(event: Exclude<ChallengeEvent, { type: 'ChallengeRaised' }>): Partial<Challenge> {
  switch (event.type) {
    case 'ChallengeWithdrawn':
      return { outcome: 'withdrawn' };
    case 'ChallengeUpheld':
      return { outcome: 'upheld' };
    case 'ChallengeRejected':
      return { outcome: 'rejected' };
    case 'ChallengeExtended':
      return { extended: event.data };
    case 'ChallengeResolved':
      return { resolved: true };
  }
}

/** The learner with every challenge marked of which an event corrects what it disputes. */
export function withCorrections(state: IssuedLearner, event: LearnerEvent): IssuedLearner {
  const correction = correctionOf(event);
  const corrected = [...state.challenges.values()].filter(
    (challenge) => !challenge.corrected && answers(correction, challenge),
  );
  if (corrected.length === 0) {
    return state;
  }
  const challenges = new Map(state.challenges);
  for (const challenge of corrected) {
    challenges.set(challenge.raised.challengeId, { ...challenge, corrected: true });
  }
  return { ...state, challenges };
}

/** What follows from events that a command records: upheld challenges of which the correction is there. */
export function resolutionsOf(
  events: readonly LearnerEvent[],
  after: Learner,
): readonly LearnerEvent[] {
  if (events.length === 0 || after.status !== 'issued') {
    return [];
  }
  return [...after.challenges.values()]
    .filter(({ outcome, corrected, resolved }) => outcome === 'upheld' && corrected && !resolved)
    .slice(0, MAX_RESOLVED)
    .map(({ raised: { challengeId } }) => ({ type: 'ChallengeResolved', data: { challengeId } }));
}

function answers(correction: Correction, { raised }: Challenge): boolean {
  switch (raised.concerning) {
    case 'entry':
      return (
        correction.of === 'entry' &&
        raised.entry !== null &&
        entryKey(correction.entry) === entryKey(raised.entry)
      );
    case 'details':
      return correction.of === 'details';
    case 'identity':
      return (
        correction.of === 'identity' || (correction.of === 'details' && correction.identifying)
      );
  }
}

/** What an event puts right. A merge of two learners answers a disputed identity. */
function correctionOf(event: LearnerEvent): Correction {
  switch (event.type) {
    case 'ParticipationCorrected':
    case 'ParticipationWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementCorrected':
    case 'AchievementWithdrawn':
    case 'AchievementReinstated':
      return { of: 'entry', entry: entryReferenceOf(event.data) };
    case 'LearnerDetailsAmended':
      return {
        of: 'details',
        identifying: IDENTIFYING.some((name) => event.data[name] !== null),
      };
    case 'LearnersMerged':
    case 'LearnerSuperseded':
      return { of: 'identity' };
    case 'UlnIssued':
    case 'ParticipationRecorded':
    case 'AchievementRecorded':
    case 'AchievementConfirmed':
    case 'ConnectionEstablished':
    case 'ConnectionEnded':
    case 'HandlingChanged':
    case 'ConfiguredViewCreated':
    case 'ConfiguredViewCodeIssued':
    case 'ConfiguredViewCodeUsed':
    case 'ConfiguredViewCodeFailed':
    case 'ConfiguredViewRevoked':
    case 'ConfiguredViewExported':
    case 'LearnersUnmerged':
    case 'SupersessionEnded':
    case 'UlnRetired':
    case 'RetentionReviewed':
    case 'LegalHoldPlaced':
    case 'LegalHoldReleased':
    case 'VitalStatusRecorded':
    case 'RecordDisposed':
    case 'OptOutSet':
    case 'OptOutLifted':
    case 'OptOutOverridden':
    case 'ChallengeRaised':
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'ChallengeExtended':
    case 'ChallengeResolved':
    case 'ReviewFlagged':
    case 'ReviewReported':
    case 'ReviewDismissed':
    case 'EntryQuarantined':
    case 'QuarantineLifted':
    case 'NoticeShown':
    case 'NoticeAcknowledged':
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      return { of: 'nothing' };
  }
}
