import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { beforeEach, describe, expect, test } from 'vitest';
import { createContext } from '../../../src/cli/context.js';
import { createProgram } from '../../../src/cli/program.js';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, expectDone, PERSONAL, register } from './world.js';

const text = (language: string) => ({
  title: `Title ${language}`,
  short: `Short ${language}`,
  extended: `Extended ${language}`,
});
const NOTICE = { effectiveDate: '2026-09-01', texts: { en: text('en'), cy: text('cy') } };

let world: CliWorld;
let uln: string;

async function plr(...argv: readonly string[]): Promise<string> {
  return expectDone(await world.plr(argv.map((word) => (word === 'ULN' ? uln : word)))).stdout;
}

function publish(notice: unknown, ...options: readonly string[]) {
  const stdin = JSON.stringify(notice);
  return world.plr(['notice', 'publish', '--input', '-', ...options], { stdin });
}

async function published(notice: unknown, ...options: readonly string[]): Promise<string> {
  return expectDone(await publish(notice, ...options)).stdout;
}

/** What mandatory options, and those that a command cannot do without, are given. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  '--basis': ['recorded-in-error'],
};
const ALSO: Readonly<Record<string, readonly string[]>> = {
  diff: ['--from-at-version', '1'],
  'retention deceased': ['--date', '2026-01-01'],
  'sensitive quarantine': ['--achievement', 'A-1', '--submitted-by', '10000003'],
};
/** What only sources do is refused to a learner before the ledger is opened. */
const OF_SOURCES = ['record', 'confirm', 'correct', 'withdraw', 'reinstate', 'amend'];

/** Every command line about a learner that a learner can give, but for those about the notice. */
function learnersCommands(): readonly (readonly string[])[] {
  const stream = new PassThrough();
  const io = { environment: {}, stdin: stream, stdout: stream, stderr: stream };
  const context = createContext({
    ...io,
    clock: world.time.clock,
    newId: () => '',
    signal: new AbortController().signal,
  });
  const found: string[][] = [];
  const visit = (command: Command, path: readonly string[]): void => {
    for (const sub of command.commands) {
      visit(sub, [...path, sub.name()]);
    }
    const [first = ''] = path;
    const isAboutLearner = command.registeredArguments[0]?.name() === 'uln';
    const canAct = command.options.some(({ long }) => long === '--as');
    if (isAboutLearner && canAct && first !== 'notice' && !OF_SOURCES.includes(first)) {
      const mandatory = command.options.filter((option) => option.mandatory);
      const options = mandatory.flatMap(({ long, argChoices }) => [
        long ?? '',
        ...(long === '--superseded' ? [uln] : (GIVEN[long ?? ''] ?? [argChoices?.[0] ?? 'X-1'])),
      ]);
      const others = command.registeredArguments.slice(1).map(() => uln);
      found.push([...path, uln, ...others, ...options, ...(ALSO[path.join(' ')] ?? [])]);
    }
  };
  visit(
    createProgram(context, () => undefined),
    [],
  );
  return found;
}

beforeEach(async () => {
  world = await createLedgerWorld();
  uln = await register(world);
});

describe('publishing', () => {
  test('numbers notices, and says which is in force on a date', async () => {
    expect(await published(NOTICE)).toBe('Published as notice 1\n');
    expect(await published({ ...NOTICE, effectiveDate: '2026-10-01' })).toBe(
      'Published as notice 2\n',
    );
    expect(await plr('notice', 'list')).toMatch(
      /^1 {2}in force from 2026-09-01, published 2026-09-01/,
    );
    expect(await plr('notice', 'show')).toContain('(Privacy notice 1,');
    expect(await plr('notice', 'show', '--on', '2026-10-01', '--language', 'cy')).toBe(
      'Title cy\n\nShort cy\n\nExtended cy\n\n(Privacy notice 2, in force from 2026-10-01.)\n',
    );
  });

  test('the same again, or the same command, publishes nothing', async () => {
    const id = ['--command-id', '00000000-0000-4000-8000-000000000001'];
    await published(NOTICE, ...id);
    expect(await published(NOTICE)).toBe('Published before as notice 1\n');
    await published({ ...NOTICE, effectiveDate: '2026-10-01' });
    expect(await published(NOTICE, ...id)).toBe('Published before as notice 1\n');
    expect((await plr('notice', 'list', '--ndjson')).trim().split('\n')).toHaveLength(2);
  });

  test('without a language is refused', async () => {
    const run = await publish({ ...NOTICE, texts: { en: text('en') } });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/ERR_INPUT_INVALID texts\.cy: expected an object, found nothing/);
  });

  test('is for the keeper', async () => {
    const run = await publish(NOTICE, '--as', 'other@10000001');
    expect({ code: run.code, said: run.stderr }).toEqual({
      code: 5,
      said: expect.stringMatching(/ERR_NOT_PERMITTED/),
    });
  });

  test('nothing yet is said so', async () => {
    expect(await plr('notice', 'list')).toBe('No notice is published.\n');
    const { code, stdout } = await world.plr(['notice', 'show']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'No notice is in force.\n' });
  });
});

