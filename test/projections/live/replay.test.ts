import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import type { Recorded } from '../../../domain/recorded.js';
import { CalendarDate, Instant } from '../../../domain/values/date.js';
import { NOW, type Point } from '../../../projections/live/point.js';
import { eventsAt, plrAt, replaySteps } from '../../../projections/live/replay.js';
import { event } from '../../domain/learner/examples.js';
import { stream } from '../recording.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded', { achievementAwardDate: '2021-08-12' });

function asAt(instant: string): Point {
  return { ...NOW, asAt: Instant.parse(instant) };
}

function validAt(date: string): Point {
  return { ...NOW, validAt: CalendarDate.parse(date) };
}

function versionsAt(events: readonly Recorded<LearnerEvent>[], point: Point) {
  return eventsAt(events, point).map(({ version }) => version);
}

function datesAt(events: readonly Recorded<LearnerEvent>[], point: Point) {
  return plrAt(events, point).qualifications.flatMap(({ achievements }) =>
    achievements.map(({ values }) => values['achievementAwardDate']),
  );
}

describe('as at an instant', () => {
  const events = stream(['2024-09-02', issued], ['2024-09-03', achievement]);

  test.each([
    ['2024-09-02T11:59:59.999Z', [], 'just before the first'],
    ['2024-09-02T12:00:00.000Z', [1], 'at the first'],
    ['2024-09-03T11:59:59.999Z', [1], 'just before the second'],
    ['2024-09-03T12:00:00.000Z', [1, 2], 'at the second'],
  ])('%s the ledger had learnt %j (%s)', (instant, versions) => {
    expect(versionsAt(events, asAt(instant))).toStrictEqual(versions);
  });

  test('an award of long ago is not known before it is recorded', () => {
    expect(datesAt(events, asAt('2024-09-02T18:00:00.000Z'))).toStrictEqual([]);
  });

  test('a later correction is not known', () => {
    const corrected = event('AchievementCorrected', { grade: { to: 'Distinction' } });
    const known = plrAt(
      [...events, ...stream(['2024-10-01', corrected])],
      asAt('2024-09-30T00:00:00.000Z'),
    );
    expect(known.qualifications[0]?.achievements[0]?.values['grade']).toBe('Pass');
  });
});

describe('at a version', () => {
  const events = stream(['2024-09-02', issued], ['2024-09-02', achievement]);

  test.each([
    [0, []],
    [1, [1]],
    [2, [1, 2]],
    [3, [1, 2]],
  ])('%i the first events of the stream count', (version, versions) => {
    expect(versionsAt(events, { ...NOW, version })).toStrictEqual(versions);
  });

  test('the last is the same as now', () => {
    expect(plrAt(events, { ...NOW, version: 2 })).toStrictEqual(plrAt(events, NOW));
  });
});

describe('valid at a date', () => {
  const events = stream(['2024-09-02', issued], ['2024-09-02', achievement]);

  test.each([
    ['2021-08-11', []],
    ['2021-08-12', ['2021-08-12']],
    ['2024-12-31', ['2021-08-12']],
  ])('%s an award counts from its own date, whenever it was recorded', (date, dates) => {
    expect(datesAt(events, validAt(date))).toStrictEqual(dates);
  });

  test.each([
    ['2024-09-01', null],
    ['2024-09-02', '1000000043'],
  ])('%s a ULN counts from the day on which it was issued', (date, uln) => {
    expect(plrAt(events, validAt(date)).uln).toBe(uln);
  });

  test('shows an amendment from its effective date', () => {
    const amended = event('LearnerDetailsAmended', {
      effectiveDate: '2024-10-10',
      familyName: { to: 'Sample' },
    });
    const all = stream(['2024-09-02', issued], ['2024-11-01', amended]);
    const names = ['2024-10-09', '2024-10-10'].map(
      (date) => plrAt(all, validAt(date)).details?.familyName,
    );
    expect(names).toStrictEqual(['Example', 'Sample']);
  });

  test('shows an opt-out from its effective date', () => {
    const set = event('OptOutSet', { effectiveDate: '2024-10-10' });
    const all = stream(['2024-09-02', issued], ['2024-11-01', set]);
    const shared = ['2024-10-09', '2024-10-10'].map(
      (date) => plrAt(all, validAt(date)).sharing.optedOut,
    );
    expect(shared).toStrictEqual([false, true]);
  });

  test('shows a challenge from the day on which it was raised', () => {
    const all = [...events, ...stream(['2024-10-10', event('ChallengeRaised')])];
    const counts = ['2024-10-09', '2024-10-10'].map(
      (date) => plrAt(all, validAt(date)).challenges.length,
    );
    expect(counts).toStrictEqual([0, 1]);
  });

  test('shows a confirmation from its effective date', () => {
    const all = stream(
      ['2024-09-02', issued],
      ['2024-09-02', event('AchievementRecorded', { standing: 'provisional' })],
      ['2024-10-01', event('AchievementConfirmed', { effectiveDate: '2023-01-01' })],
    );
    const standings = ['2022-12-31', '2023-01-01'].map(
      (date) => plrAt(all, validAt(date)).qualifications[0]?.achievements[0]?.standing,
    );
    expect(standings).toStrictEqual(['provisional', 'final']);
  });
});

