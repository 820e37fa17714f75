import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Uln } from '../../../domain/values/uln.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock, requestBy } from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import {
  ACHIEVEMENT_HEADER,
  achievementRow,
  fileOf,
  freshFile,
  importer,
  importRows,
  PARTICIPATION_HEADER,
  type ResultRow,
} from './files.js';

const time = createTestClock('2026-09-01T09:00:00.000Z');
const SOURCE = importer('10000002');
let ledger: Ledger;
let learners = 0;

beforeAll(async () => {
  ledger = await openMemoryLedger(time.clock);
});

afterAll(async () => {
  await ledger.close();
});

async function someUln(): Promise<Uln> {
  learners += 1;
  return (await ledger.register(learnerDetails(learners), requestBy('10000001'))).uln;
}

/** Sends each row in a file of its own, one after the other, and answers with what became of each. */
async function sending(
  kind: 'achievements' | 'participation',
  ...rows: readonly string[]
): Promise<readonly ResultRow[]> {
  const all: ResultRow[] = [];
  for (const row of rows) {
    const header = kind === 'achievements' ? ACHIEVEMENT_HEADER : PARTICIPATION_HEADER;
    const { answers } = await importRows(ledger, kind, freshFile(header, row), SOURCE);
    all.push(...answers);
  }
  return all;
}

async function entryOf(uln: Uln) {
  const { qualifications } = plrAt(await ledger.read(uln), NOW);
  const [entry] = qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
  return entry;
}

type Cells = Parameters<typeof achievementRow>[1];
type Versions = readonly Cells[];
const [F, P, W] = [{ status: 'F' }, { status: 'P' }, { status: 'W' }];

describe('an achievement sent again and again', () => {
  test.each<[string, Versions, string]>([
    ['new', [F], 'created'],
    ['new and provisional', [P], 'created'],
    ['as it was', [F, F], 'created unchanged'],
    ['provisional as it was', [P, P], 'created unchanged'],
    ['with another grade', [F, { grade: 'Merit' }], 'created updated'],
    ['with a grade less', [F, { grade: '' }], 'created updated'],
    ['with the grade it had before', [F, { grade: 'Merit' }, F], 'created updated updated'],
    ['provisional with another grade', [P, { ...P, grade: 'Merit' }], 'created updated'],
    ['final after provisional', [P, F], 'created promoted'],
    ['final after provisional, with another grade', [P, { grade: 'Merit' }], 'created promoted'],
    ['withdrawn', [F, W], 'created withdrawn'],
    ['withdrawn twice', [F, W, W], 'created withdrawn unchanged'],
    ['withdrawn, with other values, which stay', [F, { ...W, grade: 'U' }], 'created withdrawn'],
    ['after it was withdrawn', [F, W, F], 'created withdrawn reinstated'],
    ['withdrawn, then with another grade', [F, W, { grade: 'A' }], 'created withdrawn reinstated'],
    ['withdrawn when it was provisional, then final', [P, W, F], 'created withdrawn reinstated'],
    ['in small letters', [{ status: 'f' }, { status: ' w ' }], 'created withdrawn'],
  ])('%s', async (_, versions, outcomes) => {
    const uln = await someUln();
    const answers = await sending(
      'achievements',
      ...versions.map((cells) => achievementRow(uln, cells)),
    );
    expect(answers.map(({ Outcome }) => Outcome).join(' ')).toBe(outcomes);
    expect(answers.map(({ Code, ULN }) => Code + ULN)).toEqual(versions.map(() => uln));
  });

  test.each<[string, Versions, string, string]>([
    ['provisional after final', [F, P], 'rejected', 'ERR_ENTRY_FINAL'],
    ['withdrawn before it was sent', [W], 'rejected', 'ERR_ENTRY_NOT_FOUND'],
    ['with a status of its own', [{ status: 'X' }], 'rejected', 'ERR_INPUT_INVALID'],
    ['without a status', [{ status: '' }], 'rejected', 'ERR_INPUT_INVALID'],
    ['with a date to come', [F, { awarded: '2027-07-01' }], 'held', 'ERR_AWARD_DATE_IN_FUTURE'],
  ])('%s, is not recorded', async (_, versions, outcome, code) => {
    const uln = await someUln();
    const answers = await sending(
      'achievements',
      ...versions.map((cells) => achievementRow(uln, cells)),
    );
    expect(answers.at(-1)).toMatchObject({ Outcome: outcome, Code: code, ULN: '' });
    expect(answers.at(-1)?.Reason).not.toContain(uln);
  });

  test('is recorded with the values of the last version', async () => {
    const uln = await someUln();
    const versions = [P, W, { grade: 'Merit' }, { grade: 'Distinction', credits: '13' }];
    await sending('achievements', ...versions.map((cells) => achievementRow(uln, cells)));
    expect(await entryOf(uln)).toMatchObject({
      standing: 'final',
      values: { grade: 'Distinction', credits: 13 },
    });
  });

  test('does not bring back a value that was redacted', async () => {
    const uln = await someUln();
    await sending('achievements', achievementRow(uln, { grade: 'Secretly' }));
    const recorded = (await ledger.read(uln)).find(
      ({ event }) => event.type === 'AchievementRecorded',
    );
    const selection = { event: recorded?.id ?? '', fields: ['grade'], everywhere: false };
    const { orders } = await ledger.erasure.propose(
      await ledger.streamOf(uln),
      selection,
      'recorded-in-error',
      { ...requestBy('10000001', 'data-protection'), user: 'officer1' },
    );
    for (const order of orders) {
      await ledger.erasure.order(order, {
        ...requestBy('10000001', 'data-protection'),
        user: 'officer2',
      });
    }
    const [again, changed] = await sending(
      'achievements',
      achievementRow(uln, { grade: 'Secretly' }),
      achievementRow(uln, { grade: 'Secretly', credits: '13' }),
    );
    expect([again?.Outcome, changed?.Outcome]).toEqual(['unchanged', 'updated']);
    expect(JSON.stringify(await ledger.read(uln))).not.toContain('Secretly');
  });
});

