import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliRun, CliWorld } from '../../support/ledger.js';
import { ACHIEVEMENT_HEADER, achievementRow } from '../imports/files.js';
import {
  ACHIEVEMENT,
  AWARDING,
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  PERSONAL,
  register,
} from './world.js';

const ONE = 'officer1@10000009';
const OTHER = 'officer2@10000009';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
});

const retention = (...argv: readonly string[]): Promise<CliRun> =>
  world.plr(['retention', ...argv]);

async function propose(uln: string, basis = 'court-order'): Promise<string> {
  const run = await retention('propose', uln, '--as', ONE, '--basis', basis, '--json');
  return String(fieldsOf(expectDone(run))['order']);
}

async function dispose(uln: string): Promise<CliRun> {
  return retention('order', await propose(uln), '--as', OTHER);
}

describe('retention due', () => {
  test('says that nothing is', async () => {
    const empty = await createLedgerWorld();
    expect(await empty.plr(['retention', 'due'])).toMatchObject({
      code: 0,
      stdout: 'Nothing is due.\n',
    });
    expect((await empty.plr(['retention', 'due', '--ndjson'])).stdout).toBe('');
  });

  test('lists a record to review, then one whose time has come, by the policy of the environment', async () => {
    const { plr } = await createLedgerWorld();
    const uln = await register({ ...world, plr });
    const due = (by: string, environment = {}) =>
      plr(['retention', 'due', '--by', by], { environment });
    expect((await due('2031-08-31')).stdout).toBe('Nothing is due.\n');
    expect((await due('2031-09-01')).stdout).toBe(
      `2031-09-01  ${uln}  to be reviewed, last activity 2026-09-01\n`,
    );
    expect((await due('2092-08-31')).stdout).toContain('to be reviewed');
    expect((await due('2092-09-01')).stdout).toBe(
      `2092-09-01  ${uln}  may be disposed of, last activity 2026-09-01\n`,
    );
    expect((await due('2027-09-01', { PLR_REVIEW_YEARS: '1' })).stdout).toContain('to be reviewed');
    expect((await due('2028-09-01', { PLR_RETENTION_YEARS: '2' })).stdout).toContain(
      'may be disposed of',
    );
  });

  test('shows reviews, holds and deaths', async () => {
    const { plr } = await createLedgerWorld();
    const uln = await register({ ...world, plr });
    expectDone(await plr(['retention', 'deceased', uln, '--date', '2026-08-30']));
    expectDone(await plr(['retention', 'hold', uln, '--id', 'H-1', '--reason', 'A claim']));
    expectDone(await plr(['retention', 'review', uln, '--outcome', 'keep']));
    const [task] = linesOf(await plr(['retention', 'due', '--by', '2031-09-01', '--ndjson']));
    expect(task).toEqual({
      task: 'review',
      uln,
      ulns: [uln],
      due: '2031-09-01',
      retentionEndsOn: '2092-09-01',
      lastActivityOn: '2026-09-01',
      reviewed: 'keep',
      holds: ['H-1'],
      dateOfDeath: '2026-08-30',
    });
    expect((await plr(['retention', 'due', '--by', '2031-09-01'])).stdout).toContain(
      'last review: keep, died 2026-08-30, HELD (H-1)',
    );
    expectDone(await plr(['retention', 'release', uln, '--id', 'H-1']));
    expectDone(await plr(['retention', 'deceased', uln, '--undo']));
    const [after] = linesOf(await plr(['retention', 'due', '--by', '2031-09-01', '--ndjson']));
    expect(after).toMatchObject({ holds: [], dateOfDeath: null });
  });

  test.each([
    ['a day that does not exist', ['--by', '2027-02-29'], {}],
    ['a limit of none', ['--limit', '0'], {}],
    ['no whole number of years', [], { PLR_RETENTION_YEARS: '6.6' }],
    ['more years than anyone keeps', [], { PLR_REVIEW_YEARS: '151' }],
  ])('is refused with %s', async (_, argv, environment) => {
    const { code, stderr } = await world.plr(['retention', 'due', ...argv], { environment });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('expected') });
  });
});

describe('refusals', () => {
  test.each([
    ['release', ['--id', 'H-9'], 3, 'ERR_HOLD_NOT_FOUND'],
    ['deceased', ['--date', '2999-01-01'], 2, 'ERR_INPUT_INVALID'],
    ['deceased', ['--date', '2098-01-01'], 1, 'ERR_DATE_IN_FUTURE'],
    ['deceased', [], 2, 'ERR_INPUT_INVALID'],
    ['review', ['--outcome', 'dispose', '--next-review', '2030-01-01'], 2, 'ERR_INPUT_INVALID'],
    ['hold', [], 2, 'ERR_INPUT_INVALID'],
    ['hold', ['--reason', 'A claim', '--as', 'learner'], 5, 'ERR_ACCESS_REFUSED'],
    ['propose', ['--basis', 'retention-ended', '--as', ONE], 1, 'ERR_RETENTION_NOT_ENDED'],
    ['propose', ['--basis', 'court-order'], 5, 'ERR_NOT_PERMITTED'],
  ])('%s %j', async (name, argv, code, message) => {
    const uln = await register(world);
    const run = await retention(name, uln, ...argv);
    expect({ code: run.code, stderr: run.stderr }).toEqual({
      code,
      stderr: expect.stringContaining(message),
    });
    expect(run.stderr).not.toMatch(PERSONAL);
  });

  test('of a disposal under a hold says so', async () => {
    const uln = await register(world);
    const order = await propose(uln);
    expectDone(await retention('hold', uln, '--reason', 'A claim'));
    expect(await retention('order', order, '--as', OTHER)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ERR_LEGAL_HOLD'),
    });
  });
});

