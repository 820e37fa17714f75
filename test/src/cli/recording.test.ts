import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
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
  ownDetails,
  PARTICIPATION,
  REGISTRY,
  register,
  registerWithEntries,
  search,
} from './world.js';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
});

describe('register', () => {
  test('prints the ULN and the receipt', async () => {
    const details = ownDetails(world);
    await search(world, details, ['--as', REGISTRY, '--purpose', 'learner-registration']);
    const stdin = JSON.stringify(details);
    const run = await world.plr(['register', '--as', REGISTRY, '--input', '-'], { stdin });
    expect(run).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^ULN \d{10}\nRecorded 1 event, version 1 \(command .*\)\n$/),
      stderr: '',
    });
  });

  test('takes the details as options', async () => {
    const details = ownDetails(world);
    await search(world, details);
    const options = Object.entries(details).flatMap(([name, value]) => [
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
    const details = { ...ownDetails(world), dateOfBirth: '2027-01-01' };
    await search(world, details);
    const stdin = JSON.stringify(details);
    const { code, stderr } = await world.plr(['register', '--input', '-'], { stdin });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^plr: ERR_DATE_IN_FUTURE dateOfBirth: expected .*\n$/),
    });
  });

  test('says on standard error what looks wrong, and registers all the same', async () => {
    const details = ownDetails(world);
    await search(world, details);
    const stdin = JSON.stringify({ ...details, scottishCandidateNumber: '123456789' });
    const { code, stderr } = await world.plr(['register', '--input', '-'], { stdin });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^plr: warning: scottishCandidateNumber: /),
    });
  });

  test('with the command id of an earlier one answers with its ULN', async () => {
    const argv = ['register', '--input', '-', '--json', '--command-id', randomUUID()];
    const details = ownDetails(world);
    await search(world, details);
    const stdin = JSON.stringify(details);
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
      stdout: expect.stringMatching(
        /^Recorded 1 event, version 4 \(command [0-9a-f-]{36}(, WSRC0006)?\)\n(From now on [^\n]*\n[^\n]*\n)?$/,
      ),
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

describe("the service's code", () => {
  test.each([
    ['WSRC0006', ['--gender', '1'], /^Recorded 1 event, version 2 \(command .*, WSRC0006\)\n$/],
    ['WSRC0020', ['--gender', '2'], /^Nothing to record: it is so already \(WSRC0020\)\.\n$/],
  ])('%s stands in the answer to an amendment with %j', async (code, changes, text) => {
    const [uln, other] = [await register(world), await register(world)];
    expect((await world.plr(['amend', uln, ...changes])).stdout).toMatch(text);
    const run = await world.plr(['amend', other, ...changes, '--json']);
    expect(fieldsOf(run)['code']).toBe(code);
  });

  test('WSRC0005 stands in the answer to a registration', async () => {
    const registered = async (...options: readonly string[]) => {
      const details = ownDetails(world);
      await search(world, details);
      return world.plr(['register', '--input', '-', ...options], {
        stdin: JSON.stringify(details),
      });
    };
    expect((await registered()).stdout).toMatch(/, WSRC0005\)\n$/);
    expect(fieldsOf(await registered('--json'))['code']).toBe('WSRC0005');
  });

  test('WSRC0019 stands in the refusal of an amendment of an unknown ULN, and of nothing else', async () => {
    const amended = await world.plr(['amend', '1000000043', '--gender', '1']);
    expect(amended).toMatchObject({ code: 3, stderr: expect.stringMatching(/\(WSRC0019\)\n$/) });
    expect((await world.plr(['show', '1000000043'])).stderr).not.toContain('WSRC');
  });
});

describe('an amendment that expects a version', () => {
  test('is recorded at that version, which show gives', async () => {
    const uln = await register(world);
    const { version } = fieldsOf(await world.plr(['show', uln, '--json']));
    expect(version).toBe(1);
    const amend = ['amend', uln, '--notes', 'New', '--expected-version', String(version)];
    expect(fieldsOf(await world.plr([...amend, '--json']))['version']).toBe(2);
    expect(fieldsOf(await world.plr(['show', uln, '--json']))['version']).toBe(2);
    const before = await world.plr(['show', uln, '--json', '--at-version', '1']);
    expect(fieldsOf(before)['version']).toBe(1);
  });

  test.each(['1', '3', '99'])(
    'is refused where %s is not the version, and records nothing',
    async (other) => {
      const uln = await register(world);
      expectDone(await world.plr(['amend', uln, '--gender', '1']));
      const run = await world.plr(['amend', uln, '--notes', 'New', '--expected-version', other]);
      expect(run).toEqual({
        code: 4,
        stdout: '',
        stderr: `plr: ERR_VERSION_STALE expected the learner at version ${other}, found version 2: read the learner again and decide again (WSRC0013)\n`,
      });
      expect(fieldsOf(await world.plr(['show', uln, '--json']))['version']).toBe(2);
    },
  );

  test('is answered with the first receipt when it is repeated, although the version is another', async () => {
    const uln = await register(world);
    const amend = ['amend', uln, '--notes', 'New', '--expected-version', '1', '--json'];
    const named = [...amend, '--command-id', randomUUID()];
    const first = expectDone(await world.plr(named));
    expect(fieldsOf(await world.plr(named))).toEqual({ ...fieldsOf(first), repeated: true });
  });

  test.each(['0', '-1', 'x', '1.5'])('is wrong usage with the version %s', async (version) => {
    const uln = await register(world);
    const run = await world.plr(['amend', uln, '--notes', 'x', `--expected-version=${version}`]);
    expect(run.code).toBe(2);
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
      [
        ...['opt-out', 'lift', uln, '--route', 'helpdesk', '--evidence-reference', 'Call 2'],
        ...['--effective-date', '2026-08-01'],
      ],
    ];
    for (const step of steps) {
      expectDone(await world.plr(step));
    }
    const { stdout } = await world.plr(['history', uln, '--ndjson']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3 + steps.length);
  });
});
