import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, fieldsOf, PERSONAL, register } from './world.js';

const NAMES = ['--given-name', 'amber', '--family-name', 'sampleton'];
let world: CliWorld;
let uln: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await register(world);
});

describe('verify-learner', () => {
  test.each<[string, readonly string[], number, string]>([
    ['a match', [], 0, 'WSVRC001  match\n'],
    [
      'a match in everything',
      ['--date-of-birth', '2003-04-17', '--gender', '2'],
      0,
      'WSVRC001  match\n',
    ],
    [
      'a similar learner',
      ['--given-name', 'Ambr'],
      4,
      'WSVRC003  similar match\nVRF1  given name is not the given name\nVRF2  given name is not the family name\n',
    ],
    [
      'another learner',
      ['--date-of-birth', '2003-04-18'],
      4,
      'WSVRC005  learner does not match\nVRF7  date of birth differs\n',
    ],
  ])('of %s prints code and failed comparisons', async (_, more, code, stdout) => {
    const run = await world.plr(['verify-learner', uln, ...NAMES, ...more]);
    expect(run).toEqual({ code, stdout, stderr: '' });
  });

  test('prints the same as JSON, with the ULN and the names from files and standard input', async () => {
    const input = JSON.stringify({ givenName: 'Amber', familyName: 'Other' });
    const run = await world.plr(['verify-learner', uln, '--input', '-', '--json'], {
      stdin: input,
    });
    expect(fieldsOf(run)).toEqual({
      kind: 'different',
      code: 'WSVRC005',
      failureFlags: ['VRF4', 'VRF5'],
    });
    const piped = await world.plr(['verify-learner', '-', ...NAMES], { stdin: `${uln}\n` });
    expect(piped.stdout).toBe('WSVRC001  match\n');
  });

  test('of a ULN that was not issued ends with 3', async () => {
    const run = await world.plr(['verify-learner', '1000000043', ...NAMES]);
    expect(run).toEqual({ code: 3, stdout: 'WSVRC006  ULN not found\n', stderr: '' });
  });

  test.each([
    ['no names', ['ULN']],
    ['a given name alone', ['ULN', '--given-name', 'Amber']],
    ['a ULN that is none', ['1000000042', ...NAMES]],
    ['a date that does not exist', ['ULN', ...NAMES, '--date-of-birth', '2003-04-31']],
  ])('with %s is wrong usage, told without personal data', async (_, argv) => {
    const words = argv.map((word) => (word === 'ULN' ? uln : word));
    const { code, stdout, stderr } = await world.plr(['verify-learner', ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('shows nothing of the learner', async () => {
    const argv = ['verify-learner', uln, '--given-name', 'X', '--family-name', 'Y'];
    const { stdout } = await world.plr(argv);
    expect(stdout).not.toMatch(PERSONAL);
  });
});
