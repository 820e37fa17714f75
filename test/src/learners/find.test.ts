import { beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import type { SearchInput } from '../../../src/keptViews/keptViews.js';
import type { DetailsInput } from '../../../src/learners/registration.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { createTestClock } from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import { merge } from '../mergeSetting.js';
import { REGISTRY, requestOf } from '../setting.js';

const BORN = '2003-04-17';
const NAMESAKES = 520;
let ledger: Ledger;

const learners: readonly Partial<DetailsInput>[] = [
  { givenName: 'Zoë', familyName: "O'Neill", gender: '2', lastKnownPostCode: 'SW1A 1AA' },
  { givenName: 'Mary Ann', familyName: 'Smith-Jones', lastKnownPostCode: 'BFPO 12' },
  { givenName: 'Robert', preferredGivenName: 'Bob', familyName: 'Mc Donald', gender: '1' },
  { givenName: 'Erin', familyName: 'Married', previousFamilyName: 'Maiden' },
  { givenName: 'Cerys', familyName: 'Now', familyNameAtAge16: 'Then' },
  { givenName: 'Łukasz', familyName: 'Weiß', dateOfBirth: '2001-02-03' },
  { givenName: 'Suparman', familyName: '-' },
  { givenName: 'Ivan', familyName: 'Иванов' },
  { givenName: '李', familyName: '王' },
  { givenName: 'Quentin', familyName: 'And Or Not' },
];

beforeAll(async () => {
  const clock = createTestClock('2024-03-01T09:00:00.000Z');
  ledger = await openMemoryLedger(clock.clock);
  for (const changes of learners) {
    await register(changes);
  }
  return () => ledger.close();
});

async function register(changes: Partial<DetailsInput>): Promise<string> {
  const details = { ...learnerDetails(1), ...changes };
  return (await ledger.register(details, requestOf(REGISTRY, 'registry'))).uln;
}

async function namesFound(search: Partial<SearchInput>): Promise<readonly unknown[]> {
  const answer = await ledger.find({
    givenName: 'X',
    familyName: 'X',
    dateOfBirth: BORN,
    ...search,
  });
  return 'candidates' in answer
    ? [answer.kind, ...answer.candidates.map(({ learner }) => learner.givenName)]
    : [answer.kind];
}

describe('a search', () => {
  test.each<[string, Partial<SearchInput>, string]>([
    ['as it is written', { givenName: 'Zoë', familyName: "O'Neill" }, 'Zoë'],
    ['in other case', { givenName: 'ZOË', familyName: "o'NEILL" }, 'Zoë'],
    ['without accents', { givenName: 'Zoe', familyName: "O'Neill" }, 'Zoë'],
    [
      'with an accent as a sign of its own',
      { givenName: 'Zoe\u0308', familyName: 'ONeill' },
      'Zoë',
    ],
    ['without an apostrophe', { givenName: 'Zoe', familyName: 'ONeill' }, 'Zoë'],
    ['with another apostrophe', { givenName: 'Zoe', familyName: 'O’Neill' }, 'Zoë'],
    ['with a space for a hyphen', { givenName: 'Mary Ann', familyName: 'Smith Jones' }, 'Mary Ann'],
    ['without spaces', { givenName: 'Maryann', familyName: 'smithjones' }, 'Mary Ann'],
    ['with a hyphen for a space', { givenName: 'Mary-Ann', familyName: 'Smith-Jones' }, 'Mary Ann'],
    ['by the preferred name', { givenName: 'Bob', familyName: 'McDonald' }, 'Robert'],
    [
      'by the given name beside a preferred one',
      { givenName: 'Robert', familyName: 'McDonald' },
      'Robert',
    ],
    ['by the previous family name', { givenName: 'Erin', familyName: 'Maiden' }, 'Erin'],
    ['by the family name at 16', { givenName: 'Cerys', familyName: 'Then' }, 'Cerys'],
    ['the other way round', { givenName: "O'Neill", familyName: 'Zoë' }, 'Zoë'],
    [
      'the other way round, by a previous name',
      { givenName: 'Maiden', familyName: 'Erin' },
      'Erin',
    ],
    [
      'in plain letters',
      { givenName: 'Lukasz', familyName: 'WEISS', dateOfBirth: '2001-02-03' },
      'Łukasz',
    ],
    ['with a sign for a family name', { givenName: 'Suparman', familyName: '-' }, 'Suparman'],
    ['in another script', { givenName: 'Ivan', familyName: 'ИВАНОВ' }, 'Ivan'],
    ['of one sign each', { givenName: '李', familyName: '王' }, '李'],
    [
      'of words that searching has a meaning for',
      { givenName: 'Quentin', familyName: 'And or not' },
      'Quentin',
    ],
    [
      'after a marriage, by date of birth and postcode',
      { givenName: 'Zoe', familyName: 'Married', lastKnownPostCode: 'SW1A 1AA' },
      'Zoë',
    ],
    [
      'by postcode where the date of birth is wrong',
      {
        givenName: 'Zoe',
        familyName: 'ONeill',
        dateOfBirth: '1999-01-01',
        lastKnownPostCode: 'sw1a1aa',
      },
      'Zoë',
    ],
  ])('finds a learner %s', async (_, search, name) => {
    expect(await namesFound(search)).toEqual(['possible', name]);
  });

  test.each<[string, Partial<SearchInput>, string, string]>([
    [
      'letter missing',
      { givenName: 'Mary Ann', familyName: 'Smth-Jones' },
      'Mary Ann',
      'familyName',
    ],
    ['letter too many', { givenName: 'Zoe', familyName: "O'Neilll" }, 'Zoë', 'familyName'],
    ['other letter', { givenName: 'Zoo', familyName: "O'Neill" }, 'Zoë', 'givenName'],
    [
      'first letter missing',
      { givenName: 'Obert', familyName: 'Mc Donald' },
      'Robert',
      'givenName',
    ],
    [
      'letters the wrong way round, after a marriage',
      { givenName: 'Zeo', familyName: 'Married', lastKnownPostCode: 'SW1A 1AA' },
      'Zoë',
      'givenName',
    ],
    [
      'letters the wrong way round, in a previous name',
      { givenName: 'Erin', familyName: 'Miaden' },
      'Erin',
      'familyName',
    ],
    [
      'digit of the date of birth',
      { givenName: 'Lukasz', familyName: 'Weiss', dateOfBirth: '2001-02-08' },
      'Łukasz',
      'dateOfBirth',
    ],
    [
      'day and month the wrong way round',
      { givenName: 'Lukasz', familyName: 'Weiss', dateOfBirth: '2001-03-02' },
      'Łukasz',
      'dateOfBirth',
    ],
    ['letter of another script', { givenName: 'Ivan', familyName: 'Ивонов' }, 'Ivan', 'familyName'],
  ])('finds a learner in spite of one %s', async (_, search, name, mistyped) => {
    const input = { givenName: 'X', familyName: 'X', dateOfBirth: BORN, ...search };
    expect(await ledger.find(input)).toMatchObject({
      kind: 'possible',
      code: 'WSRC0003',
      candidates: [{ kind: 'possible', mistyped, learner: { givenName: name } }],
      leftOut: 0,
    });
  });

  test.each<[string, Partial<SearchInput>]>([
    ['half of a name', { givenName: 'Mary', familyName: 'Smith-Jones' }],
    ['the beginning of a name', { givenName: 'Zo', familyName: "O'Neill" }],
    ['two names as one another’s part', { givenName: 'Mary Ann Smith', familyName: 'Jones' }],
    ['two mistyped names', { givenName: 'Zoo', familyName: "O'Neil" }],
    [
      'a mistyped name and date of birth',
      { givenName: 'Lukas', familyName: 'Weiss', dateOfBirth: '2001-02-08' },
    ],
    ['another sign', { givenName: 'Suparman', familyName: '.' }],
    ['signs that searching has a meaning for', { givenName: '"*" OR', familyName: 'NEAR(a b)' }],
    ['a name and a date of birth alone', { givenName: 'Zoe', familyName: 'Other' }],
    ['a family name and a date of birth alone', { givenName: 'Other', familyName: "O'Neill" }],
    ['a date of another', { givenName: 'Lukasz', familyName: 'Weiss' }],
    [
      'a given name and a postcode alone',
      {
        givenName: 'Zoe',
        familyName: 'X',
        dateOfBirth: '1999-01-01',
        lastKnownPostCode: 'SW1A 1AA',
      },
    ],
  ])('finds nobody by %s', async (_, search) => {
    expect(await namesFound(search)).toEqual(['none']);
  });

  test.each([
    ['SW1A 1AA', "O'Neill", 'Zoe'],
    ['sw1a1aa', 'oneill', 'ZOË'],
  ])(
    'for all there is, with the postcode %s, is exact',
    async (lastKnownPostCode, familyName, givenName) => {
      const search = { givenName, familyName, gender: '2', lastKnownPostCode } as const;
      expect(await namesFound(search)).toEqual(['exact', 'Zoë']);
    },
  );

  test.each([
    ['no gender', { lastKnownPostCode: 'SW1A 1AA' }, []],
    ['another gender', { lastKnownPostCode: 'SW1A 1AA', gender: '1' }, ['gender']],
    ['another postcode', { lastKnownPostCode: 'AB1 2CD', gender: '2' }, ['lastKnownPostCode']],
  ] as const)('with %s is possible, and says what differs', async (_, more, differing) => {
    const search = { givenName: 'Zoe', familyName: "O'Neill", dateOfBirth: BORN, ...more };
    expect(await ledger.find(search)).toMatchObject({
      kind: 'possible',
      candidates: [{ differing }],
    });
  });

  test('puts those who are closest first, up to ten of them', async () => {
    for (const gender of ['1', '2', '9'] as const) {
      await register({ givenName: 'Tenfold', gender });
    }
    for (let number = 0; number < 7; number += 1) {
      await register({ givenName: 'Tenfold', familyName: 'Others', gender: '0' });
    }
    const search = { givenName: 'Tenfold', familyName: 'Synthetic', dateOfBirth: BORN };
    const answer = await ledger.find({ ...search, gender: '2', lastKnownPostCode: 'BFPO 1' });
    expect(answer).toMatchObject({
      candidates: [{ learner: { gender: '2' } }, { learner: {} }, { learner: {} }],
    });
    const wide = await ledger.find({ ...search, gender: '0', lastKnownPostCode: 'AB1 2CD' });
    expect('candidates' in wide && wide.candidates.map(({ differing }) => differing)).toEqual([
      ...Array(3).fill(['gender']),
      ...Array(7).fill(['familyName']),
    ]);
    await register({ givenName: 'Tenfold', familyName: 'Others', gender: '0' });
    const more = await ledger.find({ ...search, gender: '0', lastKnownPostCode: 'AB1 2CD' });
    expect(more).toEqual({ kind: 'too-many', code: 'WSRC0002' });
  });

  test('leaves out who is alike only if mistyped, and counts them, where all are too many', async () => {
    const search = { givenName: 'Crowded', familyName: 'Place', dateOfBirth: BORN };
    for (let number = 0; number < 8; number += 1) {
      await register({ ...search, familyName: 'Plaice' });
    }
    await register({ ...search, gender: '2' });
    await register({ ...search, gender: '1' });
    const all = await ledger.find(search);
    expect('candidates' in all && all.candidates.map(({ mistyped }) => mistyped)).toEqual([
      ...Array(2).fill(null),
      ...Array(8).fill('familyName'),
    ]);
    await register({ ...search, familyName: 'Plcae' });
    expect(await ledger.find(search)).toMatchObject({
      kind: 'possible',
      candidates: [{ mistyped: null }, { mistyped: null }],
      leftOut: 9,
    });
    // Where everyone is alike only if mistyped, all are shown or none.
    await register({ ...search, familyName: 'Plaice', gender: '1' });
    await register({ ...search, familyName: 'Plaice', gender: '1' });
    await register({ ...search, familyName: 'Plaice', gender: '1' });
    expect(await ledger.find({ ...search, familyName: 'Plaicee' })).toEqual({
      kind: 'too-many',
      code: 'WSRC0002',
    });
  });

  test('finds the one who is the same in everything among more namesakes than are compared', async () => {
    const name = { givenName: 'Common', familyName: 'Name' };
    for (let from = 0; from < NAMESAKES; from += 104) {
      await Promise.all(Array.from({ length: 104 }, () => register(name)));
    }
    const uln = await register({ ...name, gender: '2', lastKnownPostCode: 'SW1A 1AA' });
    await register(name);
    const search = { ...name, dateOfBirth: BORN, lastKnownPostCode: 'SW1A 1AA' };
    expect(await ledger.find({ ...search, gender: '2' })).toMatchObject({
      kind: 'exact',
      candidates: [{ learner: { uln } }],
    });
    expect(await ledger.find(search)).toEqual({ kind: 'too-many', code: 'WSRC0002' });
  });

  test('finds who is left, however many who are alike are retired or superseded', async () => {
    const keeper = () => requestOf(REGISTRY, 'x', { by: { kind: 'keeper' }, user: null });
    const name = { givenName: 'Blodwen', familyName: 'Gone' };
    const ulns: Uln[] = [];
    for (let count = 0; count < 60; count += 1) {
      // Sound: the ledger issued it.
      ulns.push((await register({ ...name, lastKnownPostCode: 'CF10 1AA' })) as Uln);
    }
    const [left, master, ...others] = ulns;
    for (const [index, uln] of others.entries()) {
      if (index % 2 === 0) {
        await ledger.handle(
          uln,
          { type: 'RetireUln', data: { cause: 'other', reason: 'r' } },
          keeper(),
        );
      } else {
        await merge(ledger, { uln: Uln.parse(master) }, { uln });
      }
    }
    const answer = await ledger.find({ ...name, dateOfBirth: BORN, lastKnownPostCode: 'SW1A 1AA' });
    expect(answer).toMatchObject({ kind: 'possible', leftOut: 0 });
    const found = 'candidates' in answer ? answer.candidates.map(({ learner }) => learner.uln) : [];
    expect(found.toSorted()).toEqual([left, master].toSorted());
  });

  test.each<[string, object]>([
    ['a date that does not exist', { dateOfBirth: '2003-02-30' }],
    ['a postcode that is none', { lastKnownPostCode: 'nowhere' }],
    ['an empty name', { familyName: ' ' }],
    ['a field that is none', { birthday: '2003-04-17' }],
  ])('by %s is refused, and nothing of it repeated', async (_, search) => {
    const error = await namesFound(search).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'ERR_INPUT_INVALID' });
    expect(String(error)).not.toMatch(/2003|nowhere|birthday/);
  });
});
