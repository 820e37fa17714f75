import { execFile, spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createSystemClock } from '../../src/clock.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../src/setting.js';
import { temporaryFolder } from '../support/ledger.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';
import { mergeAndUnmerge } from './mergeAndUnmerge.js';
import type { Pair } from './mergeSubject.js';

const mainOf = (name: string) =>
  fileURLToPath(new URL(`../../dist/test/durability/${name}.js`, import.meta.url));
const MAX_STEPS = 120;
const RACES = 12;
const clock = createSystemClock();

test('a merge and its undoing, killed at every step, are finished by the next opening', async () => {
  const prepared = temporaryFolder();
  const pair = await prepare(prepared);
  const ledger = await openLedger(placesIn(prepared), clock);
  const own = await recordsOf(ledger, pair);
  await ledger.close();
  const seen = new Set<string>();
  let killed = 0;
  for (let step = 1; step <= MAX_STEPS; step += 1) {
    const folder = temporaryFolder();
    cpSync(prepared, folder, { recursive: true });
    const wasKilled = await mergeAndUndo(folder, pair, step);
    seen.add(await expectFinished(folder, pair, own, `killed at step ${step}`));
    await mergeAndUnmerge(folder, pair, () => undefined);
    const last = await expectFinished(folder, pair, own, `again after step ${step}`);
    expect(last).toBe('LearnersMerged LearnersUnmerged | LearnerSuperseded SupersessionEnded');
    rmSync(folder, { recursive: true, force: true });
    if (!wasKilled) {
      break;
    }
    killed += 1;
  }
  expect(killed).toBeGreaterThanOrEqual(16);
  expect(killed).toBeLessThan(MAX_STEPS);
  // It was killed before anything, after the merge and after its undoing, and each was whole.
  expect([...seen].toSorted()).toEqual([
    ' | ',
    'LearnersMerged LearnersUnmerged | LearnerSuperseded SupersessionEnded',
    'LearnersMerged | LearnerSuperseded',
  ]);
});

test('two processes that merge the same pairs the other way round make one master of each', async () => {
  const folder = temporaryFolder();
  const pairs: Pair[] = [await prepare(folder)];
  while (pairs.length < RACES) {
    const ledger = await openLedger(placesIn(folder), clock);
    pairs.push(await registerPair(ledger));
    await ledger.close();
  }
  const turned = pairs.map(([one, other]): Pair => [other, one]);
  const racers = [race(folder, 'one', pairs), race(folder, 'other', turned)];
  await Promise.all(racers.map(({ ready }) => ready));
  for (const { start } of racers) {
    start();
  }
  const [one = [], other = []] = await Promise.all(racers.map(({ states }) => states));
  const ledger = await openLedger(placesIn(folder), clock);
  for (const [index, [a, b]] of pairs.entries()) {
    const found = [(await ledger.resolve(a)).found, (await ledger.resolve(b)).found];
    expect(found[0]).toBe(found[1]);
    const said = [one[index], other[index]].toSorted();
    expect([
      ['ERR_ULN_SUPERSEDED', 'merged'],
      ['cycle', 'merged'],
    ]).toContainEqual(said);
    // Whoever was told that its merge stands is right.
    expect(found[0]).toBe(one[index] === 'merged' ? a : b);
  }
  expect(await ledger.merging.unfinished()).toEqual([]);
  expect((await verifyStreams(ledger.parts, null, () => undefined)).problems).toEqual([]);
  await ledger.close();
});

async function prepare(folder: string): Promise<Pair> {
  await createLedger(placesIn(folder), 'test.invalid/merging', clock);
  const ledger = await openLedger(placesIn(folder), clock);
  const pair = await registerPair(ledger);
  await ledger.close();
  return pair;
}

async function registerPair(ledger: Ledger): Promise<Pair> {
  const register = async (number: number) => {
    const { uln } = await ledger.register(learnerDetails(number), requestOf(REGISTRY, 'registry'));
    await ledger.handle(uln, achievement(`A-${number}`), requestOf(AWARDING, 'awards'));
    return uln;
  };
  return [await register(1), await register(2)];
}

/** Runs merge and undoing in a process that is killed at a step; true when it was, false where there are fewer. */
function mergeAndUndo(folder: string, pair: Pair, killAt: number): Promise<boolean> {
  const args = [mainOf('mergeMain'), folder, JSON.stringify(pair), String(killAt)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, _, stderr) => {
      if (error !== null && error.signal !== 'SIGKILL') {
        reject(new Error(stderr));
      } else {
        resolve(error !== null);
      }
    });
  });
}

/** Opens the ledger, which finishes what was begun, and returns what the two streams hold of it. */
async function expectFinished(
  folder: string,
  pair: Pair,
  own: readonly unknown[],
  when: string,
): Promise<string> {
  const ledger = await openLedger(placesIn(folder), clock);
  expect((await ledger.merging.unfinished()) ?? [], when).toEqual([]);
  const types = await Promise.all(
    pair.map(async (uln) =>
      (await ledger.read(uln))
        .map(({ event }) => event.type)
        .filter((type) => /Merged|Unmerged|Supers/.test(type))
        .join(' '),
    ),
  );
  const told = types.join(' | ');
  const [master, superseded] = pair;
  const { found } = await ledger.resolve(superseded);
  const isMerged = told === 'LearnersMerged | LearnerSuperseded';
  expect(found, when).toBe(isMerged ? master : superseded);
  if (!isMerged) {
    expect(await recordsOf(ledger, pair), when).toEqual(own);
  }
  expect((await verifyStreams(ledger.parts, null, () => undefined)).problems, when).toEqual([]);
  await ledger.close();
  return told;
}

function recordsOf(ledger: Ledger, pair: Pair): Promise<readonly unknown[]> {
  return Promise.all(pair.map((uln) => ledger.record(uln)));
}

function race(folder: string, name: string, pairs: readonly Pair[]) {
  const child = spawn(
    process.execPath,
    [mainOf('mergeRaceMain'), folder, name, JSON.stringify(pairs)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ready = new Promise((resolve) => child.stdout.once('readable', resolve));
  return {
    ready,
    start: () => child.stdin.end('go\n'),
    states: text(child.stdout).then((all) => JSON.parse(all.slice('ready\n'.length)) as string[]),
  };
}
