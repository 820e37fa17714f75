import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  explainQualificationNumber,
  isToleratedQualificationNumber,
  qualificationNumberForm,
} from '../../../domain/values/qualificationNumber.js';

describe('a qualification number', () => {
  test.each([
    ['601/0143/X', 'Active IQ Level 3 Award in Education and Training: X stands for 10'],
    ['500/2652/5', "codes in the service's sample events"],
    ['500/2617/3', "50026173 in the service's sample events"],
    ['603/1343/2', '60313432, a learning aim of ILR test data'],
    ['100/0323/X', 'an old learning aim, 1000323X: they obey the same rule'],
    ['610/0006/1', 'the first of the tolerated block, with its check character'],
    ['610/0006/9', 'the first of the tolerated block, with another character'],
    ['610/0123/X', 'the last of the tolerated block, with another character'],
  ])('%s is accepted (%s)', (form) => {
    expect(explainQualificationNumber(form)).toBeNull();
  });

  test.each([
    ['601/0143/0', 'X is not written as 0'],
    ['601/0143/1', 'another check character'],
    ['500/2652/X', 'another check character'],
    ['500/2625/5', 'two digits swapped'],
    ['500/2653/5', 'one digit changed'],
    ['500/2617/2', 'another check character'],
    ['610/0005/9', 'just before the tolerated block'],
    ['610/0124/9', 'just after the tolerated block'],
  ])('%s is refused (%s)', (form) => {
    expect(explainQualificationNumber(form)).toContain('check character');
  });

  test('is refused after any change of one digit outside the tolerated block', () => {
    const change = fc.record({ at: fc.nat(6), by: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(change, ({ at, by }) => {
        const digits = [...'5002652'];
        digits[at] = String((Number(digits[at]) + by) % 10);
        const form = qualificationNumberForm(`${digits.join('')}5`);
        expect(explainQualificationNumber(String(form))).not.toBeNull();
      }),
    );
  });
});

describe('a number of the tolerated block', () => {
  test.each([
    ['610/0006/9', true, 'first of the block, other character'],
    ['610/0123/X', true, 'last of the block, other character'],
    ['610/0006/1', false, 'its check character holds, so there is nothing to tolerate'],
    ['610/0005/9', false, 'before the block'],
    ['610/0124/9', false, 'after the block'],
    ['K/501/5773', false, 'a unit number'],
  ])('%s: tolerated is %s (%s)', (form, expected) => {
    expect(isToleratedQualificationNumber(form)).toBe(expected);
  });
});

describe('the form of a qualification number', () => {
  test.each<[string, string | null, string]>([
    ['50026525', '500/2652/5', 'without obliques'],
    ['500/2652/5', '500/2652/5', 'with obliques'],
    ['500/26525', '500/2652/5', 'with one oblique'],
    ['6010143X', '601/0143/X', 'X as the check character'],
    ['6010143x', null, 'a small x; capitals are made before'],
    ['K5015773', null, 'a unit number'],
    ['5002652', null, 'no check character'],
    ['500-2652-5', null, 'hyphens'],
    ['ZPROG001', null, 'a learning aim'],
  ])('of %s is %s (%s)', (text, expected) => {
    expect(qualificationNumberForm(text)).toBe(expected);
  });
});
