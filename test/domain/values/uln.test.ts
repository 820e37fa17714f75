import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainUln, Uln, ulnCheckDigit } from '../../../domain/values/uln.js';

const validUln = fc
  .integer({ min: 100_000_000, max: 999_999_999 })
  .map((prefix) => `${prefix}${ulnCheckDigit(String(prefix))}`)
  .filter((text) => Uln.safeParse(text).success);

/** The sum that both ULNs and NHS numbers are checked by: ten digits weighted 10 to 1, modulo 11. */
function weightedRemainder(digits: string): number {
  return [...digits].reduce((sum, digit, index) => sum + Number(digit) * (10 - index), 0) % 11;
}

describe('a ULN', () => {
  test.each([
    ['9276308686', 'HESA C17051: the worked example, total 296'],
    ['1000000043', 'ILR validation tests: checksum 7 gives check digit 3'],
    ['1000000000', 'the first that can be issued; check digit 0 occurs'],
    ['1000000019', 'the second, by the rule'],
    ['1000000027', 'the third, by the rule'],
    ['1000000035', 'the fourth, by the rule'],
  ])('%s is accepted (%s)', (text) => {
    expect(Uln.parse(text)).toBe(text);
  });

  test.each([
    ['1000000042', 'check digit', 'ILR ULN_04 tests: the check digit should be 3'],
    ['1000000063', 'no check digit', 'ILR tests: prefix 100000006 has remainder 0'],
    ['9999999999', 'temporary', 'ILR: the temporary number of funding returns'],
    ['0000000042', 'first digit', 'passes the checksum, but begins with 0'],
    ['100000004', '9 digits', 'ILR tests: nine digits'],
    ['10000000430', '11 digits', 'a digit too many'],
    ['100000004X', 'not all of them digits', 'a letter for the check digit'],
    ['1000000043 ', 'not all of them digits', 'a space at the end'],
    ['１０００００００４３', 'not all of them digits', 'full-width digits'],
    ['', '0 digits', 'nothing'],
  ])('%j is refused as "%s" (%s)', (text, why) => {
    expect(explainUln(text)).toContain(why);
  });

  test('is refused in words that do not repeat it', () => {
    expect(JSON.stringify(Uln.safeParse('1000000042').error?.issues)).not.toContain('1000000042');
  });

  test('is refused as a number', () => {
    expect(Uln.safeParse(1_000_000_043).success).toBe(false);
  });

  test('is refused after any change of one digit', () => {
    const change = fc.record({ at: fc.nat(9), by: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(validUln, change, (uln, { at, by }) => {
        const digit = (Number(uln[at]) + by) % 10;
        expect(Uln.safeParse(`${uln.slice(0, at)}${digit}${uln.slice(at + 1)}`).success).toBe(
          false,
        );
      }),
    );
  });

  test('is refused after any swap of two different neighbouring digits', () => {
    fc.assert(
      fc.property(validUln, fc.nat(8), (uln, at) => {
        fc.pre(uln[at] !== uln[at + 1]);
        const swapped = `${uln.slice(0, at)}${uln[at + 1]}${uln[at]}${uln.slice(at + 2)}`;
        expect(Uln.safeParse(swapped).success).toBe(false);
      }),
    );
  });

  test('is never a valid NHS number', () => {
    fc.assert(
      fc.property(validUln, (uln) => {
        expect(weightedRemainder(uln)).not.toBe(0);
      }),
    );
  });

  test("satisfies HESA's form of the rule: the weighted sum is 10 modulo 11", () => {
    fc.assert(
      fc.property(validUln, (uln) => {
        expect(weightedRemainder(uln)).toBe(10);
      }),
    );
  });
});

describe('the check digit', () => {
  test.each<[string, string | null, string]>([
    ['927630868', '6', "HESA's worked example"],
    ['100000004', '3', 'ILR validation tests'],
    ['999999999', '8', 'ILR: why the temporary number fails'],
    ['100000000', '0', 'remainder 10'],
    ['100000006', null, 'ILR tests: remainder 0 has none'],
  ])('of %s is %s (%s)', (prefix, expected) => {
    expect(ulnCheckDigit(prefix)).toBe(expected);
  });
});
