import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/openLedger.js';
import type { CliWorld } from '../../support/ledger.js';
import { placesIn } from '../../support/synthetic.js';
import { decideOnly } from '../mergeSetting.js';
import {
  ACHIEVEMENT,
  AWARDING,
  COLLEGE,
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  REGISTRY,
  register,
} from './world.js';

let world: CliWorld;
let master: string;
let other: string;

beforeEach(async () => {
  world = await createLedgerWorld();
  master = await register(world);
  other = await register(world, { givenName: 'Ambre', lastKnownPostCode: 'ZZ99 3CZ' });
});

const why = ['--reason', 'One certificate names both'];

async function merge(more: readonly string[] = []): Promise<string> {
  const argv = ['merge', 'record', master, '--superseded', other, ...why];
  return String(fieldsOf(expectDone(await world.plr([...argv, '--json', ...more])))['mergeId']);
}

async function achieve(uln: string, id: string, more: readonly string[] = []) {
  const argv = ['record', 'achievement', uln, '--as', AWARDING, '--id', id];
  return expectDone(await world.plr([...argv, ...ACHIEVEMENT, ...more]));
}

/** Records a decision whose process stopped right after it. */
async function leavePending(): Promise<string> {
  const ledger = await openLedger(placesIn(world.folder), world.time.clock);
  // Sound: these ULNs were issued by this ledger.
  const [one, two] = [master, other] as Parameters<typeof ledger.streamOf>[0][];
  if (one === undefined || two === undefined) {
    throw new Error('two ULNs were issued');
  }
  const stream = await ledger.streamOf(one);
  const id = await decideOnly(ledger, { stream }, { uln: two });
  await ledger.close();
  return id;
}

