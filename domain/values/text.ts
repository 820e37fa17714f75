import { z } from 'zod';

/**
 * One line of text of 1 to `maxCharacters` characters after spaces at its ends are dropped and the
 * rest is brought to Unicode form NFC. Control characters and lone surrogates are refused: they
 * survive neither canonical JSON nor a terminal. So are line separators and the characters that turn
 * the direction of text around, which make it read as something it is not.
 */
export function lineOf(maxCharacters: number) {
  return textOf(maxCharacters, /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
}

/** As `lineOf`, with line ends and tabs allowed. */
export function paragraphOf(maxCharacters: number) {
  return textOf(maxCharacters, /[^\P{Cc}\n\r\t]|[\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
}

/** A caller's own key: 1 to 64 letters, digits and `. _ : / -`, starting with a letter or digit. */
export const OwnKey = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/,
    'expected an identifier of 1 to 64 letters, digits and . _ : / -',
  );

function textOf(maxCharacters: number, refused: RegExp) {
  return z
    .string()
    .overwrite((text) => text.normalize('NFC').trim())
    .refine((text) => [...text].length >= 1 && [...text].length <= maxCharacters, {
      error: `expected 1 to ${maxCharacters} characters`,
    })
    .refine((text) => !refused.test(text), {
      error: 'expected text without control characters or broken surrogates',
    });
}
