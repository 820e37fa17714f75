import type { Decider } from '../decider.js';
import { recordDisposed } from '../erasure/disposal.js';
import { DomainError } from '../errors.js';
import {
  decideExtend,
  decideRaise,
  decideReject,
  decideUphold,
  decideWithdrawChallenge,
} from './challenge/decisions.js';
import { resolutionsOf } from './challenge/resolution.js';
import type { LearnerCommand, LearnerCommandOf } from './commands.js';
import {
  decideCreateView,
  decideExportView,
  decideIssueViewCode,
  decideOpenView,
  decideRevokeView,
} from './configuredView/decisions.js';
import {
  decideAmend,
  decideIssue,
  decideLiftOptOut,
  decideSetOptOut,
} from './details/decisions.js';
import {
  decideConfirm,
  decideCorrectAchievement,
  decideCorrectParticipation,
  decideRecordAchievement,
  decideRecordParticipation,
  decideReinstate,
  decideWithdraw,
} from './entry/decisions.js';
import { submissionSteps } from './entry/submissions.js';
import type { LearnerEvent } from './events.js';
import { evolve } from './evolution.js';
import {
  decideEndSupersession,
  decideMerge,
  decideRefuseMerge,
  decideRetire,
  decideSupersede,
  decideUnmerge,
  refuseRetired,
} from './merge/decisions.js';
import { decideAcknowledge, decideShowNotice } from './notice/decisions.js';
import {
  decidePlaceHold,
  decideReleaseHold,
  decideReview,
  decideVitalStatus,
} from './retention/decisions.js';
import {
  decideDismiss,
  decideQuarantine,
  decideQuarantineOutcome,
  decideReport,
} from './review/decisions.js';
import {
  decideConnect,
  decideDisconnect,
  decideHandling,
  decideOverrideOptOut,
} from './sharing/decisions.js';
import type { IssuedLearner, Learner } from './state.js';

/** One learner's stream: which commands its history allows, and what each event changes. */
export const learner: Decider<Learner, LearnerCommand, LearnerEvent> = {
  initialState: { status: 'unissued' },
  decide,
  evolve,
};

/** A command to a learner with a ULN. */
type IssuedCommand = Exclude<LearnerCommand, LearnerCommandOf<'IssueUln'>>;

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
  // Sound: the table gives each type a function of exactly that type's commands.
  const decideIssued = decisions[command.type] as (
    command: IssuedCommand,
    state: IssuedLearner,
  ) => readonly LearnerEvent[];
  const events = decideIssued(command, state);
  return [...events, ...resolutionsOf(events, events.reduce(evolve, state as Learner))];
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

/** What each command to a learner with a ULN leads to. */
const decisions: {
  readonly [Type in IssuedCommand['type']]: (
    command: LearnerCommandOf<Type>,
    state: IssuedLearner,
  ) => readonly LearnerEvent[];
} = {
  AmendLearnerDetails: decideAmend,
  RecordParticipation: decideRecordParticipation,
  CorrectParticipation: decideCorrectParticipation,
  RecordAchievement: decideRecordAchievement,
  ConfirmAchievement: decideConfirm,
  CorrectAchievement: decideCorrectAchievement,
  WithdrawParticipation: decideWithdraw,
  WithdrawAchievement: decideWithdraw,
  ReinstateParticipation: decideReinstate,
  ReinstateAchievement: decideReinstate,
  SubmitParticipation: (command, state) => decideInTurn(submissionSteps(command, state), state),
  SubmitAchievement: (command, state) => decideInTurn(submissionSteps(command, state), state),
  SetOptOut: decideSetOptOut,
  LiftOptOut: decideLiftOptOut,
  OverrideOptOut: decideOverrideOptOut,
  RaiseChallenge: decideRaise,
  WithdrawChallenge: decideWithdrawChallenge,
  UpholdChallenge: decideUphold,
  RejectChallenge: decideReject,
  EstablishConnection: decideConnect,
  EndConnection: decideDisconnect,
  ChangeHandling: decideHandling,
  CreateConfiguredView: decideCreateView,
  IssueConfiguredViewCode: decideIssueViewCode,
  RevokeConfiguredView: decideRevokeView,
  OpenConfiguredView: decideOpenView,
  ExportConfiguredView: decideExportView,
  ExtendChallenge: decideExtend,
  ReportSensitive: decideReport,
  DismissReview: decideDismiss,
  QuarantineEntry: decideQuarantine,
  DecideQuarantine: decideQuarantineOutcome,
  ShowNotice: decideShowNotice,
  AcknowledgeNotice: decideAcknowledge,
  MergeLearner: decideMerge,
  UnmergeLearner: decideUnmerge,
  RefuseMerge: decideRefuseMerge,
  Supersede: decideSupersede,
  EndSupersession: decideEndSupersession,
  RetireUln: decideRetire,
  ReviewRetention: decideReview,
  PlaceLegalHold: decidePlaceHold,
  ReleaseLegalHold: decideReleaseHold,
  RecordVitalStatus: decideVitalStatus,
};
