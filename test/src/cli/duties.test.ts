import { writeFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/openLedger.js';
import type { CliWorld } from '../../support/ledger.js';
import { placesIn } from '../../support/synthetic.js';
import { recordedLooks } from '../access/setting.js';
import { AWARDING, COLLEGE, createLedgerWorld, expectDone, register } from './world.js';

/** What names no learner, and is shown to whose duty it is: the action that it is decided as, and whose duty. */
const DUTIES = [
  ['alert list', ['alert', 'list'], 'protect', 'officer1@10000009'],
  ['redact status', ['redact', 'status'], 'protect', 'officer1@10000009'],
  ['retention status', ['retention', 'status'], 'protect', 'officer1@10000009'],
  [
    'organisation user show',
    ['organisation', 'user', 'show', '10000002', '--user', 'exams'],
    'protect',
    'officer1@10000009',
  ],
  ['merge status', ['merge', 'status'], 'merge', 'desk@10000009'],
  ['access explain', ['access', 'explain', 'LOOK'], 'read-history', 'auditor@10000009'],
] as const;
const PURPOSES: Readonly<Record<string, string>> = {
  officer1: 'data-protection',
  desk: 'data-correction',
  auditor: 'audit',
};

let world: CliWorld;
let look: string;
let uln: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await register(world);
  expectDone(await world.plr(['show', uln]));
  const looks = expectDone(await world.plr(['access', 'looks', uln])).stdout;
  look = looks.trim().split(/\s/).at(-1) ?? '';
});

async function lastLook() {
  const ledger = await openLedger(placesIn(world.folder), world.time.clock);
  const looks = await recordedLooks(ledger);
  await ledger.close();
  return { count: looks.length, last: looks.at(-1)?.event.data };
}

const filled = (argv: readonly string[]) => argv.map((word) => (word === 'LOOK' ? look : word));

test.each(DUTIES)(
  '%s is for whose duty it is, and recorded before',
  async (_, argv, action, who) => {
    const [user = ''] = who.split('@');
    const purpose = PURPOSES[user] ?? '';
    for (const asker of [[], ['--as', who, '--purpose', purpose]]) {
      const before = await lastLook();
      const { code, stderr } = await world.plr([...filled(argv), ...asker]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const after = await lastLook();
      expect(after.count).toBe(before.count + 1);
      expect(after.last).toMatchObject({ action, decision: 'allowed' });
    }
  },
);

test.each(DUTIES)('%s is refused to an organisation, and recorded', async (_, argv, action) => {
  const asker = ['--as', COLLEGE, '--purpose', 'advice-and-guidance'];
  const { code, stdout } = await world.plr([...filled(argv), ...asker]);
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  expect((await lastLook()).last).toMatchObject({ action, decision: 'refused' });
});

test.each(DUTIES)('%s is refused to a learner', async (name, argv) => {
  const { code, stdout } = await world.plr([...filled(argv), '--as', 'learner']);
  expect({ code, stdout }).toEqual({ code: name === 'access explain' ? 2 : 5, stdout: '' });
});

test('a learner has the looks at themselves explained, and no others', async () => {
  const own = await world.plr(['access', 'explain', look, uln, '--as', 'learner']);
  expect(expectDone(own).stdout).toContain('The same answer.');
  const other = await register(world);
  const run = await world.plr(['access', 'explain', look, other, '--as', 'learner']);
  expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 3, stdout: '' });
});

test('held list shows a source what it sent itself, and the keeper what all did', async () => {
  const rows =
    'ULN,AchievementId,Status,Source,SubjectCode,AchievementAwardDate\n1000000000,A-1,F,AO,601/0143/X,2026-07-01\n';
  const path = world.path('held.csv');
  writeFileSync(path, rows);
  expectDone(await world.plr(['import', 'achievements', path, '--as', AWARDING]));
  const purpose = ['--purpose', 'achievement-reporting'];
  const list = async (...options: readonly string[]) =>
    expectDone(await world.plr(['held', 'list', ...options])).stdout;
  expect(await list()).toContain('achievements of 10000003');
  expect(await list('--as', AWARDING, ...purpose)).toContain('achievements of 10000003');
  const asOther = ['--as', COLLEGE, ...purpose, '--submitted-by', '10000003'];
  expect(await list(...asOther)).toBe('No row is held.\n');
});
