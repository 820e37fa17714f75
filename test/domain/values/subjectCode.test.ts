import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalSubjectCode, SubjectCode } from '../../../domain/values/subjectCode.js';

const CLASS_CODES = 'gov.uk, Learning aim class codes: sequential numbers prefixed by Z';

describe('a subject code', () => {
  test.each([
    ['50026525', '500/2652/5', "the service's sample events: without obliques"],
    ['500/2652/5', '500/2652/5', "the service's sample events: with obliques"],
    ['6010143x', '601/0143/X', 'a small x'],
    ['K5015773', 'K/501/5773', 'a unit number without obliques'],
    ['k/501/5773', 'K/501/5773', 'a small letter'],
    [' H/505/0053 ', 'H/505/0053', 'spaces at the ends'],
    ['1000323X', '100/0323/X', 'an old learning aim, which obeys the same rule'],
    ['610/0006/9', '610/0006/9', 'the tolerated block of the 610 series'],
    ['zprog001', 'ZPROG001', 'ILR: the programme aim'],
    ['Z0001875', 'Z0001875', CLASS_CODES],
    ['Z0007834', 'Z0007834', CLASS_CODES],
  ])('%j is read as %s (%s)', (text, expected) => {
    expect(SubjectCode.safeParse(text).data).toBe(expected);
  });

  test.each([
    ['500/2652/6', 'check character', 'a wrong check character'],
    ['610/0005/9', 'check character', 'before the tolerated block'],
    ['610/0124/9', 'check character', 'after the tolerated block'],
    ['H/501/5773', 'check letter', 'a wrong check letter'],
    ['K5015774', 'check letter', 'one digit changed'],
    ['ZPROG01', 'eight characters', 'seven characters'],
    ['ZPROG0001', 'eight characters', 'nine characters'],
    ['ZPROG-01', 'eight characters', 'a hyphen'],
    ['', 'eight characters', 'nothing'],
    ['500 2652 5', 'eight characters', 'spaces within'],
    ['Mathematics', 'eight characters', 'a title'],
  ])('%j is refused for its %s (%s)', (text, why) => {
    expect(SubjectCode.safeParse(text).error?.issues[0]?.message).toContain(why);
  });

  test('has one canonical form, whatever is done to it twice', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^ ?[a-zA-Z0-9/]{7,11} ?$/)), (text) => {
        const once = canonicalSubjectCode(text);
        expect(canonicalSubjectCode(once)).toBe(once);
      }),
    );
  });
});
