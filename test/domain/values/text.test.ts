import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineOf, OwnKey, paragraphOf } from '../../../domain/values/text.js';

const line = lineOf(35);
const paragraph = paragraphOf(35);

describe('a line of text', () => {
  test.each([
    ['Siân', 'Siân', 'a Welsh name'],
    ['Sia\u0302n', 'Si\u00e2n', 'a letter and its accent become one: NFC'],
    ['  Alex  ', 'Alex', 'spaces at the ends go'],
    ["O'Example-Smith", "O'Example-Smith", 'an apostrophe and a hyphen'],
    ['李', '李', 'one character is enough'],
    ['😀'.repeat(35), '😀'.repeat(35), '35 characters, though 70 code units'],
    ['a'.repeat(35), 'a'.repeat(35), 'as long as allowed'],
    ['e\u0301'.repeat(35), '\u00e9'.repeat(35), 'counted after NFC'],
  ])('%j is read as %j (%s)', (text, expected) => {
    expect(line.safeParse(text).data).toBe(expected);
  });

  test.each([
    ['', 'nothing'],
    ['   ', "blank: the service's schema asks for one character that is not a space"],
    ['a'.repeat(36), 'one character too many'],
    ['a\nb', 'a line end'],
    ['a\tb', 'a tab'],
    ['a\u0000b', 'a null character'],
    ['a\u001b[31mb', 'an escape sequence for a terminal'],
    ['a\u0085b', 'a control character of the second block'],
    ['a\ud800b', 'half a surrogate pair'],
  ])('%j is refused (%s)', (text) => {
    expect(line.safeParse(text).success).toBe(false);
  });

  test('is in NFC and stays as it is when read again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const once = line.safeParse(text);
        fc.pre(once.success);
        expect(once.data.normalize('NFC')).toBe(once.data);
        expect(line.parse(once.data)).toBe(once.data);
      }),
    );
  });

  test('can be written as UTF-8, as no text with half a surrogate pair can', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const read = line.safeParse(text);
        fc.pre(read.success);
        expect(() => encodeURIComponent(read.data)).not.toThrow();
      }),
    );
  });
});

describe('a paragraph', () => {
  test.each([
    ['one\ntwo', 'a line end'],
    ['one\r\ntwo', 'a line end of Windows'],
    ['one\ttwo', 'a tab'],
  ])('%j is accepted (%s)', (text) => {
    expect(paragraph.safeParse(text).data).toBe(text);
  });

  test.each([
    ['\n \n', 'blank'],
    ['a\u0007b', 'a bell'],
    ['a\u001bb', 'an escape'],
    ['a\udc00b', 'half a surrogate pair'],
    ['a\n'.repeat(36), 'too long'],
  ])('%j is refused (%s)', (text) => {
    expect(paragraph.safeParse(text).success).toBe(false);
  });
});

describe("a caller's own key", () => {
  test.each([['A-1'], ['2024/AO:7_b.c'], ['7'], ['x'.repeat(64)]])('%s is accepted', (text) => {
    expect(OwnKey.safeParse(text).success).toBe(true);
  });

  test.each([
    ['', 'nothing'],
    ['-1', 'a hyphen first'],
    ['a b', 'a space: keys stand in texts separated by spaces'],
    ['é', 'a letter outside of ASCII'],
    ['x'.repeat(65), 'one character too many'],
  ])('%j is refused (%s)', (text) => {
    expect(OwnKey.safeParse(text).success).toBe(false);
  });
});
