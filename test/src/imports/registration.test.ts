import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock, requestBy } from '../../support/ledger.js';
import { fileOf, importRows, learnersCsv } from './files.js';

const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
let ledger: Ledger;

beforeAll(async () => {
  ledger = await openMemoryLedger(clock);
});

afterAll(async () => {
  await ledger.close();
});

/** What a row says, by column. */
type Person = Readonly<Record<string, string>>;

const HEADER = [
  'MISIdentifier',
  'ULN',
  'GivenName',
  'PreferredGivenName',
  'FamilyName',
  'PreviousFamilyName',
  'DateOfBirth',
  'Gender',
  'LastKnownPostCode',
  'AbilityToShare',
  'VerificationType',
];
let families = 0;

/**
 * Amber with names that no other family has, and others with what is given in place of hers, where
 * GIVEN and NAME stand for her names and UPPER for her given name in capitals.
 */
function family(): (changes?: Person) => Person {
  families += 1;
  const names = {
    GIVEN: `Amber${families}`,
    UPPER: `AMBER${families}`,
    NAME: `Sampleton${families}`,
  };
  const named = (cell: string) =>
    Object.entries(names).reduce((text, [word, name]) => text.replaceAll(word, name), cell);
  return (changes = {}) => {
    const person = {
      GivenName: 'GIVEN',
      FamilyName: 'NAME',
      DateOfBirth: '2003-04-17',
      Gender: '2',
      LastKnownPostCode: 'SW1A 1AA',
      AbilityToShare: '1',
      VerificationType: '1',
      ...changes,
    };
    return Object.fromEntries(
      Object.entries(person).map(([column, cell]) => [column, named(cell)]),
    );
  };
}

function csvOf(...people: readonly Person[]): string {
  const rows = people.map((person) => HEADER.map((column) => person[column] ?? '').join(','));
  return [HEADER.join(','), ...rows, ''].join('\n');
}

/** Imports people as rows of one file and answers with what became of each. */
async function importing(...people: readonly Person[]) {
  const { answers } = await importRows(ledger, 'learners', fileOf(csvOf(...people)));
  return answers;
}

/** What a second person is, met in the same file and in another. */
async function metAfter(first: Person, second: Person) {
  const inFile = await importing(first, second);
  return inFile[1];
}

type Pair = readonly [string, Person, Person];

