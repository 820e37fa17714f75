import { copyFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KeptView, TableNames } from '../../../projections/kept/keptView.js';
import { createRebuilding } from '../../../projections/kept/rebuild.js';
import { createRunner, type Runner } from '../../../projections/kept/runner.js';
import type { EventSource, LogEntry } from '../../../projections/kept/source.js';
import { keptViews } from '../../../projections/views/all.js';
import { challenges } from '../../../projections/views/challenges.js';
import { statistics } from '../../../projections/views/statistics.js';
import { createEventSource } from '../../../src/keptViews/eventSource.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import { achieve, createWorld, type World, type WorldLearner } from '../world.js';

const ALL = { subjectCode: null, submittedBy: null, year: null };
const SEARCH = { familyName: 'Synthetic', dateOfBirth: '2003-04-17' };

/** A world whose statistics know of three achievements. */
async function createCounted(): Promise<World & { readonly learner: WorldLearner }> {
  const world = await createWorld();
  const learner = await world.register();
  for (const id of ['A-1', 'A-2', 'A-3']) {
    await achieve(world.ledger, learner, id);
  }
  expect(await counted(world.ledger)).toBe(3);
  return { ...world, learner };
}

async function counted(ledger: Ledger): Promise<number> {
  return (await ledger.statistics(ALL)).reduce((sum, { final }) => sum + final, 0);
}

function countOf({ parts }: Ledger): unknown {
  return parts.runner.peek(statistics, (database, names) =>
    database
      .prepare(`SELECT sum(final) FROM ${names('totals')}`)
      .pluck()
      .get(),
  );
}

function sourceOf({ parts: { store, vault, journal, orders } }: Ledger): EventSource {
  return createEventSource(store, journal, orders, vault);
}

/** A runner of the same views by other rules or from another source. */
function otherRunner(
  ledger: Ledger,
  change: { readonly view?: KeptView; readonly source?: Partial<EventSource> },
): Runner {
  const source = { ...sourceOf(ledger), ...change.source };
  return createRunner(ledger.parts.views, source, change.view ? [change.view] : keptViews);
}

function placeOf({ parts }: Ledger, view: KeptView = statistics) {
  return parts.runner.generations.get(view, 'active')?.position;
}

describe('a read', () => {
  test('knows of what was written before it, by this process or another', async () => {
    const { ledger, openAgain, register } = await createWorld();
    const other = await openAgain();
    for (const name of ['One', 'Two', 'Three']) {
      const { uln } = await register({ givenName: name });
      for (const reader of [ledger, other]) {
        const found = await reader.find({ givenName: name, ...SEARCH });
        expect(found).toMatchObject({ kind: 'possible', candidates: [{ learner: { uln } }] });
      }
    }
  });

  test('of more events than a batch holds takes them all in', async () => {
    const { ledger, registerMany } = await createWorld();
    await registerMany(1300);
    const found = await Promise.all(
      ['Given1', 'Given1300'].map((givenName) => ledger.find({ givenName, ...SEARCH })),
    );
    expect(found.map(({ kind }) => kind)).toEqual(['possible', 'possible']);
    expect(placeOf(ledger, keptViews[0])).toBe((await ledger.parts.store.head())?.position);
  });

  test('that fails in the middle of writing leaves neither rows nor checkpoint', async () => {
    const { ledger, learner } = await createCounted();
    const before = placeOf(ledger);
    const { database } = ledger.parts.views;
    const tables = ledger.parts.runner.generations.get(statistics, 'active')?.tables;
    database.exec(
      `CREATE TRIGGER fault BEFORE UPDATE ON statistics_${tables}_totals WHEN new.final = 5
       BEGIN SELECT raise(ABORT, 'a fault'); END`,
    );
    await achieve(ledger, learner, 'A-4');
    await achieve(ledger, learner, 'A-5');
    await expect(counted(ledger)).rejects.toThrow('a fault');
    expect([countOf(ledger), placeOf(ledger)]).toEqual([3, before]);
    database.exec('DROP TRIGGER fault');
    expect(await counted(ledger)).toBe(5);
  });
});

