import { isRedacted, type Redactable } from '../../redaction.js';
import { CalendarDate } from '../../values/date.js';

// What counts as one error of typing. Names are given as they are compared: see `comparableName`.

/** With fewer signs than this, one sign more or less makes another name rather than a mistyped one. */
const MIN_SIGNS = 3;
/** Longer ones are not looked at: a name has 35 signs, and few of them stand for more than one. */
const MAX_SIGNS = 70;

/**
 * True where two names are one error of typing apart: a letter missing, too many or another one, or
 * two neighbours the wrong way round. Both have three signs to seventy. Numbers in a name are not
 * mistyped: Henry 7 is not Henry 8.
 */
export function isMistyped(name: string, other: string): boolean {
  if (name === other || digitsOf(name) !== digitsOf(other)) {
    return false;
  }
  const [one, two] = [[...name], [...other]];
  const shorter = Math.min(one.length, two.length);
  const longer = Math.max(one.length, two.length);
  if (shorter < MIN_SIGNS || longer > MAX_SIGNS || longer - shorter > 1) {
    return false;
  }
  let start = 0;
  while (start < shorter && one[start] === two[start]) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === two.at(-1 - end)) {
    end += 1;
  }
  const [left, right] = [one.slice(start, one.length - end), two.slice(start, two.length - end)];
  const isSwap =
    left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
  return Math.max(left.length, right.length) === 1 || isSwap;
}

/**
 * A name and what it is without any one of its letters. Two names of which one is a mistyped other
 * always share one of these, so that an index of them finds it: deletion alone covers every kind of
 * error, because both sides can lose a letter.
 */
export function spellingsOf(name: string): readonly string[] {
  const signs = [...name];
  if (signs.length < MIN_SIGNS || signs.length > MAX_SIGNS) {
    return [name];
  }
  const shortened = signs.flatMap((sign, index) =>
    isDigit(sign) ? [] : [signs.toSpliced(index, 1).join('')],
  );
  return [...new Set([name, ...shortened])];
}

/** True where two dates differ in one digit, or in the order of day and month. A redacted one is no date. */
export function isMistypedDate(date: string, other: Redactable<string>): boolean {
  if (isRedacted(other)) {
    return false;
  }
  const differing = [...date].filter((sign, index) => sign !== other[index]).length;
  return differing === 1 || (differing > 1 && withDayAndMonthSwapped(date) === other);
}

/** Every date that exists and of which the given one may be the mistyped form. */
export function mistypedDates(date: string): readonly CalendarDate[] {
  const oneDigit = [...date].flatMap((sign, index) =>
    isDigit(sign)
      ? [...'0123456789'].map((digit) => date.slice(0, index) + digit + date.slice(index + 1))
      : [],
  );
  const others = new Set([...oneDigit, withDayAndMonthSwapped(date)]);
  others.delete(date);
  return [...others].flatMap((text) => {
    const parsed = CalendarDate.safeParse(text);
    return parsed.success ? [parsed.data] : [];
  });
}

function withDayAndMonthSwapped(date: string): string {
  const [year, month, day] = date.split('-');
  return `${year}-${day}-${month}`;
}

function digitsOf(name: string): string {
  return [...name].filter(isDigit).join('');
}

function isDigit(sign: string): boolean {
  return /\p{Nd}/u.test(sign);
}
