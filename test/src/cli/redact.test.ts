import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, expectDone, fieldsOf, linesOf, PERSONAL, register } from './world.js';

const ONE = 'officer1@10000009';
const OTHER = 'officer2@10000009';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
});

async function eventOf(uln: string): Promise<string> {
  const [issued] = linesOf(await world.plr(['history', uln, '--ndjson']));
  return String(issued?.['id']);
}

/** Proposes to redact the notes of a new learner. */
async function propose(changes: readonly string[] = []) {
  const uln = await register(world);
  const event = await eventOf(uln);
  const what = ['--event', event, '--field', 'notes', '--basis', 'special-category-data'];
  const run = await world.plr(['redact', 'propose', uln, '--as', ONE, ...what, ...changes]);
  return { uln, event, ...run };
}

async function proposeAndOrder() {
  const proposed = await propose(['--json']);
  const [order] = fieldsOf(expectDone(proposed))['orders'] as string[];
  const run = await world.plr(['redact', 'order', String(order), '--as', OTHER]);
  return { ...run, uln: proposed.uln, order: String(order) };
}

describe('redact propose', () => {
  test('prints the id under which another person can order it', async () => {
    const { code, stdout } = await propose();
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Proposed [0-9a-f-]{36}\n {2}1 field of 1 event\n$/),
    });
  });

  test('hides nothing yet', async () => {
    const { uln } = await propose();
    expect((await world.plr(['show', uln])).stdout).toContain('Prefers letters');
  });

  test('by nobody in person is denied', async () => {
    const uln = await register(world);
    const what = ['--event', await eventOf(uln), '--field', 'notes', '--basis', 'court-order'];
    expect((await world.plr(['redact', 'propose', uln, ...what])).code).toBe(5);
  });

  test.each([
    ['a field that has no value', 'title', 1],
    ['a field that must stay', 'uln', 1],
    ['a field that is not there', 'Sampleton', 1],
  ])('of %s is refused without personal data', async (_, field, code) => {
    const uln = await register(world);
    const what = ['--event', await eventOf(uln), '--field', field, '--basis', 'court-order'];
    const run = await world.plr(['redact', 'propose', uln, '--as', ONE, ...what]);
    expect(run.code).toBe(code);
    expect(run.stderr).not.toMatch(PERSONAL);
  });

  test('of an event of somebody else is wrong usage', async () => {
    const [uln, event] = [await register(world), await eventOf(await register(world))];
    const what = ['--event', event, '--field', 'notes', '--basis', 'court-order'];
    expect((await world.plr(['redact', 'propose', uln, '--as', ONE, ...what])).code).toBe(2);
  });

  test('warns where the same text stands elsewhere', async () => {
    const uln = await register(world, { schoolAtAge16: 'Prefers letters school' });
    const what = ['--event', await eventOf(uln), '--field', 'notes', '--basis', 'court-order'];
    const { stderr } = await world.plr(['redact', 'propose', uln, '--as', ONE, ...what]);
    expect(stderr).toMatch(/^plr: warning: the same text stands in 1 more field; --everywhere/);
  });
});

describe('redact order', () => {
  test('of several proposals is done, and verifies', async () => {
    const orders: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      orders.push(...(fieldsOf(await propose(['--json']))['orders'] as string[]));
    }
    expectDone(await world.plr(['redact', 'order', ...orders, '--as', OTHER]));
    expect((await world.plr(['verify', '--all'])).code).toBe(0);
  });

  test('by another person is carried out at once', async () => {
    const { code, stdout } = await proposeAndOrder();
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('completed') });
  });

  test('by the proposer is denied', async () => {
    const [order] = fieldsOf(await propose(['--json']))['orders'] as string[];
    const run = await world.plr(['redact', 'order', String(order), '--as', ONE]);
    expect(run.code).toBe(5);
  });

  test('of what nobody proposed is not found', async () => {
    const order = '00000000-0000-4000-8000-000000000000';
    expect((await world.plr(['redact', 'order', order, '--as', OTHER])).code).toBe(3);
  });

  test('of what is no id is wrong usage', async () => {
    const { code, stderr } = await world.plr(['redact', 'order', 'Amber', '--as', OTHER]);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('twice is done twice and changes nothing more', async () => {
    const { order } = await proposeAndOrder();
    const before = (await world.plr(['tail'])).stdout;
    const run = await world.plr(['redact', 'order', order, '--as', OTHER]);
    expect({ code: run.code, log: (await world.plr(['tail'])).stdout }).toEqual({
      code: 0,
      log: before,
    });
  });

  test.each([
    ['show', []],
    ['show', ['--json']],
    ['show', ['--at-version', '1']],
    ['history', ['--ndjson']],
    ['replay', ['--ndjson']],
    ['diff', ['--from-at-version', '1', '--json']],
  ])('leaves no trace of the text in %s %j', async (command, options) => {
    const { uln } = await proposeAndOrder();
    const { code, stdout } = await world.plr([command, uln, ...options]);
    expect({ code, isGone: !stdout.includes('Prefers') }).toEqual({ code: 0, isGone: true });
  });

  test('leaves the marker in the record whatever the date', async () => {
    const { uln } = await proposeAndOrder();
    const { stdout } = await world.plr(['show', uln, '--at-version', '1']);
    expect(stdout).toMatch(/Notes +\[redacted 2026-09-01, special-category-data\]/);
  });

  test('leaves a ledger that verifies', async () => {
    await proposeAndOrder();
    expect((await world.plr(['verify', '--all'])).code).toBe(0);
  });
});

describe('redact status', () => {
  test('tells of every redaction as JSON', async () => {
    const { order } = await proposeAndOrder();
    const { stdout } = await world.plr(['redact', 'status', '--json']);
    const statuses = JSON.parse(stdout) as { order: string; state: string }[];
    expect(statuses).toContainEqual(expect.objectContaining({ order, state: 'completed' }));
  });

  test('holds no personal data', async () => {
    await proposeAndOrder();
    const { stdout } = await world.plr(['redact', 'status']);
    expect(stdout).not.toMatch(/Amber|Sampleton|Prefers|2003-04-17/);
  });

  test('of a new ledger says that there are none', async () => {
    const { plr } = await createLedgerWorld();
    expect((await plr(['redact', 'status'])).stdout).toBe('No redactions.\n');
  });
});
