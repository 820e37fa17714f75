import { describe, expect, test } from 'vitest';
import { explainUnitNumber, unitNumberForm } from '../../../domain/values/unitNumber.js';

describe('a unit number', () => {
  test.each([
    ['K/501/5773', "the service's sample events"],
    ['H/505/0053', 'Active IQ 601/0143/X: mandatory unit'],
    ['D/505/0052', 'Active IQ 601/0143/X: group B'],
    ['J/502/9549', 'Active IQ 601/0143/X: group B'],
    ['F/502/9548', 'Active IQ 601/0143/X: group B'],
    ['L/506/1905', 'a published unit number'],
    ['R/505/0050', 'Active IQ 601/0143/X: group C, from memory'],
    ['A/500/0002', 'by the rule: remainder 0'],
    ['M/500/0000', 'by the rule: remainder 7, a letter inferred from the order'],
    ['T/500/0001', 'by the rule: remainder 9, a letter inferred from the order'],
    ['Y/500/0007', 'by the rule: remainder 10, a letter inferred from the order'],
  ])('%s is accepted (%s)', (form) => {
    expect(explainUnitNumber(form)).toBeNull();
  });

  test.each([
    ['H/501/5773', 'another check letter'],
    ['K/501/5774', 'one digit changed'],
    ['K/501/7573', 'two digits swapped'],
    ['D/505/0053', 'the letter of the neighbouring unit'],
    ['H/505/0052', 'the letter of the neighbouring unit'],
    ['F/502/9549', 'the letter of the neighbouring unit'],
    ['J/502/9548', 'the letter of the neighbouring unit'],
    ['K/506/1905', 'the letter before in the order'],
    ['Z/500/0007', 'no check letter at all'],
    ['B/500/0002', 'no check letter at all'],
    ['I/502/9549', 'no check letter at all'],
  ])('%s is refused (%s)', (form) => {
    expect(explainUnitNumber(form)).toContain('check letter');
  });
});

describe('the form of a unit number', () => {
  test.each<[string, string | null, string]>([
    ['K5015773', 'K/501/5773', 'without obliques'],
    ['K/501/5773', 'K/501/5773', 'with obliques'],
    ['K/5015773', 'K/501/5773', 'with one oblique'],
    ['k5015773', null, 'a small letter; capitals are made before'],
    ['50026525', null, 'a qualification number'],
    ['K501577', null, 'six digits'],
    ['KK015773', null, 'two letters'],
  ])('of %s is %s (%s)', (text, expected) => {
    expect(unitNumberForm(text)).toBe(expected);
  });
});
