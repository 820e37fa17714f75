import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFile } from '../../../src/imports/importFile.js';
import { resultHead } from '../../../src/imports/resultFile.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { outputFile } from '../../../streams/output.js';
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

describe('a file that tries one date of birth after another', () => {
  const dates = Array.from(
    { length: 28 },
    (_, day) => `2003-04-${String(day + 1).padStart(2, '0')}`,
  );
  const rowOf = (of: string, date: string) => `V-1,${of},Sampleton,Amber,${date},`;
  const outcomesOf = async (...rows: readonly string[]) =>
    (await verifying(...rows)).answers.map(({ Outcome }) => Outcome);

  test('is answered on three of one ULN, and then as if nobody had it', async () => {
    const outcomes = await outcomesOf(...dates.map((date) => rowOf('ULN', date)));
    expect(outcomes.slice(0, 3)).toEqual(['different', 'different', 'different']);
    // The seventeenth is the learner's own.
    expect(new Set(outcomes.slice(3))).toEqual(new Set(['not-found']));
  });

  test('whatever name it gives with each', async () => {
    const rows = dates.map((date, index) => `V-1,ULN,Sampleton,Amber${index},${date},`);
    expect(new Set((await outcomesOf(...rows)).slice(3))).toEqual(new Set(['not-found']));
  });

  test('is answered on the same date as often as it asks, and without one', async () => {
    const tried = dates.slice(0, 3).map((date) => rowOf('ULN', date));
    const again = [rowOf('ULN', '2003-04-02'), rowOf('ULN', ''), rowOf('ULN', '2003-04-17')];
    const outcomes = await outcomesOf(...tried, ...again);
    expect(outcomes.slice(3)).toEqual(['different', 'match', 'not-found']);
  });

  test('is answered of another ULN as before', async () => {
    const rows = dates.slice(0, 5).flatMap((date) => [rowOf('1000000043', date)]);
    expect(await outcomesOf(...rows, rowOf('ULN', '2003-04-17'))).toEqual([
      ...Array.from({ length: 5 }, () => 'not-found'),
      'match',
    ]);
  });
});

describe('a page of 64 answers', () => {
  const rows = Array.from({ length: 130 }, () => `V-1,ULN,Sampleton,Amber,,`);

  test.each([0, 1, 2])(
    'is written when its look is durable, and not before: page %i',
    async (failing) => {
      const path = freshFile(HEADER, ...rows.map((row) => row.replace('ULN', uln)));
      const result = outputFile(`${path}.result.csv`, resultHead('verifications'), []);
      const written: number[] = [];
      const imported = importFile(
        ledger,
        { kind: 'verifications', path, result, encoding: 'utf-8', declaredRows: null },
        requestBy('10000001'),
        () => undefined,
        undefined,
        async (ulns) => {
          expect(ulns).toEqual([uln]);
          written.push(readFileSync(result.partPath, 'utf8').split('\n').length - 2);
          if (written.length === failing + 1) {
            throw new Error('the access ledger cannot be written');
          }
        },
      );
      await expect(imported).rejects.toThrow('the access ledger cannot be written');
      expect(written).toEqual([0, 64, 128].slice(0, failing + 1));
      expect(existsSync(result.path)).toBe(false);
    },
  );

  test('tells of whom it found different, and of a ULN that nobody has', async () => {
    const told: string[] = [];
    const unknown = '1000000043';
    const path = freshFile(
      HEADER,
      `V-1,${uln},Other,Name,,`,
      `V-2,${unknown},Other,Name,,`,
      'V-3,,,,,',
    );
    await importFile(
      ledger,
      {
        kind: 'verifications',
        path,
        result: outputFile(`${path}.result.csv`, resultHead('verifications'), []),
        encoding: 'utf-8',
        declaredRows: null,
      },
      requestBy('10000001'),
      () => undefined,
      undefined,
      async (ulns) => {
        told.push(...ulns);
      },
    );
    expect(told).toEqual([uln, unknown]);
  });
});
