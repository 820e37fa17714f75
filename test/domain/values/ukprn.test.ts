import { describe, expect, test } from 'vitest';
import { Ukprn } from '../../../domain/values/ukprn.js';

describe('a UKPRN', () => {
  test.each([
    ['10000000', 'ILR specification, field UKPRN: the lowest'],
    ['99999999', 'ILR specification, field UKPRN: the highest'],
    ['10000001', 'it has no check digit, so neighbours are both valid'],
    ['10000002', 'it has no check digit, so neighbours are both valid'],
  ])('%s is accepted (%s)', (text) => {
    expect(Ukprn.parse(text)).toBe(text);
  });

  test.each([
    ['09999999', 'below the lowest'],
    ['1000000', 'seven digits'],
    ['100000000', 'nine digits'],
    ['1000000A', "the service's schema allows letters; UKPRNs have none"],
    [' 10000001', 'a space in front'],
    ['10000001\n', 'a line end behind'],
    ['', 'nothing'],
  ])('%j is refused (%s)', (text) => {
    expect(Ukprn.safeParse(text).success).toBe(false);
  });
});
