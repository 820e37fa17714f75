import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../src/ledger/openLedger.js';
import { openStore } from '../../streams/openStore.js';
import { exportSegments } from '../../streams/segments/export.js';
import { all } from '../streams/events.js';
import { startDouble } from '../streams/eventstoredb/double/cluster.js';
import { createTestClock, requestBy, temporaryFolder } from '../support/ledger.js';
import { isNatsMissing, startNatsServer } from '../support/natsServer.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { until } from '../support/until.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const run = promisify(execFile);
const KILLS = 8;
const MAX_MS_BEFORE_KILL = 200;

/** Runs the built command line in a folder, in a process of its own. */
async function plr(cwd: string, argv: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, ...environment };
  try {
    const { stdout } = await run(process.execPath, [MAIN, ...argv], { cwd, env });
    return { code: 0, stdout };
  } catch (error) {
    // Sound: a process that ended with another code than 0 is given as such an error.
    return error as { code: number; stdout: string };
  }
}

/** Starts it and kills it a moment after it wrote something into a folder, unless it has ended before. */
async function kill(cwd: string, argv: readonly string[], folder: string): Promise<void> {
  const before = stateOf(folder);
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until(() => child.exitCode !== null || stateOf(folder) !== before);
  await sleep(Math.random() * MAX_MS_BEFORE_KILL);
  child.kill('SIGKILL');
  await ended;
}

/** The names and sizes of a folder's files. */
function stateOf(folder: string): string {
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
    : [];
  const sizes = names.map((name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return `${name} ${found?.size} ${found?.mtimeMs}`;
  });
  return sizes.join();
}

/** A folder for the ledger's new place: the keys are there, its events are not. */
function newPlaceOf(folder: string): string {
  const place = temporaryFolder();
  cpSync(join(folder, 'keys'), join(place, 'keys'), { recursive: true });
  mkdirSync(join(place, 'data'));
  for (const name of readdirSync(join(folder, 'data')).filter((one) =>
    one.startsWith('vault.db'),
  )) {
    cpSync(join(folder, 'data', name), join(place, 'data', name));
  }
  return place;
}

async function headersIn(url: string): Promise<readonly string[]> {
  const store = await openStore(url);
  const headers = (await all(store.readAll())).map(({ header }) => header);
  await store.close();
  return headers;
}

describe('a ledger that moves house', () => {
  const demo = join(temporaryFolder(), 'demo');
  const segments = join(temporaryFolder(), 'segments');
  let uln = '';
  /** What everybody was answered before it moved. */
  let before = '';

  beforeAll(async () => {
    await plr(temporaryFolder(), ['demo', demo]);
    expect((await plr(demo, ['export', segments, '--segment-events', '20'])).code).toBe(0);
    const [, row = ''] = readFileSync(join(demo, 'learners.csv.result.csv'), 'utf8').split('\n');
    uln = row.split(',')[5] ?? '';
    const old = temporaryFolder();
    cpSync(demo, old, { recursive: true });
    before = withoutMoments(await answers(old, {}));
  });

  /** What everybody who asks is answered, in one text. */
  async function answers(folder: string, environment: Record<string, string>): Promise<string> {
    const asked = [
      ['verify', '--all'],
      ['history', uln],
      ['show', uln],
      ['show', uln, '--as-at', '2021-09-01'],
      ['access', 'looks', uln, '--as', 'learner'],
      ['find', uln],
      ['organisations', 'published'],
      ['merge', 'status'],
    ];
    const printed: string[] = [];
    for (const argv of asked) {
      const { code, stdout } = await plr(folder, argv, environment);
      printed.push(`${argv[0]} ${code}\n${stdout}`);
    }
    return printed.join('\n');
  }

  async function moveTo(environment: Record<string, string>): Promise<void> {
    const place = newPlaceOf(demo);
    expect((await plr(place, ['import', 'ledger', segments], environment)).code).toBe(0);
    expect((await plr(place, ['init'], environment)).code).toBe(0);
    const url = environment['PLR_STORE'] ?? `sqlite:${join(place, 'data', 'ledger.db')}`;
    expect(await headersIn(url)).toEqual(
      await headersIn(`sqlite:${join(demo, 'data', 'ledger.db')}`),
    );
    expect(withoutMoments(await answers(place, environment))).toBe(before);
    expect(before).toContain('verify 0');
  }

  test('answers the same on another SQLite', () => moveTo({}));

  test.skipIf(isNatsMissing)('answers the same on NATS JetStream', async () => {
    const { url } = await startNatsServer();
    await moveTo({ PLR_STORE: `${url}/plr`, PLR_ACCESS: `${url}/plr-access-{year}` });
  });

  test('answers the same on EventStoreDB', async () => {
    const double = await startDouble();
    try {
      await moveTo({
        PLR_STORE: double.url('plr'),
        PLR_ACCESS: double.url('plr-access-{year}'),
      });
    } finally {
      double.stop();
    }
  });

  test('is refused where something else is, with nothing touched', async () => {
    const place = temporaryFolder();
    await plr(place, ['init', '--origin', 'other.invalid']);
    const before = await headersIn(`sqlite:${join(place, 'data', 'ledger.db')}`);
    expect((await plr(place, ['import', 'ledger', segments])).code).toBe(6);
    expect(await headersIn(`sqlite:${join(place, 'data', 'ledger.db')}`)).toEqual(before);
    expect((await plr(place, ['import', 'ledger', place])).code).toBe(3);
  });

  test('is checked without keys, and what is altered is found', async () => {
    expect((await plr(temporaryFolder(), ['export', segments, '--check'])).code).toBe(0);
    const copy = temporaryFolder();
    cpSync(segments, copy, { recursive: true });
    const [name = ''] = readdirSync(join(copy, 'ledger'));
    const path = join(copy, 'ledger', name);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"schema\\":1', '"schema\\":2'));
    expect((await plr(temporaryFolder(), ['export', copy, '--check'])).code).toBe(6);
  });
});

