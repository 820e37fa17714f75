import { describe, expect, test } from 'vitest';
import { WAYS_TO_COMPLAIN } from '../../../domain/learner/challenge/complaint.js';
import type { CliWorld } from '../../support/ledger.js';
import { AWARDING, createLedgerWorld, expectDone, PERSONAL, registerWithEntries } from './world.js';

const DAY_MS = 86_400_000;
const ON_IT = ['--achievement', 'A-1', '--submitted-by', '10000003'];

async function createDisputed() {
  const world = await createLedgerWorld();
  const uln = await registerWithEntries(world);
  const plr = async (...argv: readonly string[]) =>
    expectDone(await world.plr(argv.map((word) => (word === 'ULN' ? uln : word)))).stdout;
  await plr(
    ...['challenge', 'raise', 'ULN', '--as', 'learner', '--id', 'C-1', ...ON_IT],
    ...['--reason', 'It was a Merit'],
  );
  return { world, uln, plr };
}

async function listed(world: CliWorld): Promise<string> {
  const { stdout } = expectDone(await world.plr(['challenge', 'list', '--owner', '10000003']));
  return stdout.trim().split('  ').at(-1) ?? '';
}

describe('a challenge from beginning to end', () => {
  test('upheld, it stays in the queue of the source until that corrects the entry', async () => {
    const { world, plr } = await createDisputed();
    expect(await listed(world)).toBe('open');
    await plr('challenge', 'uphold', 'ULN', '--as', AWARDING, '--id', 'C-1');
    expect(await listed(world)).toBe('to correct');
    expect(await plr('show', 'ULN')).toMatch(/DISPUTED \(challenge 1 upheld, to be corrected\)/);
    await plr('correct', 'achievement', 'ULN', '--as', AWARDING, '--id', 'A-1', '--grade', 'Merit');
    expect(await listed(world)).toBe('No challenge waits.');
    const text = await plr('show', 'ULN');
    expect(text).not.toContain('DISPUTED');
    expect(text).toMatch(
      /1 {2}upheld, raised 2026-09-01, decided 2026-09-01, corrected 2026-09-01 on/,
    );
  });

  test('extended, it says so to whoever raised it and in the queue', async () => {
    const { world, plr } = await createDisputed();
    const extend = ['challenge', 'extend', 'ULN', '--as', AWARDING, '--id', 'C-1'];
    await plr(...extend, '--months', '1', '--reason', 'It is in the archive');
    expect(await plr('show', 'ULN')).toMatch(
      /open, raised 2026-09-01, due 2026-11-01 .*takes longer: It is in the archive/,
    );
    expect(await listed(world)).toBe('open, extended');
    world.time.advance(62 * DAY_MS);
    expect(await listed(world)).toBe('open, OVERDUE, extended');
  });

  test('rejected, it names the ways to complain, at once and in the record', async () => {
    const { plr } = await createDisputed();
    const reject = ['challenge', 'reject', 'ULN', '--as', AWARDING, '--id', 'C-1'];
    const answer = await plr(...reject, '--reason', 'The script was read again');
    const text = await plr('show', 'ULN');
    for (const way of WAYS_TO_COMPLAIN) {
      expect(answer).toContain(way);
      expect(text).toContain(way);
    }
  });

  test('rejected and asked for JSON, it answers with JSON alone', async () => {
    const { plr } = await createDisputed();
    const reject = ['challenge', 'reject', 'ULN', '--as', AWARDING, '--id', 'C-1', '--json'];
    expect(JSON.parse(await plr(...reject, '--reason', 'No'))).toMatchObject({ repeated: false });
  });

  test('of the identity, it goes to the keeper and can name the other ULN on standard input', async () => {
    const { world, uln, plr } = await createDisputed();
    const run = await world.plr(
      ['challenge', 'raise', uln, '--as', 'learner', '--identity', '--input', '-'],
      { stdin: JSON.stringify({ reason: 'I have two', duplicateOf: '1000000019' }) },
    );
    expectDone(run);
    expect(await plr('challenge', 'list', '--owner', 'keeper')).toContain('on the identity');
    expect(await plr('show', 'ULN')).toContain('on the identity, also 1000000019: I have two');
  });
});

describe('refusals', () => {
  test.each([
    ['extending twice', 'ERR_CHALLENGE_EXTENDED', 4, 0, '1'],
    ['extending late', 'ERR_CHALLENGE_OVERDUE', 1, 90, '2'],
    ['extending by three months', 'ERR_INPUT_INVALID', 2, 0, '3'],
    ['extending by no number', 'ERR_INPUT_INVALID', 2, 0, 'Amber'],
  ])('%s: %s', async (_, refusal, code, days, months) => {
    const { world, uln, plr } = await createDisputed();
    const extend = ['challenge', 'extend', 'ULN', '--as', AWARDING, '--id', 'C-1', '--reason', 'x'];
    if (days === 0) {
      await plr(...extend);
    }
    world.time.advance(days * DAY_MS);
    const argv = [...extend, '--months', months].map((word) => (word === 'ULN' ? uln : word));
    const run = await world.plr(argv);
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(refusal);
    expect(run.stderr).not.toMatch(PERSONAL);
  });
});
