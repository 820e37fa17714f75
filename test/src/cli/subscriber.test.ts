import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { isNatsMissing, startNatsServer } from '../../support/natsServer.js';
import {
  ACHIEVEMENT,
  AWARDING,
  COLLEGE,
  createLedgerWorld,
  expectDone,
  linesOf,
  PERSONAL,
  register,
} from './world.js';

const OF_COLLEGE = ['--organisation', '10000002', '--user', 'exams'];
const GUIDANCE = ['--purpose', 'advice-and-guidance'];
const ADD = ['subscriber', 'add', 'college-records', ...OF_COLLEGE, ...GUIDANCE];

describe('plr subscriber', () => {
  let world: CliWorld;
  beforeEach(async () => {
    world = await createLedgerWorld();
  });

  test('registers a service, lists it and removes it', async () => {
    expect((await world.plr(ADD)).stdout).toContain('Registered college-records');
    expect((await world.plr(ADD)).stdout).toContain('Nothing to record');
    const [listed] = linesOf(await world.plr(['subscriber', 'list', '--ndjson']));
    expect(listed).toMatchObject({ subscriber: 'college-records', organisation: '10000002' });
    expectDone(await world.plr(['subscriber', 'remove', 'college-records']));
    const list = await world.plr(['subscriber', 'list']);
    expect(list.stdout).toBe('No subscriber is registered.\n');
  });

  test.each([
    [
      'other terms under its name',
      [...ADD, '--kinds', 'achievement.recorded'],
      4,
      'ERR_SUBSCRIBER_DIFFERS',
    ],
    [
      'an organisation without a user',
      ['subscriber', 'add', 'x', '--organisation', '10000002', ...GUIDANCE],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'an organisation without a purpose',
      ['subscriber', 'add', 'x', ...OF_COLLEGE],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'an unregistered organisation',
      ['subscriber', 'add', 'x', '--organisation', '10009999', '--user', 'a', ...GUIDANCE],
      3,
      'ERR_ORGANISATION_NOT_FOUND',
    ],
    [
      'nobody of the organisation',
      ['subscriber', 'add', 'x', '--organisation', '10000002', '--user', 'a', ...GUIDANCE],
      3,
      'ERR_USER_NOT_FOUND',
    ],
    [
      'the operator as an organisation',
      ['subscriber', 'add', 'x', '--organisation', '10000009', '--user', 'desk', ...GUIDANCE],
      2,
      'ERR_INPUT_INVALID',
    ],
    ['a name with a ULN in it', ['subscriber', 'add', 'a1000000043'], 2, 'ERR_INPUT_INVALID'],
    ['anybody but the keeper', [...ADD, '--as', COLLEGE], 5, 'ERR_NOT_PERMITTED'],
    ['the removal of nobody', ['subscriber', 'remove', 'nobody'], 3, 'ERR_SUBSCRIBER_NOT_FOUND'],
    [
      'a message to nobody',
      ['subscriber', 'fetch', 'nobody', 'plr:event:x'],
      3,
      'ERR_SUBSCRIBER_NOT_FOUND',
    ],
    ['publishing without a bus', ['publish', '--once'], 2, 'ERR_INPUT_INVALID'],
    [
      'a range of nobody',
      ['publish', '--bus', 'nats://127.0.0.1:1', '--after', 'x'],
      2,
      'ERR_INPUT_INVALID',
    ],
  ])('refuses %s', async (_, argv, exit, code) => {
    expectDone(await world.plr(ADD));
    const { code: found, stderr } = await world.plr(argv);
    expect([found, stderr.split(' ')[1]]).toEqual([exit, code]);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test.skipIf(isNatsMissing)('says that a bus is not there', async () => {
    const bus = 'nats://someone:secret@127.0.0.1:1';
    const { code, stderr } = await world.plr(['publish', '--once', '--bus', bus]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('ERR_BUS_FAILED')]);
    expect(stderr).not.toMatch(/someone|secret/);
  });
});

test.skipIf(isNatsMissing)(
  'a college’s service hears of an award, and fetches what it says',
  async () => {
    const [world, broker] = [await createLedgerWorld(), await startNatsServer()];
    expectDone(await world.plr(ADD));
    const uln = await register(world);
    const connect = ['connection', 'establish', uln, '--as', COLLEGE];
    expectDone(await world.plr([...connect, '--kind', 'enrolment', '--evidence-reference', 'E-1']));
    const award = ['record', 'achievement', uln, '--as', AWARDING, '--id', 'A-1', ...ACHIEVEMENT];
    expectDone(await world.plr(award));
    const published = await world.plr(['publish', '--once', '--bus', broker.url]);
    expect(published.stderr).toContain('Sent 2 messages.');

    const script = fileURLToPath(
      new URL('../../../dist/docs/examples/subscribe.js', import.meta.url),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], {
      cwd: world.folder,
      env: { ...process.env, PLR_BUS: broker.url },
    });
    expect(stdout).toBe('sharing.restored\nachievement.recorded\n');
    const [, line = ''] = readFileSync(world.path('to-fetch.txt'), 'utf8').trim().split('\n');
    const [, dataref = ''] = line.split(' ');
    const fetch = ['subscriber', 'fetch', 'college-records', dataref, '--as', COLLEGE];
    const found = expectDone(await world.plr(fetch)).stdout;
    expect(found).toContain(`ULN  ${uln}`);
    expect(found).toContain('grade Pass');

    const looks = await world.plr(['access', 'looks', uln, '--as', 'learner']);
    expect(looks.stdout).toContain('follow by exams@10000002 for advice-and-guidance: message');
    const again = await world.plr(['publish', '--bus', broker.url, '--again', 'college-records']);
    expect(again.stderr).toContain('Sent 2 messages.');
  },
);
