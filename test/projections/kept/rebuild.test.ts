import { describe, expect, test } from 'vitest';
import { createForgetting } from '../../../projections/kept/forgetting.js';
import { createRebuilding } from '../../../projections/kept/rebuild.js';
import { keptViews } from '../../../projections/views/all.js';
import { register } from '../../../projections/views/register.js';
import { createEventSource } from '../../../src/keptViews/eventSource.js';
import type { ViewName } from '../../../src/keptViews/keptViews.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { merge } from '../../src/mergeSetting.js';
import { AWARDING, requestOf } from '../../src/setting.js';
import { achieve, amend, createWorld, redact, type World, type WorldLearner } from '../world.js';

const ALL = { subjectCode: null, submittedBy: null, year: null };
const SEARCH = { familyName: 'Synthetic', dateOfBirth: '2003-04-17' };

/** A world of one learner, an achievement, an open challenge, a report and a row that waits. */
async function createSmall(): Promise<World & { readonly learner: WorldLearner }> {
  const world = await createWorld();
  const { ledger } = world;
  const learner = await world.register();
  await achieve(ledger, learner, 'A-1');
  const data = { challengeId: 'C-1', entry: null, reason: 'A wrong date' };
  await ledger.handle(learner.uln, { type: 'RaiseChallenge', data }, requestOf(AWARDING, 'awards'));
  const report = { reportId: 'R-1', entry: null, reason: 'It says too much' };
  await ledger.handle(
    learner.uln,
    { type: 'ReportSensitive', data: report },
    requestOf(AWARDING, 'awards'),
  );
  const { journal } = ledger.parts;
  const { end } = await journal.read('import-1');
  const held = { row: 1, recordedBy: '00000000-0000-4000-8000-000000000001', cells: {} };
  await journal.append(
    'import-1',
    end,
    [
      { type: 'ImportStarted', data: { kind: 'achievements', submittedBy: AWARDING, rows: 1 } },
      { type: 'RowHeld', data: { ...held, code: 'ERR_LEARNER_NOT_FOUND' } },
    ],
    {
      caller: 'keeper',
      commandId: held.recordedBy,
      correlation: held.recordedBy,
      user: null,
      organisation: null,
      purpose: 'service-operation',
    },
  );
  for (const view of keptViews) {
    await ledger.parts.runner.catchUp(view);
  }
  return { ...world, learner };
}

function stateOf({ parts: { runner } }: Ledger, state: 'active' | 'building' | 'retained') {
  return runner.generations.get(register, state);
}

/** Changes something in the tables of the generation that answers. */
function tamper({ parts: { views, runner } }: Ledger, name: ViewName, sql: string): void {
  const view = keptViews.find((one) => one.name === name);
  const tables = view && runner.generations.get(view, 'active')?.tables;
  const { changes } = views.database.prepare(sql.replace('$', `${name}_${tables}`)).run();
  expect(changes).toBe(1);
}

