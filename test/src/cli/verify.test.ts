import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CliInput, type CliWorld, temporaryFolder } from '../../support/ledger.js';
import { placesIn } from '../../support/synthetic.js';
import {
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  registerWithEntries,
} from './world.js';

let world: CliWorld;
let uln: string;

/** A learner with three events and a redaction, and a second learner beside. */
beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await registerWithEntries(world);
  await registerWithEntries(world);
  const [issued] = linesOf(await world.plr(['history', uln, '--ndjson']));
  const what = ['--event', String(issued?.['id']), '--field', 'notes', '--basis', 'court-order'];
  const argv = ['redact', 'propose', uln, '--as', 'officer1@10000009', '--json', ...what];
  const [order] = fieldsOf(expectDone(await world.plr(argv)))['orders'] as string[];
  expectDone(await world.plr(['redact', 'order', String(order), '--as', 'officer2@10000009']));
});

/** Runs a command on a copy of the ledger that was opened without its triggers and altered. */
async function onAltered(alter: (database: Database.Database) => void, argv: readonly string[]) {
  const folder = temporaryFolder();
  for (const part of ['data', 'keys']) {
    cpSync(world.path(part), join(folder, part), { recursive: true });
  }
  const database = new Database(join(folder, 'data', 'ledger.db'));
  const triggers = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    .all() as { name: string; sql: string }[];
  for (const { name } of triggers) {
    database.exec(`DROP TRIGGER ${name}`);
  }
  alter(database);
  for (const { sql } of triggers) {
    database.exec(sql);
  }
  database.close();
  const { store, vault, views, master } = placesIn(folder);
  const environment: CliInput['environment'] = {
    PLR_STORE: store,
    PLR_VAULT: vault,
    PLR_VIEWS: views,
    PLR_MASTER: master,
  };
  return world.plr(argv, { environment });
}

const ISSUED = "position = (SELECT max(position) FROM events WHERE type = 'UlnIssued')";
const LAST_OF_SECOND =
  "position = (SELECT max(position) FROM events WHERE type = 'ParticipationRecorded')";

/** A change of stored text in one place, as SQL. */
const replaceIn = (column: string, from: string, to: string, where: string) =>
  `UPDATE events SET ${column} = replace(${column}, '${from}', '${to}') WHERE ${where}`;

const tampered: readonly (readonly [string, string])[] = [
  ['the time in a header', replaceIn('header', '2026-09-01T', '2025-09-01T', ISSUED)],
  [
    'the time in the last header of a stream',
    replaceIn('header', '2026-09-01T', '2025-09-01T', LAST_OF_SECOND),
  ],
  [
    'the time in the only header of a stream in clear',
    replaceIn('header', '2026-09-01T', '2025-09-01T', "type = 'LedgerCreated'"),
  ],
  [
    'the time in the last header of the erasures',
    replaceIn('header', '2026-09-01T', '2026-08-01T', "type = 'ErasureCompleted'"),
  ],
  ['the type in a header', replaceIn('header', 'UlnIssued', 'OptOutSet', ISSUED)],
  ['a header that is JSON no more', `UPDATE events SET header = 'none' WHERE ${ISSUED}`],
  [
    'the first header of the ledger that is JSON no more',
    "UPDATE events SET header = 'none' WHERE position = 1",
  ],
  ['a header with a field too many', replaceIn('header', '{', '{"aa":1,', ISSUED)],
  ['the spelling of a header', replaceIn('header', ',"causation"', ', "causation"', ISSUED)],
  ['a byte of sealed data lost', `UPDATE events SET data = substr(data, 2) WHERE ${ISSUED}`],
  ['sealed data emptied', `UPDATE events SET data = x'' WHERE ${ISSUED}`],
  [
    'data in clear',
    "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), 'court-order', 'recorded-in-error') AS BLOB) WHERE type = 'RedactionOrdered'",
  ],
  [
    'sealed data of another event',
    `UPDATE events SET data = (SELECT data FROM events WHERE ${LAST_OF_SECOND}) WHERE ${ISSUED}`,
  ],
  ['the type beside a header', `UPDATE events SET type = 'OptOutSet' WHERE ${ISSUED}`],
  ['a type that there is not', `UPDATE events SET type = 'NeverHeardOf' WHERE ${ISSUED}`],
  [
    'the order of two events',
    'UPDATE events SET version = CASE version WHEN 2 THEN -3 ELSE -2 END WHERE version IN (2, 3) AND stream = (SELECT stream FROM events WHERE ' +
      LAST_OF_SECOND +
      '); UPDATE events SET version = -version WHERE version < 0',
  ],
  [
    'an event in the middle removed',
    "DELETE FROM events WHERE version = 2 AND type = 'AchievementRecorded'",
  ],
  ['the last event of a stream removed', `DELETE FROM events WHERE ${LAST_OF_SECOND}`],
  [
    'a whole stream removed',
    `DELETE FROM events WHERE stream = (SELECT stream FROM events WHERE ${LAST_OF_SECOND})`,
  ],
  [
    'an event moved into another stream',
    `UPDATE events SET version = 9, stream = 2 WHERE ${LAST_OF_SECOND}`,
  ],
];

describe('verify', () => {
  test('of a ledger that nobody altered finds that all holds', async () => {
    const { code, stdout, stderr } = await onAltered(() => undefined, ['verify', '--all']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+ events in 22 streams: .*all hold; 1 events? redacted/),
      stderr: '',
    });
  });

  test('of one learner checks that stream alone', async () => {
    const { code, stdout } = await world.plr(['verify', '-'], { stdin: uln });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('1 stream:') });
  });

  test('of a ULN not issued here is not found', async () => {
    expect((await world.plr(['verify', '1000000000'])).code).toBe(3);
  });

  test('prints what it found as JSON', async () => {
    const run = await world.plr(['verify', '--all', '--json']);
    expect(fieldsOf(run)).toMatchObject({ streams: 22, problems: [] });
  });

  test('says which stream and version do not hold', async () => {
    const sql = replaceIn('header', '2026-09-01T', '2025-09-01T', ISSUED);
    const run = await onAltered((database) => database.exec(sql), ['verify', '--all', '--json']);
    expect(fieldsOf(run)['problems']).toContainEqual({
      stream: expect.stringMatching(/^learner-/),
      version: 2,
      code: expect.stringMatching(/^ERR_/),
      message: expect.any(String),
    });
  });
});

describe.each(tampered)('verify of a ledger with %s altered', (_, sql) => {
  test('is an integrity failure, exit code 6', async () => {
    const { code } = await onAltered((database) => database.exec(sql), ['verify', '--all']);
    expect(code).toBe(6);
  });

  test('tells of it without personal data', async () => {
    const run = await onAltered((database) => database.exec(sql), ['verify', '--all']);
    expect(`${run.stdout}${run.stderr}`).not.toMatch(NAMES);
  });
});

describe('doctor', () => {
  test.each([
    [
      'an event in the middle removed',
      "DELETE FROM events WHERE version = 2 AND type = 'AchievementRecorded'",
    ],
    ['the last event of a stream removed', `DELETE FROM events WHERE ${LAST_OF_SECOND}`],
  ])('fails on a ledger with %s', async (_, sql) => {
    const { code } = await onAltered((database) => database.exec(sql), ['doctor']);
    expect(code).toBe(1);
  });
});