describe('a learner who looks at their record', () => {
  const asLearner = ['--as', 'learner'];

  test('is shown the notice first until they acknowledge it, and the ledger knows', async () => {
    await published(NOTICE);
    for (const _ of ['once', 'again']) {
      const shown = await plr('show', 'ULN', ...asLearner);
      expect(shown).toMatch(/^Title en\n\nShort en\n/);
      expect(shown).toContain('Personal Learning Record');
    }
    await plr('notice', 'acknowledge', 'ULN', ...asLearner);
    expect(await plr('show', 'ULN', ...asLearner)).toMatch(/^Personal Learning Record/);
    const status = (await plr('notice', 'status', 'ULN')).trim().split('\n');
    expect(status.map((line) => line.split('  ').slice(1).join(' '))).toEqual([
      'notice 1 (en) shown by the service',
      'notice 1 (en) acknowledged by the learner',
    ]);
  });

  test('is shown it in Welsh', async () => {
    await published(NOTICE);
    const shown = await plr('show', 'ULN', ...asLearner, '--language', 'cy');
    expect(shown).toMatch(/^Title cy/);
    await plr('notice', 'acknowledge', 'ULN', ...asLearner, '--language', 'cy');
  });

  test('is shown the next notice when it comes into force', async () => {
    await published(NOTICE);
    await plr('show', 'ULN', ...asLearner);
    await plr('notice', 'acknowledge', 'ULN', ...asLearner);
    await published({ ...NOTICE, effectiveDate: '2026-10-01' });
    expect(await plr('show', 'ULN', ...asLearner)).toMatch(/^Personal Learning Record/);
    world.time.set('2026-10-01T00:00:00.000Z');
    expect(await plr('show', 'ULN', ...asLearner)).toMatch(/^Title en/);
  });

  test('is shown it first by every command about a learner, whatever it does', async () => {
    await published(NOTICE);
    const commands = learnersCommands();
    expect(commands.length).toBeGreaterThan(20);
    const untold: string[] = [];
    for (const argv of commands) {
      const { stdout } = await world.plr([...argv, ...asLearner]);
      untold.push(...(stdout.startsWith('Title en\n\nShort en\n') ? [] : [argv.join(' ')]));
    }
    expect(untold).toEqual([]);
  });

  test('gets JSON alone on standard output, and the notice beside it', async () => {
    await published(NOTICE);
    const { stdout, stderr } = await world.plr(['show', uln, ...asLearner, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ uln });
    expect(stderr).toMatch(/^Title en/);
  });

  test('is told nothing where no notice is in force, and others never are', async () => {
    expect(await plr('show', 'ULN', ...asLearner)).toMatch(/^Personal Learning Record/);
    await published(NOTICE);
    expect(await plr('show', 'ULN')).toMatch(/^Personal Learning Record/);
    expect(await plr('notice', 'status', 'ULN')).toBe('No notice was shown.\n');
  });
});

describe('an organisation', () => {
  test('records that it gave the notice, once', async () => {
    await published(NOTICE);
    const given = ['notice', 'given', 'ULN', '--as', 'exams@10000002', '--notice', '1'];
    expect(await plr(...given)).toMatch(/^Recorded 1 event/);
    expect(await plr(...given)).toMatch(/^Nothing to record/);
    expect(await plr('notice', 'status', 'ULN')).toMatch(/notice 1 \(en\) {2}shown by 10000002/);
  });
});

test.each([
  ['giving one that there is not', 'ERR_NOTICE_NOT_FOUND', 3, ['given', '--notice', '7']],
  ['giving one where none is in force', 'ERR_NOTICE_NOT_FOUND', 3, ['given']],
  ['acknowledging none', 'ERR_NOTICE_NOT_FOUND', 3, ['acknowledge', '--as', 'learner']],
  ['a number that is none', 'ERR_INPUT_INVALID', 2, ['given', '--notice', 'one']],
])('%s is refused: %s', async (_, refusal, code, [name = '', ...options]) => {
  const run = await world.plr(['notice', name, uln, ...options]);
  expect(run.code).toBe(code);
  expect(run.stderr).toContain(refusal);
  expect(run.stderr).not.toMatch(PERSONAL);
});

test('acknowledging before it was shown is refused', async () => {
  await published(NOTICE);
  const run = await world.plr(['notice', 'acknowledge', uln, '--as', 'learner']);
  expect({ code: run.code, said: run.stderr }).toEqual({
    code: 1,
    said: expect.stringMatching(/ERR_NOTICE_NOT_SHOWN/),
  });
});
