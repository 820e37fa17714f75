import { existsSync, truncateSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DomainError } from '../../../domain/errors.js';
import { csvRows } from '../../../src/imports/csvFile.js';
import { layouts } from '../../../src/imports/layouts.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { countEvents, createTestClock } from '../../support/ledger.js';
import {
  fileOf,
  importRows,
  LEARNER_HEADER,
  learnerRow,
  learnersCsv,
  PLAIN_FORM,
  registrationOf,
} from './files.js';

const time = createTestClock('2026-09-01T09:00:00.000Z');
let ledger: Ledger;

beforeAll(async () => {
  ledger = await openMemoryLedger(time.clock);
});

afterAll(async () => {
  await ledger.close();
});

const HEADER_AND_ROW = `${LEARNER_HEADER}\n${learnerRow('L-1')}`;

/** Each with the words that the refusal must hold. */
const malformed: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['a quote that stays open', `${HEADER_AND_ROW}\n${learnerRow('L-2', '"Amber')}`, /line 3.*quote/],
  [
    'a quote that stays open over the last line end',
    `${HEADER_AND_ROW}\n${learnerRow('L-2', '"Amber')}\n`,
    /line 3.*quote/,
  ],
  ['text after a closing quote', `${HEADER_AND_ROW}\n"L-2"x,Amber,Sampleton\n`, /line 3.*quote/],
  ['a quote within a cell', `${HEADER_AND_ROW}\n${learnerRow('L"2')}\n`, /line 3.*quote/],
  [
    'a last line that is half written',
    `${HEADER_AND_ROW}\n${learnerRow('L-2').slice(0, 12)}`,
    /line 3.*as many cells/,
  ],
  [
    'a row with a cell too few',
    `${HEADER_AND_ROW}\nL-2,Amber,Sampleton\n`,
    /line 3.*as many cells/,
  ],
  ['a row with a cell too many', `${HEADER_AND_ROW}\n${learnerRow('L-2')},x\n`, /line 3.*as many/],
  [
    'bytes that are not UTF-8',
    Buffer.from(`${HEADER_AND_ROW}é\n`, 'latin1'),
    /line 2: expected UTF-8.*--encoding windows-1252/,
  ],
  ['UTF-16', Buffer.from(`\uFEFF${HEADER_AND_ROW}\n`, 'utf16le'), /line 1.*UTF-16/],
  ['a NUL', `${HEADER_AND_ROW}\0\n`, /line 2.*NUL/],
  [
    'a character cut at the end',
    Buffer.from(`${HEADER_AND_ROW}é`).subarray(0, -1),
    /line 2.*UTF-8/,
  ],
  ['an unknown column', learnersCsv(1).replace('Notes', 'Amber'), /line 1.*1 unknown/],
  ['a missing column', learnersCsv(1).replace('GivenName', 'Title'), /line 1.*GivenName missing/],
  ['a column twice', learnersCsv(1).replace('Notes', 'Gender'), /line 1.*found one twice/],
  [
    'semicolons between its cells',
    learnersCsv(1).replaceAll(',', ';'),
    /line 1: expected commas.*found semicolons/,
  ],
  [
    'tabs between its cells',
    learnersCsv(1).replaceAll(',', '\t'),
    /line 1: expected commas.*found tabs/,
  ],
  [
    'its header again',
    `${HEADER_AND_ROW}\n${learnersCsv(1)}`,
    /line 3: expected a row, found the header again/,
  ],
  ['no header', `${learnerRow('L-1')}\n`, /line 1.*missing/],
  ['a row of more than 128 KiB', `${HEADER_AND_ROW}${'x'.repeat(140_000)}\n`, /line 2.*at most/],
  ['nothing in it', '', /line 1.*header/],
  ['nothing but empty lines', '\n\n', /line 1.*header/],
];

async function refusalOf(path: string): Promise<unknown> {
  return importRows(ledger, 'learners', path).then(
    () => 'taken',
    (error: unknown) => error,
  );
}

describe.each(malformed)('a file with %s', (_, content, words) => {
  test('is refused whole, in words that name the line and what was expected', async () => {
    const error = await refusalOf(fileOf(content));
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).message).toMatch(words);
  });

  test('leaves nothing recorded and no result', async () => {
    const path = fileOf(content);
    const before = await countEvents(ledger);
    await refusalOf(path);
    const left = { events: await countEvents(ledger), hasResult: existsSync(`${path}.result.csv`) };
    expect(left).toEqual({ events: before, hasResult: false });
  });

  test('is refused without a word of what its cells hold', async () => {
    const error = await refusalOf(fileOf(content));
    expect(String(error)).not.toMatch(/Amber|Sampleton|2003|ZZ99|L-\d/);
  });
});

describe('a file that changes after it was checked', () => {
  test('ends the reading without a word of what its cells hold', async () => {
    const path = fileOf(`${HEADER_AND_ROW}\nL-2,Amber\n`);
    const checked = { digest: Buffer.alloc(32), rows: 2, endsWithoutLineEnd: false };
    const read = async () => {
      for await (const _ of csvRows(path, layouts.learners.columns, PLAIN_FORM, checked)) {
        // Only the end of the reading matters.
      }
    };
    const error = await read().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DomainError);
    expect(JSON.stringify([String(error), error])).not.toMatch(/Amber|2003/);
  });

  test('is refused when rows were cut off it, not answered as if it were whole', async () => {
    const content = learnersCsv(5000);
    const path = fileOf(content);
    const cutAt = content.indexOf('L-4000,');
    const cut = importRows({ ...ledger, register: cutting(path, cutAt) }, 'learners', path);
    await expect(cut).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
  });

  /** Registers nobody, and cuts the file at the first row. */
  function cutting(path: string, length: number): Ledger['register'] {
    return async (_, { commandId }) => {
      truncateSync(path, length);
      return registrationOf(commandId);
    };
  }
});
