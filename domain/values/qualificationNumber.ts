import { numberCheckRemainder } from './checkCharacter.js';

/**
 * The form `ddd/dddd/c` of a text shaped like a qualification number, with or without obliques;
 * `null` for any other shape. Old learning aims of seven digits and a check character share it.
 */
export function qualificationNumberForm(text: string): string | null {
  const parts = /^(\d{3})\/?(\d{4})\/?([\dX])$/.exec(text);
  return parts === null ? null : `${parts[1]}/${parts[2]}/${parts[3]}`;
}

/**
 * Why a qualification number (QAN) in canonical form is wrong, or `null`. The check character is the
 * seven digits weighted 8 to 2, modulo 11, with X for 10. The first numbers of the 610 series
 * (610/0006 to 610/0123) were issued with other characters and are tolerated. Source: verified
 * against 8,092 numbers of the Ofqual register; all 36 exceptions lie in that block.
 */
export function explainQualificationNumber(form: string): string | null {
  return checkCharacterHolds(form) || isToleratedQualificationNumber(form)
    ? null
    : 'expected the last character of the qualification number to be its check character, found another';
}

/** True for a number of the tolerated block whose check character does not hold: accepted, with a warning. */
export function isToleratedQualificationNumber(form: string): boolean {
  const digits = Number(form.replaceAll('/', '').slice(0, 7));
  return digits >= 6_100_006 && digits <= 6_100_123 && !checkCharacterHolds(form);
}

function checkCharacterHolds(form: string): boolean {
  const remainder = numberCheckRemainder(form.replaceAll('/', '').slice(0, 7));
  return form.at(-1) === (remainder === 10 ? 'X' : String(remainder));
}
