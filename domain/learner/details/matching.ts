import { isRedacted, type Redactable } from '../../redaction.js';
import { isPlaceholder } from '../../values/postcode.js';
import type { LearnerDetails } from './details.js';
import { isMistyped, isMistypedDate } from './typingErrors.js';

/** What a learner is looked for by; what may be unknown to whoever asks is `null`. */
export type Demographics = Pick<LearnerDetails, 'givenName' | 'familyName' | 'dateOfBirth'> & {
  readonly [Name in 'gender' | 'lastKnownPostCode' | OtherName]: LearnerDetails[Name] | null;
};

/** Other names that a learner may go by. */
type OtherName = 'preferredGivenName' | 'previousFamilyName' | 'familyNameAtAge16';

/** A name of a learner, missing or redacted perhaps. */
type Name = Redactable<string | null>;

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
  /** The one field that must have been mistyped for this to be a possible match; `null` where none must. */
  readonly mistyped: MistypedField | null;
};

/** A field in which an error of typing is looked for. */
export type MistypedField = 'givenName' | 'familyName' | 'dateOfBirth';

/**
 * Compares a learner with the demographics of a search.
 *
 * - Exact: names, date of birth, gender and postcode were all given and are all the same. The preferred
 *   given name counts as a given name. Source: observed behaviour of the service, which ignores case
 *   in names, and case and spaces in postcodes.
 * - Possible: the given name and at least two of family name, date of birth and postcode are the
 *   same, or the names are the other way round and the date of birth is the same. Preferred given
 *   names, previous family names and the one at age 16 count here, on both sides. That names and date
 *   of birth suffice was observed; that other pairs do is ours: it finds who married or moved, and
 *   keeps twins apart. A placeholder for an unknown postcode, which thousands share, says nothing here.
 * - Possible because one field was mistyped, which is ours: one field is one error of typing away (see
 *   `isMistyped` and `isMistypedDate`), and of the others there agree
 *   - for a given name: the date of birth, and family name or postcode, and the genders do not
 *     contradict each other, 1 and 2. A household shares family name and postcode, so only the date
 *     of birth tells a mistyped name from a brother's; of twins with names so alike a person decides.
 *   - for a family name: the given name, and date of birth or postcode.
 *   - for a date of birth: the given name, and family name or postcode.
 *
 *   A second mistyped field agrees with nothing, and names that are the other way round as well are
 *   not looked for.
 */
export function compareDemographics(asked: Demographics, known: KnownLearner): Match {
  const agrees = agreement(asked, known);
  const differing = differingIn(agrees);
  if (Object.values(agrees).every((agreed) => agreed === true)) {
    return { kind: 'exact', differing, mistyped: null };
  }
  const alike = likeness(asked, known, agrees);
  const others = [alike.family, alike.born, alike.postcode].filter(Boolean).length;
  if ((alike.given && others >= 2) || (alike.swapped && alike.born)) {
    return { kind: 'possible', differing, mistyped: null };
  }
  const mistyped = mistypedField(asked, known, alike);
  return { kind: mistyped === null ? 'none' : 'possible', differing, mistyped };
}

/** The fields in which a learner differs from what was asked; what was not asked, or may be redacted, does not differ. */
export function differingFields(asked: Asked, known: KnownLearner): readonly ComparedField[] {
  return differingIn(agreement(asked, known));
}

/** What was asked of each field; `null` where nothing was. */
type Asked = { readonly [Field in ComparedField]: Demographics[Field] | null };

/** Whether each field is the same; `null` where that cannot be said. */
type Agreement = Readonly<Record<ComparedField, boolean | null>>;

function agreement(asked: Asked, known: KnownLearner): Agreement {
  return {
    givenName: isOneOf(asked.givenName, givenNamesOf(known)),
    familyName: isOneOf(asked.familyName, [known.familyName]),
    dateOfBirth: same(asked.dateOfBirth, known.dateOfBirth),
    gender: same(asked.gender, known.gender),
    lastKnownPostCode: same(asked.lastKnownPostCode, known.lastKnownPostCode, comparablePostcode),
  };
}

function differingIn(agrees: Agreement): readonly ComparedField[] {
  // Sound: the keys of an agreement.
  return (Object.keys(agrees) as ComparedField[]).filter((field) => agrees[field] === false);
}

/** What makes two alike: every name that either goes or went by counts, and a placeholder is no postcode. */
type Likeness = Readonly<Record<'given' | 'family' | 'swapped' | 'born' | 'postcode', boolean>>;

function likeness(asked: Demographics, known: KnownLearner, agrees: Agreement): Likeness {
  const [given, family] = [givenNamesOf(known), familyNamesOf(known)];
  const [askedGiven, askedFamily] = [givenNamesOf(asked), familyNamesOf(asked)];
  return {
    given: areAny(askedGiven, given),
    family: areAny(askedFamily, family),
    swapped: areAny(askedFamily, given) && areAny(askedGiven, family),
    born: agrees.dateOfBirth === true,
    postcode: agrees.lastKnownPostCode === true && !isPlaceholder(known.lastKnownPostCode),
  };
}

function mistypedField(
  asked: Demographics,
  known: KnownLearner,
  { given, family, born, postcode }: Likeness,
): MistypedField | null {
  const mayBe = (one: readonly Name[], other: readonly Name[]) => areAny(one, other, isMistyped);
  if (given && (born || postcode) && mayBe(familyNamesOf(asked), familyNamesOf(known))) {
    return 'familyName';
  }
  const isBorn = isMistypedDate(asked.dateOfBirth, known.dateOfBirth);
  if (given && (family || postcode) && isBorn) {
    return 'dateOfBirth';
  }
  return born &&
    (family || postcode) &&
    !isOtherGender(asked.gender, known.gender) &&
    mayBe(givenNamesOf(asked), givenNamesOf(known))
    ? 'givenName'
    : null;
}

/** True for male and female; the other codes say nothing. */
function isOtherGender(asked: string | null, known: Redactable<string>): boolean {
  return (asked === '1' && known === '2') || (asked === '2' && known === '1');
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
export function comparable(names: readonly Name[]): readonly string[] {
  return [
    ...new Set(names.flatMap((name) => (typeof name === 'string' ? [comparableName(name)] : []))),
  ];
}

/** The given names that a learner goes by. */
export function givenNamesOf(
  known: Pick<KnownLearner, 'givenName' | 'preferredGivenName'>,
): readonly Name[] {
  return [known.givenName, known.preferredGivenName];
}

/** The family names that a learner goes or went by. */
export function familyNamesOf(
  known: Pick<KnownLearner, 'familyName' | 'previousFamilyName' | 'familyNameAtAge16'>,
): readonly Name[] {
  return [known.familyName, known.previousFamilyName, known.familyNameAtAge16];
}

/** Whether a name is one of those known; `null` where none was asked for, or it may be one that is redacted. */
function isOneOf(name: string | null, known: readonly Name[]): boolean | null {
  if (name === null) {
    return null;
  }
  if (comparable(known).includes(comparableName(name))) {
    return true;
  }
  return known.some(isRedacted) ? null : false;
}

/** True where a name asked for is like one of those known: the same, or what is given as like. */
function areAny(
  asked: readonly Name[],
  known: readonly Name[],
  isLike: (one: string, other: string) => boolean = (one, other) => one === other,
): boolean {
  const names = comparable(known);
  return comparable(asked).some((name) => names.some((other) => isLike(name, other)));
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
