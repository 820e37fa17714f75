import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Postcode } from '../../../domain/values/postcode.js';

describe('a postcode', () => {
  test.each([
    ['SW1A 1AA', 'SW1A 1AA', 'canonical already'],
    ['sw1a1aa', 'SW1A 1AA', 'small letters, no space'],
    ['  sw1a   1aa ', 'SW1A 1AA', 'more spaces than one'],
    ['M1 1AA', 'M1 1AA', 'the shortest outward part'],
    ['CV49FE', 'CV4 9FE', 'no space'],
    ['gir0aa', 'GIR 0AA', 'the one of its kind'],
    ['bfpo12', 'BFPO 12', 'schema: BFPO, an optional space and up to four digits'],
    ['BFPO 1234', 'BFPO 1234', 'nine characters, the most there are'],
    ['ZZ99 9ZZ', 'ZZ99 9ZZ', 'the placeholder, from memory'],
  ])('%j is read as %s (%s)', (text, expected) => {
    expect(Postcode.safeParse(text).data).toBe(expected);
  });

  test.each([
    ['', 'nothing'],
    ['SW1A', 'the outward part alone'],
    ['1AA SW1A', 'the wrong way round'],
    ['SW1A 1A', 'an inward part of two characters'],
    ['SW1A 11AA', 'an inward part of four characters'],
    ['S W1A 1AA', 'a space in the outward part'],
    ['BFPO', 'no number'],
    ['BFPO 12345', 'five digits'],
    ['75001', 'a French postcode'],
  ])('%j is refused (%s)', (text) => {
    expect(Postcode.safeParse(text).success).toBe(false);
  });

  test('has one canonical form, whatever spaces and capitals it is written with', () => {
    const parts = fc.tuple(
      fc.stringMatching(/^[a-zA-Z]{1,2}\d[a-zA-Z]?$/),
      fc.constantFrom('', ' ', '  '),
      fc.stringMatching(/^\d[a-zA-Z]{2}$/),
    );
    fc.assert(
      fc.property(parts, ([outward, space, inward]) => {
        const once = Postcode.parse(`${outward}${space}${inward}`);
        expect(once).toBe(`${outward} ${inward}`.toUpperCase());
      }),
    );
  });

  test('stays as it is when its canonical form is read again', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^ ?(bfpo|BFPO) ?\d{1,4} ?$/), (text) => {
        const once = Postcode.parse(text);
        expect(Postcode.parse(once)).toBe(once);
      }),
    );
  });
});
