import type { CalendarDate, Instant } from '../domain/date.js';
import { entryKey } from '../domain/learner/entries.js';
import type { LearnerEvent } from '../domain/learner/events.js';
import type { Recorded } from '../domain/recorded.js';
import { type Change, diff } from './diff.js';
import { type Plr, plrProjection, toPlr } from './plr.js';
import { apply, fold } from './projection.js';

/**
 * A point of a learner's history. `asAt` keeps what the ledger had learnt by that instant; `validAt`
 * keeps what, by all that is known, was so on that date; `version` keeps the first events of the
 * stream. Each `null` asks for everything on that axis; together they narrow each other.
 */
export type Point = {
  readonly asAt: Instant | null;
  readonly validAt: CalendarDate | null;
  readonly version: number | null;
};

/** The head of the stream: all that is known now. */
export const NOW: Point = { asAt: null, validAt: null, version: null };

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
  return known.filter((recorded) => validFrom(recorded) <= validAt);
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
 * whole, not the correction without what it corrects.
 */
function datesOfEntries(
  events: readonly Recorded<LearnerEvent>[],
): (recorded: Recorded<LearnerEvent>) => CalendarDate {
  const earliest = new Map<string, CalendarDate>();
  for (const { event, validFrom } of events) {
    const key = contentKey(event);
    const known = key === null ? undefined : earliest.get(key);
    if (key !== null && (known === undefined || validFrom < known)) {
      earliest.set(key, validFrom);
    }
  }
  return ({ event, validFrom }) => earliest.get(contentKey(event) ?? '') ?? validFrom;
}

/** The entry whose content an event states, `null` for every other event. */
function contentKey(event: LearnerEvent): string | null {
  switch (event.type) {
    case 'ParticipationRecorded':
    case 'ParticipationCorrected':
      return entryKey({
        kind: 'participation',
        submittedBy: event.data.submittedBy,
        entryId: event.data.participationId,
      });
    case 'AchievementRecorded':
    case 'AchievementCorrected':
      return entryKey({
        kind: 'achievement',
        submittedBy: event.data.submittedBy,
        entryId: event.data.achievementId,
      });
    case 'UlnIssued':
    case 'LearnerDetailsAmended':
    case 'ParticipationWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementConfirmed':
    case 'AchievementWithdrawn':
    case 'AchievementReinstated':
    case 'OptOutSet':
    case 'OptOutLifted':
    case 'ChallengeRaised':
    case 'ChallengeWithdrawn':
    case 'ChallengeUpheld':
    case 'ChallengeRejected':
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      return null;
  }
}
