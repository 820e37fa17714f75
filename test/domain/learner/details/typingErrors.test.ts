import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isMistyped,
  isMistypedDate,
  mistypedDates,
  spellingsOf,
} from '../../../../domain/learner/details/typingErrors.js';
import { CalendarDate } from '../../../../domain/values/date.js';
import { marker } from '../examples.js';

describe('a name', () => {
  test.each([
    ['sampleton', 'samleton', 'a letter missing'],
    ['sampleton', 'ampleton', 'the first letter missing'],
    ['sampleton', 'sampleto', 'the last letter missing'],
    ['sampleton', 'samppleton', 'a letter doubled'],
    ['sampleton', 'sampletonn', 'a letter too many at the end'],
    ['sampleton', 'sanpleton', 'another letter'],
    ['sampleton', 'sampletom', 'another last letter'],
    ['sampleton', 'smapleton', 'neighbours the wrong way round'],
    ['sampleton', 'asmpleton', 'the first two the wrong way round'],
    ['sampleton', 'sampletno', 'the last two the wrong way round'],
    ['ann', 'anne', 'three letters and one more'],
    ['zoe', 'zoo', 'three letters, one another'],
    ['henry8', 'hnry8', 'a letter missing before a number'],
    ['иванов', 'ивонов', 'another script'],
  ])('%s may be the mistyped %s: %s', (name, other) => {
    expect([isMistyped(name, other), isMistyped(other, name)]).toEqual([true, true]);
  });

  test.each([
    ['sampleton', 'sampleton', 'the same'],
    ['sampleton', 'samplet', 'two letters missing'],
    ['sampleton', 'samplenot', 'letters the wrong way round that are no neighbours'],
    ['sampleton', 'sanpletom', 'two other letters'],
    ['sampleton', 'smaplteon', 'two pairs the wrong way round'],
    ['sampleton', 'placeholder', 'another name'],
    ['abcd', 'badc', 'two pairs, and nothing else'],
    ['zo', 'zoe', 'two letters and one more: too short to tell'],
    ['jo', 'jp', 'two letters, one another'],
    ['李', '王', 'one sign each'],
    ['-', '', 'nothing'],
    ['henry7', 'henry8', 'another number'],
    ['henry7', 'henry', 'no number'],
    ['henry12', 'henry21', 'the digits of a number the other way round'],
    ['x'.repeat(70), 'x'.repeat(71), 'longer than any name'],
  ])('%s is not the mistyped %s: %s', (name, other) => {
    expect([isMistyped(name, other), isMistyped(other, name)]).toEqual([false, false]);
  });

  // Few letters, so that names are often near one another.
  const names = fc
    .array(fc.constantFrom('a', 'b', 'c', '7'), { maxLength: 6 })
    .map((a) => a.join(''));

  test('is mistyped where the table of edit distances says that one edit apart, and no number differs', () => {
    fc.assert(
      fc.property(names, names, (name, other) => {
        const digits = (text: string) => text.replaceAll(/\D/g, '');
        const expected =
          distance(name, other) === 1 &&
          Math.min(name.length, other.length) >= 3 &&
          digits(name) === digits(other);
        expect(isMistyped(name, other)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  /** A name and the same with one edit of its letters. */
  const edited = fc
    .record({
      name: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 4, maxLength: 8 }),
      at: fc.nat(2),
      letter: fc.constantFrom('x', 'y'),
      edit: fc.constantFrom('insert', 'delete', 'replace', 'swap'),
    })
    .map(({ name, at, letter, edit }) => {
      const [before, after] = [name.slice(0, at), name.slice(at)];
      const other = {
        insert: before + letter + after,
        delete: before + after.slice(1),
        replace: before + letter + after.slice(1),
        swap: before + after.charAt(1) + after.charAt(0) + after.slice(2),
      }[edit];
      return [name, other] as const;
    });

  test('with one edit is mistyped and shares a spelling with what it was', () => {
    fc.assert(
      fc.property(edited, ([name, other]) => {
        const spellings = spellingsOf(other);
        expect(isMistyped(name, other)).toBe(name !== other);
        expect(spellingsOf(name).some((spelling) => spellings.includes(spelling))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['anna', ['anna', 'nna', 'ana', 'ann']],
    ['ab7c', ['ab7c', 'b7c', 'a7c', 'ab7']],
    ['jo', ['jo']],
    ['x'.repeat(70), ['x'.repeat(70), 'x'.repeat(69)]],
    ['x'.repeat(71), ['x'.repeat(71)]],
  ])('%s is spelt %j', (name, spellings) => {
    expect(spellingsOf(name)).toEqual(spellings);
  });
});

/** The number of edits between two texts: optimal string alignment, by the textbook's table. */
function distance(one: string, other: string): number {
  const table = Array.from({ length: one.length + 1 }, (_, row) =>
    Array.from({ length: other.length + 1 }, (_, column) => (row === 0 ? column : row)),
  );
  const at = (row: number, column: number) => table[row]?.[column] ?? 0;
  for (let row = 1; row <= one.length; row += 1) {
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      const cost = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      (table[row] ?? [])[column] = cost;
    }
  }
  return at(one.length, other.length);
}

describe('a date', () => {
  test.each([
    ['2003-04-17', '2003-04-11', 'one digit of the day'],
    ['2003-04-17', '2003-08-17', 'one digit of the month'],
    ['2003-04-17', '1003-04-17', 'one digit of the year'],
    ['2003-04-17', '2013-04-17', 'the decade'],
    ['2003-04-07', '2003-07-04', 'day and month the other way round'],
    ['2003-11-12', '2003-12-11', 'day and month the other way round, one digit each'],
  ])('%s may be the mistyped %s: %s', (date, other) => {
    expect([isMistypedDate(date, other), isMistypedDate(other, date)]).toEqual([true, true]);
  });

  test.each([
    ['2003-04-17', '2003-04-17', 'the same'],
    ['2003-04-04', '2003-04-04', 'the same, with day and month alike'],
    ['2003-04-17', '2003-05-18', 'two digits'],
    ['2003-04-17', '2003-04-71', 'the digits of the day the other way round'],
    ['2003-04-07', '2004-07-04', 'day and month the other way round in another year'],
  ])('%s is not the mistyped %s: %s', (date, other) => {
    expect([isMistypedDate(date, other), isMistypedDate(other, date)]).toEqual([false, false]);
  });

  test('is not a mistyped redacted one', () => {
    expect(isMistypedDate('2003-04-17', marker)).toBe(false);
  });

  const dates = fc
    .date({ min: new Date('1990-01-01'), max: new Date('2010-12-31'), noInvalidDate: true })
    .map((date) => CalendarDate.parse(date.toISOString().slice(0, 10)));

  test('has as mistyped forms exactly the dates that exist and are an error of typing away', () => {
    fc.assert(
      fc.property(dates, dates, (date, other) => {
        const forms = mistypedDates(date);
        expect(forms.every((form) => isMistypedDate(form, date))).toBe(true);
        expect(forms.every((form) => CalendarDate.safeParse(form).success)).toBe(true);
        expect(new Set(forms).size).toBe(forms.length);
        expect(forms.includes(other)).toBe(isMistypedDate(other, date));
      }),
    );
  });

  test('with day and month the other way round is among them only where it exists', () => {
    expect(mistypedDates('2003-04-07')).toContain('2003-07-04');
    expect(mistypedDates('2003-04-17')).not.toContain('2003-17-04');
  });
});
