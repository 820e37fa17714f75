import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { viewNames } from '../../../src/keptViews/keptViews.js';
import type { CliWorld } from '../../support/ledger.js';
import {
  ACHIEVEMENT,
  AWARDING,
  createLedgerWorld,
  DETAILS,
  expectDone,
  fieldsOf,
  linesOf,
  PERSONAL,
  register,
  registerWithEntries,
} from './world.js';

const SEARCH = { givenName: 'Amber', familyName: 'Sampleton', dateOfBirth: '2003-04-17' };
const OPTIONS = ['--given-name', 'amber', '--family-name', 'sampleton', '--date-of-birth'];
const EXACT = { ...SEARCH, gender: '2', lastKnownPostCode: 'AB1 2CD' };

let world: CliWorld;
let uln: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await registerWithEntries(world);
  const raise = ['challenge', 'raise', uln, '--as', 'learner', '--reason', 'A wrong grade'];
  const on = ['--achievement', 'A-1', '--submitted-by', '10000003'];
  expectDone(await world.plr([...raise, '--id', 'C-1', ...on]));
  world.time.set('2026-09-10T09:00:00.000Z');
  expectDone(await world.plr([...raise, '--id', 'C-2']));
  const other = await register(world, { givenName: 'Bryn', familyName: 'Placeholder' });
  const record = ['record', 'achievement', other, '--as', AWARDING, '--id', 'A-1'];
  expectDone(await world.plr([...record, ...ACHIEVEMENT, '--standing', 'final']));
});

/** Runs a search with demographics on standard input. */
async function findWith(input: object, more: readonly string[] = []) {
  return world.plr(['find', '--input', '-', ...more], { stdin: JSON.stringify(input) });
}