describe('two ULNs of one person', () => {
  test('are merged, shown as one, and apart again', async () => {
    await achieve(master, 'A-1');
    await achieve(other, 'B-1');
    await achieve(other, 'B-2', ['--achievement-award-date', '2026-07-02', '--grade', 'Merit']);
    await achieve(master, 'A-2', ['--achievement-award-date', '2026-07-02']);
    const before = await world.plr(['show', other]);
    const done = await world.plr(['merge', 'record', master, '--superseded', other, ...why]);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    const [, mergeId = ''] = /Merge ([0-9a-f-]{36}): merged/.exec(done.stdout) ?? [];
    const shown = await world.plr(['show', other]);
    expect(shown.stderr).toBe('');
    expect(shown.stdout.split('\n')[0]).toBe(
      `Master record substituted for the learner (WSRC0022): asked for ${other}, found ${master}`,
    );
    expect(shown.stdout).toContain(`ULN                    ${master}`);
    expect(shown.stdout).toContain(`  ${other}  since 2026-09-01 (merge ${mergeId})`);
    expect(shown.stdout).toContain(
      `achievement 10000003 A-1: ${master} by 10000003 as A-1; ${other} by 10000003 as B-1`,
    );
    expect(shown.stdout).toContain('differ in grade:');
    expect(shown.stdout).toContain(`achievement 10000003 B-2 ${other}: grade Merit`);
    const own = await world.plr(['show', master]);
    expect(own.stdout).toBe(shown.stdout.split('\n').slice(1).join('\n'));
    const undo = ['merge', 'undo', master, '--merge', mergeId, '--reason', 'Twins'];
    expect(await world.plr(undo)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Merge ${mergeId}: undone`),
    });
    expect((await world.plr(['show', other])).stdout).toBe(before.stdout);
  });

  test('of a chain are undone one at a time, at the ULN that is shown for each', async () => {
    const top = await register(world, { givenName: 'Ambra', lastKnownPostCode: 'ZZ99 3CZ' });
    const lower = await merge();
    const upper = String(
      fieldsOf(await world.plr(['merge', 'record', top, '--superseded', master, ...why, '--json']))[
        'mergeId'
      ],
    );
    const { stdout } = await world.plr(['show', other]);
    expect(stdout).toContain(`  ${master}  since 2026-09-01 (merge ${upper})`);
    expect(stdout).toContain(`  ${other}  since 2026-09-01 into ${master} (merge ${lower})`);
    const undo = (uln: string) => world.plr(['merge', 'undo', uln, '--merge', lower, ...why]);
    expect((await undo(top)).stderr).toContain('ERR_MERGE_NOT_FOUND');
    expectDone(await undo(master));
    expect((await world.plr(['show', top])).stdout).not.toContain(other);
    expect((await world.plr(['show', other])).stdout).not.toContain('WSRC0022');
  });

  test('can both be read from standard input, the master first', async () => {
    const argv = ['merge', 'record', '-', '--superseded', '-', ...why];
    expectDone(await world.plr(argv, { stdin: `${master}\n${other}\n` }));
    const { incomingUln, foundUln, code } = fieldsOf(await world.plr(['show', other, '--json']));
    expect([incomingUln, foundUln, code]).toEqual([other, master, 'WSRC0022']);
  });

  test.each([
    ['one line', () => `${master}\n`],
    ['three lines', () => `${master}\n${other}\n${other}\n`],
    ['what is no ULN', () => `${master}\n1000000042\n`],
  ])('are not read from %s', async (_, stdin) => {
    const argv = ['merge', 'record', '-', '--superseded', '-', ...why];
    const run = await world.plr(argv, { stdin: stdin() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).not.toMatch(/\d{10}/);
  });

  test('are one merge where the command is sent again', async () => {
    const id = '4c8f0a0e-3b6e-4f7e-9d5b-0d3a5a2f8c11';
    expect(await merge(['--command-id', id])).toBe(await merge(['--command-id', id]));
    const argv = ['merge', 'record', master, '--superseded', other, ...why];
    const again = await world.plr([...argv, '--command-id', id]);
    expect(again.stdout).toContain('Recorded before: 1 event');
  });

  test.each<[string, () => readonly string[], number, string]>([
    [
      'with itself',
      () => ['merge', 'record', master, '--superseded', master, ...why],
      1,
      'ERR_MERGE_SELF',
    ],
    [
      'on a superseded master',
      () => ['merge', 'record', other, '--superseded', master, ...why],
      4,
      'ERR_ULN_SUPERSEDED',
    ],
    [
      'by the learner',
      () => ['merge', 'record', master, '--superseded', other, ...why, '--as', 'learner'],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    [
      'undone by an unknown id',
      () => ['merge', 'undo', master, '--merge', '4c8f0a0e-3b6e-4f7e-9d5b-0d3a5a2f8c11', ...why],
      3,
      'ERR_MERGE_NOT_FOUND',
    ],
    [
      'undone by what is no id',
      () => ['merge', 'undo', master, '--merge', 'x', ...why],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'retired while it answers for another',
      () => ['retire', master, '--cause', 'other', ...why],
      4,
      'ERR_MERGE_STANDS',
    ],
    [
      'retired by an organisation',
      () => ['retire', other, '--cause', 'other', ...why, '--as', REGISTRY],
      5,
      'ERR_ACCESS_REFUSED',
    ],
  ])('are not merged or retired %s', async (_, argv, code, error) => {
    await merge();
    const run = await world.plr(argv());
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toContain(error);
    expect(run.stderr).not.toMatch(/\d{10}/);
    expect(run.stderr).not.toMatch(NAMES);
  });

  test('share again once the master lifts the opt-outs of both', async () => {
    const choice = ['--route', 'own-account', '--as', 'learner'];
    for (const uln of [master, other]) {
      expectDone(await world.plr(['opt-out', 'set', uln, ...choice]));
    }
    await merge();
    const id = ['--command-id', '0b6d546b-688d-458f-8203-8919e3b85ca4'];
    const lifted = await world.plr(['opt-out', 'lift', master, ...choice, ...id]);
    expect(lifted.stdout).toContain('and under 1 other ULN of the same person');
    const again = await world.plr(['opt-out', 'lift', master, ...choice, ...id, '--json']);
    expect(fieldsOf(again)).toMatchObject({ repeated: true, elsewhere: [{ version: 4 }] });
    const shown = await world.plr(['show', other, '--json']);
    expect(fieldsOf(shown)).toMatchObject({ sharing: { optedOut: false } });
  });

  test('are disposed of together: both are named first, and one order is of both', async () => {
    await merge();
    const argv = ['retention', 'propose', other, '--basis', 'court-order'];
    const proposed = await world.plr([...argv, '--as', 'officer1@10000009']);
    const [id = ''] = /[0-9a-f-]{36}/.exec(proposed.stdout) ?? [];
    expect(proposed.stdout).toContain('one person with 2 ULNs');
    expect(proposed.stdout).toContain(`  ${master}\n`);
    const done = await world.plr(['retention', 'order', id, '--as', 'officer2@10000009']);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stdout.split('\n')[0]).toBe('One person with 2 ULNs: completed');
    for (const uln of [master, other]) {
      expect((await world.plr(['show', uln])).stdout).not.toMatch(NAMES);
    }
  });

  test('are verified together, and a break in the one is found by the other', async () => {
    const alone = await world.plr(['verify', master]);
    expect(alone.stdout).toContain('in 1 stream:');
    await merge();
    for (const uln of [master, other]) {
      expect((await world.plr(['verify', uln])).stdout).toContain('in 2 streams:');
    }
    const database = new Database(`${world.folder}/data/ledger.db`);
    const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
    for (const { name } of triggers.all() as { name: string }[]) {
      database.exec(`DROP TRIGGER ${name}`);
    }
    database
      .prepare(
        "UPDATE events SET data = zeroblob(64) WHERE type = 'UlnIssued' AND position = (SELECT max(position) FROM events WHERE type = 'UlnIssued')",
      )
      .run();
    database.close();
    for (const uln of [master, other]) {
      expect((await world.plr(['verify', uln])).code).toBe(6);
    }
  });

  test('have the history of both in the complete record as JSON', async () => {
    await achieve(other, 'B-1');
    await merge();
    const run = await world.plr(['show', other, '--complete', '--json']);
    const { history } = fieldsOf(expectDone(run));
    expect(history).toMatchObject([
      {
        uln: master,
        events: [{ event: { type: 'UlnIssued' } }, { event: { type: 'LearnersMerged' } }],
      },
      {
        uln: other,
        events: [{ event: { type: 'UlnIssued' } }, { event: { type: 'AchievementRecorded' } }, {}],
      },
    ]);
  });

  test('say for the desk what was recorded meanwhile when they are taken apart', async () => {
    const id = await merge();
    await achieve(other, 'B-1');
    expectDone(await world.plr(['amend', master, '--as', REGISTRY, '--notes', 'canary']));
    const undo = ['merge', 'undo', master, '--merge', id, '--reason', 'They are twins'];
    const again = ['--command-id', '0b6d546b-688d-458f-8203-8919e3b85ca4'];
    const run = expectDone(await world.plr([...undo, ...again]));
    expect(run.stdout).toContain(`Recorded while they were one, to be looked at:
  2026-09-01  ${master}  LearnerDetailsAmended
  2026-09-01  ${other}  AchievementRecorded
`);
    expect(run.stdout).not.toMatch(/canary|B-1|Pass/);
    const json = fieldsOf(await world.plr([...undo, ...again, '--json']));
    expect(json['meanwhile']).toEqual([
      { uln: master, type: 'LearnerDetailsAmended', on: '2026-09-01' },
      { uln: other, type: 'AchievementRecorded', on: '2026-09-01' },
    ]);
  });
});

describe('a question about the superseded ULN', () => {
  beforeEach(async () => {
    await achieve(other, 'B-1');
    await merge();
  });

  test.each([
    ['replay', '--ndjson', 2],
    ['history', '--ndjson', 2],
  ])('is answered with the master’s events: %s', async (command, json, events) => {
    const run = await world.plr([command, other]);
    expect(run.stdout).toMatch(/^Master record substituted/);
    const lines = linesOf(await world.plr([command, other, json]));
    expect(lines).toHaveLength(events);
    for (const line of lines) {
      expect(line).toMatchObject({ incomingUln: other, foundUln: master, code: 'WSRC0022' });
    }
  });

  test('has the other’s events too where they are asked for', async () => {
    const hint = await world.plr(['history', master]);
    expect(hint.stdout).toContain(`Merged: ${other}; --with-merged prints its events`);
    expect(hint.stdout).not.toContain('AchievementRecorded');
    const all = await world.plr(['history', master, '--with-merged']);
    expect(all.stdout).toContain(`Merged: ${other}:`);
    expect(all.stdout).toContain('AchievementRecorded');
    const lines = linesOf(await world.plr(['history', other, '--with-merged', '--ndjson']));
    const types = lines.map(({ event }) => (event as { type: string }).type);
    expect(types).toEqual([
      ...['UlnIssued', 'LearnersMerged'],
      ...['UlnIssued', 'AchievementRecorded', 'LearnerSuperseded'],
    ]);
  });

  test('is answered by its own stream at a version', async () => {
    const run = await world.plr(['show', other, '--at-version', '3']);
    expect(run.stdout).toContain(`ULN                    ${other}`);
    expect(run.stdout).toContain(`Superseded by ${master}`);
  });

  test('shows what has changed since before the merge', async () => {
    const argv = ['diff', other, '--from-at-version', '1'];
    const run = await world.plr(argv);
    expect(run.stdout).toMatch(/^Master record substituted/);
    expect(run.stdout).toContain(`~ uln: ${other} → ${master}`);
    expect(fieldsOf(await world.plr([...argv, '--json']))).toMatchObject({
      incomingUln: other,
      foundUln: master,
    });
  });

  test('finds the master by the ULN and by demographics', async () => {
    const byUln = await world.plr(['find', other]);
    expect(byUln.stdout).toMatch(/^Exact match; master record substituted.*WSRC0022/);
    expect(byUln.stdout).toContain(`  ${master}  Amber Sampleton`);
    expect(byUln.stdout).toContain(`master of ${other}`);
    const names = ['--given-name', 'Ambre', '--family-name', 'Sampleton'];
    const search = [...names, '--date-of-birth', '2003-04-17', '--gender', '2'];
    const argv = ['find', ...search, '--last-known-post-code', 'ZZ99 3CZ'];
    expect((await world.plr(argv)).stdout).toBe(byUln.stdout);
    expect(fieldsOf(await world.plr([...argv, '--json']))).toMatchObject({
      kind: 'linked',
      code: 'WSRC0022',
      candidates: [{ linked: other, learner: { uln: master } }],
    });
  });

  test('is answered with the master in an imported file too', async () => {
    const file = world.path('learners.csv');
    writeFileSync(
      file,
      `MISIdentifier,ULN,GivenName,FamilyName,DateOfBirth,Gender,LastKnownPostCode,AbilityToShare,VerificationType
L-1,,Ambre,Sampleton,2003-04-17,2,ZZ99 3CZ,1,1
L-2,${other},Amber,Sampleton,2003-04-17,2,AB1 2CD,1,1
L-3,${master},Amber,Sampleton,2003-04-17,2,AB1 2CD,1,1
`,
    );
    expectDone(await world.plr(['import', 'learners', file, '--as', REGISTRY]));

    const rows = readFileSync(`${file}.result.csv`, 'utf8').trim().split('\n').slice(1);
    for (const [index, row] of rows.entries()) {
      expect(row).toContain('already-exists');
      expect(row).toContain(master);
      expect(row.includes('WSRC0022')).toBe(index < 2);
    }
  });

  test('is warned of where something is recorded on it', async () => {
    const argv = ['record', 'achievement', other, '--as', AWARDING, '--id', 'B-2', ...ACHIEVEMENT];
    const run = expectDone(await world.plr(argv));
    expect(run.stderr).toMatch(/^plr: warning: WSRC0022 /);
    expect(run.stderr).not.toMatch(/\d{10}/);
    expect((await world.plr(['show', master])).stdout).toContain('B-2');
  });
});

describe('a merge that was cut short', () => {
  test('is named by "doctor" and finished by "merge resume" where the views were deleted', async () => {
    const id = await leavePending();
    const unseen = await world.plr(['doctor']);
    expect(unseen.stdout).toContain('"plr merge resume" looks for it');
    expect((await world.plr(['show', other])).stdout).not.toContain('WSRC0022');
    expect(await world.plr(['merge', 'resume'])).toMatchObject({
      code: 0,
      stdout: 'Every merge is finished.\n',
    });
    expect((await world.plr(['show', other])).stdout).toContain('WSRC0022');
    const status = await world.plr(['merge', 'status']);
    expect(status.stdout).toContain(`${id}  merged  decided `);
    expect(status.stdout).not.toMatch(/\d{10}/);
    expect((await world.plr(['doctor'])).stdout).toMatch(/ok +every merge is finished.*: yes/);
  });

  test('is finished by whatever command comes next, where merges are known of', async () => {
    const mergeId = await merge();
    expectDone(await world.plr(['merge', 'undo', master, '--merge', mergeId, ...why]));
    const id = await leavePending();
    expect((await world.plr(['show', other])).stdout).toContain(`(merge ${id})`);
    const states = fieldsOf(await world.plr(['merge', 'status', '--json']));
    expect(Object.values(states)).toMatchObject([
      { mergeId, state: 'ended', cause: 'reversed' },
      { mergeId: id, state: 'merged', cause: null },
    ]);
  });

  test('cannot be told by "doctor" from a view that does not answer', async () => {
    await merge();
    const views = new Database(placesIn(world.folder).views);
    views.prepare("UPDATE generations SET version = 99 WHERE view = 'merges'").run();
    views.close();
    const run = await world.plr(['doctor']);
    expect(run).toMatchObject({ code: 1, stderr: '' });
    expect(run.stdout).toMatch(/failure +every merge is finished.*ERR_VIEW_OUTDATED/);
    expectDone(await world.plr(['projections', 'rebuild', 'merges']));
    expect((await world.plr(['doctor'])).stdout).toMatch(/ok +every merge is finished.*: yes/);
  });

  test('is in no list of a ledger that has none', async () => {
    expect((await world.plr(['merge', 'status'])).stdout).toBe('No merges.\n');
  });
});

describe('a superseded ULN', () => {
  const guidance = ['--as', COLLEGE, '--purpose', 'advice-and-guidance'];
  const notice = {
    effectiveDate: '2026-09-01',
    texts: Object.fromEntries(
      ['en', 'cy'].map((one) => [one, { title: 'Notice', short: 'Short', extended: 'Long' }]),
    ),
  };
  const choice = ['--detail', 'givenName', '--purpose', 'training', '--expires', '2026-12-31'];

  /** A view, a notice and a connection that were recorded under the ULN before it was merged. */
  async function mergeUsed(): Promise<void> {
    const own = ['--as', 'learner'];
    const publish = ['notice', 'publish', '--input', '-'];
    expectDone(await world.plr(publish, { stdin: JSON.stringify(notice) }));
    expectDone(await world.plr(['show', other, ...own]));
    expectDone(await world.plr(['notice', 'acknowledge', other, '--notice', '1', ...own]));
    expectDone(await world.plr(['view', 'create', other, ...choice, ...own]));
    const link = ['--kind', 'enrolment', '--evidence-reference', 'E-1', '--as', COLLEGE];
    expectDone(await world.plr(['connection', 'establish', other, ...link]));
    expectDone(await world.plr(['organisation', 'notice', '10000002', '--notice', '1']));
    await merge();
  }

  test.each<[string, readonly string[], readonly string[]]>([
    ['by an organisation', ['show'], guidance],
    ['whole, by the learner', ['show'], ['--complete', '--as', 'learner']],
    ['because of its views', ['view', 'list'], ['--as', 'learner']],
    ['because of its notices', ['notice', 'status'], []],
    ['because of its looks', ['access', 'looks'], []],
  ])(
    'that is asked for %s is answered with the master, which is said first',
    async (_, words, options) => {
      await mergeUsed();
      const { stdout } = expectDone(await world.plr([...words, other, ...options]));
      const [said, ...answer] = stdout.split('\n');
      expect(said).toBe(
        `Master record substituted for the learner (WSRC0022): asked for ${other}, found ${master}`,
      );
      const own = expectDone(await world.plr([...words, master, ...options])).stdout.split('\n');
      // Each look is a look more.
      const isLook = (line: string) => / (read|read-history|find) by /.test(line);
      expect(answer.filter((line) => !isLook(line))).toEqual(own.filter((line) => !isLook(line)));
    },
  );

  test('is named beside the master to an organisation that reads JSON', async () => {
    await mergeUsed();
    const asked = async (uln: string) =>
      fieldsOf(expectDone(await world.plr(['show', uln, ...guidance, '--json'])));
    const named = { foundUln: master, uln: master };
    expect(await asked(other)).toMatchObject({ ...named, incomingUln: other, code: 'WSRC0022' });
    expect(await asked(master)).toMatchObject({ ...named, incomingUln: master, code: null });
  });

  test('keeps its views, notices and history in the complete record, and a view can be ended', async () => {
    await mergeUsed();
    const complete = ['show', master, '--complete', '--as', 'learner'];
    const page = expectDone(await world.plr(complete)).stdout;
    expect(page).not.toMatch(/^Notice$/m);
    expect(page).toContain(`How it came to be, under ${other}\n    1  `);
    expect(page).toContain('notice 1 (en)  acknowledged by the learner');
    const { views } = fieldsOf(await world.plr([...complete, '--json']));
    const [{ viewId }] = views as [{ readonly viewId: string }];
    expectDone(await world.plr(['view', 'revoke', master, '--view', viewId, '--as', 'learner']));
    expect((await world.plr(['view', 'list', other])).stdout).toContain('revoked');
  });
});

describe('a retired ULN', () => {
  test('says so, and takes nothing more', async () => {
    const argv = ['retire', '-', '--cause', 'issued-in-error', '--reason', 'Nobody was meant'];
    expectDone(await world.plr(argv, { stdin: `${other}\n` }));
    expect((await world.plr(['show', other])).stdout).toContain(
      'ULN retired on 2026-09-01 (issued-in-error)',
    );
    expect((await world.plr(['find', other])).stdout).toMatch(/ RETIRED \(issued-in-error\)/);
    const amend = ['amend', other, '--family-name', 'Changed', '--as', REGISTRY];
    expect(await world.plr(amend)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('ERR_ULN_RETIRED'),
    });
  });
});

describe('the report of changes', () => {
  test('lists what happened to ULNs, by day', async () => {
    const mergeId = await merge();
    world.time.set('2026-09-02T09:00:00.000Z');
    expectDone(await world.plr(['merge', 'undo', master, '--merge', mergeId, ...why]));
    expectDone(await world.plr(['retire', other, '--cause', 'duplicate', ...why]));
    const [one, two] = [
      `${other} Ambre Sampleton born 2003-04-17`,
      `${master} Amber Sampleton born 2003-04-17`,
    ];
    const period = ['--from', '2026-09-01', '--to', '2026-09-02'];
    expect((await world.plr(['uln', 'changes', ...period])).stdout.split('\n')).toEqual([
      `2026-09-01  merged  ${one}  master ${two}`,
      `2026-09-02  unmerged  ${one}  master ${two}`,
      `2026-09-02  retired  ${one}  (duplicate)`,
      '',
    ]);
    const lines = linesOf(await world.plr(['uln', 'changes', '--from', '2026-09-02', '--ndjson']));
    expect(lines).toMatchObject([
      { kind: 'unmerged', master: { uln: master }, other: { uln: other }, cause: null },
      { kind: 'retired', master: null, other: { uln: other }, cause: 'duplicate' },
    ]);
  });

  test('says where there is none', async () => {
    const argv = ['uln', 'changes', '--from', '2026-09-01'];
    expect(await world.plr(argv)).toEqual({
      code: 0,
      stdout: 'WSRC0024 No ULNs for report.\n',
      stderr: '',
    });
    expect(await world.plr([...argv, '--ndjson'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'WSRC0024 No ULNs for report.\n',
    });
  });

  test.each([
    [['--from', '2026-09-02', '--to', '2026-09-01']],
    [['--from', '2026-02-30']],
    [['--from', '2026-09-01', '--to', 'today']],
    [[]],
  ])('needs a period: %j', async (argv) => {
    expect(await world.plr(['uln', 'changes', ...argv])).toMatchObject({ code: 2, stdout: '' });
  });
});
