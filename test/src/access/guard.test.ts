import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Ukprn } from '../../../domain/values/ukprn.js';
import type { DetailsInput } from '../../../src/learners/registration.js';
import { keeperRequest } from '../../support/organisations.js';
import { learnerDetails } from '../../support/synthetic.js';
import {
  type AccessSetting,
  answered,
  askerOf,
  COLLEGE,
  issue,
  openSetting,
  REGISTRY,
  recordedLooks,
  restriction,
  settle,
} from './setting.js';

const MINUTE = 60_000;
/** How long a search counts, and how long a possible match is looked at. */
const COUNTS = 30 * MINUTE;
const LOOKED_AT = 10_000;

const DETAILS = learnerDetails(1);

/** Searches by the five mandatory fields of these details. */
async function search(
  { ledger }: AccessSetting,
  details: Partial<DetailsInput> = {},
  ukprn: Ukprn = REGISTRY,
): Promise<string> {
  const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = {
    ...DETAILS,
    ...details,
  };
  const five = { givenName, familyName, dateOfBirth, gender, lastKnownPostCode };
  return (await ledger.access.find(five, askerOf(ukprn, 'learner-registration'))).kind;
}

/** Registers; the words of the refusal where it is refused. */
async function register(
  { ledger }: AccessSetting,
  details: Partial<DetailsInput> = {},
  commandId: string = randomUUID(),
): Promise<string> {
  const request = { ...askerOf(REGISTRY, 'learner-registration'), commandId };
  try {
    const { uln, repeated } = await ledger.access.register({ ...DETAILS, ...details }, request);
    return `${uln}${repeated ? ' again' : ''}`;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_SEARCH_REQUIRED' });
    return error instanceof Error ? error.message : 'failed';
  }
}

const ULN = /^\d{10}$/;
const NO_SEARCH =
  'expected a search for the learner within the last 30 minutes, found none; "plr find" searches (WSRC0021)';
const OTHER_SEARCH =
  'expected a search by the same names, date of birth, gender and postcode within the last 30 minutes, found searches for others alone (WSRC0021)';
const TOO_SOON =
  'expected that the possible matches had been looked at for 10 seconds, found the search a moment ago (WSRC0021)';
const REGISTERED =
  'expected a learner who is not registered, found the same five fields in the register (WSRC0021)';

