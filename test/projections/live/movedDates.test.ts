import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { event } from '../../domain/learner/examples.js';
import { stream } from '../recording.js';

const AWARDED = CalendarDate.parse('2021-08-12');
const TRULY = CalendarDate.parse('2019-08-15');
const BETWEEN = CalendarDate.parse('2020-06-30');

const moved = event('AchievementCorrected', {
  validFrom: TRULY,
  achievementAwardDate: { to: TRULY },
});

function achievementsBetween(...events: readonly LearnerEvent[]) {
  const provisional = event('AchievementRecorded', {
    achievementAwardDate: AWARDED,
    standing: 'provisional',
  });
  const all = [event('UlnIssued'), provisional, ...events];
  const recorded = stream(...all.map((one, day) => [`2024-09-0${day + 1}`, one] as const));
  return plrAt(recorded, { ...NOW, validAt: BETWEEN }).qualifications.flatMap(
    ({ achievements }) => achievements,
  );
}

describe('where a correction moves an award back, valid at a date between', () => {
  test('what was confirmed from the award on is final', () => {
    const confirmed = event('AchievementConfirmed', { effectiveDate: AWARDED });
    expect(achievementsBetween(confirmed, moved)).toMatchObject([{ standing: 'final' }]);
  });

  test('what was confirmed from a later date on is still provisional', () => {
    const confirmed = event('AchievementConfirmed', {
      effectiveDate: CalendarDate.parse('2022-01-01'),
    });
    expect(achievementsBetween(confirmed, moved)).toMatchObject([{ standing: 'provisional' }]);
  });

  test('what was withdrawn from the award on, and put back later, did not stand', () => {
    const withdrawn = event('AchievementWithdrawn', { effectiveDate: AWARDED });
    const reinstated = event('AchievementReinstated', {
      effectiveDate: CalendarDate.parse('2023-01-01'),
    });
    expect(achievementsBetween(withdrawn, reinstated, moved)).toEqual([]);
  });
});