const samePairs: readonly Pair[] = [
  ['everything the same', {}, {}],
  ['names in capitals', {}, { GivenName: 'UPPER' }],
  ['an accent', { GivenName: 'Zoë GIVEN' }, { GivenName: 'Zoe GIVEN' }],
  ['a hyphen in place of a space', { FamilyName: 'Mc NAME' }, { FamilyName: 'Mc-NAME' }],
  ['a postcode without its space', {}, { LastKnownPostCode: 'sw1a1aa' }],
  ['the preferred given name', { PreferredGivenName: 'Amy GIVEN' }, { GivenName: 'Amy GIVEN' }],
];
const possiblePairs: readonly Pair[] = [
  ['who married', {}, { FamilyName: 'Other-NAME' }],
  ['who moved and is of another gender', {}, { Gender: '1', LastKnownPostCode: 'EH1 1YZ' }],
  ['who moved', {}, { LastKnownPostCode: 'EH1 1YZ' }],
  ['whose date of birth was mistyped', {}, { DateOfBirth: '2003-07-14' }],
  ['of another gender', {}, { Gender: '1' }],
  ['whose names are the other way round', {}, { GivenName: 'NAME', FamilyName: 'GIVEN' }],
  [
    'who has the family name that the other had before',
    { PreviousFamilyName: 'Earlier-NAME' },
    { FamilyName: 'Earlier-NAME', LastKnownPostCode: 'EH1 1YZ' },
  ],
  ['whose given name was mistyped', {}, { GivenName: 'GIVENe', LastKnownPostCode: 'EH1 1YZ' }],
  ['whose family name was mistyped', {}, { FamilyName: 'oNAME', LastKnownPostCode: 'EH1 1YZ' }],
  [
    'whose previous family name was mistyped',
    { PreviousFamilyName: 'Earlier-NAME' },
    { FamilyName: 'Ealrier-NAME', LastKnownPostCode: 'EH1 1YZ' },
  ],
  [
    'whose date of birth was mistyped by a digit, and who moved',
    {},
    { DateOfBirth: '2003-04-11', LastKnownPostCode: 'EH1 1YZ' },
  ],
  [
    'whose day and month of birth were mistaken, and who moved',
    { DateOfBirth: '2003-04-07' },
    { DateOfBirth: '2003-07-04', LastKnownPostCode: 'EH1 1YZ' },
  ],
  [
    'who married, whose date of birth was mistyped by a digit',
    {},
    { FamilyName: 'Other-NAME', DateOfBirth: '2013-04-17' },
  ],
  [
    'who married, whose given name was mistyped',
    {},
    { GivenName: 'xGIVEN', FamilyName: 'Other-NAME' },
  ],
  [
    'whose family name was mistyped, of quite another age',
    {},
    { FamilyName: 'NAMEs', DateOfBirth: '1999-01-01' },
  ],
];
const otherPairs: readonly Pair[] = [
  ['a twin', {}, { GivenName: 'Bryn GIVEN', Gender: '1' }],
  ['a twin of the same gender', {}, { GivenName: 'Beryl GIVEN' }],
  ['a twin of almost the same name', {}, { GivenName: 'GIVENe', Gender: '1' }],
  ['a sister of almost the same name', {}, { GivenName: 'GIVENe', DateOfBirth: '2006-09-28' }],
  [
    'someone with two mistyped names elsewhere',
    {},
    { GivenName: 'GIVENe', FamilyName: 'oNAME', LastKnownPostCode: 'EH1 1YZ' },
  ],
  [
    'a namesake of another age elsewhere',
    {},
    { DateOfBirth: '1999-01-01', LastKnownPostCode: 'EH1 1YZ' },
  ],
  [
    'someone of the same given name and age',
    {},
    { FamilyName: 'Other-NAME', LastKnownPostCode: 'EH1 1YZ' },
  ],
];

describe.each([
  ['already-exists', samePairs],
  ['possible-match', possiblePairs],
  ['new', otherPairs],
] as const)('a row is %s', (outcome, pairs) => {
  test.each(pairs)('after one of the same file: %s', async (_, first, second) => {
    const person = family();
    const answer = await metAfter(person(first), person(second));
    expect(answer?.Outcome).toBe(outcome);
  });

  test.each(pairs)('after one of the register: %s', async (_, first, second) => {
    const person = family();
    await importing(person(first));
    const [answer] = await importing(person(second));
    expect(answer?.Outcome).toBe(outcome);
  });
});

describe('the answer to a row', () => {
  test('that is in the file already is the ULN of the earlier row, and says which that is', async () => {
    const person = family();
    const [first, , third] = await importing(
      person(),
      person({ GivenName: 'Bryn GIVEN' }),
      person(),
    );
    expect(third).toMatchObject({ ULN: first?.ULN, Reason: 'the same learner as in row 1' });
  });

  test('that is in the register already is the ULN there', async () => {
    const person = family();
    const [first] = await importing(person());
    const [again] = await importing(person());
    expect(again).toMatchObject({ ULN: first?.ULN, Reason: '', Code: '' });
  });

  test('that may be one of the register says in which fields they differ, and no values', async () => {
    const person = family();
    await importing(person());
    const [answer] = await importing(person({ LastKnownPostCode: 'EH1 1YZ', Gender: '1' }));
    expect(answer).toMatchObject({
      ULN: '',
      Reason:
        'like 1 in the register, differing in gender, lastKnownPostCode; "plr find" shows who',
    });
  });

  test('that may be one of the same file names the row', async () => {
    const person = family();
    const [, second] = await importing(person(), person({ LastKnownPostCode: 'EH1 1YZ' }));
    expect(second).toMatchObject({ ULN: '', Reason: 'like row 1 of this file' });
  });

  test('that fits two of the same details is not chosen between them', async () => {
    const person = family();
    const details = {
      givenName: person()['GivenName'] ?? '',
      familyName: person()['FamilyName'] ?? '',
      dateOfBirth: '2003-04-17',
      gender: '2',
      lastKnownPostCode: 'SW1A 1AA',
      abilityToShare: '1',
      verificationType: '1',
    } as const;
    await ledger.register(details, requestBy('10000001'));
    await ledger.register(details, requestBy('10000001'));
    const [answer] = await importing(person());
    expect(answer).toMatchObject({
      Outcome: 'possible-match',
      Reason:
        'like 2 in the register, differing in nothing that can be compared; "plr find" shows who',
    });
  });

  test('that comes to nothing is not what a later row is the same as', async () => {
    const person = family();
    const rejected = person({ DateOfBirth: '2062-04-17' });
    const answers = await importing(rejected, rejected, person());
    expect(answers.map(({ Outcome, Code }) => Outcome + Code)).toEqual([
      'rejectedERR_DATE_IN_FUTURE',
      'rejectedERR_DATE_IN_FUTURE',
      'new',
    ]);
  });
});

