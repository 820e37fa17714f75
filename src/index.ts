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
export type { Plr, PlrQualification } from '../projections/live/plr.js';
export type { PlrChallenge, PlrEntryChallenge } from '../projections/live/plrChallenges.js';
export type { PlrEntry } from '../projections/live/plrEntries.js';
export { NOW, type Point } from '../projections/live/point.js';
export { withoutQuarantined } from '../projections/live/quarantine.js';
export { eventsAt, plrAt, type ReplayStep, replaySteps } from '../projections/live/replay.js';
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
export { type Clock, createSystemClock } from './clock.js';
export type { ConfiguredViews, SharedView } from './configuredViews/configuredViews.js';
export type { Credentials, ViewCredential } from './configuredViews/credentials.js';
export type { ListedView } from './configuredViews/list.js';
export type { OpeningRequest, PreparedView, ViewOpening } from './configuredViews/opening.js';
export type { DueQuery, DueTask } from './erasure/due.js';
export type { Erasure, Proposal, RedactionStatus } from './erasure/erasure.js';
export type { DisposalProposal, DisposalStatus, Retention } from './erasure/retention.js';
export type { ListedReview, QuarantineDecision, SensitiveReviews } from './erasure/reviews.js';
export type { Held, HeldPlace, ReadRow } from './held/held.js';
export type { Receipt } from './journal/journal.js';
export type {
  KeptViews,
  ListedChallenge,
  Projections,
  SearchInput,
  ViewName,
} from './keptViews/keptViews.js';
export { amendmentCode, REGISTERED } from './learners/answerCodes.js';
export type { Meanwhile } from './learners/apart.js';
export type { Outcome } from './learners/deciding.js';
export type { LearnerRequest } from './learners/learners.js';
export type { FindAnswer, FoundCandidate } from './learners/linking.js';
export type {
  IdentityInput,
  Lookup,
  VerificationAnswer,
  VerificationInput,
} from './learners/lookup.js';
export type { MergeOutcome, MergeStatus, Merging, UnmergeOutcome } from './learners/merging.js';
export type {
  NoticeChoice,
  NoticeInput,
  Notices,
  Publication,
  PublishedNotice,
} from './learners/notices.js';
export type { LearnerRecord, ReadRecord, Records, Resolution } from './learners/records.js';
export type { DetailsInput, Registration } from './learners/registration.js';
export { readScreening, type Screening, type ScreeningFileInput } from './learners/screening.js';
export type { NamedUln, UlnChange } from './learners/ulnChanges.js';
export { createLedger } from './ledger/createLedger.js';
export type { Followed, Ledger, LedgerPlaces, LedgerPolicy } from './ledger/ledger.js';
export { openMemoryLedger } from './ledger/memoryLedger.js';
export { openLedger } from './ledger/openLedger.js';
export type { Alert, Alerts } from './organisations/alerts.js';
export type {
  OrganisationRequest,
  Organisations,
  PublishedOrganisation,
} from './organisations/organisations.js';
export type { Request } from './request/request.js';
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
export { type Problem, type Verification, verifyStreams } from './upkeep/verify.js';
