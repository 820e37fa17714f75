import type { Decider } from '../decider.js';
import { recordDisposed } from '../erasure/disposal.js';
import { DomainError } from '../errors.js';
import {
  decideExtend,
  decideRaise,
  decideReject,
  decideUphold,
  decideWithdrawChallenge,
} from './challengeDecisions.js';
import { resolutionsOf, withChallengeEvent, withCorrections } from './challengeResolution.js';
import type { LearnerCommand, LearnerCommandOf } from './commands.js';
import {
  decideCreateView,
  decideExportView,
  decideIssueViewCode,
  decideOpenView,
  decideRevokeView,
} from './configuredViewDecisions.js';
import { evolveConfiguredViews } from './configuredViews.js';
import { decideAmend, decideIssue, decideLiftOptOut, decideSetOptOut } from './detailsDecisions.js';
import { type EntryNaming, entryKeyOf } from './entries.js';
import {
  decideConfirm,
  decideCorrectAchievement,
  decideCorrectParticipation,
  decideRecordAchievement,
  decideRecordParticipation,
  decideReinstate,
  decideWithdraw,
} from './entryDecisions.js';
import type { LearnerEvent } from './events.js';
import {
  decideEndSupersession,
  decideMerge,
  decideRefuseMerge,
  decideRetire,
  decideSupersede,
  decideUnmerge,
  refuseRetired,
} from './mergeDecisions.js';
import { evolveMerging, UNMERGED } from './mergeState.js';
import { decideAcknowledge, decideShowNotice, withNoticeEvent } from './noticeDecisions.js';
import {
  decidePlaceHold,
  decideReleaseHold,
  decideReview,
  decideVitalStatus,
} from './retentionDecisions.js';
import {
  decideDismiss,
  decideQuarantine,
  decideQuarantineOutcome,
  decideReport,
  withReviewEvent,
} from './reviewDecisions.js';
import { NO_REVIEWS } from './reviews.js';
import { decideConnect, decideDisconnect, decideHandling } from './sharingDecisions.js';
import {
  applyChanges,
  type Connection,
  type Entry,
  type IssuedLearner,
  type Learner,
  type LegalHold,
  withEntry,
} from './state.js';
import { submissionSteps } from './submissions.js';

/** One learner's stream: which commands its history allows, and what each event changes. */
export const learner: Decider<Learner, LearnerCommand, LearnerEvent> = {
  initialState: { status: 'unissued' },
  decide,
  evolve,
};

function decide(command: LearnerCommand, state: Learner): readonly LearnerEvent[] {
  if (state.status === 'disposed') {
    throw recordDisposed();
  }
  if (command.type === 'IssueUln') {
    return decideIssue(command, state);
  }
  if (state.status === 'unissued') {
    throw new DomainError('ERR_ULN_NOT_ISSUED', 'expected an issued ULN, found none issued here');
  }
  refuseRetired(command, state);
  const events = decideIssued(command, state);
  return [...events, ...resolutionsOf(events, events.reduce(evolve, state as Learner))];
}

function decideIssued(
  command: Exclude<LearnerCommand, LearnerCommandOf<'IssueUln'>>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  switch (command.type) {
    case 'AmendLearnerDetails':
      return decideAmend(command, state);
    case 'RecordParticipation':
      return decideRecordParticipation(command, state);
    case 'CorrectParticipation':
      return decideCorrectParticipation(command, state);
    case 'RecordAchievement':
      return decideRecordAchievement(command, state);
    case 'ConfirmAchievement':
      return decideConfirm(command, state);
    case 'CorrectAchievement':
      return decideCorrectAchievement(command, state);
    case 'WithdrawParticipation':
    case 'WithdrawAchievement':
      return decideWithdraw(command, state);
    case 'ReinstateParticipation':
    case 'ReinstateAchievement':
      return decideReinstate(command, state);
    case 'SubmitParticipation':
    case 'SubmitAchievement':
      return decideInTurn(submissionSteps(command, state), state);
    case 'SetOptOut':
      return decideSetOptOut(command, state);
    case 'LiftOptOut':
      return decideLiftOptOut(command, state);
    case 'RaiseChallenge':
      return decideRaise(command, state);
    case 'WithdrawChallenge':
      return decideWithdrawChallenge(command, state);
    case 'UpholdChallenge':
      return decideUphold(command, state);
    case 'RejectChallenge':
      return decideReject(command, state);
    case 'EstablishConnection':
      return decideConnect(command, state);
    case 'EndConnection':
      return decideDisconnect(command, state);
    case 'ChangeHandling':
      return decideHandling(command, state);
    case 'CreateConfiguredView':
      return decideCreateView(command, state);
    case 'IssueConfiguredViewCode':
      return decideIssueViewCode(command, state);
    case 'RevokeConfiguredView':
      return decideRevokeView(command, state);
    case 'OpenConfiguredView':
      return decideOpenView(command, state);
    case 'ExportConfiguredView':
      return decideExportView(command, state);
    case 'ExtendChallenge':
      return decideExtend(command, state);
    case 'ReportSensitive':
      return decideReport(command, state);
    case 'DismissReview':
      return decideDismiss(command, state);
    case 'QuarantineEntry':
      return decideQuarantine(command, state);
    case 'DecideQuarantine':
      return decideQuarantineOutcome(command, state);
    case 'ShowNotice':
      return decideShowNotice(command, state);
    case 'AcknowledgeNotice':
      return decideAcknowledge(command, state);
    case 'MergeLearner':
      return decideMerge(command, state);
    case 'UnmergeLearner':
      return decideUnmerge(command, state);
    case 'RefuseMerge':
      return decideRefuseMerge(command, state);
    case 'Supersede':
      return decideSupersede(command, state);
    case 'EndSupersession':
      return decideEndSupersession(command, state);
    case 'RetireUln':
      return decideRetire(command, state);
    case 'ReviewRetention':
      return decideReview(command, state);
    case 'PlaceLegalHold':
      return decidePlaceHold(command, state);
    case 'ReleaseLegalHold':
      return decideReleaseHold(command, state);
    case 'RecordVitalStatus':
      return decideVitalStatus(command, state);
  }
}

/** Decides commands one after the other, each on what those before it have changed. */
function decideInTurn(
  commands: readonly LearnerCommand[],
  state: Learner,
): readonly LearnerEvent[] {
  const events: LearnerEvent[] = [];
  let current = state;
  for (const command of commands) {
    const decided = decide(command, current);
    events.push(...decided);
    current = decided.reduce(evolve, current);
  }
  return events;
}

function evolve(state: Learner, event: LearnerEvent): Learner {
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
    case 'OptOutSet':
      return { ...state, optedOutSince: event.data.effectiveDate };
    case 'OptOutLifted':
      return { ...state, optedOutSince: null };
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
      return { ...state, review: event.data };
    case 'LegalHoldPlaced':
      return withHold(state, { placed: event.data, isReleased: false });
    case 'LegalHoldReleased': {
      const hold = state.holds.get(event.data.holdId);
      return hold === undefined ? state : withHold(state, { ...hold, isReleased: true });
    }
    case 'VitalStatusRecorded':
      return { ...state, dateOfDeath: event.data.dateOfDeath };
    case 'SensitiveDataRedacted':
      return withReviewEvent(state, event);
    case 'FieldsResealed':
      // The events they speak of are read with the markers already in place.
      return state;
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
