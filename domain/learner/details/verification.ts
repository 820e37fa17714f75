import type { Redactable } from '../../redaction.js';
import type { FailureFlag } from '../../serviceCodes.js';
import type { LearnerDetails } from './details.js';
import { comparable, comparableName, givenNamesOf, type KnownLearner } from './matching.js';
import { isMistyped } from './typingErrors.js';

/** Whom somebody takes the learner of a ULN to be; what is not to be compared is `null`. */
export type VerifiedIdentity = Pick<LearnerDetails, 'givenName' | 'familyName'> & {
  readonly [Name in 'dateOfBirth' | 'gender']: LearnerDetails[Name] | null;
};

/** How an identity compares with the learner of its ULN, and the comparisons that failed, in their order. */
export type IdentityCheck = {
  readonly kind: 'match' | 'similar' | 'different';
  readonly code: 'WSVRC001' | 'WSVRC003' | 'WSVRC005';
  readonly failureFlags: readonly FailureFlag[];
};

/**
 * Compares an identity with the learner of a ULN.
 *
 * - Match: everything that was given is the same. Names are compared as in a search, and the preferred
 *   given name counts as a given name.
 * - Similar: date of birth and gender, where given, are the same, and each name is the same, mistyped
 *   (see `isMistyped`) or, for the family name, a previous one; or the names are the other way round.
 * - Different otherwise.
 *
 * A name is compared with the names of the other kinds only where it is not its own, and with a
 * previous family name only where one is known; the family name at age 16 is one. What may be a value
 * that was redacted cannot be confirmed, and fails. Source of the codes and flags, and of what each is
 * for: the service's answers in the learner verification integration. What is similar is not published
 * and ours.
 */
export function checkIdentity(identity: VerifiedIdentity, known: KnownLearner): IdentityCheck {
  const names = {
    given: comparableName(identity.givenName),
    family: comparableName(identity.familyName),
  };
  const own = { given: comparable(givenNamesOf(known)), family: comparable([known.familyName]) };
  const previous = [known.previousFamilyName, known.familyNameAtAge16];
  const before = comparable(previous);
  const hasPrevious = previous.some((name) => name !== null);
  const isGiven = own.given.includes(names.given);
  const isFamily = own.family.includes(names.family);
  const fails: Readonly<Record<FailureFlag, boolean>> = {
    VRF1: !isGiven,
    VRF2: !isGiven && !own.family.includes(names.given),
    VRF3: !isGiven && hasPrevious && !before.includes(names.given),
    VRF4: !isFamily && !own.given.includes(names.family),
    VRF5: !isFamily,
    VRF6: !isFamily && hasPrevious && !before.includes(names.family),
    VRF7: isNotSame(identity.dateOfBirth, known.dateOfBirth),
    VRF8: isNotSame(identity.gender, known.gender),
  };
  // Sound: the keys of the object above.
  const failureFlags = (Object.keys(fails) as FailureFlag[]).filter((flag) => fails[flag]);
  if (failureFlags.length === 0) {
    return { kind: 'match', code: 'WSVRC001', failureFlags };
  }
  const families = [...own.family, ...before];
  const isLike = (name: string, others: readonly string[]) =>
    others.some((other) => name === other || isMistyped(name, other));
  const isSimilar =
    (isLike(names.given, own.given) && isLike(names.family, families)) ||
    (families.includes(names.given) && own.given.includes(names.family));
  return isSimilar && !fails.VRF7 && !fails.VRF8
    ? { kind: 'similar', code: 'WSVRC003', failureFlags }
    : { kind: 'different', code: 'WSVRC005', failureFlags };
}

function isNotSame(asked: string | null, known: Redactable<string>): boolean {
  // A redacted value is none that could be asked for.
  return asked !== null && asked !== known;
}
