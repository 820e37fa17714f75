import { withChallengeEvent, withCorrections } from './challenge/resolution.js';
import { evolveConfiguredViews } from './configuredView/state.js';
import { type EntryNaming, entryKeyOf } from './entry/entries.js';
import type { LearnerEvent } from './events.js';
import { evolveMerging, UNMERGED } from './merge/state.js';
import { withNoticeEvent } from './notice/decisions.js';
import { withReviewEvent } from './review/decisions.js';
import { NO_REVIEWS } from './review/state.js';
import {
  applyChanges,
  type Connection,
  type Entry,
  type IssuedLearner,
  type Learner,
  type LegalHold,
  withEntry,
  withOptOut,
} from './state.js';

/** The learner after one more event. */
export function evolve(state: Learner, event: LearnerEvent): Learner {
  if (event.type === 'RecordDisposed') {
    return { status: 'disposed', ...event.data };
  }
  if (event.type === 'UlnIssued') {
    const { uln, ...details } = event.data;
    return {
      status: 'issued',
      uln,
      details,
      optedOutSince: null,
      entries: new Map(),
      challenges: new Map(),
      connections: new Map(),
      handling: { level: 'standard', authorised: [], reviewDate: null },
      configuredViews: new Map(),
      reviews: NO_REVIEWS,
      reports: new Map(),
      noticesShown: [],
      noticesAcknowledged: new Set(),
      merging: UNMERGED,
      review: null,
      holds: new Map(),
      dateOfDeath: null,
    };
  }
  // A stream begins with UlnIssued; anything before it would be a broken history, found by the chain.
  return state.status === 'issued' ? evolveIssued(withCorrections(state, event), event) : state;
}

function evolveIssued(
  state: IssuedLearner,
  event: Exclude<LearnerEvent, { type: 'UlnIssued' | 'RecordDisposed' }>,
): IssuedLearner {
  switch (event.type) {
    case 'LearnerDetailsAmended': {
      const { effectiveDate: _, ...changes } = event.data;
      return { ...state, details: applyChanges(state.details, changes) };
    }
    case 'ParticipationRecorded':
    case 'AchievementRecorded':
    case 'ParticipationCorrected':
    case 'AchievementCorrected':
    case 'AchievementConfirmed':
    case 'ParticipationWithdrawn':
    case 'AchievementWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementReinstated':
      return evolveEntries(state, event);
    case 'OptOutSet':
    case 'OptOutLifted':
    case 'OptOutOverridden':
    case 'ConnectionEstablished':
    case 'ConnectionEnded':
    case 'HandlingChanged':
      return evolveSharing(state, event);
    case 'ChallengeRaised':
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'ChallengeExtended':
    case 'ChallengeResolved':
      return withChallengeEvent(state, event);
    case 'ReviewFlagged':
    case 'ReviewReported':
    case 'ReviewDismissed':
    case 'EntryQuarantined':
    case 'QuarantineLifted':
      return withReviewEvent(state, event);
    case 'NoticeShown':
    case 'NoticeAcknowledged':
      return withNoticeEvent(state, event);
    case 'ConfiguredViewCreated':
    case 'ConfiguredViewCodeIssued':
    case 'ConfiguredViewCodeUsed':
    case 'ConfiguredViewCodeFailed':
    case 'ConfiguredViewRevoked':
    case 'ConfiguredViewExported':
      return {
        ...state,
        configuredViews: evolveConfiguredViews(state.configuredViews, event),
      };
    case 'LearnersMerged':
    case 'LearnersUnmerged':
    case 'LearnerSuperseded':
    case 'SupersessionEnded':
    case 'UlnRetired':
      return { ...state, merging: evolveMerging(state.merging, event) };
    case 'RetentionReviewed':
    case 'LegalHoldPlaced':
    case 'LegalHoldReleased':
    case 'VitalStatusRecorded':
      return evolveRetention(state, event);
    case 'SensitiveDataRedacted':
      return withReviewEvent(state, event);
    case 'FieldsResealed':
      // The events they speak of are read with the markers already in place.
      return state;
  }
}

