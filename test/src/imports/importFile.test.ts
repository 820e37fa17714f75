import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock } from '../../support/ledger.js';
import {
  ACHIEVEMENT_HEADER,
  fileOf,
  importer,
  importRows,
  LEARNER_HEADER,
  learnerRow,
  learnersCsv,
  PARTICIPATION_HEADER,
} from './files.js';

const time = createTestClock('2026-09-01T09:00:00.000Z');
let ledger: Ledger;

beforeAll(async () => {
  ledger = await openMemoryLedger(time.clock);
});

afterAll(async () => {
  await ledger.close();
});

async function someUlns(count: number): Promise<readonly string[]> {
  const { answers } = await importRows(
    ledger,
    'learners',
    fileOf(learnersCsv(count) + '\n'.repeat(count)),
  );
  return answers.map(({ ULN }) => ULN);
}

describe('a file of learners', () => {
  test('every row is answered with a ULN of its own', async () => {
    const { answers } = await importRows(ledger, 'learners', fileOf(learnersCsv(5)));
    expect(new Set(answers.map(({ ULN }) => Uln.parse(ULN))).size).toBe(5);
  });

  test('rows are answered in the order of the file under the keys of the caller', async () => {
    const { answers } = await importRows(ledger, 'learners', fileOf(learnersCsv(300)));
    const expected = Array.from({ length: 300 }, (_, index) => [`${index + 1}`, `L-${index + 1}`]);
    expect(answers.map(({ Row, Key }) => [Row, Key])).toEqual(expected);
  });

  test('the summary counts the rows by outcome', async () => {
    const content = [LEARNER_HEADER, learnerRow('L-1'), 'L-2,,,,,,,,', ''].join('\n');
    const { summary } = await importRows(ledger, 'learners', fileOf(content));
    expect(summary).toEqual({
      outcomes: { new: 1, 'already-exists': 0, 'possible-match': 0, rejected: 1 },
      warnings: [],
    });
  });

  test('a bad row is rejected with a code and every reason, and no ULN', async () => {
    const content = [LEARNER_HEADER, 'L-1,Amber,,2003-02-30,5,ZZ99 9ZZ,1,1,', ''].join('\n');
    const { answers } = await importRows(ledger, 'learners', fileOf(content));
    expect(answers).toEqual([
      {
        Row: '1',
        Key: 'L-1',
        Outcome: 'rejected',
        Code: 'ERR_INPUT_INVALID',
        Reason: expect.stringMatching(/familyName.*dateOfBirth.*gender/),
        ULN: '',
      },
    ]);
  });

  test('bad rows leave those around them alone', async () => {
    const rows = [learnerRow('L-1'), 'L-2,,,,,,,,', learnerRow('L-3')];
    const content = [LEARNER_HEADER, ...rows, ''].join('\n');
    const { answers } = await importRows(ledger, 'learners', fileOf(content));
    expect(answers.map(({ Outcome }) => Outcome)).toEqual(['new', 'rejected', 'new']);
  });

  test('a reason repeats nothing of the row', async () => {
    const content = [LEARNER_HEADER, 'L-1,Amber,Sampleton,17/04/2003,F,nowhere,1,1,', ''].join(
      '\n',
    );
    const { answers } = await importRows(ledger, 'learners', fileOf(content));
    expect(answers[0]?.Reason).not.toMatch(/Amber|Sampleton|2003|nowhere/);
  });

  test('what looks wrong and is taken all the same is said as the reason', async () => {
    const header = `${LEARNER_HEADER},ScottishCandidateNumber`;
    const content = [header, `${learnerRow('L-1')},123456789`, ''].join('\n');
    const { answers } = await importRows(ledger, 'learners', fileOf(content));
    expect(answers[0]).toMatchObject({
      Outcome: 'new',
      Reason: expect.stringContaining('scottishCandidateNumber'),
    });
  });

  test('the same file twice changes nothing', async () => {
    const path = fileOf(learnersCsv(40));
    await importRows(ledger, 'learners', path);
    const before = await countEvents(ledger);
    const { summary } = await importRows(ledger, 'learners', path);
    expect({ ...summary.outcomes, events: await countEvents(ledger) }).toEqual({
      new: 0,
      'already-exists': 40,
      'possible-match': 0,
      rejected: 0,
      events: before,
    });
  });

  test('the same file twice is answered with the same ULNs', async () => {
    const path = fileOf(learnersCsv(40));
    const first = await importRows(ledger, 'learners', path);
    const second = await importRows(ledger, 'learners', path);
    const ulns = ({ answers }: typeof first) => answers.map(({ ULN }) => ULN);
    expect(ulns(second)).toEqual(ulns(first));
  });

  test('the same file from another organisation finds the learners of the first', async () => {
    const path = fileOf(learnersCsv(1));
    const first = await importRows(ledger, 'learners', path);
    const second = await importRows(ledger, 'learners', path, importer('10000003'));
    expect(second.answers[0]).toMatchObject({
      Outcome: 'already-exists',
      ULN: first.answers[0]?.ULN,
    });
  });

  test('the result file is readable by its owner alone', async () => {
    const { resultPath } = await importRows(ledger, 'learners', fileOf(learnersCsv(1)));
    expect(statSync(resultPath).mode & 0o777).toBe(0o600);
  });

  test('nothing half written is left beside the result', async () => {
    const { resultPath } = await importRows(ledger, 'learners', fileOf(learnersCsv(1)));
    expect(readdirSync(dirname(resultPath)).sort()).toEqual(['rows.csv', 'rows.csv.result.csv']);
  });
});

