import { numberCheckRemainder } from './checkCharacter.js';

const CHECK_LETTERS = 'ADFHJKLMRTY';

/** The form `L/ddd/dddd` of a text shaped like a unit number, with or without obliques; else `null`. */
export function unitNumberForm(text: string): string | null {
  const parts = /^([A-Y])\/?(\d{3})\/?(\d{4})$/.exec(text);
  return parts === null ? null : `${parts[1]}/${parts[2]}/${parts[3]}`;
}

/**
 * Why a unit number in canonical form is wrong, or `null`: the first letter is the check letter, the
 * seven digits' weighted remainder read from A D F H J K L M R T Y. Source: verified on six
 * published unit numbers; the letters M, T and Y are inferred from the order.
 */
export function explainUnitNumber(form: string): string | null {
  const expected = CHECK_LETTERS[numberCheckRemainder(form.slice(2).replace('/', ''))];
  return form[0] === expected
    ? null
    : 'expected the first letter of the unit number to be its check letter, found another';
}
