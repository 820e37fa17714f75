import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../support/ledger.js';
import {
  ACHIEVEMENT,
  AWARDING,
  COLLEGE,
  createLedgerWorld,
  DETAILS,
  expectDone,
  fieldsOf,
  NAMES,
  onLearner,
  PARTICIPATION,
  REGISTRY,
  register,
  registerWithEntries,
} from './world.js';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
});

describe('register', () => {
  test('prints the ULN and the receipt', async () => {
    const stdin = JSON.stringify(DETAILS);
    const run = await world.plr(['register', '--as', REGISTRY, '--input', '-'], { stdin });
    expect(run).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ULN \d{10}\nRecorded 1 event, version 1 \(command .*\)\n$/),
      stderr: '',
    });
  });

  test('takes the details as options', async () => {
    const options = Object.entries(DETAILS).flatMap(([name, value]) => [
      `--${name.replaceAll(/[A-Z]/g, '-$&').toLowerCase()}`,
      value,
    ]);
    expect((await world.plr(['register', ...options])).code).toBe(0);
  });

  test('by the learner is denied', async () => {
    const stdin = JSON.stringify(DETAILS);
    const run = await world.plr(['register', '--as', 'learner', '--input', '-'], { stdin });
    expect(run.code).toBe(5);
  });

  test('of somebody born tomorrow is refused', async () => {
    const stdin = JSON.stringify({ ...DETAILS, dateOfBirth: '2027-01-01' });
    const { code, stderr } = await world.plr(['register', '--input', '-'], { stdin });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^plr: ERR_DATE_IN_FUTURE dateOfBirth: expected .*\n$/),
    });
  });

  test('says on standard error what looks wrong, and registers all the same', async () => {
    const stdin = JSON.stringify({ ...DETAILS, scottishCandidateNumber: '123456789' });
    const { code, stderr } = await world.plr(['register', '--input', '-'], { stdin });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^plr: warning: scottishCandidateNumber: /),
    });
  });

  test('with the command id of an earlier one answers with its ULN', async () => {
    const argv = ['register', '--input', '-', '--json', '--command-id', randomUUID()];
    const stdin = JSON.stringify(DETAILS);
    const first = fieldsOf(await world.plr(argv, { stdin }));
    const again = fieldsOf(await world.plr(argv, { stdin }));
    expect(again).toEqual({ ...first, repeated: true });
  });
});

/** Commands on a learner with a provisional achievement A-1 and a participation P-1. */
const done: readonly (readonly [string, readonly string[]])[] = [
  ['amend', ['amend', 'ULN', '--as', COLLEGE, '--family-name', 'Testcase', '--clear', 'notes']],
  [
    'record achievement',
    ['record', 'achievement', 'ULN', '--as', AWARDING, '--id', 'A-2', ...ACHIEVEMENT],
  ],
  [
    'record participation',
    ['record', 'participation', 'ULN', '--as', COLLEGE, '--id', 'P-2', ...PARTICIPATION],
  ],
  ['confirm', ['confirm', 'ULN', '--as', AWARDING, '--id', 'A-1']],
  [
    'correct achievement',
    ['correct', 'achievement', 'ULN', '--as', AWARDING, '--id', 'A-1', '--credits', '9'],
  ],
  [
    'correct participation',
    ['correct', 'participation', 'ULN', '--as', COLLEGE, '--id', 'P-1', '--level', 'Level 2'],
  ],
  [
    'withdraw achievement',
    ['withdraw', 'achievement', 'ULN', '--as', AWARDING, '--id', 'A-1', '--reason', 'x'],
  ],
  ['withdraw participation', ['withdraw', 'participation', 'ULN', '--as', COLLEGE, '--id', 'P-1']],
  ['opt-out set', ['opt-out', 'set', 'ULN', '--as', 'learner', '--route', 'own-account']],
  [
    'challenge raise',
    [
      'challenge',
      'raise',
      'ULN',
      '--as',
      'learner',
      '--reason',
      'x',
      '--achievement',
      'A-1',
      '--submitted-by',
      '10000003',
    ],
  ],
];

describe.each(done)('%s', (_, argv) => {
  test('records one event and says so', async () => {
    const { code, stdout, stderr } = await onLearner(world, argv);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Recorded 1 event, version 4 \(command [0-9a-f-]{36}\)\n$/),
      stderr: '',
    });
  });

  test('prints the receipt as JSON when asked', async () => {
    const receipt = fieldsOf(await onLearner(world, [...argv, '--json']));
    expect(receipt).toMatchObject({ version: 4, repeated: false, warnings: [] });
  });

  test('prints no personal data', async () => {
    const { uln, stdout } = await onLearner(world, [...argv, '--json']);
    expect(stdout).not.toMatch(NAMES);
    expect(stdout).not.toContain(uln);
  });

  test('reads the ULN from standard input', async () => {
    const uln = await registerWithEntries(world);
    const words = argv.map((word) => (word === 'ULN' ? '-' : word));
    expect((await world.plr(words, { stdin: `${uln}\r\n` })).code).toBe(0);
  });

  test('with its command id repeated returns the first receipt', async () => {
    const commandId = randomUUID();
    const first = await onLearner(world, [...argv, '--json', '--command-id', commandId]);
    const words = argv.map((word) => (word === 'ULN' ? first.uln : word));
    const again = await world.plr([...words, '--json', '--command-id', commandId.toUpperCase()]);
    expect(fieldsOf(again)).toEqual({ ...fieldsOf(first), repeated: true });
  });
});

describe('a command that changes nothing', () => {
  test('is done and says so', async () => {
    const uln = await register(world);
    const { code, stdout } = await world.plr(['opt-out', 'lift', uln, '--route', 'helpdesk']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Nothing to record: it is so already.\n' });
  });

  test('has no events in its receipt', async () => {
    const uln = await register(world);
    const run = await world.plr(['amend', uln, '--gender', '2', '--json']);
    expect(fieldsOf(run)).toMatchObject({ eventIds: [], position: null, version: 1 });
  });
});

describe('a life of an entry', () => {
  test('withdrawn, put back, disputed and the dispute taken back is all done', async () => {
    const uln = await registerWithEntries(world);
    const entry = ['--id', 'A-1', '--as', AWARDING];
    const steps = [
      ['withdraw', 'achievement', uln, ...entry],
      ['reinstate', 'achievement', uln, ...entry],
      ['challenge', 'raise', uln, '--as', 'learner', '--id', 'C-1', '--reason', 'x'],
      ['challenge', 'withdraw', uln, '--as', 'learner', '--id', 'C-1'],
      ['opt-out', 'set', uln, '--route', 'helpdesk', '--evidence-reference', 'Call 1'],
      ['opt-out', 'lift', uln, '--route', 'helpdesk', '--effective-date', '2026-08-01'],
    ];
    for (const step of steps) {
      expectDone(await world.plr(step));
    }
    const { stdout } = await world.plr(['history', uln, '--ndjson']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3 + steps.length);
  });
});