describe('without a search that counts', () => {
  test('a registration is refused, and the refusal is recorded by the service’s code', async () => {
    const setting = await openSetting();
    expect(await register(setting)).toBe(NO_SEARCH);
    const looks = await recordedLooks(setting.ledger);
    expect(looks.map(({ event }) => event.data)).toMatchObject([
      { action: 'register', code: 'WSRC0021', learners: [], fields: [] },
    ]);
  });

  // The limits are ours: the service does not publish its times.
  test.each([
    ['at once', 0, ULN],
    ['after 30 minutes less a millisecond', COUNTS - 1, ULN],
    ['after 30 minutes', COUNTS, ULN],
    ['after 30 minutes and a millisecond', COUNTS + 1, NO_SEARCH],
    ['on the next day', 24 * 60 * MINUTE, NO_SEARCH],
  ])('a search that found nobody counts %s: %s', async (_, after, answer) => {
    const setting = await openSetting();
    expect(await search(setting)).toBe('none');
    setting.time.advance(after);
    expect(await register(setting)).toEqual(
      typeof answer === 'string' ? answer : expect.stringMatching(answer),
    );
  });

  test.each([
    ['midnight', '2026-09-01T23:50:00.000Z'],
    ['the end of the year', '2026-12-31T23:50:00.000Z'],
  ])('a search counts across %s', async (_, start) => {
    const setting = await openSetting(start);
    await search(setting);
    setting.time.advance(20 * MINUTE);
    expect(await register(setting)).toMatch(ULN);
  });

  test.each([
    ['given name', { givenName: 'Given2' }],
    ['family name', { familyName: 'Other' }],
    ['date of birth', { dateOfBirth: '2003-04-18' }],
    ['gender', { gender: '1' }],
    ['postcode', { lastKnownPostCode: 'AB1 2CE' }],
  ] as const)('a search by another %s does not count', async (_, other) => {
    const setting = await openSetting();
    await search(setting, other);
    expect(await register(setting)).toBe(OTHER_SEARCH);
    await search(setting);
    expect(await register(setting)).toMatch(ULN);
  });

  test('case, accents and spaces make no other search', async () => {
    const setting = await openSetting();
    await search(setting, { givenName: 'GIVÉN1', lastKnownPostCode: 'ab12cd' });
    expect(await register(setting)).toMatch(ULN);
  });

  test('a search without a postcode does not count', async () => {
    const setting = await openSetting();
    await setting.ledger.access.find(
      { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17', gender: '9' },
      askerOf(REGISTRY, 'learner-registration'),
    );
    expect(await register(setting)).toBe(OTHER_SEARCH);
  });

  test('a search by another organisation does not count, nor one that was refused', async () => {
    const setting = await openSetting();
    await search(setting, {}, COLLEGE);
    expect(await register(setting)).toBe(NO_SEARCH);
    const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = DETAILS;
    const five = { givenName, familyName, dateOfBirth, gender, lastKnownPostCode };
    const refused = setting.ledger.access.find(five, askerOf(REGISTRY, 'admission'));
    expect(await answered(refused)).toBe('ERR_ACCESS_REFUSED');
    expect(await register(setting)).toBe(NO_SEARCH);
  });

  test('asking by ULN is no search', async () => {
    const setting = await openSetting();
    const uln = await issue(setting.ledger, 7);
    await setting.ledger.access.findByUln(uln, askerOf(REGISTRY, 'learner-registration'));
    expect(await register(setting)).toBe(NO_SEARCH);
  });
});

describe('where the search found possible matches', () => {
  test.each([
    ['at once', 0, TOO_SOON],
    ['after 10 seconds less a millisecond', LOOKED_AT - 1, TOO_SOON],
    ['after 10 seconds', LOOKED_AT, ULN],
    ['after 30 minutes', COUNTS, ULN],
    ['after 30 minutes and a millisecond', COUNTS + 1, NO_SEARCH],
  ])('a registration %s: %s', async (_, after, answer) => {
    const setting = await openSetting();
    await issue(setting.ledger, 1, { lastKnownPostCode: 'ZE1 0AA' });
    expect(await search(setting)).toBe('possible');
    setting.time.advance(after);
    expect(await register(setting)).toEqual(
      typeof answer === 'string' ? answer : expect.stringMatching(answer),
    );
  });

  test('searching again begins the 10 seconds again', async () => {
    const setting = await openSetting();
    await issue(setting.ledger, 1, { lastKnownPostCode: 'ZE1 0AA' });
    await search(setting);
    setting.time.advance(LOOKED_AT);
    await search(setting);
    setting.time.advance(LOOKED_AT - 1);
    expect(await register(setting)).toBe(TOO_SOON);
    setting.time.advance(1);
    expect(await register(setting)).toMatch(ULN);
  });
});

describe('a learner who is in the register', () => {
  test('is not registered again, however long one looked', async () => {
    const setting = await openSetting();
    await issue(setting.ledger, 1);
    expect(await search(setting)).toBe('exact');
    setting.time.advance(MINUTE);
    expect(await register(setting)).toBe(REGISTERED);
  });

  test('is not registered again where another organisation was quicker', async () => {
    const setting = await openSetting();
    expect(await search(setting)).toBe('none');
    await issue(setting.ledger, 1);
    expect(await register(setting)).toBe(REGISTERED);
  });

  test('and is handled as restricted is not confirmed to be there', async () => {
    const setting = await openSetting();
    const hidden = await issue(setting.ledger, 1);
    await settle(setting.ledger, hidden, restriction());
    expect(await search(setting)).toBe('none');
    expect(await register(setting)).toMatch(ULN);
  });
});

describe('a learner who is in the register under several ULNs', () => {
  test.each([
    ['merged', 'linked', mergedPair],
    ['alike in everything', 'possible', alikePair],
  ] as const)('%s is not registered again', async (_, answer, make) => {
    const setting = await openSetting();
    await make(setting);
    expect(await search(setting)).toBe(answer);
    setting.time.advance(MINUTE);
    expect(await register(setting)).toBe(REGISTERED);
  });

  test('one of eleven who are the same in everything is not registered again', async () => {
    const setting = await openSetting();
    for (let copies = 0; copies < 11; copies += 1) {
      await issue(setting.ledger, 1);
    }
    expect(await search(setting)).toBe('too-many');
    expect(await register(setting)).toBe(REGISTERED);
  });

  test('that was retired is free to be registered, and is not found', async () => {
    const setting = await openSetting();
    const uln = await issue(setting.ledger, 1);
    await settle(setting.ledger, uln, RETIREMENT);
    expect(await search(setting)).toBe('none');
    expect(await register(setting)).toMatch(ULN);
    const asker = askerOf(REGISTRY, 'learner-registration');
    expect(await setting.ledger.access.findByUln(uln, asker)).toMatchObject({
      candidates: [{ retired: 'issued-in-error' }],
    });
  });
});

const RETIREMENT = {
  type: 'RetireUln',
  data: { cause: 'issued-in-error', reason: 'Nobody was meant' },
} as const;

/** The one with the details searched for is superseded by one with others. */
async function mergedPair({ ledger }: AccessSetting): Promise<void> {
  const master = await issue(ledger, 2);
  const superseded = await issue(ledger, 1);
  await ledger.merging.merge(master, { superseded, reason: 'One certificate' }, keeperRequest());
}

async function alikePair({ ledger }: AccessSetting): Promise<void> {
  await issue(ledger, 1);
  await issue(ledger, 1);
}

describe('a command that is repeated', () => {
  test('is answered with the same ULN, without another search, also days later', async () => {
    const setting = await openSetting();
    const commandId = randomUUID();
    await search(setting);
    const uln = await register(setting, {}, commandId);
    setting.time.advance(3 * 24 * 60 * MINUTE);
    expect(await register(setting, {}, commandId)).toBe(`${uln} again`);
    const last = (await recordedLooks(setting.ledger)).at(-1)?.event.data;
    expect(last).toMatchObject({ action: 'register', fields: ['uln'], code: 'WSRC0005' });
  });

  test('after a refusal needs its search like any other', async () => {
    const setting = await openSetting();
    const commandId = randomUUID();
    expect(await register(setting, {}, commandId)).toBe(NO_SEARCH);
    await search(setting);
    expect(await register(setting, {}, commandId)).toMatch(ULN);
  });
});

test('the keeper searches first like everybody else', async () => {
  const { ledger } = await openSetting();
  const register = () => ledger.access.register(DETAILS, keeperRequest());
  expect(await answered(register())).toBe('ERR_SEARCH_REQUIRED');
  const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = DETAILS;
  const five = { givenName, familyName, dateOfBirth, gender, lastKnownPostCode };
  await ledger.access.find(five, keeperRequest());
  expect((await register()).uln).toMatch(ULN);
});