describe('a participation sent again and again', () => {
  const header = `${PARTICIPATION_HEADER},Status`;
  const rowOf = (uln: string, end: string, status: string) =>
    `${uln},P-1,ILR,601/0143/X,2025-09-08,${end},${status}`;
  type Version = readonly [end: string, status: string];

  test.each<[string, readonly Version[], string]>([
    [
      'as it was',
      [
        ['', ''],
        ['', 'F'],
      ],
      'created unchanged',
    ],
    [
      'with its end',
      [
        ['', ''],
        ['2026-06-30', ''],
      ],
      'created updated',
    ],
    [
      'withdrawn',
      [
        ['', ''],
        ['', 'W'],
      ],
      'created withdrawn',
    ],
    [
      'after it was withdrawn',
      [
        ['', ''],
        ['', 'W'],
        ['', ''],
      ],
      'created withdrawn reinstated',
    ],
    ['provisional, which it cannot be', [['', 'P']], 'rejected'],
    [
      'with an end before its start',
      [
        ['', ''],
        ['2025-01-01', ''],
      ],
      'created rejected',
    ],
  ])('%s', async (_, versions, outcomes) => {
    const uln = await someUln();
    const found: string[] = [];
    for (const [end, status] of versions) {
      const path = freshFile(header, rowOf(uln, end, status));
      const { answers } = await importRows(ledger, 'participation', path, SOURCE);
      found.push(answers[0]?.Outcome ?? '');
    }
    expect(found.join(' ')).toBe(outcomes);
  });

  test('needs no column for its status', async () => {
    const [answer] = await sending(
      'participation',
      `${await someUln()},P-1,ILR,601/0143/X,2025-09-08,`,
    );
    expect(answer?.Outcome).toBe('created');
  });
});

