import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createForgetting } from '../../../projections/kept/forgetting.js';
import type { KeptView } from '../../../projections/kept/keptView.js';
import { keptViews } from '../../../projections/views/all.js';
import { register as registerView } from '../../../projections/views/register.js';
import { createEventSource } from '../../../src/keptViews/eventSource.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import {
  amend,
  createWorld,
  onRefusingEngine,
  onWeakEngine,
  redact,
  type World,
  type WorldLearner,
} from '../world.js';

const LEARNERS = 3000;
const CANARIES = 36;
/** How many rows on either side of a canary's grow. */
const NEIGHBOURS = 6;
const SEARCH = { givenName: 'Canary', dateOfBirth: '2003-04-17' };

/** Which of some texts the files of the views hold anywhere, as they are or in small letters. */
function textsIn({ places }: Pick<World, 'places'>, texts: readonly string[]): readonly string[] {
  const files = ['', '-wal', '-shm']
    .map((suffix) => `${places.views}${suffix}`)
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path).toString('latin1').toLowerCase());
  return texts.filter((text) => files.some((file) => file.includes(text.toLowerCase())));
}

/** A family name of nobody, of letters alone, of 6 to 30 of them. */
function canary(number: number): string {
  const letters = [...String(number + 100)].map((digit) => 'bcdfghjklm'[Number(digit)]).join('');
  return `Qx${letters}z${'y'.repeat(number % 25)}`;
}

/** A made-up name of another length for each number. */
function name(number: number): string {
  return `N${(number * 7919) % 99991}${'o'.repeat((number * 31) % 29)}`;
}

describe('a redacted value', () => {
  test('goes again where the same order is given again after a restore', async () => {
    const { ledger, register } = await createWorld();
    const learner = await register({ familyName: 'Qxrst' });
    await ledger.find({ ...SEARCH, familyName: 'Qxrst' });
    const { runner } = ledger.parts;
    const order = '00000000-0000-4000-8000-000000000001';
    const first = { order, on: '2024-03-01T09:00:00.000Z', stream: learner.stream, fields: null };
    await runner.applyErasure(first);
    const again = { ...first, on: '2024-03-02T09:00:00.000Z' };
    expect([runner.hasApplied(first), runner.hasApplied(again)]).toEqual([true, false]);
  });

  test('is in no byte of the views, whatever became of it and whatever stands around it', async () => {
    const world = await createWorld();
    const { ledger, register, registerMany } = world;
    const learners: WorldLearner[] = [];
    const neighbours: WorldLearner[] = [];
    const details = (number: number) => ({
      givenName: name(number + 1),
      familyName: name(number),
      preferredGivenName: number % 3 === 0 ? name(number + 2) : null,
    });
    for (let number = 0; number < CANARIES; number += 1) {
      const among = Math.ceil(LEARNERS / CANARIES);
      const before = await registerMany(among, (one) => details(number * 100 + one));
      neighbours.push(...before.slice(0, NEIGHBOURS), ...before.slice(-NEIGHBOURS));
      const field = number % 3 === 1 ? 'previousFamilyName' : 'familyName';
      learners.push(await register({ givenName: 'Canary', [field]: canary(number) }));
      if (number % 6 === 0) {
        await ledger.find({ ...SEARCH, familyName: 'Synthetic' });
      }
    }
    await ledger.projections.rebuild('register');
    // Their rows grow, so that those of the canaries have to move to other pages.
    const long = { previousFamilyName: 'o'.repeat(35), familyNameAtAge16: 'e'.repeat(35) };
    await Promise.all(neighbours.map((one) => amend(ledger, one, long)));
    await ledger.find({ ...SEARCH, familyName: 'Synthetic' });
    for (const [number, learner] of learners.entries()) {
      // A third was amended away before, and is only in what the pages kept of it.
      if (number % 3 === 2) {
        await amend(ledger, learner, { familyName: name(number) });
      }
      await amend(ledger, learner, { preferredGivenName: name(number * 3) });
    }
    await ledger.find({ ...SEARCH, familyName: 'Synthetic' });
    await interruptRebuild(ledger);
    const generations = ledger.parts.runner.generations.all();
    expect(generations.filter(({ view }) => view === 'register').map(({ state }) => state)).toEqual(
      ['retained', 'active', 'building'],
    );
    const canaries = learners.map((_, number) => canary(number));
    expect(textsIn(world, canaries).length).toBe(CANARIES);

    for (const [number, learner] of learners.entries()) {
      const field = number % 3 === 1 ? 'previousFamilyName' : 'familyName';
      await redact(ledger, learner, [field]);
      expect(textsIn(world, canaries.slice(0, number + 1))).toEqual([]);
    }
    const states = (await ledger.erasure.status()).map(({ state }) => state);
    expect(states).toEqual(Array(CANARIES).fill('completed'));
    await ledger.projections.rebuild('register');
    expect((await ledger.projections.verify('register')).differing).toBe(0);
    expect(textsIn(world, canaries)).toEqual([]);
  });

  test('finds nobody from the order on, and the rest still does, in every process', async () => {
    const { ledger, openAgain, register } = await createWorld();
    const { uln, ...learner } = await register({ givenName: 'Canary', familyName: 'Qxbcd' });
    const both = [ledger, await openAgain()];
    const byName = { ...SEARCH, familyName: 'Qxbcd' };
    const byPlace = { ...SEARCH, familyName: 'Other', lastKnownPostCode: 'AB1 2CD' };
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('possible');
    }
    await redact(ledger, learner, ['familyName']);
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('none');
      expect(await one.find(byPlace)).toMatchObject({
        kind: 'possible',
        candidates: [{ learner: { uln, familyName: { redacted: true } } }],
      });
    }
  });

  test('finds nobody once it is ordered, although nothing was carried out yet', async () => {
    const { ledger, openAgain, register } = await createWorld();
    const learner = await register({ givenName: 'Canary', familyName: 'Qxbcd' });
    const byName = { ...SEARCH, familyName: 'Qxbcd' };
    const both = [ledger, await openAgain()];
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('possible');
    }
    const refusing = await onRefusingEngine(ledger);
    await expect(redact(refusing, learner, ['familyName'])).rejects.toThrow('refused');
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('none');
    }
  });

  test('finds nobody while its order waits, and is in no byte when it is completed', async () => {
    const world = await createWorld();
    const { ledger, openAgain, register } = world;
    const learner = await register({ givenName: 'Canary', familyName: 'Qxbcd' });
    const byName = { ...SEARCH, familyName: 'Qxbcd' };
    const both = [ledger, await openAgain()];
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('possible');
    }
    await redact(await onWeakEngine(ledger), learner, ['familyName']);
    expect((await ledger.erasure.status())[0]?.state).toBe('ordered');
    for (const one of both) {
      expect((await one.find(byName)).kind).toBe('none');
    }
    await both[1]?.erasure.resume();
    expect((await ledger.erasure.status())[0]?.state).toBe('completed');
    expect(textsIn(world, ['Qxbcd'])).toEqual([]);
  });

  test('put back with an older copy of the views is not served, and goes again', async () => {
    const world = await createWorld();
    const { ledger, places, clock, register } = world;
    const learner = await register({ givenName: 'Canary', familyName: 'Qxbcd' });
    const byName = { ...SEARCH, familyName: 'Qxbcd' };
    await ledger.find(byName);
    ledger.parts.views.forget();
    copyFileSync(places.views, `${places.views}.yesterday`);
    await redact(ledger, learner, ['familyName']);
    await ledger.close();
    copyFileSync(`${places.views}.yesterday`, places.views);
    rmSync(`${places.views}.yesterday`);
    expect(textsIn(world, ['Qxbcd'])).toEqual(['Qxbcd']);
    const again = await openLedger(places, clock.clock);
    expect((await again.find(byName)).kind).toBe('none');
    // While it is still open: closing it would empty the write-ahead log in any case.
    expect(textsIn(world, ['Qxbcd'])).toEqual([]);
    await again.close();
  });
});

