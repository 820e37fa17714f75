import { isPlaceholder } from '../postcode.js';
import { isRedacted, type Redactable } from '../redaction.js';
import type { LearnerDetails } from './details.js';

/** What a learner is looked for by; what may be unknown to whoever asks is `null`. */
export type Demographics = Pick<LearnerDetails, 'givenName' | 'familyName' | 'dateOfBirth'> & {
  readonly [Name in 'gender' | 'lastKnownPostCode' | OtherName]: LearnerDetails[Name] | null;
};

/** Other names that a learner may go by. */
type OtherName = 'preferredGivenName' | 'previousFamilyName' | 'familyNameAtAge16';

/** A field that matching compares. */
export type ComparedField = Exclude<keyof Demographics, OtherName>;

/** What matching needs to know of a learner; redacted values match nothing and differ from nothing. */
export type KnownLearner = {
  readonly [Name in ComparedField | OtherName]: Redactable<LearnerDetails[Name]>;
};

/** What a source takes a learner to be called, and when to be born; `null` where it does not say. */
export type Identity = {
  readonly [Name in 'givenName' | 'familyName' | 'dateOfBirth']: LearnerDetails[Name] | null;
};

/** How a learner compares with what was asked, and in which fields the two differ. A previous family name differs. */
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
 *   same, or the names are the other way round and the date of birth is the same. Preferred given
 *   names, previous family names and the one at age 16 count here, on both sides. That names and date of birth suffice was observed; that
 *   other pairs do is ours: it finds who married or moved, and keeps twins apart. A placeholder for
 *   an unknown postcode, which thousands share, says nothing here.
 */
export function compareDemographics(asked: Demographics, known: KnownLearner): Match {
  const [givenNames, familyNames] = [givenNamesOf(known), familyNamesOf(known)];
  const agrees: Readonly<Record<ComparedField, boolean | null>> = {
    givenName: isOneOf(asked.givenName, givenNames),
    familyName: isOneOf(asked.familyName, [known.familyName]),
    dateOfBirth: same(asked.dateOfBirth, known.dateOfBirth),
    gender: same(asked.gender, known.gender),
    lastKnownPostCode: same(asked.lastKnownPostCode, known.lastKnownPostCode, comparablePostcode),
  };
  // Sound: the keys of the object above.
  const fields = Object.keys(agrees) as ComparedField[];
  const differing = fields.filter((field) => agrees[field] === false);
  if (fields.every((field) => agrees[field] === true)) {
    return { kind: 'exact', differing };
  }
  const [askedGiven, askedFamily] = [givenNamesOf(asked), familyNamesOf(asked)];
  const alike = [
    isAnyOf(askedFamily, familyNames),
    agrees.dateOfBirth === true,
    agrees.lastKnownPostCode === true && !isPlaceholder(known.lastKnownPostCode),
  ].filter(Boolean).length;
  const isSwapped =
    isAnyOf(askedFamily, givenNames) &&
    isAnyOf(askedGiven, familyNames) &&
    agrees.dateOfBirth === true;
  const isPossible = (isAnyOf(askedGiven, givenNames) && alike >= 2) || isSwapped;
  return { kind: isPossible ? 'possible' : 'none', differing };
}

/**
 * The parts of an identity that are not known to be the learner's. The preferred given name counts as
 * a given name, previous family names and the one at age 16 as a family name. What may be a value that
 * was redacted cannot be confirmed, and differs: a redaction must not let somebody else's entry in.
 */
export function differingIdentity(
  identity: Identity,
  known: KnownLearner,
): readonly (keyof Identity)[] {
  const { givenName, familyName, dateOfBirth } = identity;
  const differs: Readonly<Record<keyof Identity, boolean>> = {
    givenName: givenName !== null && isOneOf(givenName, givenNamesOf(known)) !== true,
    familyName: familyName !== null && isOneOf(familyName, familyNamesOf(known)) !== true,
    dateOfBirth: dateOfBirth !== null && same(dateOfBirth, known.dateOfBirth) !== true,
  };
  // Sound: the keys of the object above.
  return (Object.keys(differs) as (keyof Identity)[]).filter((part) => differs[part]);
}

/** A name as it is compared: without case, accents, spaces and punctuation. `O'Neill-Łis` is `oneilllis`. */
export function comparableName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[æøłđħœðþß]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    // U+02B0 to U+02FF: Unicode counts the apostrophe of some keyboards, U+02BC, among the letters.
    .replaceAll(/[^\p{L}\p{N}]|[\u02b0-\u02ff]/gu, '');
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
  ħ: 'h',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
  // The capital form; the small one becomes ss among the capitals.
  ß: 'ss',
};

/** The names that are there and not redacted, as they are compared. */
export function comparable(names: readonly Redactable<string | null>[]): readonly string[] {
  return [
    ...new Set(names.flatMap((name) => (typeof name === 'string' ? [comparableName(name)] : []))),
  ];
}

/** The given names that a learner goes by. */
export function givenNamesOf(
  known: Pick<KnownLearner, 'givenName' | 'preferredGivenName'>,
): readonly Redactable<string | null>[] {
  return [known.givenName, known.preferredGivenName];
}

/** The family names that a learner goes or went by. */
export function familyNamesOf(
  known: Pick<KnownLearner, 'familyName' | 'previousFamilyName' | 'familyNameAtAge16'>,
): readonly Redactable<string | null>[] {
  return [known.familyName, known.previousFamilyName, known.familyNameAtAge16];
}

/** Whether a name is one of those known; `null` where none was asked for, or it may be one that is redacted. */
function isOneOf(name: string | null, known: readonly Redactable<string | null>[]): boolean | null {
  if (name === null) {
    return null;
  }
  if (comparable(known).includes(comparableName(name))) {
    return true;
  }
  return known.some(isRedacted) ? null : false;
}

/** True where a name asked for is among those known. */
function isAnyOf(
  asked: readonly Redactable<string | null>[],
  known: readonly Redactable<string | null>[],
): boolean {
  const names = comparable(known);
  return comparable(asked).some((name) => names.includes(name));
}

/** Whether two values are the same, in the form in which they are compared; `null` where either is unknown or redacted. */
function same(
  asked: string | null,
  known: Redactable<string | null>,
  comparableForm: (text: string) => string = (text) => text,
): boolean | null {
  return asked === null || typeof known !== 'string'
    ? null
    : comparableForm(asked) === comparableForm(known);
}