describe('valid at a date, an award date that was corrected', () => {
  const corrected = (to: string, validFrom: string) =>
    stream(
      ['2024-09-02', issued],
      ['2024-09-02', achievement],
      ['2024-10-01', event('AchievementCorrected', { validFrom, achievementAwardDate: { to } })],
    );
  const earlier = corrected('2019-08-15', '2019-08-15');
  const later = corrected('2023-08-17', '2021-08-12');

  test.each([
    ['2019-08-14', []],
    ['2019-08-15', ['2019-08-15']],
    ['2020-06-01', ['2019-08-15']],
    ['2022-06-01', ['2019-08-15']],
  ])('to an earlier one counts from there (%s)', (date, dates) => {
    expect(datesAt(earlier, validAt(date))).toStrictEqual(dates);
  });

  test.each([
    ['2021-08-12', []],
    ['2022-06-01', []],
    ['2023-08-16', []],
    ['2023-08-17', ['2023-08-17']],
  ])('to a later one does not count before (%s)', (date, dates) => {
    expect(datesAt(later, validAt(date))).toStrictEqual(dates);
  });

  test.each([
    ['2020-06-01', earlier, [], 'an earlier award, not yet known'],
    ['2022-06-01', earlier, ['2021-08-12'], 'an earlier award, with the old date'],
    ['2022-06-01', later, ['2021-08-12'], 'a later award, still with the old date'],
  ])('at %s as at the day before the correction is as it was then: %4$s', (date, events, dates) => {
    const point = { ...asAt('2024-09-30T00:00:00.000Z'), validAt: CalendarDate.parse(date) };
    expect(datesAt(events, point)).toStrictEqual(dates);
  });

  test('as at the day before the correction does not count from the date it was given later', () => {
    const point = {
      ...asAt('2024-09-30T00:00:00.000Z'),
      validAt: CalendarDate.parse('2020-06-01'),
    };
    expect(versionsAt(earlier, point)).toStrictEqual([]);
  });
});

describe('valid at a date, a withdrawn award', () => {
  const withdrawn = event('AchievementWithdrawn', { effectiveDate: '2023-01-15' });
  const events = stream(
    ['2024-09-02', issued],
    ['2024-09-02', achievement],
    ['2024-10-01', withdrawn],
  );

  test.each([
    ['2023-01-14', ['2021-08-12']],
    ['2023-01-15', []],
    ['2024-12-31', []],
  ])('stands until the withdrawal takes effect (%s)', (date, dates) => {
    expect(datesAt(events, validAt(date))).toStrictEqual(dates);
  });

  test('stands as at a day before the withdrawal was recorded, though it is in effect', () => {
    const point = {
      ...asAt('2024-09-30T00:00:00.000Z'),
      validAt: CalendarDate.parse('2023-06-01'),
    };
    expect(datesAt(events, point)).toStrictEqual(['2021-08-12']);
  });

  test.each([
    ['2023-01-14', ['2021-08-12']],
    ['2023-03-01', []],
    ['2023-06-01', ['2021-08-12']],
  ])('stands again once its reinstatement takes effect (%s)', (date, dates) => {
    const reinstated = event('AchievementReinstated', { effectiveDate: '2023-06-01' });
    const all = [...events, ...stream(['2024-11-01', reinstated])];
    expect(datesAt(all, validAt(date))).toStrictEqual(dates);
  });
});

describe('the steps of a replay', () => {
  test('say what each event changed in the record', () => {
    const corrected = event('AchievementCorrected', { grade: { to: 'Distinction' } });
    const events = stream(
      ['2024-09-02', issued],
      ['2024-09-02', achievement],
      ['2024-10-01', corrected],
    );
    const path = ['qualifications', '601/0143/X', 'achievements', 'achievement 99999901 A-1'];
    const changes = replaySteps(events, NOW).at(-1)?.changes ?? [];
    expect(new Set(changes)).toStrictEqual(
      new Set([
        { path: [...path, 'correctedAt'], before: null, after: '2024-10-01T12:00:00.000Z' },
        { path: [...path, 'values', 'grade'], before: 'Pass', after: 'Distinction' },
      ]),
    );
  });

  test('are there for events that change nothing', () => {
    const events = stream(['2024-09-02', issued], ['2024-09-02', event('SensitiveDataRedacted')]);
    expect(replaySteps(events, NOW).map(({ changes }) => changes.length > 0)).toStrictEqual([
      true,
      false,
    ]);
  });

  test('leave out what does not count at the point', () => {
    const events = stream(['2024-09-02', issued], ['2024-09-02', achievement]);
    const steps = replaySteps(events, validAt('2021-12-31'));
    expect(steps.map(({ recorded }) => recorded.version)).toStrictEqual([2]);
  });
});
