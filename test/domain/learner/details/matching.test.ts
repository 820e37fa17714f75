import { describe, expect, test } from 'vitest';
import {
  type ComparedField,
  comparable,
  comparableName,
  comparablePostcode,
  compareDemographics,
  type Demographics,
  type KnownLearner,
  type Match,
  type MistypedField,
} from '../../../../domain/learner/details/matching.js';
import { event, marker } from '../examples.js';

describe('a name as it is compared', () => {
  test.each([
    ['Example', 'EXAMPLE', 'case'],
    ['Zoë', 'Zoe', 'an accent'],
    ['Zoe\u0308', 'Zoë', 'an accent as a sign of its own'],
    ['Núñez', 'NUNEZ', 'accents and case'],
    ['Łukasz', 'Lukasz', 'a stroke, which Unicode does not take apart'],
    ['Sørensen', 'SORENSEN', 'a Danish letter'],
    ['Æthelþryð', 'Aethelthryd', 'Old English letters'],
    ['Œdipe', 'Oedipe', 'a French ligature'],
    ['Đặng', 'Dang', 'a Vietnamese letter'],
    ['Ħamrun', 'Hamrun', 'a Maltese letter'],
    ['Weiß', 'WEISS', 'a sharp s'],
    ['WEIẞ', 'weiß', 'a sharp s in capitals'],
    ['İpek', 'ipek', 'a capital i with its dot'],
    ['Işık', 'ISIK', 'a small i without its dot'],
    ['\ufb01eld', 'Field', 'a ligature of print'],
    ['\uff25xample', 'Example', 'a letter as wide as a Chinese sign'],
    ["O'Neill", 'ONeill', 'an apostrophe'],
    ['O’Neill', "O'Neill", 'a typographic apostrophe'],
    ['O\u02bcNeill', "O'Neill", 'an apostrophe that Unicode counts among the letters'],
    ['O`Neill', "O'Neill", 'a grave accent for an apostrophe'],
    ['O´Neill', "O'Neill", 'an acute accent for an apostrophe'],
    ['Smith-Jones', 'Smith Jones', 'a hyphen for a space'],
    ['Smith–Jones', 'Smith-Jones', 'a dash for a hyphen'],
    ['Mc Donald', 'McDonald', 'a space within a name'],
    ['Mary  Ann', 'Maryann', 'spaces between names'],
    ['St. John', 'St John', 'a full stop'],
    ['Οδυσσέας', 'ΟΔΥΣΣΕΑΣ', 'a Greek name, whose last s has a form of its own'],
  ])('%s is %s (%s)', (one, other) => {
    expect(comparableName(one)).toBe(comparableName(other));
  });

  test.each([
    ['Example', 'Exemple', 'another letter'],
    ['Ann', 'Anne', 'one letter more'],
    ['Mary Ann', 'Mary', 'one name less'],
    ['Smith Jones', 'Jones Smith', 'another order'],
    ['Henry 7', 'Henry 8', 'another number'],
    ['Иван', 'Ivan', 'another script'],
    ['李', '王', 'names of one sign each'],
    ['-', '.', 'names of signs alone'],
  ])('%s is not %s (%s)', (one, other) => {
    expect(comparableName(one)).not.toBe(comparableName(other));
  });

  test('has neither case, accents, spaces nor punctuation', () => {
    expect(comparableName(" O'Neill-Łis ")).toBe('oneilllis');
  });

  test.each(['-', "'", '\u02bc'])('is never empty, not even of %s', (name) => {
    expect(comparableName(` ${name} `)).toBe(name);
  });

  test('is left out where it is missing or redacted, and named once', () => {
    expect(comparable(['Zoë', null, 'ZOE', marker, 'Ann'])).toStrictEqual(['zoe', 'ann']);
  });
});

describe('a postcode as it is compared', () => {
  test.each([
    ['SW1A 1AA', 'SW1A1AA'],
    ['sw1a 1aa', 'SW1A1AA'],
    [' Sw1A1aA ', 'SW1A1AA'],
    ['BFPO  12', 'BFPO12'],
    ['B\u00a0F\tPO 12', 'BFPO12'],
  ])('%s is %s', (postcode, expected) => {
    expect(comparablePostcode(postcode)).toBe(expected);
  });
});