/** What sources record of participation and achievement. */
function evolveEntries(
  state: IssuedLearner,
  event: Extract<
    LearnerEvent,
    {
      type:
        | 'ParticipationRecorded'
        | 'AchievementRecorded'
        | 'ParticipationCorrected'
        | 'AchievementCorrected'
        | 'AchievementConfirmed'
        | 'ParticipationWithdrawn'
        | 'AchievementWithdrawn'
        | 'ParticipationReinstated'
        | 'AchievementReinstated';
    }
  >,
): IssuedLearner {
  switch (event.type) {
    case 'ParticipationRecorded': {
      const { participationId: entryId, submittedBy, ...values } = event.data;
      const reference = { kind: 'participation', submittedBy, entryId } as const;
      return withEntry(state, { reference, standing: 'final', withdrawnSince: null, values });
    }
    case 'AchievementRecorded': {
      const { achievementId: entryId, submittedBy, standing, ...values } = event.data;
      const reference = { kind: 'achievement', submittedBy, entryId } as const;
      return withEntry(state, { reference, standing, withdrawnSince: null, values });
    }
    case 'ParticipationCorrected':
    case 'AchievementCorrected':
      return changeEntry(state, event, (entry) => ({
        ...entry,
        values: applyChanges(entry.values, event.data),
      }));
    case 'AchievementConfirmed':
      return changeEntry(state, event, (entry) => ({ ...entry, standing: 'final' }));
    case 'ParticipationWithdrawn':
    case 'AchievementWithdrawn':
      return changeEntry(state, event, (entry) => ({
        ...entry,
        withdrawnSince: event.data.effectiveDate,
      }));
    case 'ParticipationReinstated':
    case 'AchievementReinstated':
      return changeEntry(state, event, (entry) => ({ ...entry, withdrawnSince: null }));
  }
}

/** With whom and how the record is shared. */
function evolveSharing(
  state: IssuedLearner,
  event: Extract<
    LearnerEvent,
    {
      type:
        | 'ConnectionEstablished'
        | 'ConnectionEnded'
        | 'HandlingChanged'
        | 'OptOutSet'
        | 'OptOutLifted'
        | 'OptOutOverridden';
    }
  >,
): IssuedLearner {
  switch (event.type) {
    case 'OptOutSet':
      return withOptOut(state, event.data.effectiveDate);
    case 'OptOutLifted':
    case 'OptOutOverridden':
      return withOptOut(state, null);
    case 'ConnectionEstablished': {
      const { connectionId, ukprn, startDate, endDate } = event.data;
      return withConnection(state, connectionId, { ukprn, startDate, endDate });
    }
    case 'ConnectionEnded': {
      const { connectionId, endDate } = event.data;
      const connection = state.connections.get(connectionId);
      return connection === undefined
        ? state
        : withConnection(state, connectionId, { ...connection, endDate });
    }
    case 'HandlingChanged':
      return { ...state, handling: event.data };
  }
}

/** How long the record is kept. */
function evolveRetention(
  state: IssuedLearner,
  event: Extract<
    LearnerEvent,
    { type: 'RetentionReviewed' | 'LegalHoldPlaced' | 'LegalHoldReleased' | 'VitalStatusRecorded' }
  >,
): IssuedLearner {
  switch (event.type) {
    case 'RetentionReviewed':
      return { ...state, review: event.data };
    case 'LegalHoldPlaced':
      return withHold(state, { placed: event.data, isReleased: false });
    case 'LegalHoldReleased': {
      const hold = state.holds.get(event.data.holdId);
      return hold === undefined ? state : withHold(state, { ...hold, isReleased: true });
    }
    case 'VitalStatusRecorded':
      return { ...state, dateOfDeath: event.data.dateOfDeath };
  }
}

function changeEntry(
  state: IssuedLearner,
  event: { readonly data: EntryNaming },
  change: (entry: Entry) => Entry,
): IssuedLearner {
  const key = entryKeyOf(event.data);
  const entry = state.entries.get(key);
  return entry === undefined ? state : withEntry(state, change(entry));
}

function withConnection(state: IssuedLearner, id: string, connection: Connection): IssuedLearner {
  return { ...state, connections: new Map(state.connections).set(id, connection) };
}

function withHold(state: IssuedLearner, hold: LegalHold): IssuedLearner {
  return { ...state, holds: new Map(state.holds).set(hold.placed.holdId, hold) };
}
