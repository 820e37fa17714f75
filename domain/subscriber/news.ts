import type { EntryReference } from '../learner/entry/entries.js';
import { entryReferenceOf } from '../learner/entry/entries.js';
import type { LearnerEvent, LearnerEventType } from '../learner/events.js';
import type { Uln } from '../values/uln.js';
import type { MessageKind } from './message.js';

/**
 * What an event is to subscribers. `sharing` says that who may see the record may have changed: whether
 * it did for one of them, and which way, is decided for each.
 */
export type News =
  | {
      readonly about: 'achievement';
      readonly kind: Extract<MessageKind, `achievement.${string}`>;
      readonly entry: EntryReference;
    }
  | { readonly about: 'sharing' }
  | {
      readonly about: 'redaction';
      /** The event that lost fields; `null` where the whole record is gone. */
      readonly event: string | null;
    }
  | {
      readonly about: 'merging';
      readonly kind: Extract<MessageKind, `learner.${string}`>;
      /** The master; the learner of the stream is the one it answers for, or did. */
      readonly master: Uln;
    };

/** What each type of learner event is to subscribers; a new type does not compile until that is decided. */
const newsByType: {
  readonly [Type in LearnerEventType]:
    | ((data: Extract<LearnerEvent, { type: Type }>['data']) => News | null)
    | 'ignored';
} = {
  AchievementRecorded: (data) => achievement('achievement.recorded', entryReferenceOf(data)),
  AchievementConfirmed: (data) => achievement('achievement.corrected', entryReferenceOf(data)),
  AchievementCorrected: (data) => achievement('achievement.corrected', entryReferenceOf(data)),
  AchievementWithdrawn: (data) => achievement('achievement.withdrawn', entryReferenceOf(data)),
  AchievementReinstated: (data) => achievement('achievement.recorded', entryReferenceOf(data)),
  // What is hidden is gone for whoever was told of it, and comes back when it is shown again.
  EntryQuarantined: ({ entry }) => ofAchievement('achievement.withdrawn', entry),
  QuarantineLifted: ({ entry }) => ofAchievement('achievement.recorded', entry),
  OptOutSet: () => SHARING,
  OptOutLifted: () => SHARING,
  OptOutOverridden: () => SHARING,
  HandlingChanged: () => SHARING,
  ConnectionEstablished: () => SHARING,
  ConnectionEnded: () => SHARING,
  SensitiveDataRedacted: ({ target }) => ({ about: 'redaction', event: target }),
  RecordDisposed: () => ({ about: 'redaction', event: null }),
  // A merge holds once the other stream says so too: that is when subscribers are told.
  LearnerSuperseded: ({ master }) => ({ about: 'merging', kind: 'learner.merged', master }),
  SupersessionEnded: ({ master }) => ({ about: 'merging', kind: 'learner.unmerged', master }),
  LearnersMerged: 'ignored',
  LearnersUnmerged: 'ignored',
  UlnRetired: 'ignored',
  UlnIssued: 'ignored',
  LearnerDetailsAmended: 'ignored',
  ParticipationRecorded: 'ignored',
  ParticipationCorrected: 'ignored',
  ParticipationWithdrawn: 'ignored',
  ParticipationReinstated: 'ignored',
  FieldsResealed: 'ignored',
  ChallengeRaised: 'ignored',
  ChallengeWithdrawn: 'ignored',
  ChallengeUpheld: 'ignored',
  ChallengeRejected: 'ignored',
  ChallengeExtended: 'ignored',
  ChallengeResolved: 'ignored',
  ReviewFlagged: 'ignored',
  ReviewReported: 'ignored',
  ReviewDismissed: 'ignored',
  ConfiguredViewCreated: 'ignored',
  ConfiguredViewCodeIssued: 'ignored',
  ConfiguredViewCodeUsed: 'ignored',
  ConfiguredViewCodeFailed: 'ignored',
  ConfiguredViewRevoked: 'ignored',
  ConfiguredViewExported: 'ignored',
  NoticeShown: 'ignored',
  NoticeAcknowledged: 'ignored',
  RetentionReviewed: 'ignored',
  LegalHoldPlaced: 'ignored',
  LegalHoldReleased: 'ignored',
  VitalStatusRecorded: 'ignored',
};

const SHARING: News = { about: 'sharing' };

/** What an event is to subscribers; `null` where it is nothing to them. */
export function newsOf(event: LearnerEvent): News | null {
  const on = newsByType[event.type];
  // Sound: the table gives each type a function of exactly that type's data.
  return on === 'ignored' ? null : (on as (data: LearnerEvent['data']) => News | null)(event.data);
}

/** True for the types of events that can be news, told by the type alone. */
export function canBeNews(type: string): boolean {
  return Object.hasOwn(newsByType, type) && newsByType[type as LearnerEventType] !== 'ignored';
}

function achievement(
  kind: Extract<MessageKind, `achievement.${string}`>,
  entry: EntryReference,
): News {
  return { about: 'achievement', kind, entry };
}

/** Of entries, achievements alone are told of. */
function ofAchievement(
  kind: Extract<MessageKind, `achievement.${string}`>,
  entry: EntryReference,
): News | null {
  return entry.kind === 'achievement' ? achievement(kind, entry) : null;
}
