import { describe, expect, test } from 'vitest';
import {
  ScottishCandidateNumber,
  scottishCheckDigitHolds,
} from '../../../domain/values/scottishCandidateNumber.js';

describe('a Scottish Candidate Number', () => {
  test.each([
    ['240000121', 'made up, with its check digit'],
    ['240000120', 'made up, without: real numbers fail it too'],
    ['000000000', 'nine digits are all that the schema asks'],
  ])('%s is accepted (%s)', (text) => {
    expect(ScottishCandidateNumber.safeParse(text).success).toBe(true);
  });

  test.each([
    ['24000012', 'eight digits'],
    ['2400001210', 'ten digits'],
    ['24000012X', 'a letter'],
    ['', 'nothing'],
  ])('%j is refused (%s)', (text) => {
    expect(ScottishCandidateNumber.safeParse(text).success).toBe(false);
  });
});

// HESA, field SCN: weights 3 2 7 6 5 4 3 2, check digit 11 less the remainder. The numbers are made up.
describe('the check digit of a Scottish Candidate Number', () => {
  test.each([
    ['240000121', true, 'remainder 10 gives 1'],
    ['240000016', true, 'remainder 5 gives 6'],
    ['012345674', true, 'remainder 7 gives 4'],
    ['000000000', true, 'remainder 0 gives 0'],
    ['240000122', false, 'another digit'],
    ['240000017', false, 'another digit'],
    ['000000001', false, 'remainder 0 gives 0 and nothing else'],
    ['991234560', false, 'remainder 1 has no check digit, not 0'],
    ['991234561', false, 'remainder 1 has no check digit, not 1'],
  ])('of %s holds: %s (%s)', (number, expected) => {
    expect(scottishCheckDigitHolds(number)).toBe(expected);
  });
});
