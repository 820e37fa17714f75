import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CalendarDate, dateOf, Instant, monthsAfter } from '../../../domain/values/date.js';

const date = fc
  .date({
    min: new Date('1800-01-01T00:00:00.000Z'),
    max: new Date('2089-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((value) => Instant.parse(value.toISOString()));

describe('a date', () => {
  test.each([
    ['2024-02-29', 'a leap year'],
    ['2000-02-29', 'a century that is a leap year'],
    ['1800-01-01', "the first of the schema's years 18xx to 20xx"],
    ['2099-12-31', "the last of the schema's years"],
    ['2023-02-28', 'an ordinary end of February'],
    ['2021-11-30', 'an ordinary end of November'],
  ])('%s is accepted (%s)', (text) => {
    expect(CalendarDate.safeParse(text).success).toBe(true);
  });

  test.each([
    ['1900-02-29', "the service's schema allows it; 1900 was no leap year"],
    ['2023-02-29', 'no leap year'],
    ['2021-11-31', 'November has 30 days'],
    ['2021-13-01', 'no such month'],
    ['2021-00-10', 'no such month'],
    ['2021-01-00', 'no such day'],
    ['1799-12-31', 'before the first year'],
    ['2100-01-01', 'after the last year'],
    ['21-01-01', 'two digits of year'],
    ['2021-1-1', 'single digits'],
    ['01/09/2021', 'the British way'],
    ['2021-09-01T00:00:00Z', 'an instant'],
    [' 2021-09-01', 'a space in front'],
  ])('%j is refused (%s)', (text) => {
    expect(CalendarDate.safeParse(text).success).toBe(false);
  });
});

describe('an instant', () => {
  test.each([
    ['2026-11-23T15:49:31.123Z', 'three decimals, UTC'],
    ['2024-02-29T00:00:00.000Z', 'the beginning of a leap day'],
    ['2024-12-31T23:59:59.999Z', 'the end of a year'],
  ])('%s is accepted (%s)', (text) => {
    expect(Instant.safeParse(text).success).toBe(true);
  });

  test.each([
    ['2026-11-23T15:49:31Z', 'no decimals: it would not sort as time does'],
    ['2026-11-23T15:49:31.123456Z', 'six decimals'],
    ['2026-11-23T15:49:31.123+01:00', 'not UTC'],
    ['2026-11-23 15:49:31.123Z', 'a space for the T'],
    ['2023-02-29T00:00:00.000Z', 'a day that does not exist'],
    ['2026-11-23T24:00:00.000Z', 'the hour 24'],
    ['2016-12-31T23:59:60.000Z', 'a leap second'],
  ])('%j is refused (%s)', (text) => {
    expect(Instant.safeParse(text).success).toBe(false);
  });

  test('sorts as text as it does as time', () => {
    fc.assert(
      fc.property(date, date, (one, other) => {
        expect(one < other).toBe(Date.parse(one) < Date.parse(other));
      }),
    );
  });

  test.each([
    ['2024-12-31T23:59:59.999Z', '2024-12-31'],
    ['2025-01-01T00:00:00.000Z', '2025-01-01'],
  ])('%s lies on %s', (instant, expected) => {
    expect(dateOf(Instant.parse(instant))).toBe(expected);
  });
});

describe('months after a date', () => {
  test.each([
    ['2024-09-15', 1, '2024-10-15', 'the same day'],
    ['2024-12-15', 1, '2025-01-15', 'over the end of the year'],
    ['2024-01-31', 1, '2024-02-29', 'the last day where there is no 31st, in a leap year'],
    ['2023-01-31', 1, '2023-02-28', 'the last day where there is no 31st'],
    ['2024-08-31', 1, '2024-09-30', 'a month of 30 days'],
    ['2024-02-29', 12, '2025-02-28', 'from a leap day to a year without'],
    ['2024-05-31', 0, '2024-05-31', 'no months'],
  ])('%s plus %i is %s (%s)', (from, months, expected) => {
    expect(monthsAfter(CalendarDate.parse(from), months)).toBe(expected);
  });

  test('never skip a month', () => {
    fc.assert(
      fc.property(date, fc.nat(24), (instant, months) => {
        const from = dateOf(instant);
        const to = monthsAfter(from, months);
        const monthNumber = (text: string) =>
          Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(monthNumber(to)).toBe(monthNumber(from) + months);
      }),
    );
  });
});
