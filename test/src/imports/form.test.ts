import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { createTestClock } from '../../support/ledger.js';
import {
  fileOf,
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

describe('the form of a file', () => {
  const record = async (content: string) => {
    const { answers } = await importRows(ledger, 'learners', fileOf(content));
    const plr = plrAt(await ledger.read(Uln.parse(answers[0]?.ULN)), NOW);
    return { answers, details: plr.details };
  };

  test('a byte order mark before a quoted column is not part of its name', async () => {
    const quoted = learnersCsv(1).replace('MISIdentifier', '"MISIdentifier"');
    const { answers } = await record(`\uFEFF${quoted}`);
    expect(answers[0]?.Key).toBe('L-1');
  });

  test('lines may end with carriage return and line feed', async () => {
    const { answers } = await record(learnersCsv(2).replaceAll('\n', '\r\n'));
    expect(answers.map(({ Outcome }) => Outcome)).toEqual(['new', 'new']);
  });

  test('a quoted cell may hold commas, quotes and line ends', async () => {
    const notes = '"First, ""second""\nthird"';
    const { details } = await record([LEARNER_HEADER, learnerRow('L-1', notes), ''].join('\n'));
    expect(details?.notes).toBe('First, "second"\nthird');
  });

  test('a key with a comma and a quote comes back as it was', async () => {
    const content = [LEARNER_HEADER, learnerRow('"L,""1"""'), ''].join('\n');
    const { answers } = await record(content);
    expect(answers[0]?.Key).toBe('L,"1"');
  });

  test('the columns may stand in any order', async () => {
    const header = LEARNER_HEADER.split(',').reverse().join(',');
    const row = learnerRow('L-9').split(',').reverse().join(',');
    const { answers } = await record([header, row, ''].join('\n'));
    expect(answers[0]).toMatchObject({ Key: 'L-9', Outcome: 'new' });
  });

  test('the last line may lack its end', async () => {
    const { answers } = await record(learnersCsv(2).trimEnd());
    expect(answers).toHaveLength(2);
  });

  test('names with letters beyond ASCII are taken as they are', async () => {
    const row = learnerRow('L-1').replace('Sampleton', 'Łęśniak-Ó Súilleabháin');
    const { details } = await record([LEARNER_HEADER, row, ''].join('\n'));
    expect(details?.familyName).toBe('Łęśniak-Ó Súilleabháin');
  });

  test('a file of entries with a header alone has no rows to answer', async () => {
    const path = fileOf(`${PARTICIPATION_HEADER}\n`);
    const { answers } = await importRows(ledger, 'participation', path);
    expect(answers).toEqual([]);
  });
});
