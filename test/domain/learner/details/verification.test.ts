import { describe, expect, test } from 'vitest';
import {
  checkIdentity,
  type VerifiedIdentity,
} from '../../../../domain/learner/details/verification.js';
import { event, marker } from '../examples.js';

type Details = Parameters<typeof event<'UlnIssued'>>[1];

// Alex Example, born 2005-03-14, gender 2, was called Earlier before.
function check(asked: Partial<Record<keyof VerifiedIdentity, string>>, details: Details = {}) {
  const known = event('UlnIssued', { gender: '2', previousFamilyName: 'Earlier', ...details }).data;
  const identity = {
    givenName: 'Alex',
    familyName: 'Example',
    dateOfBirth: null,
    gender: null,
    ...asked,
  };
  // Sound: the values of the tests have the form of details.
  return checkIdentity(identity as VerifiedIdentity, known);
}

type Plain = readonly [string, Parameters<typeof check>[0], readonly string[]];
type Row = readonly [string, Parameters<typeof check>[0], readonly string[], Details];

describe('the identity of a ULN', () => {
  test.each<Row | Plain>([
    ['both names', {}, []],
    [
      'names in other case, with accents and punctuation',
      { givenName: 'ÁLEX', familyName: "ex'ample" },
      [],
    ],
    ['everything', { dateOfBirth: '2005-03-14', gender: '2' }, []],
    ['the preferred given name', { givenName: 'Sasha' }, [], { preferredGivenName: 'Sasha' }],
    ['a name, where the preferred one is redacted', {}, [], { preferredGivenName: marker }],
  ])('matches with %s', (_, asked, flags, details: Details = {}) => {
    expect(check(asked, details)).toEqual({ kind: 'match', code: 'WSVRC001', failureFlags: flags });
  });

  test.each<Row | Plain>([
    ['a mistyped given name', { givenName: 'Alxe' }, ['VRF1', 'VRF2', 'VRF3']],
    ['a mistyped family name', { familyName: 'Exampel' }, ['VRF4', 'VRF5', 'VRF6']],
    [
      'both mistyped',
      { givenName: 'Alexx', familyName: 'Exmple' },
      ['VRF1', 'VRF2', 'VRF3', 'VRF4', 'VRF5', 'VRF6'],
    ],
    [
      'the names the other way round',
      { givenName: 'Example', familyName: 'Alex' },
      ['VRF1', 'VRF3', 'VRF5', 'VRF6'],
    ],
    ['the previous family name', { familyName: 'Earlier' }, ['VRF4', 'VRF5']],
    [
      'the previous family name and the given one the other way round',
      { givenName: 'Earlier', familyName: 'Alex' },
      ['VRF1', 'VRF2', 'VRF5', 'VRF6'],
    ],
    [
      'the family name at age 16',
      { familyName: 'Younger' },
      ['VRF4', 'VRF5'],
      { familyNameAtAge16: 'Younger' },
    ],
    [
      'a mistyped given name, where no family name before is known',
      { givenName: 'Alxe' },
      ['VRF1', 'VRF2'],
      { previousFamilyName: null },
    ],
    [
      'a mistyped given name and everything else',
      { givenName: 'Alxe', dateOfBirth: '2005-03-14', gender: '2' },
      ['VRF1', 'VRF2', 'VRF3'],
    ],
  ])('is similar with %s', (_, asked, flags, details: Details = {}) => {
    expect(check(asked, details)).toEqual({
      kind: 'similar',
      code: 'WSVRC003',
      failureFlags: flags,
    });
  });

  test.each<Row | Plain>([
    ['another given name', { givenName: 'Robin' }, ['VRF1', 'VRF2', 'VRF3']],
    ['another family name', { familyName: 'Other' }, ['VRF4', 'VRF5', 'VRF6']],
    ['the given name twice', { familyName: 'Alex' }, ['VRF5', 'VRF6']],
    ['the family name twice', { givenName: 'Example' }, ['VRF1', 'VRF3']],
    ['another date of birth', { dateOfBirth: '2005-03-15' }, ['VRF7']],
    ['another gender', { gender: '1' }, ['VRF8']],
    [
      'another date of birth and gender',
      { dateOfBirth: '2004-03-15', gender: '1' },
      ['VRF7', 'VRF8'],
    ],
    [
      'a mistyped name and another date of birth',
      { givenName: 'Alxe', dateOfBirth: '2005-03-15' },
      ['VRF1', 'VRF2', 'VRF3', 'VRF7'],
    ],
    ['a redacted given name', {}, ['VRF1', 'VRF2', 'VRF3'], { givenName: marker }],
    ['a redacted family name', {}, ['VRF4', 'VRF5', 'VRF6'], { familyName: marker }],
    ['a redacted date of birth', { dateOfBirth: '2005-03-14' }, ['VRF7'], { dateOfBirth: marker }],
    ['a redacted gender', { gender: '2' }, ['VRF8'], { gender: marker }],
    [
      'another family name, where a previous one is redacted',
      { familyName: 'Earlier' },
      ['VRF4', 'VRF5', 'VRF6'],
      { previousFamilyName: marker },
    ],
  ])('differs with %s', (_, asked, flags, details: Details = {}) => {
    expect(check(asked, details)).toEqual({
      kind: 'different',
      code: 'WSVRC005',
      failureFlags: flags,
    });
  });
});