describe('find', () => {
  test('by ULN prints the learner', async () => {
    const { code, stdout } = await world.plr(['find', uln]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Exact match (WSRC0004).\n  ${uln}  Amber Sampleton  born 2003-04-17  gender 2  AB1 2CD\n`,
    });
  });

  test('takes the ULN from standard input', async () => {
    const run = await world.plr(['find', '-'], { stdin: `${uln}\n` });
    expect(run).toEqual(await world.plr(['find', uln]));
  });

  test('by options and by --input finds the same', async () => {
    const run = await world.plr(['find', ...OPTIONS, '2003-04-17']);
    expect(run.stdout).toMatch(
      /^1 possible \(WSRC0003\):\n {2}\d{10} {2}Amber Sampleton .*AB1 2CD\n$/,
    );
    expect(await findWith(SEARCH)).toEqual(run);
    const file = world.path('search.json');
    writeFileSync(file, JSON.stringify(SEARCH));
    expect(await world.plr(['find', '--input', file])).toEqual(run);
  });

  test('by everything is exact, and prints the same fields as by ULN', async () => {
    const run = await findWith(EXACT, ['--json']);
    expect(run.code).toBe(0);
    expect(fieldsOf(run)).toEqual(fieldsOf(await world.plr(['find', uln, '--json'])));
    expect(fieldsOf(run)).toEqual({
      kind: 'exact',
      code: 'WSRC0004',
      candidates: [
        {
          kind: 'exact',
          differing: [],
          mistyped: null,
          learner: {
            ...EXACT,
            uln,
            preferredGivenName: null,
            previousFamilyName: null,
            familyNameAtAge16: null,
          },
          linked: null,
          retired: null,
        },
      ],
    });
  });

  test('by ULN and whom it is expected to be of says what differs', async () => {
    const run = await world.plr(['find', uln, '--given-name', 'Ambre', '--gender', '2']);
    expect(run.stdout).toMatch(/^1 possible \(WSRC0003\):\n.*differs in givenName\n$/);
    const same = await world.plr(['find', uln, '--given-name', 'amber']);
    expect(same.stdout).toMatch(/^Exact match \(WSRC0004\)\.\n/);
  });

  test('says what may have been mistyped', async () => {
    const run = await findWith({ ...EXACT, givenName: 'Ambre', gender: '0' });
    expect(run.stdout).toMatch(/differs in givenName \(mistyped\?\), gender\n$/);
  });

  test('says how many were left out', async () => {
    const many = await createLedgerWorld();
    for (let number = 0; number < 10; number += 1) {
      await register(many, { familyName: 'Smapleton' });
    }
    await register(many);
    const run = await many.plr(['find', ...OPTIONS, '2003-04-17']);
    expect(run.stdout).toMatch(
      /^1 possible \(WSRC0003\):\n.*\nLeft out: 10 more who are alike only if something was mistyped\.\n$/,
    );
  });

  test('says what differs', async () => {
    const run = await findWith({ ...EXACT, gender: '1' });
    expect(run.stdout).toContain('differs in gender\n');
  });

  test.each([
    [[], 'No match (WSRC0001).\n'],
    [['--json'], '{"kind":"none","code":"WSRC0001"}\n'],
  ])('of a learner who is not there ends with 3 (%j)', async (options, stdout) => {
    const run = await findWith({ ...SEARCH, familyName: 'Other' }, options);
    expect(run).toEqual({ code: 3, stdout, stderr: '' });
  });

  test('of a ULN that was not issued ends with 3, and does not repeat it', async () => {
    const run = await world.plr(['find', '1000000043']);
    expect(run).toEqual({ code: 3, stdout: 'No match (WSRC0001).\n', stderr: '' });
  });

  test('of more than ten ends with 1, and says nothing of them', async () => {
    const many = await createLedgerWorld();
    for (let number = 0; number < 11; number += 1) {
      await register(many);
    }
    for (const more of [[], ['--json']]) {
      const stdin = JSON.stringify(SEARCH);
      const run = await many.plr(['find', '--input', '-', ...more], { stdin });
      expect(run.code).toBe(1);
      expect(run.stdout + run.stderr).not.toMatch(PERSONAL);
    }
  });

  test.each([
    ['nothing at all', []],
    ['a ULN and a postcode', ['ULN', '--last-known-post-code', 'AB1 2CD']],
    ['a name alone', ['--given-name', 'Amber']],
    ['a date that does not exist', [...OPTIONS, '2003-04-31']],
    ['a postcode that is none', [...OPTIONS, '2003-04-17', '--last-known-post-code', 'Sampleton']],
    ['a gender that is none', [...OPTIONS, '2003-04-17', '--gender', 'Amber']],
    ['a ULN that is none', ['9999999999']],
    ['two ULNs', ['ULN', 'ULN']],
  ])('by %s is wrong usage, told without personal data', async (_, argv) => {
    const run = await world.plr(['find', ...argv.map((word) => (word === 'ULN' ? uln : word))]);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(run.stderr).not.toMatch(PERSONAL);
  });

  test.each([
    ['no JSON', 'Amber Sampleton'],
    ['a field that is none', JSON.stringify({ ...SEARCH, Sampleton: 'Amber' })],
    ['a list', '["Amber"]'],
  ])('by an input of %s is wrong usage, told without personal data', async (_, stdin) => {
    const { code, stderr } = await world.plr(['find', '--input', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('shows what was redacted as such', async () => {
    const redacted = await register(world, {
      ...DETAILS,
      givenName: 'Cerys',
      familyName: 'Secret',
    });
    const [issued] = linesOf(await world.plr(['history', redacted, '--ndjson']));
    const what = ['--event', String(issued?.['id']), '--field', 'familyName'];
    const propose = [
      'redact',
      'propose',
      redacted,
      '--as',
      'officer1@10000009',
      '--basis',
      'court-order',
    ];
    const proposed = fieldsOf(expectDone(await world.plr([...propose, ...what, '--json'])));
    const order = String((proposed['orders'] as string[])[0]);
    expectDone(await world.plr(['redact', 'order', order, '--as', 'officer2@10000009']));
    const search = { ...EXACT, givenName: 'Cerys', familyName: 'Secret' };
    const run = await findWith(search);
    expect(run.stdout).toMatch(/Cerys \[redacted \d{4}-\d\d-\d\d, court-order\]/);
    expect(run.stdout).not.toContain('Secret');
  });
});

describe('challenge list', () => {
  test('prints open challenges, the one due first at the beginning', async () => {
    const { code, stdout } = await world.plr(['challenge', 'list']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(uln, 'ULN').replaceAll(/due \d{4}-\d\d-\d\d/g, 'due DATE')).toBe(
      'due DATE  10000003  ULN challenge 1 (C-1) on achievement 10000003 A-1  open\n' +
        'due DATE  keeper  ULN challenge 2 (C-2) on the details  open\n',
    );
  });

  test('by owner, date and number prints those', async () => {
    const idsWith = async (...options: readonly string[]) => {
      const { stdout } = await world.plr(['challenge', 'list', ...options]);
      return [...stdout.matchAll(/\((C-\d)\)/g)].map(([, id]) => id);
    };
    const [first] = linesOf(await world.plr(['challenge', 'list', '--ndjson']));
    expect(await idsWith('--owner', 'keeper')).toEqual(['C-2']);
    expect(await idsWith('--owner', '10000003')).toEqual(['C-1']);
    expect(await idsWith('--due-by', String(first?.['dueDate']))).toEqual(['C-1']);
    expect(await idsWith('--limit', '1')).toEqual(['C-1']);
  });

  test('prints JSON, an object a line', async () => {
    const [first, second] = linesOf(await world.plr(['challenge', 'list', '--ndjson']));
    expect(first).toEqual({
      uln,
      challengeId: 'C-1',
      challengeNumber: 1,
      owner: '10000003',
      entry: { kind: 'achievement', submittedBy: '10000003', entryId: 'A-1' },
      concerning: 'entry',
      state: 'open',
      extended: false,
      overdue: false,
      dueDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      raisedAt: expect.stringMatching(/Z$/),
    });
    expect(second?.['entry']).toBeNull();
  });

  test('says where there is none', async () => {
    const { stdout } = await world.plr(['challenge', 'list', '--owner', '10000009']);
    expect(stdout).toBe('No challenge waits.\n');
    const ndjson = ['challenge', 'list', '--owner', '10000009', '--ndjson'];
    expect((await world.plr(ndjson)).stdout).toBe('');
  });

  test.each([
    ['--owner', 'Amber'],
    ['--due-by', 'Amber'],
    ['--limit', '0'],
  ])('with %s %s is wrong usage', async (...option) => {
    const { code, stderr } = await world.plr(['challenge', 'list', ...option]);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });
});

describe('statistics', () => {
  const row = { subjectCode: '601/0143/X', source: 'AO', submittedBy: '10000003', year: 2026 };

  test('prints a table', async () => {
    const { code, stdout } = await world.plr(['statistics']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'subject     source  submitted by  year    final  provisional\n' +
        '601/0143/X  AO      10000003      2026        1            1\n',
    });
  });

  test('prints JSON, an object a line', async () => {
    const lines = linesOf(await world.plr(['statistics', '--ndjson']));
    expect(lines).toEqual([{ ...row, final: 1, provisional: 1 }]);
  });

  test.each([
    ['--subject-code', '601/0143/X', 1],
    ['--subject-code', '500/2652/5', 0],
    ['--submitted-by', '10000003', 1],
    ['--submitted-by', '10000002', 0],
    ['--year', '2026', 1],
    ['--year', '2025', 0],
  ])('with %s %s prints %d rows', async (name, value, count) => {
    const { stdout } = await world.plr(['statistics', '--ndjson', name, value]);
    expect(stdout.split('\n').length - 1).toBe(count);
  });

  test.each([
    ['--subject-code', 'Amber'],
    ['--submitted-by', 'Amber'],
    ['--year', 'Amber'],
  ])('with %s %s is wrong usage', async (...option) => {
    const { code, stderr } = await world.plr(['statistics', ...option]);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });
});

test('a search in a register of the version before says how to make it anew, which repairs it', async () => {
  const old = await createLedgerWorld();
  await register(old);
  expectDone(await old.plr(['find', ...OPTIONS, '2003-04-17']));
  const database = new Database(old.environment['PLR_VIEWS']);
  database.exec("UPDATE generations SET version = 1 WHERE view = 'register'");
  database.close();
  const refused = await old.plr(['find', ...OPTIONS, '2003-04-17']);
  expect(refused).toEqual({
    code: 4,
    stdout: '',
    stderr:
      'plr: ERR_VIEW_OUTDATED expected the view register to be of version 2, found version 1; "plr projections rebuild register" makes it anew\n',
  });
  expectDone(await old.plr(['projections', 'rebuild', 'register']));
  expectDone(await old.plr(['find', ...OPTIONS, '2003-04-17']));
});

describe('projections', () => {
  const states = async () => {
    const { stdout } = await world.plr(['projections', 'list', '--json']);
    // Sound: the fields are those that the tests then look at.
    const all = JSON.parse(stdout) as { view: string; generation: number; state: string }[];
    return all
      .filter(({ view }) => view === 'statistics')
      .map(({ generation, state }) => `${generation} ${state}`);
  };
  const tamper = (sql: string) => {
    const database = new Database(world.environment['PLR_VIEWS']);
    const tables = "SELECT tables FROM generations WHERE view = 'statistics' AND state = 'active'";
    const number = database.prepare(tables).pluck().get();
    database.exec(`UPDATE statistics_${number}_totals SET ${sql}`);
    database.close();
  };

  test('list tells of every view how far it is', async () => {
    const fresh = await createLedgerWorld();
    await register(fresh);
    await fresh.plr(['find', '--input', '-'], { stdin: JSON.stringify(SEARCH) });
    const { code, stdout } = await fresh.plr(['projections', 'list']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const behind = expect.stringMatching(/^\d+ events behind, since /);
    expect(lines.map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual(
      [...viewNames]
        .sort()
        .map((name) => [
          name,
          'generation 1',
          'active',
          name === 'register' ? 'up to date' : behind,
        ]),
    );
  });

  test('rebuild, rebuild --verify and rollback switch', async () => {
    await world.plr(['statistics']);
    expect(expectDone(await world.plr(['projections', 'rebuild', 'statistics'])).stdout).toBe(
      'statistics answers from the new generation; "plr projections rollback statistics" goes back.\n',
    );
    expect(await states()).toEqual(['1 retained', '2 active']);
    const run = await world.plr(['projections', 'rebuild', 'statistics', '--verify', '--json']);
    expect(fieldsOf(expectDone(run))).toMatchObject({
      switched: true,
      comparison: { differing: 0, examples: [] },
    });
    expect(await states()).toEqual(['2 retained', '3 active']);
    expect(expectDone(await world.plr(['projections', 'rollback', 'statistics'])).stdout).toBe(
      'statistics answers from the generation before; another rollback returns.\n',
    );
    expect(await states()).toEqual(['2 active', '3 retained']);
  });

  test('verify and rebuild --verify end with 6 where a row was tampered with', async () => {
    await world.plr(['statistics']);
    const before = await states();
    tamper('final = 7');
    const verified = await world.plr(['projections', 'verify', 'statistics']);
    const differs = '1 differ\n  601/0143/X AO 10000003 2026\n';
    expect(verified).toMatchObject({ code: 6, stdout: expect.stringContaining(differs) });
    expect(await states()).toEqual(before);
    const rebuilt = await world.plr(['projections', 'rebuild', 'statistics', '--verify']);
    expect(rebuilt).toMatchObject({ code: 6, stdout: expect.stringContaining('was not switched') });
    const json = ['projections', 'verify', 'statistics', '--json'];
    expect(await world.plr(json)).toMatchObject({ code: 6, stdout: expect.stringMatching(/^{/) });
    expect((await world.plr(['statistics'])).stdout).toContain(' 7 ');
    expectDone(await world.plr(['projections', 'rebuild', 'statistics']));
    expect(expectDone(await world.plr(['projections', 'verify', 'statistics'])).stdout).toMatch(
      /rows compared, all the same\n$/,
    );
    expect((await world.plr(['statistics'])).stdout).not.toContain(' 7 ');
  });

  test('rebuild that is interrupted ends with 1 and goes on the next time', async () => {
    const stop = new AbortController();
    stop.abort();
    const argv = ['projections', 'rebuild', 'register'];
    const run = await world.plr(argv, { signal: stop.signal });
    expect({ code: run.code, stderr: run.stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^plr: ERR_INTERRUPTED /),
    });
    expectDone(await world.plr(argv));
  });

  test('rollback where there is nothing to go back to ends with 4', async () => {
    const { code, stderr } = await world.plr(['projections', 'rollback', 'held']);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringMatching(/^plr: ERR_VIEW_GENERATION .*none was retained/),
    });
  });

  test('of a view that is none is wrong usage', async () => {
    const { code, stderr } = await world.plr(['projections', 'rebuild', 'Sampleton']);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });
});