describe('the rows of a file', () => {
  test('are matched in their order: who comes first is new', async () => {
    const person = family();
    const moved = person({ LastKnownPostCode: 'EH1 1YZ' });
    const one = await importing(person(), moved);
    expect(one.map(({ Outcome }) => Outcome)).toEqual(['new', 'possible-match']);
    const another = family();
    const other = await importing(another({ LastKnownPostCode: 'EH1 1YZ' }), another());
    expect(other.map(({ Outcome }) => Outcome)).toEqual(['new', 'possible-match']);
  });

  test('are matched against those far before them', async () => {
    const person = family();
    const between = Array.from({ length: 600 }, (_, index) =>
      person({ GivenName: `Other${index} GIVEN`, DateOfBirth: '1990-01-01' }),
    );
    const answers = await importing(person(), ...between, person());
    expect(answers.map(({ Outcome }) => Outcome)).toEqual([
      'new',
      ...between.map(() => 'new'),
      'already-exists',
    ]);
  });

  test('are matched against learners registered since the file was begun', async () => {
    const person = family();
    const rows = Array.from({ length: 600 }, (_, index) =>
      person({ GivenName: `Other${index} GIVEN`, DateOfBirth: '1990-01-01' }),
    );
    const last = person({ DateOfBirth: '1990-01-01' });
    let registered = 0;
    // Whoever registers the hundredth row has registered the last one too, as another process might.
    const register: Ledger['register'] = async (details, request) => {
      registered += 1;
      if (registered === 100) {
        await ledger.register(
          { ...details, givenName: last['GivenName'] ?? '' },
          requestBy('10000009'),
        );
      }
      return ledger.register(details, request);
    };
    const path = fileOf(csvOf(...rows, last));
    const { answers } = await importRows({ ...ledger, register }, 'learners', path);
    expect(answers.at(-1)?.Outcome).toBe('already-exists');
  });
});

describe('a row that names a ULN', () => {
  test.each<[string, Person, string, string, string]>([
    ['the same learner', {}, 'already-exists', '', ''],
    [
      'a learner who moved',
      { LastKnownPostCode: 'EH1 1YZ' },
      'possible-match',
      '',
      'the learner of this ULN differs in lastKnownPostCode',
    ],
    [
      'somebody else',
      { GivenName: 'Bryn GIVEN', DateOfBirth: '1990-01-01' },
      'possible-match',
      '',
      'the learner of this ULN differs in givenName, dateOfBirth',
    ],
  ])('asks whether that is this learner: %s', async (_, changes, outcome, code, reason) => {
    const person = family();
    const [first] = await importing(person());
    const uln = first?.ULN ?? '';
    const [answer] = await importing({ ...person(changes), ULN: uln });
    expect(answer).toMatchObject({
      Outcome: outcome,
      Code: code,
      Reason: reason,
      ULN: outcome === 'already-exists' ? uln : '',
    });
  });

  test.each([
    ['that is none', '1234567890', 'ERR_INPUT_INVALID'],
    ['that was not issued here', '1000000000', 'ERR_LEARNER_NOT_FOUND'],
  ])('%s is rejected', async (_, uln, code) => {
    const [answer] = await importing({ ...family()(), ULN: uln });
    expect(answer).toMatchObject({ Outcome: 'rejected', Code: code, ULN: '' });
    expect(answer?.Reason).not.toContain(uln);
  });

  test('issues nothing, and is not one that later rows are matched against', async () => {
    const person = family();
    const [first] = await importing(person());
    const before = await countEvents(ledger);
    const elsewhere = person({ GivenName: 'Bryn GIVEN', ULN: first?.ULN ?? '' });
    const [asked, fresh] = await importing(elsewhere, { ...elsewhere, ULN: '' });
    expect([asked?.Outcome, fresh?.Outcome]).toEqual(['possible-match', 'new']);
    expect(await countEvents(ledger)).toBe(before + 1);
  });
});