describe('while a view is made anew', () => {
  test('every answer is complete, in every process', async () => {
    const { ledger, openAgain, registerMany, register: registerOne } = await createWorld();
    await registerMany(3000);
    const learner = await registerOne({ givenName: 'Last' });
    await achieve(ledger, learner, 'A-1');
    const others = [ledger, await openAgain()];
    const asked = { givenName: 'Last', ...SEARCH };
    const expected = [await ledger.find(asked), await ledger.statistics(ALL)];
    const progress: number[] = [];
    let answers = 0;
    let isDone = false;
    const asking = others.map(async (other) => {
      while (!isDone) {
        expect([await other.find(asked), await other.statistics(ALL)]).toEqual(expected);
        answers += 1;
      }
    });
    for (const name of ['register', 'statistics'] as const) {
      await ledger.projections.rebuild(name, {
        onProgress: ({ done }) => progress.push(done ?? 0),
      });
    }
    isDone = true;
    await Promise.all(asking);
    expect(progress).toEqual([1000, 2000, 3000, 3003, 1000, 2000, 3000, 3003]);
    expect(answers).toBeGreaterThanOrEqual(4);
  });

  test('progress is told after every batch, and ends at the total', async () => {
    const { ledger, registerMany } = await createWorld();
    await registerMany(1100);
    const told: (number | null)[][] = [];
    await ledger.projections.rebuild('register', {
      onProgress: ({ done, total }) => told.push([done, total]),
    });
    // The event of the ledger's own making is the first.
    expect(told).toEqual([
      [1000, 1101],
      [1101, 1101],
    ]);
  });

  test('it can be stopped, and goes on from there', async () => {
    const { ledger, openAgain, registerMany } = await createWorld();
    await registerMany(2001);
    await ledger.find({ givenName: 'Given1', ...SEARCH });
    const stop = new AbortController();
    const stopped = ledger.projections.rebuild('register', {
      // As a signal to the process comes: after the batch, in a turn of its own.
      onProgress: () => setImmediate(() => stop.abort()),
      signal: stop.signal,
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    expect(stateOf(ledger, 'active')?.generation).toBe(1);
    const told: (number | null)[] = [];
    const other = await openAgain();
    await other.projections.rebuild('register', { onProgress: ({ done }) => told.push(done) });
    expect(told).toEqual([2000, 2002]);
    expect(stateOf(ledger, 'active')?.generation).toBe(2);
    expect((await ledger.projections.verify('register')).differing).toBe(0);
  });
});

describe('comparing with a generation made anew', () => {
  test('finds nothing in views that are as they should be', async () => {
    const { ledger } = await createSmall();
    const rows = new Map([
      ['held', 3],
      ['reviews', 3],
      ['organisations', 0],
      ['merges', 0],
      ['decidedImports', 1],
    ]);
    for (const { name } of keptViews) {
      const { differing, compared } = await ledger.projections.verify(name as ViewName);
      expect({ name, differing, compared }).toEqual({
        name,
        differing: 0,
        compared: rows.get(name) ?? 2,
      });
    }
  });

  test.each([
    ['register', `UPDATE $_streams SET state = replace(state, 'Given1', 'Given2')`],
    ['register', 'UPDATE $_streams SET version = 7'],
    ['register', `UPDATE $_words SET given = 'given2'`],
    ['register', `UPDATE $_words SET postcode = ''`],
    ['register', 'DELETE FROM $_words'],
    ['register', `INSERT INTO $_streams (stream, version) VALUES ('learner-x', 1)`],
    ['reviews', 'DELETE FROM $_waiting'],
    ['reviews', 'UPDATE $_counts SET count = 7'],
    ['statistics', 'UPDATE $_totals SET final = 2'],
    ['statistics', `INSERT INTO $_totals VALUES ('601/0143/X', 'AO', '10000003', 1999, 1, 0)`],
    ['challenges', `UPDATE $_open SET due = '2030-01-01'`],
    ['challenges', `UPDATE $_open SET content = replace(content, 'keeper', '10000003')`],
    ['challenges', 'DELETE FROM $_open'],
    ['held', `UPDATE $_waiting SET code = 'ERR_IDENTITY_MISMATCH'`],
    ['held', 'DELETE FROM $_waiting'],
    ['held', 'DELETE FROM $_streams'],
    ['retention', 'DELETE FROM $_records'],
    ['decidedImports', 'DELETE FROM $_streams'],
  ] as const)('finds a row of %s that was tampered with: %s', async (name, sql) => {
    const { ledger } = await createSmall();
    tamper(ledger, name, sql);
    const { differing, examples } = await ledger.projections.verify(name);
    expect(differing).toBeGreaterThanOrEqual(1);
    expect(examples).toHaveLength(differing);
    expect(ledger.parts.runner.generations.all().map(({ state }) => state)).toEqual(
      keptViews.map(() => 'active'),
    );
  });

  test.each([
    'UPDATE $_decided SET ended_at = at',
    `UPDATE $_decided SET position = ''`,
    'DELETE FROM $_applied',
    `UPDATE $_retired SET at = ''`,
  ])('finds a row of merges that was tampered with: %s', async (sql) => {
    const { ledger, register: registerOne } = await createWorld();
    const [a, b, c] = [await registerOne(), await registerOne(), await registerOne()];
    await merge(ledger, a, b);
    const data = { cause: 'other', reason: 'Nobody was to be registered.' } as const;
    const keeper = requestOf(AWARDING, 'x', { by: { kind: 'keeper' }, user: null });
    await ledger.handle(c.uln, { type: 'RetireUln', data }, keeper);
    await ledger.merging.list();
    expect((await ledger.projections.verify('merges')).differing).toBe(0);
    tamper(ledger, 'merges', sql);
    expect((await ledger.projections.verify('merges')).differing).toBe(1);
  });

  test('keeps a rebuild from switching where they differ; without it the new one answers', async () => {
    const { ledger } = await createSmall();
    tamper(ledger, 'statistics', 'UPDATE $_totals SET final = 2');
    const { switched, comparison } = await ledger.projections.rebuild('statistics', {
      verify: true,
    });
    expect({ switched, differing: comparison?.differing }).toEqual({
      switched: false,
      differing: 1,
    });
    expect((await ledger.statistics(ALL))[0]?.final).toBe(2);
    expect(await ledger.projections.rebuild('statistics')).toEqual({
      switched: true,
      comparison: null,
    });
    expect((await ledger.statistics(ALL))[0]?.final).toBe(1);
  });
});

describe('going back to the generation before', () => {
  test('and forth again gives the same answers, with what was recorded since', async () => {
    const { ledger, register: registerOne } = await createSmall();
    await ledger.projections.rebuild('register');
    for (const [givenName, generation] of [
      ['One', 1],
      ['Two', 2],
      ['Three', 1],
    ] as const) {
      await registerOne({ givenName });
      await ledger.projections.rollback('register');
      expect(stateOf(ledger, 'active')?.generation).toBe(generation);
      expect((await ledger.find({ givenName, ...SEARCH })).kind).toBe('possible');
    }
  });

  test('is refused where none was retained', async () => {
    const { ledger } = await createSmall();
    await expect(ledger.projections.rollback('register')).rejects.toMatchObject({
      code: 'ERR_VIEW_GENERATION',
    });
  });

  test('is refused after a redaction, which drops it', async () => {
    const { ledger, learner } = await createSmall();
    await ledger.projections.rebuild('register');
    expect(stateOf(ledger, 'retained')).not.toBeNull();
    await redact(ledger, learner, ['familyName']);
    expect(stateOf(ledger, 'retained')).toBeNull();
    await expect(ledger.projections.rollback('register')).rejects.toMatchObject({
      code: 'ERR_VIEW_GENERATION',
    });
  });

  test('is refused where a redaction comes between', async () => {
    const { ledger, learner } = await createSmall();
    await ledger.projections.rebuild('register');
    const { store, vault, journal, orders, views, runner } = ledger.parts;
    const advance: typeof runner.advance = async (...to) => {
      await runner.advance(...to);
      await redact(ledger, learner, ['familyName']);
    };
    const source = createEventSource(store, journal, orders, vault);
    const slow = createRebuilding(views, source, { ...runner, advance }, keptViews);
    await expect(slow.rollback(register)).rejects.toMatchObject({ code: 'ERR_VIEW_GENERATION' });
  });

  test('in the middle of a redaction brings nothing back', async () => {
    const { ledger, learner } = await createSmall();
    await amend(ledger, learner, { familyName: 'Canary' });
    await ledger.projections.rebuild('register');
    const { store, vault, journal, orders, views, runner } = ledger.parts;
    const source = createEventSource(store, journal, orders, vault);
    let isFirst = true;
    const read: typeof source.read = async (stream) => {
      const events = await source.read(stream);
      if (isFirst) {
        isFirst = false;
        await ledger.projections.rollback('register');
      }
      return events.slice(0, 1);
    };
    const slow = createForgetting({
      database: views.database,
      generations: runner.generations,
      source: { ...source, read },
      keptViews,
    });
    const order = '00000000-0000-4000-8000-000000000007';
    await slow.applyErasure({
      order,
      stream: learner.stream,
      fields: null,
      on: '2026-01-01T00:00:00.000Z',
    });
    const active = stateOf(ledger, 'active');
    expect(active?.generation).toBe(1);
    const states = runner.peek(register, (database, names) =>
      database
        .prepare(`SELECT state FROM ${names('streams')}`)
        .pluck()
        .all(),
    );
    expect(JSON.stringify(states)).not.toContain('Canary');
  });
});
