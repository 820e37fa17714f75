import { type CalendarDate, dateOf, type Instant, monthsAfter } from '../../values/date.js';
import type { LearnerEventType } from '../events.js';

/**
 * How long records are held and how often that is looked at. Source: the service holds ULN and PLR for
 * 66 years and reviews that periodically. It names no event from which the years are counted and no
 * interval: counting from the last recorded activity, and the interval, are ours.
 */
export type RetentionPolicy = {
  readonly retentionYears: number;
  readonly reviewYears: number;
};

/** The policy where nobody says otherwise. */
export const DEFAULT_POLICY: RetentionPolicy = { retentionYears: 66, reviewYears: 5 };

/** Days for which the rows of an import stay readable after the last of them was decided. */
const IMPORT_DAYS = 30;
const DAY_MS = 86_400_000;

/** What retention needs to know of a record. */
export type RetentionFacts = {
  readonly issuedOn: CalendarDate;
  /** The day on which the last activity was recorded. */
  readonly lastActivityOn: CalendarDate;
  /** The last review; `null` before the first. */
  readonly review: {
    readonly outcome: 'keep' | 'dispose';
    readonly nextReviewDate: CalendarDate | null;
  } | null;
  /** Until when each legal hold runs that was not released, by its id; `null` for one without an end. */
  readonly holds: Readonly<Record<string, CalendarDate | null>>;
  readonly dateOfDeath: CalendarDate | null;
};

/**
 * Which events are activity, from the last of which the years are counted: what sources and learners
 * say about the record. Ours: reviews, holds, answers to challenges and redactions are handling of the
 * record, and do not prolong it; nor does reading.
 */
export const countsAsActivity: Readonly<Record<LearnerEventType, boolean>> = {
  UlnIssued: true,
  LearnerDetailsAmended: true,
  ParticipationRecorded: true,
  ParticipationCorrected: true,
  ParticipationWithdrawn: true,
  ParticipationReinstated: true,
  AchievementRecorded: true,
  AchievementConfirmed: true,
  AchievementCorrected: true,
  AchievementWithdrawn: true,
  AchievementReinstated: true,
  OptOutSet: true,
  OptOutLifted: true,
  OptOutOverridden: false,
  ChallengeRaised: true,
  ChallengeWithdrawn: true,
  ChallengeUpheld: false,
  ChallengeRejected: false,
  ConnectionEstablished: true,
  ConnectionEnded: true,
  HandlingChanged: false,
  ConfiguredViewCreated: true,
  ConfiguredViewCodeIssued: true,
  ConfiguredViewCodeUsed: false,
  ConfiguredViewCodeFailed: false,
  ConfiguredViewRevoked: true,
  ConfiguredViewExported: false,
  ChallengeExtended: false,
  ChallengeResolved: false,
  ReviewFlagged: false,
  ReviewReported: false,
  ReviewDismissed: false,
  EntryQuarantined: false,
  QuarantineLifted: false,
  NoticeShown: false,
  NoticeAcknowledged: true,
  LearnersMerged: false,
  LearnersUnmerged: false,
  LearnerSuperseded: false,
  SupersessionEnded: false,
  UlnRetired: false,
  RetentionReviewed: false,
  LegalHoldPlaced: false,
  LegalHoldReleased: false,
  VitalStatusRecorded: false,
  RecordDisposed: false,
  SensitiveDataRedacted: false,
  FieldsResealed: false,
};

/** The date a number of whole years later; 28 February where a 29 February has no such day. */
export function yearsAfter(date: CalendarDate, years: number): CalendarDate {
  return monthsAfter(date, years * 12);
}

/**
 * The last date on which something can have happened whose time is over by `by`: the other way round
 * than `yearsAfter`, and exact where 29 February has no such day.
 */
export function latestOver(by: CalendarDate, years: number): CalendarDate {
  let latest = yearsAfter(by, -years);
  for (let next = nextDay(latest); yearsAfter(next, years) <= by; next = nextDay(latest)) {
    latest = next;
  }
  return latest;
}

/** From when a record may be disposed of: the years after its last activity, or the later date until which a review kept it. */
export function retentionEndsOn(facts: RetentionFacts, policy: RetentionPolicy): CalendarDate {
  const ends = yearsAfter(facts.lastActivityOn, policy.retentionYears);
  const kept = facts.review?.nextReviewDate ?? null;
  return kept !== null && kept > ends ? kept : ends;
}

/** When a record is to be reviewed next; `null` once a review found that it is to be disposed of. */
export function nextReviewOn(facts: RetentionFacts, policy: RetentionPolicy): CalendarDate | null {
  return facts.review === null
    ? yearsAfter(facts.issuedOn, policy.reviewYears)
    : facts.review.nextReviewDate;
}

/** The ids of the legal holds that run on a day. A hold runs through its last day. */
export function openHolds(holds: RetentionFacts['holds'], on: CalendarDate): readonly string[] {
  return Object.entries(holds)
    .filter(([, endDate]) => endDate === null || endDate >= on)
    .map(([holdId]) => holdId);
}

/** The last instant up to which an import's last decision lies long enough back for its rows to go. */
export function importsDecidedBefore(at: Instant): Instant {
  // Sound: written by toISOString, for a date within four digits of year.
  return new Date(Date.parse(at) - IMPORT_DAYS * DAY_MS).toISOString() as Instant;
}

function nextDay(date: CalendarDate): CalendarDate {
  // Sound: the Date is a real day within four digits of year.
  return dateOf(new Date(Date.parse(`${date}T00:00:00.000Z`) + DAY_MS).toISOString() as Instant);
}
