/**
 * The remainder that both qualification and unit numbers are checked by: seven digits weighted 8 to
 * 2, modulo 11. Source: derived from the Ofqual register, see `qualificationNumber.ts`.
 */
export function numberCheckRemainder(sevenDigits: string): number {
  return [...sevenDigits].reduce((sum, digit, index) => sum + Number(digit) * (8 - index), 0) % 11;
}