describe('the same file again', () => {
  test('undoes nothing that a later file brought', async () => {
    const uln = await someUln();
    const older = freshFile(ACHIEVEMENT_HEADER, achievementRow(uln));
    await importRows(ledger, 'achievements', older, SOURCE);
    await sending('achievements', achievementRow(uln, { grade: 'Merit' }));
    const { answers } = await importRows(ledger, 'achievements', older, SOURCE);
    expect(answers[0]).toMatchObject({
      Outcome: 'unchanged',
      Reason: 'recorded from this file before',
      ULN: uln,
    });
    expect((await entryOf(uln))?.values['grade']).toBe('Merit');
  });

  test('is decided afresh in a row that recorded nothing: what it says is what its source says now', async () => {
    const uln = await someUln();
    await sending('achievements', achievementRow(uln));
    const same = freshFile(ACHIEVEMENT_HEADER, achievementRow(uln));
    await importRows(ledger, 'achievements', same, SOURCE);
    await sending('achievements', achievementRow(uln, { grade: 'Merit' }));
    const { answers } = await importRows(ledger, 'achievements', same, SOURCE);
    expect(answers[0]?.Outcome).toBe('updated');
  });

  test('changes nothing, whatever became of its rows', async () => {
    const [one, other] = [await someUln(), await someUln()];
    await sending('achievements', achievementRow(other, P), achievementRow(one, { id: 'A-9' }));
    const path = freshFile(
      ACHIEVEMENT_HEADER,
      achievementRow(one),
      achievementRow(one, { grade: 'Merit' }),
      achievementRow(other, { grade: 'Merit' }),
      achievementRow(one, { id: 'A-9', status: 'W' }),
      achievementRow(one, { id: 'A-2', awarded: '2027-07-01' }),
      achievementRow(one, { id: 'A-3', status: 'X' }),
    );
    const first = await importRows(ledger, 'achievements', path, SOURCE);
    expect(first.answers.map(({ Outcome }) => Outcome)).toEqual([
      'created',
      'updated',
      'promoted',
      'withdrawn',
      'held',
      'rejected',
    ]);
    const again = await importRows(ledger, 'achievements', path, SOURCE);
    const before = await countEvents(ledger);
    const oncemore = await importRows(ledger, 'achievements', path, SOURCE);
    expect(again.summary.outcomes).toEqual({
      created: 0,
      updated: 0,
      promoted: 0,
      withdrawn: 0,
      reinstated: 0,
      unchanged: 4,
      held: 1,
      rejected: 1,
    });
    expect(oncemore.summary).toEqual(again.summary);
    expect(await countEvents(ledger)).toBe(before);
  });

  test('is another file from another source', async () => {
    const uln = await someUln();
    const path = fileOf(`${ACHIEVEMENT_HEADER}\n${achievementRow(uln)}\n`);
    await importRows(ledger, 'achievements', path, SOURCE);
    const { answers } = await importRows(ledger, 'achievements', path, importer('10000003'));
    expect(answers[0]?.Outcome).toBe('created');
  });
});

describe('the rows of a file on one learner', () => {
  test('are recorded in their order, also where those before them are held, and over two blocks', async () => {
    const uln = await someUln();
    const other = await someUln();
    const rows = Array.from({ length: 520 }, (_, index) => {
      if (index < 480) {
        return 'nobody,,,,,,,';
      }
      return index % 2 === 0 && index < 500
        ? achievementRow(other, { id: `A-${index}`, awarded: '2027-07-01' })
        : achievementRow(uln, { credits: String(index) });
    });
    const path = freshFile(ACHIEVEMENT_HEADER, ...rows);
    await importRows(ledger, 'achievements', path, SOURCE);
    const credits = (await ledger.read(uln)).flatMap(({ event }) =>
      event.type === 'AchievementCorrected' ? [event.data.credits] : [],
    );
    const odd = [483, 485, 487, 489, 491, 493, 495, 497, 499];
    const all = [...odd, ...Array.from({ length: 20 }, (_, index) => 500 + index)];
    expect(credits).toEqual(all.map((to) => ({ to })));
  });
});

test('entries from the keeper, who is no source, are refused whole', async () => {
  const keeper = { ...SOURCE, by: { kind: 'keeper' }, user: null } as const;
  const path = freshFile(ACHIEVEMENT_HEADER, achievementRow(await someUln()));
  await expect(importRows(ledger, 'achievements', path, keeper)).rejects.toMatchObject({
    code: 'ERR_NOT_SUBMITTER',
  });
});
