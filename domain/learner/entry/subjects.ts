import type { LearnerEvent } from '../events.js';
import { type EntryReference, entryReferenceOf } from './entries.js';

/** What an event is about: directly, or by the id of what it goes on with. */
export type EventSubject =
  | { readonly kind: 'learner' }
  | { readonly kind: 'entry'; readonly entry: EntryReference }
  /** A challenge or a review, with the entry where this is the event that names it first. */
  | { readonly kind: 'case'; readonly id: string; readonly entry?: EntryReference | null }
  /** Another event of the stream, by its id. */
  | { readonly kind: 'event'; readonly id: string };

/** What an event is about. Cases are named by their kind and id, because ids of different kinds may be the same. */
export function subjectOf(event: LearnerEvent): EventSubject {
  switch (event.type) {
    case 'ParticipationRecorded':
    case 'ParticipationCorrected':
    case 'ParticipationWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementRecorded':
    case 'AchievementConfirmed':
    case 'AchievementCorrected':
    case 'AchievementWithdrawn':
    case 'AchievementReinstated':
      return { kind: 'entry', entry: entryReferenceOf(event.data) };
    case 'EntryQuarantined':
    case 'QuarantineLifted':
      return { kind: 'entry', entry: event.data.entry };
    case 'ChallengeRaised':
      return { ...challenge(event.data), entry: event.data.entry };
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'ChallengeExtended':
    case 'ChallengeResolved':
      return challenge(event.data);
    case 'ReviewFlagged':
      return { ...review(event.data.flagId), entry: event.data.entry };
    case 'ReviewReported':
      return { ...review(event.data.reportId), entry: event.data.entry };
    case 'ReviewDismissed':
      return review(event.data.reviewId);
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      return { kind: 'event', id: event.data.target };
    case 'UlnIssued':
    case 'LearnerDetailsAmended':
    case 'ConnectionEstablished':
    case 'ConnectionEnded':
    case 'HandlingChanged':
    case 'ConfiguredViewCreated':
    case 'ConfiguredViewCodeIssued':
    case 'ConfiguredViewCodeUsed':
    case 'ConfiguredViewCodeFailed':
    case 'ConfiguredViewRevoked':
    case 'ConfiguredViewExported':
    case 'LearnersMerged':
    case 'LearnersUnmerged':
    case 'LearnerSuperseded':
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
    case 'NoticeShown':
    case 'NoticeAcknowledged':
      return { kind: 'learner' };
  }
}

function challenge({ challengeId }: { readonly challengeId: string }) {
  return { kind: 'case', id: `challenge ${challengeId}` } as const;
}

function review(id: string) {
  return { kind: 'case', id: `review ${id}` } as const;
}
