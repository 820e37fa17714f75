import { comparable, comparablePostcode } from '../../domain/learner/details/matching.js';
import { spellingsOf } from '../../domain/learner/details/typingErrors.js';
import type { Redactable } from '../../domain/redaction.js';

/** A column's filter for any of some names. */
export function anyOf(names: readonly Redactable<string | null>[]): string {
  return `(${comparable(names).map(nameWord).map(quoted).join(' OR ')})`;
}

/** The same for names of which one may be a mistyped form. */
export function anySpellingOf(names: readonly Redactable<string | null>[]): string {
  const spellings = comparable(names).flatMap(spellingsOf);
  return `(${[...new Set(spellings)].map(nameWord).map(quoted).join(' OR ')})`;
}

/** A word as the query language takes it. */
export function quoted(word: string): string {
  return `"${word}"`;
}

/** A name as one word of the index: signs that the index knows nothing of are written as numbers. */
function nameWord(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gu, (sign) => `u${sign.codePointAt(0)?.toString(16)}`);
}

/** Names as words of the index. */
export function wordsOf(names: readonly Redactable<string | null>[]): string {
  return comparable(names).map(nameWord).join(' ');
}

/** Names without any one letter; the whole names stand in a column of their own. */
export function nearWordsOf(names: readonly Redactable<string | null>[]): string {
  const whole = comparable(names);
  const near = new Set(whole.flatMap(spellingsOf));
  return [...near]
    .filter((spelling) => !whole.includes(spelling))
    .map(nameWord)
    .join(' ');
}

/** A date or a postcode as a word of the index. */
export function wordOf(value: Redactable<string>): string {
  return typeof value === 'string' ? comparablePostcode(value).replaceAll('-', '') : '';
}
