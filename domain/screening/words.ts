import { allowedEnglish, englishWords } from './english.js';
import type { ScreeningList } from './screening.js';
import { allowedWelsh, welshWords } from './welsh.js';

/**
 * The list of words that comes with the ledger, ours, in English and Welsh. It is careful rather than
 * complete: whoever is shown flags that mean nothing stops looking at them. Three choices in it:
 *
 * - Subjects are hardly screened. Thousands study autism, offenders or religion as a subject, and an
 *   award in it says nothing of them; only what is named as being *for* people of a kind is flagged.
 * - A school with a church's name is not flagged. A third of the schools have one, and they take
 *   pupils of any belief; a seminary or a yeshiva is flagged.
 * - A hospital that trains its staff is not flagged; a hospital school is.
 */
export const standardWords: ScreeningList = {
  words: [...englishWords, ...welshWords].flatMap(({ phrases, category, contexts }) =>
    listOf(phrases).map((phrase) => ({ phrase, category, contexts })),
  ),
  allowed: [...listOf(allowedEnglish), ...listOf(allowedWelsh)],
};

function listOf(phrases: string): readonly string[] {
  return phrases
    .split(',')
    .map((phrase) => phrase.trim())
    .filter((phrase) => phrase !== '');
}
