import { z } from 'zod';

/**
 * A Unique Learner Number: ten digits, the first not zero, the last a check digit. Never the
 * temporary number 9999999999. Source: HESA C17051, field ULN; XSD pattern `[1-9][0-9]{9}`.
 */
export const Uln = z
  .string()
  .refine((text) => explainUln(text) === null, {
    error: (issue) => explainUln(String(issue.input)) ?? 'expected a Unique Learner Number',
  })
  .brand<'Uln'>();
export type Uln = z.infer<typeof Uln>;

/** The number that funding returns use while a learner has no ULN. It fails the checksum and is never issued. */
const TEMPORARY_ULN = '9999999999';

/**
 * The check digit for the first nine digits, or `null` for the one prefix in eleven that has none:
 * 10 less the remainder of the digits weighted 10 to 2, modulo 11, where a remainder of 0 would
 * need the digit 10. Source: ILR specification, derived data DD01.
 */
export function ulnCheckDigit(firstNineDigits: string): string | null {
  const remainder = weightedSum(firstNineDigits) % 11;
  return remainder === 0 ? null : String(10 - remainder);
}

/** Why a text is not a ULN that can be issued, in words that do not repeat it; `null` when it is one. */
export function explainUln(text: string): string | null {
  if (!/^\d{10}$/.test(text)) {
    const found = /^\d*$/.test(text) ? `${text.length} digits` : `${text.length} characters`;
    return `expected ten digits, found ${found}${/^\d*$/.test(text) ? '' : ', not all of them digits'}`;
  }
  if (text === TEMPORARY_ULN) {
    return 'expected an issued ULN, found the temporary number of funding returns';
  }
  if (text.startsWith('0')) {
    return 'expected a first digit from 1 to 9, found 0';
  }
  const expected = ulnCheckDigit(text.slice(0, 9));
  if (expected === null) {
    return 'expected a number that can be issued, found a prefix that has no check digit (remainder 0)';
  }
  return expected === text[9]
    ? null
    : 'expected the last digit to be the check digit, found another';
}

function weightedSum(digits: string): number {
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * (10 - index), 0);
}