describe('files of participation and achievements', () => {
  test('a participation is recorded under the learner and the key of its source', async () => {
    const [uln = ''] = await someUlns(1);
    const row = `${uln},P-1,ILR,6010143X,2025-09-08,`;
    await importRows(ledger, 'participation', fileOf(`${PARTICIPATION_HEADER}\n${row}\n`));
    const { qualifications } = plrAt(await ledger.read(Uln.parse(uln)), NOW);
    expect(qualifications[0]?.participations[0]?.key).toBe('participation 10000002 P-1');
  });

  test('F is a final and P a provisional achievement', async () => {
    const [uln = ''] = await someUlns(2);
    const rows = ['F', 'P'].map((s) => `${uln},A-${s},${s},AO,601/0143/X,2026-07-01,12,Pass`);
    await importRows(ledger, 'achievements', fileOf([ACHIEVEMENT_HEADER, ...rows].join('\n')));
    const { qualifications } = plrAt(await ledger.read(Uln.parse(uln)), NOW);
    const standings = qualifications[0]?.achievements.map(({ standing }) => standing);
    expect(standings).toEqual(['final', 'provisional']);
  });

  test.each([
    ['a wrong ULN', '1234567890,A-1,F,AO,601/0143/X,2026-07-01,12,Pass', 'ERR_INPUT_INVALID'],
    ['a status of its own', 'ULN,A-1,X,AO,601/0143/X,2026-07-01,12,Pass', 'ERR_INPUT_INVALID'],
    ['no status', 'ULN,A-1,,AO,601/0143/X,2026-07-01,12,Pass', 'ERR_INPUT_INVALID'],
    ['a wrong check character', 'ULN,A-1,F,AO,601/0143/7,2026-07-01,,', 'ERR_INPUT_INVALID'],
    ['credits in words', 'ULN,A-1,F,AO,601/0143/X,2026-07-01,twelve,Pass', 'ERR_INPUT_INVALID'],
    ['no key', 'ULN,,F,AO,601/0143/X,2026-07-01,12,Pass', 'ERR_INPUT_INVALID'],
  ])('%s rejects the row', async (_, row, code) => {
    const [uln = ''] = await someUlns(3);
    const content = `${ACHIEVEMENT_HEADER}\n${row.replace('ULN', uln)}\n`;
    const { answers } = await importRows(ledger, 'achievements', fileOf(content));
    expect(answers[0]).toMatchObject({ Outcome: 'rejected', Code: code });
  });

  test('rows on the same learner are recorded in the order of the file', async () => {
    const [uln = ''] = await someUlns(4);
    const rows = ['Pass', 'Merit'].map((g) => `${uln},A-1,F,AO,601/0143/X,2026-07-01,12,${g}`);
    const path = fileOf([ACHIEVEMENT_HEADER, ...rows].join('\n'));
    const { answers } = await importRows(ledger, 'achievements', path);
    expect(answers.map(({ Outcome, Code }) => Outcome + Code)).toEqual(['created', 'updated']);
  });

  test('an entry sent again in another file is unchanged', async () => {
    const [uln = ''] = await someUlns(5);
    const row = `${uln},A-1,F,AO,601/0143/X,2026-07-01,12,Pass`;
    await importRows(ledger, 'achievements', fileOf(`${ACHIEVEMENT_HEADER}\n${row}\n`));
    const again = fileOf(`${ACHIEVEMENT_HEADER}\n\n${row}\n`);
    const { answers } = await importRows(ledger, 'achievements', again);
    expect(answers[0]).toMatchObject({ Outcome: 'unchanged', Reason: '' });
  });

  test('the same file twice changes nothing', async () => {
    const ulns = await someUlns(6);
    const rows = ulns.map((uln) => `${uln},P-1,ILR,601/0143/X,2025-09-08,`);
    const path = fileOf([PARTICIPATION_HEADER, ...rows].join('\n'));
    await importRows(ledger, 'participation', path);
    const before = await countEvents(ledger);
    await importRows(ledger, 'participation', path);
    expect(await countEvents(ledger)).toBe(before);
  });
});
