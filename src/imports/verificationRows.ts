import type { FailureFlag } from '../../domain/serviceCodes.js';
import type { VerificationInput } from '../learners/lookup.js';
import { type Answer, refusalOf, rejected } from './answers.js';
import type { ImportParts } from './parts.js';

/** Every outcome of a row of a verification batch. */
export const verificationOutcomes = [
  'match',
  'similar',
  'different',
  'not-found',
  'rejected',
] as const;

/** What became of such a row, with the comparisons that failed. */
export type VerificationRowAnswer = Answer<(typeof verificationOutcomes)[number]> & {
  readonly failureFlags: readonly FailureFlag[];
};

/** How many different dates of birth a file compares with one ULN: from then on it finds nobody under it. */
const MAX_BIRTHS_COMPARED = 3;

/**
 * Limits what the rows of one file compare. A file that is answered whether a date of birth is right
 * could be asked until it is. True where a row may be compared; the same date again costs nothing, and a
 * ULN that nobody has is limited like any other.
 */
export function createComparing(): (fields: Record<string, unknown>) => boolean {
  const compared = new Map<unknown, Set<unknown>>();
  return ({ uln, dateOfBirth }) => {
    if (dateOfBirth === undefined) {
      return true;
    }
    const births = compared.get(uln) ?? new Set();
    if (births.size < MAX_BIRTHS_COMPARED) {
      compared.set(uln, births.add(dateOfBirth));
    }
    return births.has(dateOfBirth);
  };
}

/** The answer to a row that is compared with nobody. */
export const NOT_COMPARED: VerificationRowAnswer = {
  outcome: 'not-found',
  code: 'WSVRC006',
  reason: '',
  uln: '',
  failureFlags: [],
};

/** Answers a row that asks whether the learner of a ULN is who it says. Nothing is recorded. */
export async function answerVerificationRow(
  ledger: Pick<ImportParts, 'verifyLearner'>,
  fields: Record<string, unknown>,
  options: { readonly hidesRestricted: boolean },
): Promise<VerificationRowAnswer> {
  try {
    // Sound: `verifyLearner` parses what it is given.
    const asked = fields as VerificationInput;
    const { kind, code, failureFlags } = await ledger.verifyLearner(asked, options);
    return {
      outcome: kind,
      code,
      reason: '',
      uln: kind === 'match' ? asked.uln : '',
      failureFlags,
    };
  } catch (error) {
    return { ...rejected(refusalOf(error)), failureFlags: [] };
  }
}
