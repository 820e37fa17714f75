import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, expectDone, register } from './world.js';

/** A world in which somebody looked at a learner. */
async function lookedAt(): Promise<CliWorld> {
  const world = await createLedgerWorld();
  const uln = await register(world);
  expectDone(await world.plr(['show', uln]));
  expectDone(await world.plr(['verify', '--all']));
  return world;
}

function alter(world: CliWorld, sql: string): void {
  const database = new Database(world.path('data', 'access-2026.db'));
  for (const { name } of database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    .all() as { name: string }[]) {
    database.exec(`DROP TRIGGER ${name}`);
  }
  database.exec(sql);
  database.close();
}

test.each([
  [
    'a look that was made another one',
    "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), 'allowed', 'refused') AS BLOB) WHERE position = (SELECT max(position) FROM events)",
  ],
  ['a header that was altered', "UPDATE events SET header = replace(header, '2026-09', '2026-08')"],
  ['a look that was taken out', 'DELETE FROM events WHERE position = 1'],
  [
    'a look that was cut off the end',
    'DELETE FROM events WHERE position = (SELECT max(position) FROM events)',
  ],
])('verify --all finds %s', async (_, sql) => {
  const world = await lookedAt();
  alter(world, sql);
  expect((await world.plr(['verify', '--all'])).code).toBe(6);
});
