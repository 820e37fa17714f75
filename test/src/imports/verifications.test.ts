import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock, requestBy } from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import { freshFile, importRows, PLAIN_FORM } from './files.js';

const HEADER = 'MISIdentifier,ULN,FamilyName,GivenName,DateOfBirth,Gender';
let ledger: Ledger;
let uln: string;

beforeAll(async () => {
  ledger = await openMemoryLedger(createTestClock('2026-09-01T09:00:00.000Z').clock);
  const details = { ...learnerDetails(1), givenName: 'Amber', familyName: 'Sampleton' };
  uln = (await ledger.register(details, requestBy('10000001'))).uln;
});

afterAll(async () => {
  await ledger.close();
});

async function verifying(...rows: readonly string[]) {
  const named = rows.map((row) => row.replace('ULN', uln));
  return importRows(ledger, 'verifications', freshFile(HEADER, ...named));
}

describe('a row of a verification batch', () => {
  test.each([
    ['the same', 'V-1,ULN,sampleton,AMBER,,', 'match', 'WSVRC001', '', true],
    [
      'the same in everything',
      'V-1,ULN,Sampleton,Amber,2003-04-17,9',
      'match',
      'WSVRC001',
      '',
      true,
    ],
    ['mistyped', 'V-1,ULN,Smapleton,Amber,,', 'similar', 'WSVRC003', 'VRF4 VRF5', false],
    ['another', 'V-1,ULN,Sampleton,Bryn,,', 'different', 'WSVRC005', 'VRF1 VRF2', false],
    [
      'of another date',
      'V-1,ULN,Sampleton,Amber,2003-04-18,',
      'different',
      'WSVRC005',
      'VRF7',
      false,
    ],
    ['of a ULN not issued', 'V-1,1000000043,Sampleton,Amber,,', 'not-found', 'WSVRC006', '', false],
    ['of no ULN', 'V-1,,Sampleton,Amber,,', 'rejected', 'ERR_INPUT_INVALID', '', false],
    [
      'of what is no ULN',
      'V-1,1000000042,Sampleton,Amber,,',
      'rejected',
      'ERR_INPUT_INVALID',
      '',
      false,
    ],
    ['without a name', 'V-1,ULN,,Amber,,', 'rejected', 'ERR_INPUT_INVALID', '', false],
  ])('that is %s is answered', async (_, row, outcome, code, flags, hasUln) => {
    const { answers } = await verifying(row);
    expect(answers).toEqual([
      {
        Row: '1',
        Key: 'V-1',
        Outcome: outcome,
        Code: code,
        Reason: outcome === 'rejected' ? expect.stringMatching(/expected/) : '',
        ULN: hasUln ? uln : '',
        FailureFlags: flags,
      },
    ]);
    expect(answers[0]?.Reason).not.toMatch(/1000000042|Amber|Sampleton/);
  });
});

describe('a verification batch', () => {
  test('answers its rows in their order, counts them, and records nothing', async () => {
    const before = await countEvents(ledger);
    const { answers, summary } = await verifying(
      'V-1,ULN,Sampleton,Amber,,',
      'V-2,ULN,Sampleton,Bryn,,',
      'V-3,1000000043,Sampleton,Amber,,',
      'V-4,ULN,Sampleton,Amber,,',
    );
    expect(answers.map(({ Key, Outcome }) => `${Key} ${Outcome}`)).toEqual([
      'V-1 match',
      'V-2 different',
      'V-3 not-found',
      'V-4 match',
    ]);
    expect(summary.outcomes).toEqual({
      match: 2,
      similar: 0,
      different: 1,
      'not-found': 1,
      rejected: 0,
    });
    expect(await countEvents(ledger)).toBe(before);
  });

  test.each([
    ['verifications', 'WSRC0030'],
    ['learners', 'WSRC0017'],
    ['achievements', null],
  ] as const)(
    'of %s with another number of rows than declared is refused with %s',
    async (kind, serviceCode) => {
      const headers = {
        verifications: HEADER,
        learners:
          'GivenName,FamilyName,DateOfBirth,Gender,LastKnownPostCode,AbilityToShare,VerificationType',
        achievements: 'ULN,AchievementId,Status,Source,SubjectCode,AchievementAwardDate',
      };
      const path = freshFile(
        headers[kind],
        ',,,,,'.padEnd(headers[kind].split(',').length - 1, ','),
      );
      const form = { ...PLAIN_FORM, declaredRows: 2 };
      await expect(importRows(ledger, kind, path, undefined, form)).rejects.toMatchObject({
        code: 'ERR_INPUT_INVALID',
        serviceCode,
      });
    },
  );

  test.each([
    ['no rows', 0],
    ['5,001 rows', 5001],
  ])('is refused whole with %s', async (_, count) => {
    await expect(verifying(...Array(count).fill('V,ULN,Sampleton,Amber,,'))).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
  });

  test('is not for a learner: an answer says who has which ULN', async () => {
    const path = freshFile(HEADER, `V-1,${uln},Sampleton,Amber,,`);
    const learner = { ...requestBy('10000001'), by: { kind: 'learner' }, user: null } as const;
    await expect(importRows(ledger, 'verifications', path, learner)).rejects.toMatchObject({
      code: 'ERR_NOT_PERMITTED',
    });
  });

  test('may be asked by the keeper', async () => {
    const path = freshFile(HEADER, `V-1,${uln},Sampleton,Amber,,`);
    const keeper = { ...requestBy('10000001'), by: { kind: 'keeper' }, user: null } as const;
    const { answers } = await importRows(ledger, 'verifications', path, keeper);
    expect(answers[0]?.Outcome).toBe('match');
  });
});