describe('two processes on the same views', () => {
  test('count nothing twice and lose nothing while they read, write and rebuild', async () => {
    const { ledger, learner, openAgain } = await createCounted();
    const both = [ledger, await openAgain()] as const;
    let recorded = 3;
    for (let round = 0; round < 12; round += 1) {
      const results = await Promise.allSettled([
        ...both.map((one) => one.projections.rebuild('statistics')),
        ...both.map((one, index) => achieve(one, learner, `B-${round}-${index}`)),
        ...both.flatMap((one) => [counted(one), counted(one)]),
      ]);
      recorded += 2;
      const refusals = results.filter(({ status }) => status === 'rejected');
      // Of two that make one generation together, one switches to it.
      expect(refusals.slice(0, -1)).toEqual([]);
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ reason: { code: 'ERR_VIEW_GENERATION' } });
      }
      expect([await counted(both[0]), await counted(both[1])]).toEqual([recorded, recorded]);
    }
    expect((await ledger.projections.verify('statistics')).differing).toBe(0);
  });

  test('bring a view up to date although one of them is always first', async () => {
    const { ledger, registerMany } = await createWorld();
    await registerMany(1100);
    const source = sourceOf(ledger);
    const log: LogEntry[] = [];
    for await (const entry of source.entries(null, null)) {
      log.push(entry);
    }
    const { runner } = ledger.parts;
    runner.generations.create(challenges, 'building');
    const entries: EventSource['entries'] = async function* (after) {
      const next = log[log.findIndex(({ position }) => position === after) + 1];
      if (next !== undefined) {
        await runner.advance(challenges, 'building', next.position);
        yield next;
      }
    };
    const slow = otherRunner(ledger, { source: { entries } });
    const head = log.at(-1)?.position ?? null;
    await slow.advance(challenges, 'building', head);
    expect(runner.generations.get(challenges, 'building')?.position).toBe(head);
  });

  test('write nothing that was opened before an erasure and a new generation', async () => {
    const { ledger, learner } = await createCounted();
    const { runner } = ledger.parts;
    const { generations } = runner;
    generations.create(statistics, 'building');
    const source = sourceOf(ledger);
    let isOpen = true;
    const entries: EventSource['entries'] = async function* (after, through) {
      const page: LogEntry[] = [];
      for await (const entry of source.entries(after, through)) {
        const recorded = await entry.open().catch(() => null);
        page.push({ ...entry, open: async () => recorded ?? entry.open() });
      }
      if (isOpen) {
        isOpen = false;
        const order = '00000000-0000-4000-8000-000000000007';
        await runner.applyErasure({
          order,
          stream: learner.stream,
          fields: null,
          on: '2026-01-01T00:00:00.000Z',
        });
        const building = generations.get(statistics, 'building');
        if (building !== null) {
          generations.drop(statistics, building);
          generations.create(statistics, 'building');
        }
      }
      yield* page;
    };
    let opened = 0;
    const counting: EventSource['entries'] = async function* (after, through) {
      opened += 1;
      yield* entries(after, through);
    };
    const slow = otherRunner(ledger, { source: { entries: counting } });
    await slow.advance(statistics, 'building', await source.head());
    // Opened once in vain, once to be written, and once to see that nothing is left.
    expect(opened).toBe(3);
  });
});

describe('a view that cannot go on', () => {
  test('names the event by its position and type, says nothing of its data, and keeps its rows', async () => {
    const { ledger, learner } = await createCounted();
    await achieve(ledger, learner, 'A-4');
    const newest = (await ledger.parts.store.head())?.position;
    const view: KeptView = {
      ...statistics,
      meaningOf: (type) =>
        type === 'AchievementRecorded' ? 'unknown' : statistics.meaningOf(type),
    };
    const error = await otherRunner(ledger, { view })
      .catchUp(view)
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ code: 'ERR_VIEW_STOPPED' });
    expect(String(error)).toContain(`${newest}, AchievementRecorded`);
    expect(String(error)).not.toMatch(/601\/|A-4|Given1/);
    expect(countOf(ledger)).toBe(3);
    expect(await counted(ledger)).toBe(4);
  });

  test('because an event cannot be opened names it and the reason', async () => {
    const { ledger, learner } = await createCounted();
    await achieve(ledger, learner, 'A-4');
    const source = sourceOf(ledger);
    const entries: EventSource['entries'] = async function* (after, through) {
      for await (const entry of source.entries(after, through)) {
        const open = () => Promise.reject(Object.assign(new Error('Given1'), { code: 'ERR_GONE' }));
        yield { ...entry, open };
      }
    };
    const error = await otherRunner(ledger, { source: { entries } })
      .catchUp(statistics)
      .catch((one: unknown) => one);
    expect(String(error)).toMatch(/AchievementRecorded \(ERR_GONE\)$/);
    expect(countOf(ledger)).toBe(3);
  });

  test('because it is of another version says how to make it anew, which repairs it', async () => {
    const { ledger } = await createCounted();
    const view = otherVersion(statistics);
    const runner = otherRunner(ledger, { view });
    await expect(runner.catchUp(view)).rejects.toMatchObject({
      code: 'ERR_VIEW_OUTDATED',
      message: expect.stringContaining('"plr projections rebuild statistics"'),
    });
    const rebuilding = createRebuilding(ledger.parts.views, sourceOf(ledger), runner, [view]);
    expect((await rebuilding.list()).map(({ outdated }) => outdated)).toEqual([true]);
    await rebuilding.rebuild(view);
    await runner.catchUp(view);
    // The rules before this version find theirs retained, and go back to it.
    await expect(ledger.statistics(ALL)).rejects.toMatchObject({ code: 'ERR_VIEW_OUTDATED' });
    await ledger.projections.rollback('statistics');
    expect(await counted(ledger)).toBe(3);
    await ledger.projections.rebuild('statistics');
    expect(await leftOver(ledger)).toEqual([]);
  });

  test('of another version and other tables is emptied by a redaction, which completes', async () => {
    const { ledger, learner } = await createCounted();
    const view = otherVersion(statistics);
    const runner = otherRunner(ledger, { view });
    const order = '00000000-0000-4000-8000-000000000007';
    await runner.applyErasure({
      order,
      stream: learner.stream,
      fields: null,
      on: '2026-01-01T00:00:00.000Z',
    });
    expect(runner.hasApplied({ order, on: '2026-01-01T00:00:00.000Z' })).toBe(true);
    expect(await leftOver(ledger)).toEqual([]);
    expect(runner.generations.get(view, 'active')).toMatchObject({
      version: view.version,
      position: null,
    });
  });
});