describe('the same file again', () => {
  test('answers every row that was new with its ULN, whatever they were like', async () => {
    const person = family();
    const path = fileOf(
      csvOf(person(), person({ GivenName: 'Bryn GIVEN' }), person({ Gender: '1' }), person()),
    );
    const first = await importRows(ledger, 'learners', path);
    const before = await countEvents(ledger);
    const again = await importRows(ledger, 'learners', path);
    const answered = ({ answers }: typeof first) =>
      answers.map(({ Outcome, ULN }) => [Outcome.replace('new', 'already-exists'), ULN]);
    expect(answered(again)).toEqual(answered(first));
    expect(await countEvents(ledger)).toBe(before);
  });

  test.each([
    ['so that they still may be the same', { lastKnownPostCode: 'EH1 1YZ' }],
    [
      'beyond recognition',
      { givenName: 'Robin', familyName: 'Changed', dateOfBirth: '1999-09-09' },
    ],
  ])('issues nothing to a learner who was amended since, %s', async (_, changes) => {
    const path = fileOf(csvOf(family()()));
    const first = await importRows(ledger, 'learners', path);
    const uln = Uln.parse(first.answers[0]?.ULN);
    const data = { changes };
    await ledger.handle(
      uln,
      // Sound: the changes of the table are details in their form.
      { type: 'AmendLearnerDetails', data } as Parameters<Ledger['handle']>[1],
      requestBy('10000001'),
    );
    const before = await countEvents(ledger);
    const again = await importRows(ledger, 'learners', path);
    expect(again.answers[0]).toMatchObject({
      Outcome: 'already-exists',
      ULN: uln,
      Reason: 'issued to this row before',
    });
    expect(await countEvents(ledger)).toBe(before);
  });
});

describe('a registration batch', () => {
  test('may have 5,000 rows', async () => {
    const { summary } = await importRows(ledger, 'learners', fileOf(learnersCsv(5000)));
    expect(summary.outcomes['new']).toBe(5000);
  });

  test.each([
    ['5,001 rows', 5001, 'line 5002: expected 5000 rows at most, found another'],
    ['no rows', 0, 'expected 1 row at least, found 0'],
  ])('is refused whole with %s', async (_, count, words) => {
    const before = await countEvents(ledger);
    await expect(importRows(ledger, 'learners', fileOf(learnersCsv(count)))).rejects.toThrow(
      `${words}; the file was not taken`,
    );
    expect(await countEvents(ledger)).toBe(before);
  });
});

test('a learner is refused before any row is matched: a match says who is in the register', async () => {
  const path = fileOf(learnersCsv(1));
  await importRows(ledger, 'learners', path);
  const learner = { ...requestBy('10000001'), by: { kind: 'learner' }, user: null } as const;
  await expect(importRows(ledger, 'learners', path, learner)).rejects.toMatchObject({
    code: 'ERR_NOT_PERMITTED',
  });
});

test('a file that the answers would be written over while they are made is refused and left alone', async () => {
  const content = learnersCsv(1);
  const path = `${fileOf(content)}.part`;
  writeFileSync(path, content);
  const resultPath = path.slice(0, -'.part'.length);
  const imported = importRows(
    ledger,
    'learners',
    path,
    requestBy('10000001'),
    undefined,
    resultPath,
  );
  await expect(imported).rejects.toMatchObject({ code: 'ERR_OUTPUT_PATH' });
  expect(readFileSync(path, 'utf8')).toBe(content);
});
