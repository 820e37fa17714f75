import { describe, expect, test } from 'vitest';
import { type DayOfAccess, isAtLeast, suspicionsOf } from '../../../domain/alert/abuse.js';
import { CalendarDate, daysAfter } from '../../../domain/values/date.js';

const FIRST = CalendarDate.parse('2018-09-03');

/** Days in a row, each with what it is given and nothing else. */
function days(...counts: readonly Partial<DayOfAccess>[]): readonly DayOfAccess[] {
  return counts.map((count, index) => ({
    day: daysAfter(FIRST, index),
    requests: count.searches ?? 0,
    searches: 0,
    uses: 0,
    birthDatesTried: 0,
    outOfHours: 0,
    ...count,
  }));
}

const repeat = (times: number, count: Partial<DayOfAccess>) =>
  Array.from({ length: times }, () => count);

describe('searches that lead to nothing', () => {
  test.each([
    [49, 0, null],
    [50, 0, 'warning'],
    [499, 0, 'warning'],
    [500, 0, 'severe'],
    [50, 1, null],
    [51, 1, 'warning'],
    [5000, 100, null],
    [5001, 100, 'severe'],
  ])('%i searches and %i uses: %s', (searches, uses, level) => {
    const found = suspicionsOf(days({ searches, uses, requests: 0 }));
    expect(found.map((one) => [one.kind, one.level])).toEqual(
      level === null ? [] : [['searches-without-registrations', level]],
    );
  });

  test('are added up over 30 days, and no longer', () => {
    const two = { searches: 2, requests: 2 };
    expect(suspicionsOf(days(...repeat(24, two)))).toEqual([]);
    expect(suspicionsOf(days(...repeat(25, two)))).toHaveLength(1);
    const pause = repeat(30, { requests: 0 });
    expect(suspicionsOf(days(...repeat(25, two), ...pause))).toEqual([]);
  });
});

describe('volume', () => {
  test.each([
    [10, 200, null],
    [10, 201, 'severe'],
    [100, 500, null],
    [100, 501, 'warning'],
    [100, 2001, 'severe'],
  ])('with a mean of %i a day, %i requests: %s', (mean, requests, level) => {
    const found = suspicionsOf(days(...repeat(20, { requests: mean }), { requests }));
    expect(found.map((one) => one.level)).toEqual(level === null ? [] : [level]);
  });

  test('of an organisation that begins is compared with nothing', () => {
    expect(suspicionsOf(days({ requests: 100_000 }))).toEqual([]);
  });
});

test.each([
  [2, null],
  [3, 'warning'],
  [9, 'warning'],
  [10, 'severe'],
])('%i dates of birth tried with one set of names: %s', (birthDatesTried, level) => {
  const found = suspicionsOf(days({ birthDatesTried }));
  expect(found.map((one) => [one.kind, one.level])).toEqual(
    level === null ? [] : [['birth-date-guessing', level]],
  );
});

test.each([
  [19, []],
  [20, ['out-of-hours']],
])('%i requests out of hours', (outOfHours, kinds) => {
  expect(suspicionsOf(days({ outOfHours })).map(({ kind }) => kind)).toEqual(kinds);
});

test('levels have an order', () => {
  expect(isAtLeast('severe', 'warning')).toBe(true);
  expect(isAtLeast('warning', 'warning')).toBe(true);
  expect(isAtLeast('notice', 'warning')).toBe(false);
});

test('nothing is suspected of nobody', () => {
  expect(suspicionsOf([])).toEqual([]);
});
