import { entryKeyOf } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { CalendarDate } from '../../domain/values/date.js';
import { apply, fold } from '../projection.js';
import { type Change, diff } from './diff.js';
import { type Plr, plrProjection, toPlr } from './plr.js';
import type { Point } from './point.js';

/** One event with what it changed in the record. */
export type ReplayStep = {
  readonly recorded: Recorded<LearnerEvent>;
  readonly changes: readonly Change[];
};

/** The events of a stream that count at a point, in the order in which they were recorded. */
export function eventsAt(
  events: readonly Recorded<LearnerEvent>[],
  point: Point,
): readonly Recorded<LearnerEvent>[] {
  const { asAt, validAt, version } = point;
  const known = events.filter(
    (recorded) =>
      (asAt === null || recorded.recordedAt <= asAt) &&
      (version === null || recorded.version <= version),
  );
  if (validAt === null) {
    return known;
  }
  const validFrom = datesOfEntries(known);
  // Of a record that was disposed of nothing is known of any date, which is not that nothing was so.
  return known.filter(
    (recorded) => recorded.event.type === 'RecordDisposed' || validFrom(recorded) <= validAt,
  );
}

/** The record at a point. */
export function plrAt(events: readonly Recorded<LearnerEvent>[], point: Point): Plr {
  return toPlr(fold(plrProjection, eventsAt(events, point)), point.validAt);
}

/** Every event that counts at a point, with what it changed in the record. */
export function replaySteps(
  events: readonly Recorded<LearnerEvent>[],
  point: Point,
): readonly ReplayStep[] {
  let state = plrProjection.initialState;
  let before = toPlr(state, point.validAt);
  return eventsAt(events, point).map((recorded) => {
    state = apply(plrProjection, state, recorded);
    const after = toPlr(state, point.validAt);
    const changes = diff(before, after);
    before = after;
    return { recorded, changes };
  });
}

/**
 * An entry counts from the earliest date that its recording or any correction of it names. A
 * correction can move an award from 2021 back to 2019; asked for 2020, the entry then counts as a
 * whole, not the correction without what it corrects. What was confirmed, withdrawn or reinstated
 * from the entry's own date on moves with it.
 */
function datesOfEntries(
  events: readonly Recorded<LearnerEvent>[],
): (recorded: Recorded<LearnerEvent>) => CalendarDate {
  const earliest = new Map<string, CalendarDate>();
  const ownDates = new Map<string, CalendarDate>();
  const moving = new Set<number>();
  for (const { event, validFrom, version } of events) {
    const { key, ownDate } = entryOf(event);
    if (key === null) {
      continue;
    }
    if (ownDate !== 'unchanged') {
      const known = earliest.get(key);
      earliest.set(key, known === undefined || validFrom < known ? validFrom : known);
      ownDates.set(key, ownDate ?? ownDates.get(key) ?? validFrom);
      moving.add(version);
    } else if (validFrom <= (ownDates.get(key) ?? '')) {
      moving.add(version);
    }
  }
  return ({ event, validFrom, version }) =>
    moving.has(version) ? (earliest.get(entryOf(event).key ?? '') ?? validFrom) : validFrom;
}

/**
 * The entry an event is on (`null` for none), and the entry's own date after it: a date, `null` where
 * a correction leaves it, `unchanged` where the event does not state the entry's content.
 */
function entryOf(event: LearnerEvent): {
  readonly key: string | null;
  readonly ownDate: CalendarDate | null | 'unchanged';
} {
  switch (event.type) {
    case 'ParticipationRecorded':
      return { key: entryKeyOf(event.data), ownDate: event.data.participationStartDate };
    case 'ParticipationCorrected':
      return {
        key: entryKeyOf(event.data),
        ownDate: event.data.participationStartDate?.to ?? null,
      };
    case 'AchievementRecorded':
      return { key: entryKeyOf(event.data), ownDate: event.data.achievementAwardDate };
    case 'AchievementCorrected':
      return { key: entryKeyOf(event.data), ownDate: event.data.achievementAwardDate?.to ?? null };
    case 'ParticipationWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementConfirmed':
    case 'AchievementWithdrawn':
    case 'AchievementReinstated':
      return { key: entryKeyOf(event.data), ownDate: 'unchanged' };
    case 'UlnIssued':
    case 'LearnerDetailsAmended':
    case 'OptOutSet':
    case 'OptOutLifted':
    case 'OptOutOverridden':
    case 'ChallengeRaised':
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'ConnectionEstablished':
    case 'ConnectionEnded':
    case 'HandlingChanged':
    case 'ConfiguredViewCreated':
    case 'ConfiguredViewCodeIssued':
    case 'ConfiguredViewCodeUsed':
    case 'ConfiguredViewCodeFailed':
    case 'ConfiguredViewRevoked':
    case 'ConfiguredViewExported':
    case 'ChallengeExtended':
    case 'ChallengeResolved':
    case 'ReviewFlagged':
    case 'ReviewReported':
    case 'ReviewDismissed':
    case 'EntryQuarantined':
    case 'QuarantineLifted':
    case 'NoticeShown':
    case 'NoticeAcknowledged':
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
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      return { key: null, ownDate: 'unchanged' };
  }
}
