import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { ACHIEVEMENT_HEADER, achievementRow } from '../imports/files.js';
import {
  AWARDING,
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  PERSONAL,
  register,
} from './world.js';

const KEY = /^(import-[a-z0-9-]+) (\d+) {2}(ERR_\w+) {2}(\w+) of (\d{8}), held \d{4}-\d{2}-\d{2}$/;
let world: CliWorld;
let files = 0;

beforeAll(async () => {
  world = await createLedgerWorld();
});

/** Imports an achievement that has to wait, and returns how it is named. */
async function hold(
  identity = 'Robin,Other',
  cells: Parameters<typeof achievementRow>[1] = {},
  where: CliWorld = world,
) {
  files += 1;
  const uln = await register(where, { givenName: `Amber-${'abcdefghijklmnopqrstuvwxyz'[files]}` });
  const path = where.path(`held-${files}.csv`);
  const header = `${ACHIEVEMENT_HEADER},GivenName,FamilyName`;
  writeFileSync(path, `${header}\n${achievementRow(uln, cells)},${identity}\n`);
  expectDone(await where.plr(['import', 'achievements', path, '--as', AWARDING]));
  const rows = linesOf(await where.plr(['held', 'list', '--ndjson', '--limit', '1000']));
  const stream = String(rows.at(-1)?.['import']);
  return { uln, path, place: [stream, '1'], stream };
}

describe('held list', () => {
  test('says that there is none', async () => {
    const empty = await createLedgerWorld();
    const { code, stdout } = await empty.plr(['held', 'list']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No row is held.\n' });
    expect((await empty.plr(['held', 'list', '--ndjson'])).stdout).toBe('');
  });

  test('names a row, why it waits and whose it is, and nothing of what it says', async () => {
    const { stream, uln } = await hold();
    const { stdout } = await world.plr(['held', 'list', '--import', stream]);
    expect(KEY.exec(stdout.trimEnd())?.slice(1)).toEqual([
      stream,
      '1',
      'ERR_IDENTITY_MISMATCH',
      'achievements',
      '10000003',
    ]);
    expect(stdout).not.toContain(uln);
    expect(stdout).not.toMatch(/Robin|Amber|Sampleton/);
  });

  test('says the same as JSON, a row a line', async () => {
    const { stream } = await hold();
    const [row] = linesOf(await world.plr(['held', 'list', '--import', stream, '--ndjson']));
    expect(row).toEqual({
      import: stream,
      row: 1,
      kind: 'achievements',
      submittedBy: '10000003',
      code: 'ERR_IDENTITY_MISMATCH',
      heldAt: expect.stringMatching(/^2026-09-01T/),
    });
  });

  test('is of one source where that is named', async () => {
    await hold();
    const mine = await world.plr(['held', 'list', '--submitted-by', '10000003']);
    const others = await world.plr(['held', 'list', '--submitted-by', '10000009']);
    expect([mine.stdout.startsWith('import-'), others.stdout]).toEqual([true, 'No row is held.\n']);
  });
});

describe('held show', () => {
  test('prints everything that the row says, and the event that holds it', async () => {
    const { place, uln } = await hold();
    const { stdout } = await world.plr(['held', 'show', ...place, '--as', AWARDING]);
    expect(stdout).toMatch(
      /^held {2}ERR_IDENTITY_MISMATCH {2}achievements of 10000003\nheld since \S+Z, event [0-9a-f-]{36}\n/,
    );
    expect(stdout).toContain(`  ULN: ${uln}\n`);
    expect(stdout).toContain('  GivenName: Robin\n');
  });

  test('prints the same as JSON', async () => {
    const { place, uln } = await hold();
    expect(fieldsOf(await world.plr(['held', 'show', ...place, '--json']))).toMatchObject({
      state: 'held',
      code: 'ERR_IDENTITY_MISMATCH',
      kind: 'achievements',
      submittedBy: '10000003',
      cells: { ULN: uln, GivenName: 'Robin' },
    });
  });

  test('says who decided about it, when and why', async () => {
    const { place } = await hold();
    await world.plr(['held', 'reject', ...place, '--as', AWARDING, '--reason', 'Not ours']);
    const { stdout } = await world.plr(['held', 'show', ...place]);
    expect(stdout).toMatch(/\nrejected \S+Z by \w+@10000003: Not ours\n/);
  });

  test('shows a row that was decided, too', async () => {
    const { place } = await hold();
    expectDone(await world.plr(['held', 'reject', ...place, '--as', AWARDING]));
    expect((await world.plr(['held', 'show', ...place])).stdout).toMatch(/^rejected {2}/);
  });

  test('shows a redacted row as redacted, after two people had it redacted', async () => {
    const { place, stream } = await hold();
    const shown = fieldsOf(await world.plr(['held', 'show', ...place, '--json']));
    const event = ['--event', String(shown['eventId']), '--field', 'cells'];
    const propose = ['redact', 'propose', stream, ...event, '--basis', 'recorded-in-error'];
    const run = expectDone(await world.plr([...propose, '--as', 'officer1@10000009', '--json']));
    const [order = ''] = fieldsOf(run)['orders'] as string[];
    expectDone(await world.plr(['redact', 'order', order, '--as', 'officer2@10000009']));
    const { stdout } = await world.plr(['held', 'show', ...place]);
    expect(stdout).toMatch(
      /\n {2}\[redacted 2026-09-01, recorded-in-error\]: it can only be rejected\n$/,
    );
    expect(stdout).not.toContain('Robin');
    expect((await world.plr(['held', 'release', ...place, '--as', AWARDING])).code).toBe(4);
    expect((await world.plr(['verify', '--all'])).stdout).toContain('all hold');
  });
});

describe('held release', () => {
  test('records a row of which a person found that the learner is the one meant', async () => {
    const { place, uln } = await hold();
    const release = ['held', 'release', ...place, '--as', AWARDING];
    const refused = await world.plr(release);
    expect([refused.code, refused.stdout]).toEqual([4, '']);
    expect(refused.stderr).toMatch(/^plr: ERR_IDENTITY_MISMATCH /);
    expect((await world.plr([...release, '--same-person'])).stdout).toBe('created\n');
    expect((await world.plr(['show', uln])).stdout).toContain('submitted by 10000003 as A-1');
  });

  test('says the same as JSON, also the second time', async () => {
    const { place } = await hold();
    const release = ['held', 'release', ...place, '--same-person', '--json'];
    const first = fieldsOf(await world.plr(release));
    expect(first).toEqual({ outcome: 'created', warnings: [] });
    expect(fieldsOf(await world.plr(release))).toEqual(first);
  });

  test('of all rows records those that can be recorded by now, and says why others wait', async () => {
    const other = await createLedgerWorld();
    await hold('Robin,', {}, other);
    await hold(',', { awarded: '2026-09-02' }, other);
    other.time.set('2026-09-02T00:00:00.000Z');
    const all = await other.plr(['held', 'release', '--all', '--as', AWARDING]);
    const again = await other.plr(['held', 'release', '--all', '--json']);
    const others = await other.plr(['held', 'release', '--all', '--as', 'exams@10000002']);
    expect(all.stdout).toBe('1 still held (ERR_IDENTITY_MISMATCH), 1 created\n');
    expect(fieldsOf(again)).toEqual({ 'still held (ERR_IDENTITY_MISMATCH)': 1 });
    expect(others.stdout).toBe('No row is held.\n');
  });

  test('ends between two rows when it is asked to', async () => {
    await hold();
    const signal = AbortSignal.abort();
    const { code, stderr } = await world.plr(['held', 'release', '--all'], { signal });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('ERR_INTERRUPTED'),
    });
  });

  test.each([
    ['neither a row nor --all', ['release']],
    ['an import without a row', ['release', 'import-1a-1']],
    ['a row and --all', ['release', 'import-1a-1', '1', '--all']],
    ['--same-person for rows that nobody looked at', ['release', '--all', '--same-person']],
    ['a row that is no number', ['reject', 'import-1a-1', 'one']],
    ['a limit that is no number', ['list', '--limit', '0']],
  ])('is wrong usage with %s', async (_, argv) => {
    expect((await world.plr(['held', ...argv])).code).toBe(2);
  });
});

