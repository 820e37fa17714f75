// biome-ignore-all lint/performance/noBarrelFile: the package's one door, of explicit named exports.

export type { Actor } from '../domain/actor.js';
export type { DisposalBasis, Disposed } from '../domain/erasure/disposalEvents.js';
export { DomainError, type DomainErrorCode } from '../domain/errors.js';
export { WAYS_TO_COMPLAIN } from '../domain/learner/challenge/complaint.js';
export type { LearnerCommandInput } from '../domain/learner/commands.js';
export type { ConfiguredViewChoice } from '../domain/learner/configuredView/commands.js';
export type { ViewRecipient, ViewSelection } from '../domain/learner/configuredView/events.js';
export { isAchievedGrade } from '../domain/learner/entry/entries.js';
export type { LearnerEvent, LearnerEventData, LearnerEventType } from '../domain/learner/events.js';
export { DEFAULT_POLICY, type RetentionPolicy } from '../domain/learner/retention/policy.js';
export type { Notice, NoticeLanguage } from '../domain/notice/events.js';
export { Purpose } from '../domain/purpose.js';
export type { Recorded } from '../domain/recorded.js';
export { type ErasureBasis, isRedacted, type RedactionMarker } from '../domain/redaction.js';
export { type FailureFlag, type ServiceCode, serviceCodes } from '../domain/serviceCodes.js';
export {
  type Message,
  type MessageData,
  MessageKind,
} from '../domain/subscriber/message.js';
export { CalendarDate, Instant } from '../domain/values/date.js';
export { Ukprn } from '../domain/values/ukprn.js';
export { explainUln, Uln } from '../domain/values/uln.js';
export type { Comparison } from '../projections/kept/comparison.js';
export type { GenerationStatus } from '../projections/kept/generationStatus.js';
export type {
  RebuildOptions,
  RebuildProgress,
  Rebuilt,
} from '../projections/kept/rebuild.js';
export type { ConfiguredViewAnswer, ViewedEntry } from '../projections/live/configuredView.js';
export type { PlrConflict } from '../projections/live/conflicts.js';
export { type Change, diff } from '../projections/live/diff.js';
export type { DisclosedPlr } from '../projections/live/disclosed.js';
export { type HistoryRow, historyProjection } from '../projections/live/history.js';
export type { Look } from '../projections/live/looks.js';
export type {
  EntrySource,
  MergedChallenge,
  MergedEntry,
  MergedPlr,
  MergedQualification,
} from '../projections/live/mergedPlr.js';
export type { PlrMerging } from '../projections/live/merging.js';
export type { NoticeStatus } from '../projections/live/notices.js';
export type { Plr, PlrEntry, PlrQualification } from '../projections/live/plr.js';
export type { PlrChallenge, PlrEntryChallenge } from '../projections/live/plrChallenges.js';
export { withoutQuarantined } from '../projections/live/quarantine.js';
export {
  eventsAt,
  NOW,
  type Point,
  plrAt,
  type ReplayStep,
  replaySteps,
} from '../projections/live/replay.js';
export { fold, type Projection } from '../projections/projection.js';
export type { WaitingRow } from '../projections/views/held.js';
export type { ListedOrganisation } from '../projections/views/organisations.js';
export type { Candidate, RegisteredLearner } from '../projections/views/register.js';
export type { OpenReview, ReviewCounts } from '../projections/views/reviews.js';
export type { StatisticsRow } from '../projections/views/statistics.js';
export { StreamError, type StreamErrorCode } from '../streams/errors.js';
export type { Position } from '../streams/eventStore.js';
export { type Activation, standBy } from '../streams/vault/epoch.js';
export type { Access } from './access/access.js';
export type { Asker } from './access/accessLedger.js';
export type { Explanation } from './access/explain.js';
export type { Disclosed, ShownRecord } from './access/reading.js';
export type { Alert, Alerts } from './alerts.js';
export { amendmentCode, REGISTERED } from './answerCodes.js';
export { type Clock, createSystemClock } from './clock.js';
export type { ListedView } from './configuredViewList.js';
export type {
  ConfiguredViews,
  PreparedView,
  SharedView,
  ViewOpening,
} from './configuredViews.js';
export type { Credentials, ViewCredential } from './credentials.js';
export type { Outcome } from './deciding.js';
export type { Erasure, Proposal, RedactionStatus } from './erasure.js';
export type { Held, HeldPlace, ReadRow } from './imports/heldDoor.js';
export { createLedger } from './init.js';
export type { Receipt } from './journal.js';
export type {
  FindAnswer,
  KeptViews,
  ListedChallenge,
  Projections,
  SearchInput,
  ViewName,
} from './keptViews.js';
export type { LearnerRequest } from './ledger.js';
export type { FoundCandidate } from './linking.js';
export type {
  IdentityInput,
  Lookup,
  VerificationAnswer,
  VerificationInput,
} from './lookup.js';
export { openMemoryLedger } from './memoryLedger.js';
export type { MergeOutcome, MergeStatus, Merging } from './merging.js';
export type {
  NoticeChoice,
  NoticeInput,
  Notices,
  Publication,
  PublishedNotice,
} from './notices.js';
export {
  type Followed,
  type Ledger,
  type LedgerPlaces,
  type LedgerPolicy,
  openLedger,
} from './openLedger.js';
export type { OrganisationRequest, Organisations, PublishedOrganisation } from './organisations.js';
export type { LearnerRecord, ReadRecord, Records, Resolution } from './records.js';
export type { DetailsInput, Registration } from './registration.js';
export type { Request } from './request.js';
export type { DisposalStatus, DueQuery, DueTask, Retention } from './retention.js';
export type { ListedReview, QuarantineDecision, SensitiveReviews } from './reviews.js';
export { readScreening, type Screening, type ScreeningFileInput } from './screening.js';
export {
  type DeadLetter,
  type MessageHandler,
  type ReceivedMessage,
  type ReplayOptions,
  replay,
  type SubscribeOptions,
  subscribe,
} from './subscribing/consume.js';
export type { FetchParticulars, Particulars } from './subscribing/particulars.js';
export type { Publisher } from './subscribing/publisher.js';
export type { RegisteredSubscriber, SubscriberInput } from './subscribing/subscribers.js';
export type { Subscribing } from './subscribing/subscribing.js';
export type { NamedUln, UlnChange } from './ulnChanges.js';
export { type Problem, type Verification, verifyStreams } from './verify.js';