describe('a view that cannot fold the stream', () => {
  test('is emptied, which completes the order, and made again by the next read', async () => {
    const world = await createWorld();
    const { ledger, register } = world;
    const learner = await register({ givenName: 'Canary', familyName: 'Qxbcd' });
    await register({ givenName: 'Other' });
    const asked = { ...SEARCH, givenName: 'Other', familyName: 'Synthetic' };
    await ledger.find(asked);
    await ledger.projections.rebuild('challenges');
    const broken: KeptView = {
      ...registerView,
      fold: () => {
        throw new Error('a fault');
      },
    };
    const { store, vault, journal, orders, views, runner } = ledger.parts;
    const source = createEventSource(store, journal, orders, vault);
    const forgetting = createForgetting({
      database: views.database,
      generations: runner.generations,
      source,
      keptViews: keptViews.map((view) => (view === registerView ? broken : view)),
    });
    const [order = ''] = await redact(await onWeakEngine(ledger), learner, ['familyName']);
    await forgetting.applyErasure({
      order,
      stream: learner.stream,
      fields: null,
      on: '2026-01-01T00:00:00.000Z',
    });
    const active = (view: KeptView) => runner.generations.get(view, 'active');
    expect(active(registerView)).toMatchObject({ position: null });
    expect(active(keptViews[1] ?? registerView)?.position).not.toBeNull();
    await ledger.erasure.resume();
    expect((await ledger.erasure.status())[0]?.state).toBe('completed');
    expect(textsIn(world, ['Qxbcd'])).toEqual([]);
    expect((await ledger.find(asked)).kind).toBe('possible');
  });
});

/** Leaves a generation behind that was being built. */
async function interruptRebuild(ledger: Ledger): Promise<void> {
  const stop = new AbortController();
  const interrupted = ledger.projections.rebuild('register', {
    onProgress: ({ done }) => (done ?? 0) >= 2000 && stop.abort(),
    signal: stop.signal,
  });
  await expect(interrupted).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
}
