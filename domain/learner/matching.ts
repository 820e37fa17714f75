import { isRedacted, type Redactable } from '../redaction.js';
import type { LearnerDetails } from './details.js';

/** What a learner is looked for by. Gender and postcode may be unknown to whoever asks. */
export type Demographics = Pick<LearnerDetails, 'givenName' | 'familyName' | 'dateOfBirth'> & {
  readonly gender: LearnerDetails['gender'] | null;
  readonly lastKnownPostCode: LearnerDetails['lastKnownPostCode'] | null;
};

/** A field that matching compares. */
export type ComparedField = keyof Demographics;

/** What matching needs to know of a learner; redacted values match nothing and differ from nothing. */
export type KnownLearner = {
  readonly [Name in
    | ComparedField
    | 'preferredGivenName'
    | 'previousFamilyName'
    | 'familyNameAtAge16']: Redactable<LearnerDetails[Name]>;
};

/** How a learner compares with what was asked, and in which fields the two differ. */
export type Match = {
  readonly kind: 'exact' | 'possible' | 'none';
  readonly differing: readonly ComparedField[];
};

/**
 * Compares a learner with the demographics of a search.
 *
 * - Exact: names, date of birth, gender and postcode were all given and are all the same. The preferred
 *   given name counts as a given name. Source: observed behaviour of the service, which ignores case
 *   in names, and case and spaces in postcodes.
 * - Possible: the given name and at least two of family name, date of birth and postcode are the
 *   same, or the names are the other way round and the date of birth is the same. Previous family
 *   names and the one at age 16 count here. That names and date of birth suffice was observed; that
 *   other pairs do is ours: it finds who married or moved, and keeps twins apart.
 */
export function compareDemographics(asked: Demographics, known: KnownLearner): Match {
  const givenNames = comparable([known.givenName, known.preferredGivenName]);
  const familyNames = comparable([
    known.familyName,
    known.previousFamilyName,
    known.familyNameAtAge16,
  ]);
  const [given, family] = [comparableName(asked.givenName), comparableName(asked.familyName)];
  const agrees: Readonly<Record<ComparedField, boolean | null>> = {
    givenName: isRedacted(known.givenName) ? null : givenNames.includes(given),
    familyName: isRedacted(known.familyName) ? null : family === comparableName(known.familyName),
    dateOfBirth: same(asked.dateOfBirth, known.dateOfBirth),
    gender: same(asked.gender, known.gender),
    lastKnownPostCode: same(asked.lastKnownPostCode, known.lastKnownPostCode),
  };
  // Sound: the keys of the object above.
  const fields = Object.keys(agrees) as ComparedField[];
  const differing = fields.filter((field) => agrees[field] === false);
  if (fields.every((field) => agrees[field] === true)) {
    return { kind: 'exact', differing };
  }
  const alike = [
    familyNames.includes(family),
    agrees.dateOfBirth === true,
    agrees.lastKnownPostCode === true,
  ].filter(Boolean).length;
  const isSwapped =
    givenNames.includes(family) && familyNames.includes(given) && agrees.dateOfBirth === true;
  const isPossible = (givenNames.includes(given) && alike >= 2) || isSwapped;
  return { kind: isPossible ? 'possible' : 'none', differing };
}

/** A name as it is compared: without case, accents, spaces and punctuation. `O'Neill-Łis` is `oneilllis`. */
export function comparableName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[æøłđœðþı]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  // A name of signs alone is compared as it stands.
  return plain === '' ? name.trim() : plain;
}

/** A postcode as it is compared: capitals without spaces. */
export function comparablePostcode(postcode: string): string {
  return postcode.toUpperCase().replaceAll(/\s/g, '');
}

/** Letters that Unicode does not take apart. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** The names that are there and not redacted, as they are compared. */
export function comparable(names: readonly Redactable<string | null>[]): readonly string[] {
  return [
    ...new Set(names.flatMap((name) => (typeof name === 'string' ? [comparableName(name)] : []))),
  ];
}

/** Whether two values are the same; `null` where either is unknown or redacted. */
function same(asked: string | null, known: Redactable<string | null>): boolean | null {
  if (asked === null || typeof known !== 'string') {
    return null;
  }
  return comparablePostcode(asked) === comparablePostcode(known);
}
