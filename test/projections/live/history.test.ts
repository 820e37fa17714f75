import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { historyProjection } from '../../../projections/live/history.js';
import { NOW } from '../../../projections/live/point.js';
import { eventsAt } from '../../../projections/live/replay.js';
import { fold } from '../../../projections/projection.js';
import { event, marker } from '../../domain/learner/examples.js';
import { stream } from '../recording.js';

const DAY = '2024-09-02';
const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const participation = event('ParticipationRecorded');
const raised = event('ChallengeRaised');

function rowsOf(...events: readonly LearnerEvent[]) {
  return fold(historyProjection, stream(...events.map((one) => [DAY, one] as const))).rows;
}

/** What the last of the events replaced. */
function replacedByLast(...events: readonly LearnerEvent[]) {
  return rowsOf(...events).at(-1)?.replaced;
}

describe('a history', () => {
  test('has a row for each event, with all that was recorded', () => {
    const recorded = stream([DAY, issued], ['2024-10-01', achievement]);
    expect(fold(historyProjection, recorded).rows).toStrictEqual(
      recorded.map((one) => ({ ...one, replaced: null })),
    );
  });

  test('has a row for events that the record ignores', () => {
    const rows = rowsOf(issued, event('SensitiveDataRedacted'), event('FieldsResealed'));
    expect(rows.map(({ replaced }) => replaced)).toStrictEqual([null, null, null]);
  });

  test('has a row for events on what is not there, which replaced nothing', () => {
    const stray = event('AchievementCorrected', { grade: { to: 'A' } });
    expect(replacedByLast(issued, stray)).toStrictEqual({});
  });

  test.each([
    ['an issued ULN', [issued]],
    ['an achievement', [issued, achievement]],
    ['a participation', [issued, participation]],
    ['a challenge', [issued, achievement, raised]],
  ])('shows that %s replaced nothing', (_, events) => {
    expect(replacedByLast(...events)).toBeNull();
  });
});

describe('what an event replaced', () => {
  test('is the fields an amendment changed, and no others', () => {
    const amended = event('LearnerDetailsAmended', {
      familyName: { to: 'Sample' },
      notes: { to: 'Moved.' },
    });
    expect(replacedByLast(issued, amended)).toStrictEqual({ familyName: 'Example', notes: null });
  });

  test('is the fields a correction changed, and no others', () => {
    const corrected = event('AchievementCorrected', { grade: { to: 'A' }, credits: { to: 6 } });
    expect(replacedByLast(issued, achievement, corrected)).toStrictEqual({
      grade: 'Pass',
      credits: 12,
    });
  });

  test('is what the correction before had put there', () => {
    const first = event('ParticipationCorrected', { participationEndDate: { to: '2022-07-15' } });
    const second = event('ParticipationCorrected', { participationEndDate: { to: null } });
    expect(replacedByLast(issued, participation, first, second)).toStrictEqual({
      participationEndDate: '2022-07-15',
    });
  });

  test('is not taken from another entry with the same id', () => {
    const corrected = event('ParticipationCorrected', { subject: { to: 'Teaching' } });
    expect(
      replacedByLast(
        issued,
        event('AchievementRecorded', { achievementId: 'P-1' }),
        participation,
        corrected,
      ),
    ).toStrictEqual({ subject: null });
  });

  test('is the marker where the value before was redacted', () => {
    const corrected = event('AchievementCorrected', { grade: { to: 'A' } });
    expect(
      replacedByLast(issued, event('AchievementRecorded', { grade: marker }), corrected),
    ).toStrictEqual({ grade: marker });
  });

  test('is shown for a field whose new value was redacted', () => {
    const corrected = event('AchievementCorrected', { grade: marker });
    expect(replacedByLast(issued, achievement, corrected)).toStrictEqual({ grade: 'Pass' });
  });

  test.each([
    ['a confirmation', event('AchievementConfirmed'), { standing: 'provisional' }],
    ['a withdrawal', event('AchievementWithdrawn'), { withdrawn: false }],
    ['a reinstatement', event('AchievementReinstated'), { withdrawn: true }],
    ['an opt-out', event('OptOutSet'), { optedOut: false }],
    ['a rejected challenge', event('ChallengeRejected'), { challenge: 'open' }],
    ['an upheld challenge', event('ChallengeUpheld'), { challenge: 'open' }],
    ['a withdrawn challenge', event('ChallengeWithdrawn'), { challenge: 'open' }],
  ])('is the state that %s ended', (_, last, replaced) => {
    expect(replacedByLast(issued, achievement, raised, last)).toStrictEqual(replaced);
  });

  test('is the opt-out that was lifted', () => {
    expect(replacedByLast(issued, event('OptOutSet'), event('OptOutLifted'))).toStrictEqual({
      optedOut: true,
    });
  });

  test.each([
    ['a withdrawal', event('ParticipationWithdrawn'), { withdrawn: false }],
    ['a reinstatement', event('ParticipationReinstated'), { withdrawn: true }],
  ])('is the state that %s of a participation ended', (_, last, replaced) => {
    expect(replacedByLast(issued, participation, last)).toStrictEqual(replaced);
  });
});

describe('a history valid at a date before the ULN was issued', () => {
  test('still shows what a correction replaced', () => {
    const recorded = stream(
      [DAY, issued],
      [DAY, achievement],
      ['2024-10-01', event('AchievementCorrected', { grade: { to: 'A' } })],
    );
    const known = eventsAt(recorded, { ...NOW, validAt: CalendarDate.parse('2023-01-01') });
    expect(fold(historyProjection, known).rows.map(({ replaced }) => replaced)).toStrictEqual([
      null,
      { grade: 'Pass' },
    ]);
  });
});