describe('a disposal', () => {
  test('needs two persons and is carried out at once', async () => {
    const uln = await register(world);
    const proposed = await retention('propose', uln, '--as', ONE, '--basis', 'court-order');
    expect(proposed.stdout).toMatch(/^Proposed [0-9a-f-]{36}\n/);
    expect((await world.plr(['show', uln])).stdout).toMatch(NAMES);
    const [order = ''] = /[0-9a-f-]{36}/.exec(proposed.stdout) ?? [];
    expect((await retention('order', order, '--as', ONE)).code).toBe(5);
    const done = await retention('order', order, '--as', OTHER);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('completed') });
    expect(done.stdout).not.toContain(uln);
    expect((await retention('status')).stdout).toContain(`${order}  completed  court-order`);
  });

  test.each([
    ['show', []],
    ['show', ['--json']],
    ['show', ['--at-version', '1']],
    ['show', ['--valid-at', '2000-01-01']],
    ['history', ['--ndjson']],
    ['replay', ['--ndjson']],
    ['diff', ['--from-at-version', '1', '--json']],
  ])('leaves nothing for %s %j', async (name, options) => {
    const uln = await register(world);
    expectDone(
      await world.plr([
        'record',
        'achievement',
        uln,
        '--as',
        AWARDING,
        ...['--id', 'A-1', ...ACHIEVEMENT],
      ]),
    );
    await dispose(uln);
    const run = await world.plr([name, uln, ...options]);
    expect(run.code).toBe(0);
    expect(run.stdout).not.toMatch(NAMES);
    expect(run.stdout).not.toMatch(/601\/0143|Pass/);
  });

  test('is what show, history, find and verify say', async () => {
    const uln = await register(world, { givenName: 'Unlike' });
    await dispose(uln);
    expect((await world.plr(['show', uln])).stdout).toMatch(
      /^The record was disposed of: ordered 2026-\d\d-\d\d, court-order\.$/m,
    );
    expect((await world.plr(['history', uln])).stdout).toMatch(
      /1 {2}\S+ {2}UlnIssued {2}disposed of/,
    );
    expect((await world.plr(['find', uln])).code).toBe(3);
    expect(await world.plr(['verify', uln])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/2 events .* 1 event disposed of$/m),
    });
    const refused = await world.plr(['amend', uln, '--notes', 'Anything']);
    expect(refused).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ERR_RECORD_DISPOSED'),
    });
  });

  test('of several proposals under one command is done, and verifies', async () => {
    const ulns = [await register(world), await register(world)];
    const orders = [await propose(String(ulns[0])), await propose(String(ulns[1]))];
    expectDone(await retention('order', ...orders, '--as', OTHER));
    expect((await world.plr(['verify', '--all'])).code).toBe(0);
  });

  test.each([
    ['nobody proposed', '00000000-0000-4000-8000-000000000000', 3],
    ['is no id', 'Amber', 2],
  ])('of what %s is refused', async (_, id, code) => {
    const run = await retention('order', id, '--as', OTHER);
    expect(run.code).toBe(code);
    expect(run.stderr).not.toMatch(PERSONAL);
  });
});

describe('retention imports', () => {
  /** Imports a row that has to wait, and rejects it. */
  async function rejected(here: CliWorld, name: string): Promise<string> {
    const uln = await register(here, { givenName: name });
    const path = here.path(`${name}.csv`);
    writeFileSync(path, `${ACHIEVEMENT_HEADER},GivenName\n${achievementRow(uln)},Robin\n`);
    expectDone(await here.plr(['import', 'achievements', path, '--as', AWARDING]));
    const [row] = linesOf(await here.plr(['held', 'list', '--ndjson']));
    const stream = String(row?.['import']);
    expectDone(await here.plr(['held', 'reject', stream, '1', '--reason', 'Somebody else']));
    return stream;
  }

  test('disposes of rows 30 days after the last was decided, and not before', async () => {
    const here = await createLedgerWorld();
    const stream = await rejected(here, 'Unlike');
    here.time.advance(29 * 86_400_000);
    expect((await here.plr(['retention', 'imports'])).stdout).toBe('No disposals.\n');
    expect((await here.plr(['held', 'show', stream, '1'])).stdout).toContain('Robin');
    here.time.advance(86_400_000);
    expect(await here.plr(['retention', 'imports'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /completed {2}held-rows-decided {2}import-\S+, ordered by keeper/,
      ),
    });
    expect((await here.plr(['retention', 'imports'])).stdout).toBe('No disposals.\n');
    expect(await here.plr(['held', 'show', stream, '1'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('ERR_RECORD_DISPOSED'),
    });
    expect((await here.plr(['verify', '--all'])).stdout).toMatch(
      /all hold.* 4 events disposed of$/m,
    );
  });

  test('answers the rows of the same file sent again, without holding them', async () => {
    const here = await createLedgerWorld();
    await rejected(here, 'Unlike');
    here.time.advance(31 * 86_400_000);
    expectDone(await here.plr(['retention', 'imports']));
    const path = here.path('Unlike.csv');
    const result = here.path('again.csv');
    expectDone(
      await here.plr(['import', 'achievements', path, '--as', AWARDING, '--result', result]),
    );
    expect((await here.plr(['held', 'list'])).stdout).toBe('No row is held.\n');
    expect((await here.plr(['verify', '--all'])).code).toBe(0);
  });

  test('is for the keeper', async () => {
    expect((await retention('imports', '--as', ONE)).code).toBe(5);
  });
});
