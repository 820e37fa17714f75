import { type EntryReference, entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Values } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import { apply, type Projection } from '../projection.js';
import { type PlrState, plrProjection } from './plr.js';

/** One event as an auditor reads it: what was recorded and what it replaced. */
export type HistoryRow = Recorded<LearnerEvent> & {
  /** The values that the event replaced, by field; `null` where it replaced nothing. */
  readonly replaced: Values | null;
};

/** What folding keeps: the record, to know what is replaced, and the rows so far. */
export type HistoryState = { readonly record: PlrState; readonly rows: readonly HistoryRow[] };

/** Folds one learner's stream into a row per event. No event is left out, not even one on what is not there. */
export const historyProjection: Projection<HistoryState> = {
  name: 'history',
  version: 1,
  initialState: { record: plrProjection.initialState, rows: [] },
  on: {
    UlnIssued: withRow,
    LearnerDetailsAmended: withRow,
    ParticipationRecorded: withRow,
    ParticipationCorrected: withRow,
    ParticipationWithdrawn: withRow,
    ParticipationReinstated: withRow,
    AchievementRecorded: withRow,
    AchievementConfirmed: withRow,
    AchievementCorrected: withRow,
    AchievementWithdrawn: withRow,
    AchievementReinstated: withRow,
    OptOutSet: withRow,
    OptOutLifted: withRow,
    OptOutOverridden: withRow,
    ChallengeRaised: withRow,
    ChallengeWithdrawn: withRow,
    ChallengeUpheld: withRow,
    ChallengeRejected: withRow,
    ConnectionEstablished: withRow,
    ConnectionEnded: withRow,
    HandlingChanged: withRow,
    ConfiguredViewCreated: withRow,
    ConfiguredViewCodeIssued: withRow,
    ConfiguredViewCodeUsed: withRow,
    ConfiguredViewCodeFailed: withRow,
    ConfiguredViewRevoked: withRow,
    ConfiguredViewExported: withRow,
    ChallengeExtended: withRow,
    ChallengeResolved: withRow,
    ReviewFlagged: withRow,
    ReviewReported: withRow,
    ReviewDismissed: withRow,
    EntryQuarantined: withRow,
    QuarantineLifted: withRow,
    NoticeShown: withRow,
    NoticeAcknowledged: withRow,
    LearnersMerged: withRow,
    LearnersUnmerged: withRow,
    LearnerSuperseded: withRow,
    SupersessionEnded: withRow,
    UlnRetired: withRow,
    RetentionReviewed: withRow,
    LegalHoldPlaced: withRow,
    LegalHoldReleased: withRow,
    VitalStatusRecorded: withRow,
    RecordDisposed: withRow,
    SensitiveDataRedacted: withRow,
    FieldsResealed: withRow,
  },
};

function withRow(state: HistoryState, recorded: Recorded<LearnerEvent>): HistoryState {
  return {
    record: apply(plrProjection, state.record, recorded),
    rows: [...state.rows, { ...recorded, replaced: replacedBy(recorded.event, state.record) }],
  };
}

function replacedBy(event: LearnerEvent, before: PlrState): Values | null {
  switch (event.type) {
    case 'LearnerDetailsAmended':
      return changedIn(event.data, before.details ?? {});
    case 'ParticipationCorrected':
      return changedIn(event.data, valuesOf(before, 'participation', event.data));
    case 'AchievementCorrected':
      return changedIn(event.data, valuesOf(before, 'achievement', event.data));
    case 'AchievementConfirmed':
      return { standing: 'provisional' };
    case 'ParticipationWithdrawn':
    case 'AchievementWithdrawn':
      return { withdrawn: false };
    case 'ParticipationReinstated':
    case 'AchievementReinstated':
      return { withdrawn: true };
    case 'OptOutSet':
    case 'OptOutLifted':
    case 'OptOutOverridden':
      return { optedOut: before.sharing.optedOut };
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'ChallengeResolved':
      return { challenge: before.challenges.get(event.data.challengeId)?.state ?? null };
    case 'ChallengeExtended':
      return { dueDate: before.challenges.get(event.data.challengeId)?.dueDate ?? null };
    case 'LearnersUnmerged':
      return { merged: true };
    case 'SupersessionEnded':
      return { superseded: true };
    case 'UlnIssued':
    case 'ParticipationRecorded':
    case 'AchievementRecorded':
    case 'ChallengeRaised':
    case 'ConnectionEstablished':
    case 'ConnectionEnded':
    case 'HandlingChanged':
    case 'ConfiguredViewCreated':
    case 'ConfiguredViewCodeIssued':
    case 'ConfiguredViewCodeUsed':
    case 'ConfiguredViewCodeFailed':
    case 'ConfiguredViewRevoked':
    case 'ConfiguredViewExported':
    case 'ReviewFlagged':
    case 'ReviewReported':
    case 'ReviewDismissed':
    case 'EntryQuarantined':
    case 'QuarantineLifted':
    case 'NoticeShown':
    case 'NoticeAcknowledged':
    case 'LearnersMerged':
    case 'LearnerSuperseded':
    case 'UlnRetired':
    case 'RetentionReviewed':
    case 'LegalHoldPlaced':
    case 'LegalHoldReleased':
    case 'VitalStatusRecorded':
    case 'RecordDisposed':
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      return null;
  }
}

function valuesOf(
  before: PlrState,
  kind: EntryReference['kind'],
  data: { readonly submittedBy: EntryReference['submittedBy'] } & Values,
): Values {
  const entryId = String(data['achievementId'] ?? data['participationId']);
  return (
    before.entries.get(entryKey({ kind, submittedBy: data.submittedBy, entryId }))?.values ?? {}
  );
}

function changedIn(changes: Values, before: Values): Values {
  const names = Object.keys(changes).filter((name) => name in before && changes[name] !== null);
  return Object.fromEntries(names.map((name) => [name, before[name]]));
}
