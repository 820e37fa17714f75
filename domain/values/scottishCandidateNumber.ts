import { z } from 'zod';

/** A Scottish Candidate Number: nine digits. Source: the service's schema, which checks no more than this. */
export const ScottishCandidateNumber = z
  .string()
  .regex(/^\d{9}$/, 'expected a Scottish Candidate Number of nine digits');

/**
 * True when the last digit is the check digit: 11 less the first eight weighted 3 2 7 6 5 4 3 2,
 * modulo 11; remainder 0 gives 0, remainder 1 gives none. Some real numbers fail it, so a failure
 * is a warning and never a refusal. Source: HESA, field SCN.
 */
export function scottishCheckDigitHolds(number: string): boolean {
  const weights = [3, 2, 7, 6, 5, 4, 3, 2];
  const remainder =
    weights.reduce((sum, weight, index) => sum + weight * Number(number[index]), 0) % 11;
  return remainder !== 1 && number[8] === String(remainder === 0 ? 0 : 11 - remainder);
}