/** A view by other rules, whose tables have other names. */
function otherVersion(view: KeptView): KeptView {
  const renamed = (names: TableNames) => (table: string) =>
    names(table === 'streams' ? table : `new_${table}`);
  return {
    ...view,
    version: view.version + 1,
    tables: view.tables.map((table) => ({ ...table, name: `new_${table.name}` })),
    contents: (names) => view.contents(renamed(names)),
    writer: (database, names) => view.writer(database, renamed(names)),
  };
}

/** The tables of the file beside those of views: its own, and the index of who looked at whom. */
const OTHER_TABLES = [
  'published',
  ...['erasures', 'generations'],
  ...['looked_through', 'looks', 'access_days', 'births_tried'],
];

/** The tables that belong to no generation. */
async function leftOver({ parts: { views, runner } }: Ledger): Promise<readonly string[]> {
  const owned = runner.generations.all().map(({ view, tables }) => `${view}_${tables}_`);
  const names = views.database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[];
  return names.filter(
    (name) => !OTHER_TABLES.includes(name) && !owned.some((one) => name.startsWith(one)),
  );
}

describe('views restored', () => {
  test('from an older copy know everything again', async () => {
    const { ledger, places, clock, learner } = await createCounted();
    await ledger.parts.views.forget();
    copyFileSync(places.views, `${places.views}.yesterday`);
    await achieve(ledger, learner, 'A-4');
    expect(await counted(ledger)).toBe(4);
    await ledger.close();
    restore(places.views);
    const again = await openLedger(places, clock.clock);
    expect(await counted(again)).toBe(4);
    expect((await again.projections.verify('statistics')).differing).toBe(0);
    await again.close();
  });

  test('beside an older ledger are refused until they are made anew', async () => {
    const { ledger, places, clock, learner } = await createCounted();
    const file = places.store.slice('sqlite:'.length);
    await ledger.close();
    copyFileSync(file, `${file}.yesterday`);
    const lost = await openLedger(places, clock.clock);
    await achieve(lost, learner, 'A-4');
    expect(await counted(lost)).toBe(4);
    await interruptRebuild(lost);
    await lost.close();
    restore(file);
    const again = await openLedger(places, clock.clock);
    // The register was not asked in the time that is lost: it is of both timelines.
    expect((await again.find({ givenName: 'Given1', ...SEARCH })).kind).toBe('possible');
    for (const id of ['B-1', 'B-2', 'B-3']) {
      await expect(counted(again)).rejects.toMatchObject({ code: 'ERR_VIEW_OUTDATED' });
      await achieve(again, learner, id);
    }
    const statuses = await again.projections.list();
    const states = statuses.filter(({ view }) => view === 'statistics');
    expect(states.map(({ state, outdated }) => [state, outdated])).toEqual([
      ['active', true],
      ['building', true],
    ]);
    await again.projections.rebuild('statistics');
    expect(await counted(again)).toBe(6);
    await expect(again.projections.rollback('statistics')).rejects.toMatchObject({
      code: 'ERR_VIEW_OUTDATED',
    });
    expect(await counted(again)).toBe(6);
    await again.close();
  });
});

/** Leaves a generation behind that was being built. */
async function interruptRebuild(ledger: Ledger): Promise<void> {
  const stop = new AbortController();
  const interrupted = ledger.projections.rebuild('statistics', {
    onProgress: () => stop.abort(),
    signal: stop.signal,
  });
  await expect(interrupted).rejects.toThrow();
}

/** Puts yesterday's copy of a database in its place, as an operator would. */
function restore(path: string): void {
  for (const suffix of ['-wal', '-shm']) {
    rmSync(`${path}${suffix}`, { force: true });
  }
  copyFileSync(`${path}.yesterday`, path);
}