/** Alex Example, born 2005-03-14, gender 2, of AB1 2CD; with the details given in place of these. */
function known(details: Parameters<typeof event<'UlnIssued'>>[1] = {}): KnownLearner {
  return event('UlnIssued', { gender: '2', lastKnownPostCode: 'AB1 2CD', ...details }).data;
}

/** A search for that learner, with what is given in place of theirs. */
function asked(given: Partial<Record<keyof Demographics, string | null>> = {}): Demographics {
  const usual = {
    givenName: 'Alex',
    familyName: 'Example',
    dateOfBirth: '2005-03-14',
    gender: '2',
    lastKnownPostCode: 'AB1 2CD',
    preferredGivenName: null,
    previousFamilyName: null,
    familyNameAtAge16: null,
  };
  // Sound: the names and forms of the fields are those of learners' details.
  return { ...usual, ...given } as Demographics;
}

const previous = known({ previousFamilyName: 'Earlier', familyNameAtAge16: 'Younger' });

describe('comparing demographics', () => {
  test.each<[string, Demographics, KnownLearner]>([
    ['everything given and the same', asked(), known()],
    ['names in another case', asked({ givenName: 'ALEX', familyName: 'example' }), known()],
    ['names with accents', asked({ givenName: 'Álex', familyName: 'Exàmple' }), known()],
    ['names with punctuation', asked({ familyName: "Ex-am'ple" }), known()],
    ['a postcode without its space', asked({ lastKnownPostCode: 'ab12cd' }), known()],
    [
      'the preferred given name',
      asked({ givenName: 'Sasha' }),
      known({ preferredGivenName: 'Sasha' }),
    ],
    ['the given name, where another is preferred', asked(), known({ preferredGivenName: 'Sasha' })],
    [
      'the preferred given name, where the given one is redacted',
      asked({ givenName: 'Sasha' }),
      known({ givenName: marker, preferredGivenName: 'Sasha' }),
    ],
    ['a previous family name besides', asked(), previous],
  ])('is exact with %s', (_, search, learner) => {
    expect(compareDemographics(search, learner)).toStrictEqual({
      kind: 'exact',
      differing: [],
      mistyped: null,
    });
  });

  test.each<[string, Demographics, KnownLearner, readonly ComparedField[]]>([
    ['another gender', asked({ gender: '1' }), known(), ['gender']],
    ['no gender asked for', asked({ gender: null }), known(), []],
    ['no postcode asked for', asked({ lastKnownPostCode: null }), known(), []],
    [
      'neither gender nor postcode asked for',
      asked({ gender: null, lastKnownPostCode: null }),
      known(),
      [],
    ],
    [
      'another postcode: moved',
      asked({ lastKnownPostCode: 'SW1A 1AA' }),
      known(),
      ['lastKnownPostCode'],
    ],
    ['another family name: married', asked({ familyName: 'Other' }), known(), ['familyName']],
    [
      'another date of birth: mistyped',
      asked({ dateOfBirth: '2005-04-13' }),
      known(),
      ['dateOfBirth'],
    ],
    ['the previous family name', asked({ familyName: 'Earlier' }), previous, ['familyName']],
    [
      'the previous family name and another postcode: married and moved',
      asked({ familyName: 'Earlier', lastKnownPostCode: 'SW1A 1AA' }),
      previous,
      ['familyName', 'lastKnownPostCode'],
    ],
    [
      'the family name at age 16 and another postcode',
      asked({ familyName: 'Younger', lastKnownPostCode: 'SW1A 1AA' }),
      previous,
      ['familyName', 'lastKnownPostCode'],
    ],
    [
      'names the other way round',
      asked({ givenName: 'Example', familyName: 'Alex' }),
      known(),
      ['givenName', 'familyName'],
    ],
    [
      'names the other way round and another postcode',
      asked({ givenName: 'Example', familyName: 'Alex', lastKnownPostCode: 'SW1A 1AA' }),
      known(),
      ['givenName', 'familyName', 'lastKnownPostCode'],
    ],
    [
      'the previous family name and the preferred given name the other way round',
      asked({ givenName: 'Earlier', familyName: 'Sasha' }),
      known({ previousFamilyName: 'Earlier', preferredGivenName: 'Sasha' }),
      ['givenName', 'familyName'],
    ],
    [
      'the family name of the register as the previous one, and another postcode: married and moved',
      asked({
        familyName: 'Other',
        previousFamilyName: 'Example',
        lastKnownPostCode: 'SW1A 1AA',
      }),
      known(),
      ['familyName', 'lastKnownPostCode'],
    ],
    [
      'the given name of the register as the preferred one',
      asked({ givenName: 'Alexandra', preferredGivenName: 'Alex' }),
      known(),
      ['givenName'],
    ],
    ['a redacted family name', asked(), known({ familyName: marker }), []],
    ['a redacted date of birth', asked(), known({ dateOfBirth: marker }), []],
    ['a redacted gender', asked(), known({ gender: marker }), []],
    ['a redacted postcode', asked(), known({ lastKnownPostCode: marker }), []],
  ])('is possible with %s', (_, search, learner, differing) => {
    const expected: Match = { kind: 'possible', differing, mistyped: null };
    expect(compareDemographics(search, learner)).toStrictEqual(expected);
  });

  test.each<[string, Demographics, KnownLearner, readonly ComparedField[]]>([
    [
      'the same names, and a placeholder for the postcode, but another date of birth',
      asked({ dateOfBirth: '2005-04-13', lastKnownPostCode: 'ZZ99 9ZZ' }),
      known({ lastKnownPostCode: 'ZZ99 9ZZ' }),
      ['dateOfBirth'],
    ],
    ['another given name: a twin', asked({ givenName: 'Robin' }), known(), ['givenName']],
    [
      'another given name and gender: a twin',
      asked({ givenName: 'Robin', gender: '1' }),
      known(),
      ['givenName', 'gender'],
    ],
    [
      'another family name and postcode',
      asked({ familyName: 'Other', lastKnownPostCode: 'SW1A 1AA' }),
      known(),
      ['familyName', 'lastKnownPostCode'],
    ],
    [
      'another family name, and no postcode asked for',
      asked({ familyName: 'Other', lastKnownPostCode: null }),
      known(),
      ['familyName'],
    ],
    [
      'another date of birth and postcode',
      asked({ dateOfBirth: '2005-04-13', lastKnownPostCode: 'SW1A 1AA' }),
      known(),
      ['dateOfBirth', 'lastKnownPostCode'],
    ],
    [
      'another family name and date of birth',
      asked({ familyName: 'Other', dateOfBirth: '2005-04-13' }),
      known(),
      ['familyName', 'dateOfBirth'],
    ],
    [
      'names the other way round and another date of birth',
      asked({ givenName: 'Example', familyName: 'Alex', dateOfBirth: '2005-04-13' }),
      known(),
      ['givenName', 'familyName', 'dateOfBirth'],
    ],
    [
      'the given name where the family name should be, and a strange one before it',
      asked({ givenName: 'Other', familyName: 'Alex' }),
      known(),
      ['givenName', 'familyName'],
    ],
    [
      'the family name where the given name should be, and a strange one after it',
      asked({ givenName: 'Example', familyName: 'Other' }),
      known(),
      ['givenName', 'familyName'],
    ],
    ['a redacted given name', asked(), known({ givenName: marker }), []],
    [
      'another given name, where the preferred one is redacted',
      asked({ givenName: 'Robin' }),
      known({ preferredGivenName: marker }),
      [],
    ],
    [
      'a redacted family name and postcode',
      asked(),
      known({ familyName: marker, lastKnownPostCode: marker }),
      [],
    ],
    [
      'everything redacted',
      asked(),
      known({
        givenName: marker,
        familyName: marker,
        dateOfBirth: marker,
        gender: marker,
        lastKnownPostCode: marker,
      }),
      [],
    ],
  ])('is none with %s', (_, search, learner, differing) => {
    expect(compareDemographics(search, learner)).toStrictEqual({
      kind: 'none',
      differing,
      mistyped: null,
    });
  });

  const moved = { lastKnownPostCode: 'SW1A 1AA' };
  const married = { familyName: 'Other' };

  test.each<[string, Demographics, KnownLearner, MistypedField]>([
    [
      'a given name, the other names and date the same',
      asked({ givenName: 'Aelx' }),
      known(),
      'givenName',
    ],
    ['a given name, and moved', asked({ givenName: 'Alexx', ...moved }), known(), 'givenName'],
    ['a given name, and married', asked({ givenName: 'Alx', ...married }), known(), 'givenName'],
    [
      'a given name, and gender not known',
      asked({ givenName: 'Alec', gender: '0' }),
      known(),
      'givenName',
    ],
    [
      'the preferred given name',
      asked({ givenName: 'Sascha' }),
      known({ preferredGivenName: 'Sasha' }),
      'givenName',
    ],
    ['a family name, and moved', asked({ familyName: 'Exampel', ...moved }), known(), 'familyName'],
    [
      'a family name, and another gender',
      asked({ familyName: 'Exmple', gender: '1', ...moved }),
      known(),
      'familyName',
    ],
    [
      'a family name, and quite another date of birth in the same place',
      asked({ familyName: 'Examples', dateOfBirth: '1999-09-09' }),
      known(),
      'familyName',
    ],
    [
      'the previous family name, and moved',
      asked({ familyName: 'Erlier', ...moved }),
      previous,
      'familyName',
    ],
    [
      'a date of birth by a digit, and moved',
      asked({ dateOfBirth: '2005-03-19', ...moved }),
      known(),
      'dateOfBirth',
    ],
    [
      'a date of birth by day and month, and moved',
      asked({ dateOfBirth: '2005-04-03', ...moved }),
      known({ dateOfBirth: '2005-03-04' }),
      'dateOfBirth',
    ],
    [
      'a date of birth by a digit, and married, in the same place',
      asked({ dateOfBirth: '2015-03-14', ...married }),
      known(),
      'dateOfBirth',
    ],
    [
      'a family name, and the place unknown',
      asked({ familyName: 'Exampl', lastKnownPostCode: 'ZZ99 9ZZ' }),
      known({ lastKnownPostCode: 'ZZ99 9ZZ' }),
      'familyName',
    ],
  ])('is possible with a mistyped field: %s', (_, search, learner, mistyped) => {
    expect(compareDemographics(search, learner)).toMatchObject({ kind: 'possible', mistyped });
  });

  test.each<[string, Demographics, KnownLearner]>([
    [
      'both names, and moved',
      asked({ givenName: 'Aelx', familyName: 'Exampel', ...moved }),
      known(),
    ],
    ['a given name and a date', asked({ givenName: 'Aelx', dateOfBirth: '2005-03-15' }), known()],
    [
      'a family name and a date, and moved',
      asked({ familyName: 'Exampel', dateOfBirth: '2005-03-15', ...moved }),
      known(),
    ],
    ['a given name of another gender: a twin', asked({ givenName: 'Alexa', gender: '1' }), known()],
    [
      'a given name in the same place and family, born on another day: a brother',
      asked({ givenName: 'Alec', dateOfBirth: '2007-08-21' }),
      known(),
    ],
    [
      'a given name, married and moved',
      asked({ givenName: 'Aelx', ...moved, ...married }),
      known(),
    ],
    [
      'a given name, married, and the place unknown',
      asked({ givenName: 'Aelx', lastKnownPostCode: 'ZZ99 9ZZ', ...married }),
      known({ lastKnownPostCode: 'ZZ99 9ZZ' }),
    ],
    [
      'a family name, with another date and place',
      asked({ familyName: 'Exampel', dateOfBirth: '1999-09-09', ...moved }),
      known(),
    ],
    [
      'a date of birth, married and moved',
      asked({ dateOfBirth: '2005-03-19', ...married, ...moved }),
      known(),
    ],
    ['names the other way round', asked({ givenName: 'Exampel', familyName: 'Alex' }), known()],
    [
      'names the other way round and a date',
      asked({ givenName: 'Example', familyName: 'Alex', dateOfBirth: '2005-03-15' }),
      known(),
    ],
    ['a given name that is redacted', asked({ givenName: 'Aelx' }), known({ givenName: marker })],
    [
      'a date that is redacted, and moved',
      asked({ dateOfBirth: '2005-03-15', ...moved, ...married }),
      known({ dateOfBirth: marker }),
    ],
  ])('is none with mistyped %s', (_, search, learner) => {
    expect(compareDemographics(search, learner)).toMatchObject({ kind: 'none', mistyped: null });
  });
});
