import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import type { IdentityInput, VerificationInput } from '../../../src/learners/lookup.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock } from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import { REGISTRY, requestOf } from '../setting.js';

const UNKNOWN = Uln.parse('1000000043');
const DETAILS = {
  ...learnerDetails(1),
  givenName: 'Zoë',
  familyName: "O'Neill",
  previousFamilyName: 'Earlier',
  gender: '2',
} as const;
let ledger: Ledger;
let uln: Uln;

beforeAll(async () => {
  ledger = await openMemoryLedger(createTestClock('2024-03-01T09:00:00.000Z').clock);
  uln = (await ledger.register(DETAILS, requestOf(REGISTRY, 'registry'))).uln;
});

afterAll(async () => {
  await ledger.close();
});

describe('a ULN', () => {
  test('finds its learner exactly', async () => {
    expect(await ledger.findByUln(uln)).toMatchObject({
      kind: 'exact',
      code: 'WSRC0004',
      candidates: [{ kind: 'exact', differing: [], learner: { uln, givenName: 'Zoë' } }],
    });
  });

  test.each<[IdentityInput, readonly string[]]>([
    [{ givenName: 'ZOE', familyName: 'oneill', dateOfBirth: '2003-04-17', gender: '2' }, []],
    [{ familyName: 'Earlier' }, ['familyName']],
    [{ givenName: 'Zoo', gender: '1' }, ['givenName', 'gender']],
    [{ dateOfBirth: '2003-04-18' }, ['dateOfBirth']],
  ])('with %j finds its learner, and says what differs', async (identity, differing) => {
    const isSame = differing.length === 0;
    expect(await ledger.findByUln(uln, identity)).toMatchObject({
      kind: isSame ? 'exact' : 'possible',
      code: isSame ? 'WSRC0004' : 'WSRC0003',
      candidates: [{ kind: isSame ? 'exact' : 'possible', differing, learner: { uln } }],
    });
  });

  test('that was not issued finds nobody', async () => {
    expect(await ledger.findByUln(UNKNOWN)).toEqual({ kind: 'none', code: 'WSRC0001' });
  });

  test('with fields that are none is refused', async () => {
    const search = { lastKnownPostCode: 'AB1 2CD' } as IdentityInput;
    await expect(ledger.findByUln(uln, search)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
  });
});

describe('verifying a learner', () => {
  const names = { givenName: 'Zoe', familyName: 'ONEILL' };

  test.each<[string, object, object]>([
    ['names that are the same', {}, { kind: 'match', code: 'WSVRC001', failureFlags: [] }],
    [
      'a mistyped name',
      { givenName: 'Zoo' },
      { kind: 'similar', code: 'WSVRC003', failureFlags: ['VRF1', 'VRF2', 'VRF3'] },
    ],
    [
      'another date of birth',
      { dateOfBirth: '2003-04-18' },
      { kind: 'different', code: 'WSVRC005', failureFlags: ['VRF7'] },
    ],
    [
      'a ULN that was not issued',
      { uln: UNKNOWN },
      { kind: 'not-found', code: 'WSVRC006', failureFlags: [] },
    ],
  ])(
    'with %s answers with code and failed comparisons, and records nothing',
    async (_, more, answer) => {
      const before = await countEvents(ledger);
      expect(await ledger.verifyLearner({ uln, ...names, ...more })).toEqual(answer);
      expect(await countEvents(ledger)).toBe(before);
    },
  );

  test('of a retired ULN finds nobody', async () => {
    const other = { ...DETAILS, lastKnownPostCode: 'CF10 1AA' };
    const { uln: retired } = await ledger.register(other, requestOf(REGISTRY, 'registry'));
    const keeper = { by: { kind: 'keeper' }, user: null } as const;
    const data = { cause: 'other', reason: 'r' } as const;
    await ledger.handle(retired, { type: 'RetireUln', data }, requestOf(REGISTRY, 'x', keeper));
    const { givenName, familyName } = DETAILS;
    expect(await ledger.verifyLearner({ uln: retired, givenName, familyName })).toEqual({
      kind: 'not-found',
      code: 'WSVRC006',
      failureFlags: [],
    });
  });

  test.each<[string, object]>([
    ['no family name', { familyName: undefined }],
    ['an empty name', { givenName: ' ' }],
    ['a ULN that is none', { uln: '1000000042' }],
    ['a gender that is none', { gender: '3' }],
    ['a field that is none', { birthday: '2003-04-17' }],
  ])('with %s is refused, and nothing of it repeated', async (_, more) => {
    const input = { uln, ...names, ...more } as VerificationInput;
    const error = await ledger.verifyLearner(input).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'ERR_INPUT_INVALID' });
    expect(String(error)).not.toMatch(/Zoe|1000000042|2003|birthday/);
  });
});
