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