describe('held reject', () => {
  test('decides that the row is not to be recorded, also when its file comes again', async () => {
    const { place, path } = await hold();
    const reject = ['held', 'reject', ...place, '--as', AWARDING, '--reason', 'Sent in error'];
    expect((await world.plr(reject)).stdout).toBe('rejected\n');
    expect(fieldsOf(await world.plr([...reject, '--json']))).toEqual({ outcome: 'rejected' });
    const { stdout } = await world.plr(['import', 'achievements', path, '--as', AWARDING]);
    expect(stdout).toMatch(/^1 rejected\n/);
  });
});

describe.each([['show'], ['release'], ['reject']])('held %s', (command) => {
  test('is denied to another organisation', async () => {
    const { place } = await hold();
    const run = await world.plr(['held', command, ...place, '--as', 'exams@10000002']);
    expect(run).toMatchObject({ code: 5, stdout: '' });
    expect(run.stderr).toMatch(/^plr: ERR_NOT_SUBMITTER /);
    expect(run.stderr).not.toMatch(PERSONAL);
  });

  test('does not find a row that there is not', async () => {
    const { stream } = await hold();
    for (const place of [
      [stream, '2'],
      ['import-1none-1', '1'],
      ['learner-1aaaaaaaaaaaaaaaaaaaaaaaaaa', '1'],
    ]) {
      const run = await world.plr(['held', command, ...place]);
      expect(run).toMatchObject({ code: 3, stdout: '' });
    }
  });
});