/** Text without the looks of now, which the asking itself makes. */
function withoutMoments(text: string): string {
  const today = new Date().toISOString().slice(0, 10);
  return text
    .split('\n')
    .filter((line) => !line.startsWith(today))
    .join('\n');
}

test('data that is missing without an order that accounts for it is an integrity failure', async () => {
  const folder = temporaryFolder();
  await plr(folder, ['init', '--origin', 'test.invalid/missing']);
  const ledger = await openLedger(
    placesIn(folder),
    createTestClock('2026-09-01T09:00:00.000Z').clock,
  );
  await ledger.register(learnerDetails(1), requestBy('10000001'));
  const [segments, { signal }] = [temporaryFolder(), new AbortController()];
  await exportSegments(ledger.parts.store, join(segments, 'ledger'), {
    segmentEvents: 10,
    isGone: async (_, { key }) => key !== null,
    onProgress: () => undefined,
    signal,
  });
  await ledger.close();
  const place = newPlaceOf(folder);
  expect((await plr(place, ['import', 'ledger', segments])).code).toBe(0);
  await plr(place, ['init']);
  expect((await plr(place, ['verify', '--all'])).code).toBe(6);
});

describe('a ledger with many events', () => {
  const folder = temporaryFolder();
  const canary = `canary${randomUUID()}`;

  beforeAll(async () => {
    const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
    await plr(folder, ['init', '--origin', 'test.invalid/moving']);
    const ledger = await openLedger(placesIn(folder), clock);
    await Promise.all(
      Array.from({ length: 1500 }, (_, number) =>
        ledger.register({ ...learnerDetails(number), notes: canary }, requestBy('10000001')),
      ),
    );
    await ledger.close();
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(`is exported whole, however often that is killed (${KILLS} times)`, async () => {
    const segments = join(temporaryFolder(), 'segments');
    const argv = ['export', segments, '--segment-events', '300'];
    for (let round = 0; round < KILLS; round += 1) {
      await kill(folder, argv, segments);
    }
    expect((await plr(folder, argv)).code).toBe(0);
    expect((await plr(folder, ['export', segments, '--check'])).stdout).toContain('1501 events');
    const text = readdirSync(join(segments, 'ledger')).map((name) =>
      readFileSync(join(segments, 'ledger', name), 'latin1'),
    );
    expect(text.join('')).not.toContain(canary);
  });

  test(`is taken in whole, however often that is killed (${KILLS} times)`, async () => {
    const segments = join(temporaryFolder(), 'segments');
    expect((await plr(folder, ['export', segments])).code).toBe(0);
    const place = newPlaceOf(folder);
    for (let round = 0; round < KILLS; round += 1) {
      await kill(place, ['import', 'ledger', segments], join(place, 'data'));
    }
    expect((await plr(place, ['import', 'ledger', segments])).code).toBe(0);
    expect(await headersIn(`sqlite:${join(place, 'data', 'ledger.db')}`)).toEqual(
      await headersIn(`sqlite:${join(folder, 'data', 'ledger.db')}`),
    );
    expect((await plr(place, ['init'])).code).toBe(0);
    expect((await plr(place, ['verify', '--all'])).code).toBe(0);
  });
});
