import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { AWARDING, COLLEGE, createLedgerWorld, PERSONAL, REGISTRY, register } from './world.js';

let world: CliWorld;
let uln: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await register(world);
});

describe('help', () => {
  test.each([[['--help']], [['show', '--help']], [['challenge', 'raise', '--help']]])(
    '%j is printed on standard output and done',
    async (argv) => {
      const { code, stdout, stderr } = await world.plr(argv);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: expect.stringContaining('Usage: plr'),
        stderr: '',
      });
    },
  );

  test('no command at all is wrong usage', async () => {
    expect((await world.plr([])).code).toBe(2);
  });
});

/** Command lines that cannot be understood, each holding something personal; ULN stands for the ULN. */
const wrong: readonly (readonly [string, readonly string[]])[] = [
  ['a ULN in place of a command', ['ULN']],
  ['a name in place of a command', ['Amber']],
  ['a name with an apostrophe in place of a command', ["Amber O'Sampleton"]],
  ['a name in place of a sub-command', ['record', 'Sampleton']],
  ['an unknown option', ['show', 'ULN', '--sampleton', 'Amber']],
  ['an unknown option with a name as its value', ['register', '--name=Amber Sampleton']],
  ['an unknown option with a ULN as its value', ['show', '--uln=ULN']],
  ['a ULN with a hyphen before it', ['show', '-ULN']],
  ['a ULN with a word before it', ['show', '--ULN']],
  ['an argument too many', ['show', 'ULN', 'Amber']],
  ['an argument too few', ['show']],
  ['an option without its value', ['record', 'achievement', 'ULN', '--id']],
  ['a required option missing', ['record', 'achievement', 'ULN', '--as', AWARDING]],
  ['a route that is none', ['opt-out', 'set', 'ULN', '--route', 'Sampleton']],
  ['a purpose that is none', ['amend', 'ULN', '--purpose', 'Amber Sampleton']],
  [
    'a basis that is none',
    ['redact', 'propose', 'ULN', '--event', 'x', '--field', 'notes', '--basis', 'Amber'],
  ],
  ['a kind of file that is none', ['import', 'Sampleton', 'file.csv']],
  ['a number with a letter', ['show', '100000000Amber']],
  ['a ULN that is none', ['show', '9999999999']],
  ['a ULN with a wrong check digit', ['history', '1234567890']],
  ['somebody who is no actor', ['amend', 'ULN', '--as', 'Amber Sampleton']],
  ['somebody of no organisation', ['amend', 'ULN', '--as', 'amber@00000001']],
  ['a field that cannot be cleared', ['amend', 'ULN', '--clear', 'Sampleton']],
  ['a command id that is none', ['amend', 'ULN', '--command-id', 'Amber']],
  ['an as-at that is no time', ['show', 'ULN', '--as-at', 'Amber']],
  ['a valid-at that is no date', ['show', 'ULN', '--valid-at', '2003-02-30']],
  ['a version that is no number', ['show', 'ULN', '--at-version', '0']],
  ['an instant without its zone', ['show', 'ULN', '--as-at', '2026-08-01T10:00:00']],
  ['a diff without a first point', ['diff', 'ULN']],
  ['a verify of nothing', ['verify']],
  ['a verify of one and all', ['verify', 'ULN', '--all']],
  ['a value that breaks the rules', ['amend', 'ULN', '--date-of-birth', '17 April 2003']],
  ['a position that is none', ['tail', '--after', 'Amber']],
  ['a position of another ledger', ['tail', '--after', 'sqlite.1.aaaaaaaaaaaaaaaa']],
  ['an entry recorded by nobody', ['record', 'achievement', 'ULN', '--id', 'A-1']],
  [
    'two disputed entries',
    ['challenge', 'raise', 'ULN', '--achievement', 'A', '--participation', 'P'],
  ],
  [
    'a disputed entry of no source',
    ['challenge', 'raise', 'ULN', '--as', 'learner', '--achievement', 'A'],
  ],
  ['an import by nobody', ['import', 'achievements', 'none.csv']],
];

describe.each(wrong)('%s', (_, argv) => {
  const withUln = () => argv.map((word) => word.replace('ULN', uln));

  test('is wrong usage, exit code 2', async () => {
    expect((await world.plr(withUln())).code).toBe(2);
  });

  test('is explained on standard error alone', async () => {
    const { stdout, stderr } = await world.plr(withUln());
    expect({ stdout, isExplained: stderr.length > 20 }).toEqual({ stdout: '', isExplained: true });
  });

  test('is explained without personal data', async () => {
    const { stderr } = await world.plr(withUln());
    expect(stderr).not.toMatch(PERSONAL);
  });
});

describe('input as JSON', () => {
  const input = (stdin: string) =>
    world.plr(['register', '--as', REGISTRY, '--input', '-'], { stdin });

  test.each([
    ['no JSON', '{"givenName": "Amber", familyName: Sampleton}'],
    ['nothing', ''],
    ['a list', '["Amber", "Sampleton", "2003-04-17"]'],
    ['a text', '"Amber Sampleton"'],
    ['unknown fields', '{"givenName": "Amber", "Sampleton": "2003-04-17"}'],
    ['wrong types', '{"givenName": 7, "familyName": ["Sampleton"], "dateOfBirth": {"Amber": 1}}'],
  ])('that is %s is wrong usage, without a word of it repeated', async (_, text) => {
    const { code, stdout, stderr } = await input(text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('names every field that is wrong', async () => {
    const { stderr } = await input('{"givenName": "Amber", "gender": "F"}');
    expect(stderr).toMatch(/familyName.*dateOfBirth.*gender/);
  });

  test('is read from a file as well', async () => {
    writeFileSync(world.path('changes.json'), '{"changes": "Amber"}');
    const file = world.path('changes.json');
    const { code } = await world.plr(['amend', uln, '--as', COLLEGE, '--input', file]);
    expect(code).toBe(2);
  });

  test('from a file that is not there is not found', async () => {
    const file = world.path('Sampleton.json');
    const { code, stderr } = await world.plr(['amend', uln, '--as', COLLEGE, '--input', file]);
    expect(code).toBe(3);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('and the ULN cannot both come from standard input', async () => {
    const { code } = await world.plr(['amend', '-', '--input', '-'], { stdin: uln });
    expect(code).toBe(2);
  });
});

describe('the environment', () => {
  test.each([
    ['a purpose that is none', { PLR_PURPOSE: 'Sampleton' }],
    ['a store of no engine', { PLR_STORE: 'mysql://Sampleton' }],
    ['an actor that is none', { PLR_AS: 'Amber Sampleton' }],
  ])('with %s is wrong usage', async (_, environment) => {
    const { code, stderr } = await world.plr(['amend', uln, '--notes', 'x'], { environment });
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('says who acts where --as does not', async () => {
    const environment = { PLR_AS: 'learner' };
    const { code } = await world.plr(['amend', uln, '--notes', 'x'], { environment });
    expect(code).toBe(5);
  });
});
