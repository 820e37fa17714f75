import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Cells } from '../../../domain/imports/heldRows.js';
import { isRedacted } from '../../../domain/redaction.js';
import type { Uln } from '../../../domain/values/uln.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import type { HeldPlace } from '../../../src/held/held.js';
import { submitRow } from '../../../src/held/submitting.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import { recordCreation } from '../../../src/ledger/createLedger.js';
import type { Ledger, LedgerPlaces } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import type { Request } from '../../../src/request/request.js';
import { verifyStreams } from '../../../src/upkeep/verify.js';
import { createMemoryStore } from '../../../streams/memory.js';
import {
  countEvents,
  createTestClock,
  openNewLedger,
  requestBy,
  type TestClock,
} from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import {
  ACHIEVEMENT_HEADER,
  achievementRow,
  freshFile,
  importer,
  importRows,
  PARTICIPATION_HEADER,
} from '../imports/files.js';

const SOURCE = importer('10000002');
const HEADER = `${ACHIEVEMENT_HEADER},GivenName,FamilyName,DateOfBirth`;
/** ULNs with the right check digit that no test ledger has issued. */
const UNISSUED = ['1000000000', '1000000043'];
const AMEND = { type: 'AmendLearnerDetails' } as const;
let time: TestClock;
let ledger: Ledger;
let places: LedgerPlaces;

beforeEach(async () => {
  time = createTestClock('2026-09-01T09:00:00.000Z');
  ({ ledger, places } = await openNewLedger(time.clock));
  onTestFinished(() => ledger.close());
});

async function register(number = 1): Promise<Uln> {
  return (await ledger.register(learnerDetails(number), requestBy('10000001'))).uln;
}

/** A row of somebody's achievement, with what the source takes the learner to be called. */
function row(
  uln: string,
  cells: Parameters<typeof achievementRow>[1] = {},
  identity = ',,',
): string {
  return `${achievementRow(uln, cells)},${identity}`;
}

/** Imports a second after whatever was recorded before. */
const importing = (path: string, request = SOURCE, into = ledger) => {
  time.advance(1000);
  return importRows(into, 'achievements', path, request);
};

const waiting = async (into = ledger) =>
  into.held.list({ submittedBy: null, import: null, limit: 10_000 });

/** The only row that waits. */
async function onlyWaiting(): Promise<HeldPlace> {
  const [only, ...more] = await waiting();
  expect([only === undefined, more]).toEqual([false, []]);
  return { import: only?.import ?? '', row: only?.row ?? 0 };
}

const source = (): Request => requestBy('10000002');
const keeper = (): Request => ({ ...source(), by: { kind: 'keeper' }, user: null });
const asSent = { isSame: false };

async function gradesOf(uln: Uln): Promise<readonly unknown[]> {
  const { qualifications } = plrAt(await ledger.read(uln), NOW);
  return qualifications.flatMap(({ achievements }) =>
    achievements.map(({ values }) => values['grade']),
  );
}

async function expectVerified(): Promise<void> {
  const { problems } = await verifyStreams(ledger.parts, null, () => undefined);
  expect(problems).toEqual([]);
  const held = await ledger.projections.verify('held');
  expect(held).toMatchObject({ differing: 0 });
}

describe('a row is held', () => {
  test.each<[string, (uln: string) => string, string]>([
    ['whose ULN was not issued here', () => row('1000000000'), 'ERR_LEARNER_NOT_FOUND'],
    [
      'awarded later than today',
      (uln) => row(uln, { awarded: '2026-09-02' }),
      'ERR_AWARD_DATE_IN_FUTURE',
    ],
    ['of another given name', (uln) => row(uln, {}, 'Robin,,'), 'ERR_IDENTITY_MISMATCH'],
    ['of another family name', (uln) => row(uln, {}, ',Other,'), 'ERR_IDENTITY_MISMATCH'],
    ['of another date of birth', (uln) => row(uln, {}, ',,1999-01-01'), 'ERR_IDENTITY_MISMATCH'],
    [
      'withdrawn for somebody else',
      (uln) => row(uln, { status: 'W' }, 'Robin,,'),
      'ERR_IDENTITY_MISMATCH',
    ],
  ])('%s', async (_, rowOf, code) => {
    const uln = await register();
    const { answers, summary } = await importing(freshFile(HEADER, rowOf(uln)));
    expect(answers[0]).toMatchObject({ Outcome: 'held', Code: code, ULN: '' });
    expect(answers[0]?.Reason).not.toMatch(/Robin|Other|1999|Given1|Synthetic|2003|\d{10}/);
    expect(summary.outcomes['held']).toBe(1);
    expect(await waiting()).toMatchObject([
      { row: 1, kind: 'achievements', submittedBy: '10000002', code },
    ]);
    expect(await gradesOf(uln)).toEqual([]);
    await expectVerified();
  });

  test('with everything it says, and no more of the file', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln), row('1000000000', { grade: 'Zoe\u0308' }, 'A,B,')));
    const place = await onlyWaiting();
    expect(place.row).toBe(2);
    expect(await ledger.held.read(place, source())).toMatchObject({
      state: 'held',
      code: 'ERR_LEARNER_NOT_FOUND',
      kind: 'achievements',
      submittedBy: '10000002',
      cells: {
        ULN: '1000000000',
        Grade: 'Zoe\u0308',
        GivenName: 'A',
        FamilyName: 'B',
        DateOfBirth: '',
      },
    });
    await expectVerified();
  });

  test('of participation as well', async () => {
    const path = freshFile(PARTICIPATION_HEADER, '1000000000,P-1,ILR,601/0143/X,2025-09-08,');
    const { answers } = await importRows(ledger, 'participation', path, SOURCE);
    expect(answers[0]?.Outcome).toBe('held');
    expect(await waiting()).toMatchObject([{ kind: 'participation' }]);
  });

  test('but rejected where its form is wrong, whatever else there is', async () => {
    const { answers } = await importing(freshFile(HEADER, row('1000000000', { credits: 'x' })));
    expect(answers[0]).toMatchObject({ Outcome: 'rejected', Code: 'ERR_INPUT_INVALID' });
    expect(await waiting()).toEqual([]);
  });

  test('or, where it is too long to be kept, rejects itself alone', async () => {
    const uln = await register();
    const long = row('1000000000', { grade: `Pass${'\v'.repeat(120_000)}` });
    const { answers } = await importing(freshFile(HEADER, long, row(uln)));
    expect(answers.map(({ Outcome, Code }) => Outcome + Code)).toEqual([
      'rejectedERR_APPEND_TOO_LARGE',
      'created',
    ]);
  });
});

describe('a held row whose file is imported again', () => {
  test('goes on waiting while nothing has changed, and nothing is recorded', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln), row(uln, { id: 'A-2', awarded: '2027-01-01' }));
    await importing(path);
    await importing(path);
    const before = await countEvents(ledger);
    const { answers } = await importing(path);
    expect(answers.map(({ Outcome }) => Outcome)).toEqual(['unchanged', 'held']);
    expect(await countEvents(ledger)).toBe(before);
  });

  test('is recorded once the date has come', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln, { awarded: '2026-09-02' }));
    await importing(path);
    time.set('2026-09-02T00:00:00.000Z');
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({ Outcome: 'created', ULN: uln });
    expect(await waiting()).toEqual([]);
    expect(await gradesOf(uln)).toEqual(['Pass']);
    await expectVerified();
  });

  test('is recorded once the learner is amended', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln, {}, 'Robin,,'));
    await importing(path);
    const data = { changes: { preferredGivenName: 'Robin' } };
    await ledger.handle(uln, { ...AMEND, data }, requestBy('10000001'));
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({ Outcome: 'created', ULN: uln });
  });

  test('is recorded once its learner is registered', async () => {
    // The ULN that the next registration is given, known in another opening of the same ledger.
    const request = requestBy('10000001');
    const uln = await ulnToBe(request);
    const path = freshFile(HEADER, row(uln, {}, 'Given1,Synthetic,2003-04-17'));
    expect((await importing(path)).answers[0]?.Code).toBe('ERR_LEARNER_NOT_FOUND');
    await ledger.register(learnerDetails(1), request);
    expect((await importing(path)).answers[0]).toMatchObject({ Outcome: 'created', ULN: uln });
    expect(await waiting()).toEqual([]);
    await expectVerified();
  });

  test('waits for the reason that there is now, however often that changes', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln, { awarded: '2026-12-01' }, 'Robin,,'));
    const codes: unknown[] = [];
    for (const givenName of ['Given1', 'Robin', 'Given1', 'Robin']) {
      const data = { changes: { givenName } };
      await ledger.handle(uln, { ...AMEND, data }, requestBy('10000001'));
      const { answers } = await importing(path);
      codes.push([answers[0]?.Code, (await waiting())[0]?.code]);
    }
    const [mismatch, future] = ['ERR_IDENTITY_MISMATCH', 'ERR_AWARD_DATE_IN_FUTURE'];
    expect(codes).toEqual([mismatch, future, mismatch, future].map((code) => [code, code]));
    await expectVerified();
  });

  test('is unchanged once it was released, and what was sent since is not undone', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln, {}, 'Robin,,'));
    await importing(path);
    await ledger.held.release(await onlyWaiting(), source(), { isSame: true });
    await importing(freshFile(HEADER, row(uln, { grade: 'Merit' })));
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({
      Outcome: 'unchanged',
      Code: '',
      Reason: 'recorded from this file before',
      ULN: uln,
    });
    expect(await gradesOf(uln)).toEqual(['Merit']);
  });

  test('is unchanged, not held, where its release had nothing to record', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln)));
    const path = freshFile(HEADER, row(uln, {}, 'Robin,,'));
    await importing(path);
    await ledger.held.release(await onlyWaiting(), source(), { isSame: true });
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({ Outcome: 'unchanged', Code: '', ULN: uln });
    expect(await waiting()).toEqual([]);
  });

  test('stays rejected once it was rejected, also when it could be recorded by now', async () => {
    const uln = await register();
    const path = freshFile(HEADER, row(uln, { awarded: '2026-09-02' }));
    await importing(path);
    await ledger.held.reject(await onlyWaiting(), 'Sent in error', source());
    time.set('2026-09-02T00:00:00.000Z');
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({
      Outcome: 'rejected',
      Code: 'ERR_HELD_ROW_DECIDED',
      Reason: 'the row was held and then rejected',
    });
    expect(await gradesOf(uln)).toEqual([]);
  });

  test('is another row in another file', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, { awarded: '2026-09-02' })));
    await ledger.held.reject(await onlyWaiting(), null, source());
    time.set('2026-09-02T00:00:00.000Z');
    const { answers } = await importing(freshFile(HEADER, row(uln, { awarded: '2026-09-02' })));
    expect(answers[0]?.Outcome).toBe('created');
  });
});

/** The ULN that a registration would be given, found by giving it in a ledger of the same keys. */
async function ulnToBe(request: Request): Promise<Uln> {
  const store = createMemoryStore(ledger.origin);
  const { vault, views, clock } = ledger.parts;
  await recordCreation(store, vault, clock);
  const trial = await assembleLedger({
    store,
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
  return (await trial.register(learnerDetails(1), request)).uln;
}

describe('releasing a held row', () => {
  test.each<[string, () => Request]>([
    ['its source', source],
    ['a colleague', () => ({ ...source(), user: 'staff2' })],
    ['the keeper', keeper],
  ])('records it as its source’s, by %s', async (_, by) => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, { awarded: '2026-09-02' })));
    const place = await onlyWaiting();
    time.set('2026-09-02T00:00:00.000Z');
    expect(await ledger.held.release(place, by(), asSent)).toMatchObject({ outcome: 'created' });
    const recorded = (await ledger.read(uln)).at(-1);
    expect(recorded).toMatchObject({
      organisation: '10000002',
      user: 'staff1',
      event: { type: 'AchievementRecorded', data: { submittedBy: '10000002' } },
    });
    expect(await waiting()).toEqual([]);
    expect((await ledger.held.read(place, keeper())).state).toBe('released');
    await expectVerified();
  });

  test('answers the same the second time, and records nothing', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, { awarded: '2026-09-02' })));
    const place = await onlyWaiting();
    time.set('2026-09-02T00:00:00.000Z');
    await ledger.held.release(place, source(), asSent);
    const before = await countEvents(ledger);
    for (const by of [source(), keeper()]) {
      expect(await ledger.held.release(place, by, asSent)).toMatchObject({ outcome: 'created' });
    }
    expect(await countEvents(ledger)).toBe(before);
  });

  test('the second time does not undo what was sent since, also where the first changed nothing', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln)));
    await importing(freshFile(HEADER, row(uln, {}, 'Robin,,')));
    const place = await onlyWaiting();
    const first = await ledger.held.release(place, source(), { isSame: true });
    expect(first.outcome).toBe('unchanged');
    await importing(freshFile(HEADER, row(uln, { grade: 'Merit' })));
    const second = await ledger.held.release(place, source(), { isSame: true });
    expect(second.outcome).toBe('unchanged');
    expect(await gradesOf(uln)).toEqual(['Merit']);
  });

  test('goes on where it was cut short after recording, also when a later version came since', async () => {
    const uln = await register();
    const file = freshFile(HEADER, row(uln, {}, 'Robin,,'));
    await importing(file);
    const place = await onlyWaiting();
    const { cells, recordedBy } = await ledger.held.read(place, source());
    const cut = { ...source(), commandId: recordedBy };
    const waited = { since: time.now(), isSame: true, heldSinceOf: async () => null };
    // Sound: nobody has redacted the cells.
    await submitRow(ledger, 'achievements', cells as Cells, cut, waited);
    await importing(freshFile(HEADER, row(uln, { grade: 'Merit' })));
    const { outcome } = await ledger.held.release(place, source(), { isSame: true });
    expect(outcome).toBe('created');
    expect((await importing(file)).answers[0]).toMatchObject({ Outcome: 'unchanged' });
    expect(await gradesOf(uln)).toEqual(['Merit']);
    expect(await waiting()).toEqual([]);
  });

  test('ends with the later of two versions that both waited', async () => {
    const uln = await register();
    for (const grade of ['Pass', 'Merit']) {
      await importing(freshFile(HEADER, row(uln, { grade, awarded: '2026-09-02' })));
    }
    time.set('2026-09-02T00:00:00.000Z');
    const outcomes = [];
    for (const { import: stream, row: number } of await waiting()) {
      const place = { import: stream, row: number };
      outcomes.push((await ledger.held.release(place, source(), asSent)).outcome);
    }
    expect(outcomes).toEqual(['created', 'updated']);
    expect(await gradesOf(uln)).toEqual(['Merit']);
    await expectVerified();
  });

  test('is refused while it still cannot be recorded, and the row goes on waiting', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, {}, 'Robin,,')));
    const place = await onlyWaiting();
    await expect(ledger.held.release(place, source(), asSent)).rejects.toMatchObject({
      code: 'ERR_IDENTITY_MISMATCH',
    });
    expect(await onlyWaiting()).toEqual(place);
  });

  test('goes past the names where a person found that the learner is the one meant', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, {}, 'Robin,Other,1999-01-01')));
    const place = await onlyWaiting();
    const { outcome } = await ledger.held.release(place, keeper(), { isSame: true });
    expect(outcome).toBe('created');
    expect(await gradesOf(uln)).toEqual(['Pass']);
    await expectVerified();
  });

  test('does not go past a date that is still to come', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, { awarded: '2026-12-01' }, 'Robin,,')));
    const released = ledger.held.release(await onlyWaiting(), source(), { isSame: true });
    await expect(released).rejects.toMatchObject({ code: 'ERR_AWARD_DATE_IN_FUTURE' });
  });

  test('corrects, promotes or withdraws as the row asks', async () => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, { status: 'P' })));
    await importing(freshFile(HEADER, row(uln, {}, 'Robin,,')));
    const first = await ledger.held.release(await onlyWaiting(), source(), { isSame: true });
    await importing(freshFile(HEADER, row(uln, { status: 'W' }, 'Robin,,')));
    const second = await ledger.held.release(await onlyWaiting(), source(), { isSame: true });
    expect([first.outcome, second.outcome]).toEqual(['promoted', 'withdrawn']);
  });
});

describe('rejecting held rows', () => {
  test('several by one command leaves ids that are each their own', async () => {
    await importing(freshFile(HEADER, ...UNISSUED.map((uln) => row(uln))));
    const request = source();
    for (const { import: stream, row: number } of await waiting()) {
      await ledger.held.reject({ import: stream, row: number }, 'Sent in error', request);
    }
    expect(await waiting()).toEqual([]);
    await expectVerified();
  });

  test('again is harmless, and releasing them then is refused', async () => {
    await importing(freshFile(HEADER, row('1000000000')));
    const place = await onlyWaiting();
    await ledger.held.reject(place, null, source());
    const before = await countEvents(ledger);
    await ledger.held.reject(place, null, keeper());
    expect(await countEvents(ledger)).toBe(before);
    await expect(ledger.held.release(place, source(), asSent)).rejects.toMatchObject({
      code: 'ERR_HELD_ROW_DECIDED',
    });
    expect((await ledger.held.read(place, source())).state).toBe('rejected');
  });
});

describe('another organisation', () => {
  const stranger = () => requestBy('10000009');
  const learner = (): Request => ({ ...stranger(), by: { kind: 'learner' }, user: null });

  test.each<[string, (place: HeldPlace, by: Request) => Promise<unknown>]>([
    ['read', (place, by) => ledger.held.read(place, by)],
    ['release', (place, by) => ledger.held.release(place, by, { isSame: true })],
    ['reject', (place, by) => ledger.held.reject(place, null, by)],
  ])('can not %s a row, nor learn whether there is one', async (_, act) => {
    const uln = await register();
    await importing(freshFile(HEADER, row(uln, {}, 'Robin,,')));
    const place = await onlyWaiting();
    for (const by of [stranger(), learner()]) {
      for (const asked of [place, { ...place, row: 2 }, { ...place, import: 'import-1none-1' }]) {
        await expect(act(asked, by)).rejects.toMatchObject({ code: 'ERR_NOT_SUBMITTER' });
      }
    }
    expect(await onlyWaiting()).toEqual(place);
    expect(await gradesOf(uln)).toEqual([]);
  });

  test('that sends the same file has held rows of its own', async () => {
    const path = freshFile(HEADER, row('1000000000'));
    await importing(path);
    await importing(path, importer('10000009'));
    const sources = (await waiting()).map(({ submittedBy }) => submittedBy);
    expect(sources.sort()).toEqual(['10000002', '10000009']);
  });

  test.each(['learner-1aaaaaaaaaaaaaaaaaaaaaaaaaa', 'ledger', 'import', 'import-', 'Import-1a-1'])(
    'and nobody else finds a held row in %s',
    async (stream) => {
      const place = { import: stream, row: 1 };
      await expect(ledger.held.read(place, keeper())).rejects.toMatchObject({
        code: 'ERR_HELD_ROW_NOT_FOUND',
      });
    },
  );
});

describe('many held rows', () => {
  const ROWS = 1100;

  test('go into several streams, each with its own part of the file', async () => {
    const rows = Array.from({ length: ROWS }, (_, index) =>
      row('1000000000', { id: `A-${index}` }),
    );
    const path = freshFile(HEADER, ...rows);
    const { summary } = await importing(path);
    expect(summary.outcomes['held']).toBe(ROWS);
    const all = await waiting();
    expect(all.map(({ row: number }) => number).sort((a, b) => a - b)).toEqual(
      rows.map((_, index) => index + 1),
    );
    const streams = new Map<string, number[]>();
    for (const { import: stream, row: number } of all) {
      streams.set(stream, [...(streams.get(stream) ?? []), number]);
    }
    const sizes = [...streams.values()].map((numbers) => numbers.length);
    expect(sizes.sort((a, b) => b - a)).toEqual([500, 500, 100]);
    for (const numbers of streams.values()) {
      expect(Math.max(...numbers) - Math.min(...numbers)).toBeLessThan(500);
    }
    const { answers } = await importing(path);
    expect(answers.filter(({ Outcome }) => Outcome === 'held')).toHaveLength(ROWS);
    expect(await waiting()).toHaveLength(ROWS);
    await expectVerified();
  });
});

describe('the list of held rows', () => {
  test('is of one source, of one import, and no longer than asked for; the oldest first', async () => {
    const other = importer('10000003');
    await importing(freshFile(HEADER, row('1000000000'), row('1000000043')));
    time.advance(60_000);
    await importing(freshFile(HEADER, row('1000000000')), other);
    const all = await waiting();
    expect(all.map(({ submittedBy, row: number }) => `${submittedBy} ${number}`)).toEqual([
      '10000002 1',
      '10000002 2',
      '10000003 1',
    ]);
    const { list } = ledger.held;
    const query = { submittedBy: null, import: null, limit: 10 };
    expect(await list({ ...query, submittedBy: '10000003' })).toEqual(all.slice(2));
    expect(await list({ ...query, import: all[0]?.import ?? '' })).toEqual(all.slice(0, 2));
    expect(await list({ ...query, limit: 1 })).toEqual(all.slice(0, 1));
    expect(JSON.stringify(all)).not.toMatch(/10000000(00|43)/);
  });
});

describe('two processes that import the same file at the same time', () => {
  test('double nothing and lose no held row', async () => {
    const uln = await register();
    const rows = Array.from({ length: 120 }, (_, index) =>
      index % 3 === 0
        ? row(index % 2 === 0 ? '1000000000' : '1000000043', { id: `A-${index}` })
        : row(uln, { id: `A-${index}` }),
    );
    const path = freshFile(HEADER, ...rows);
    const other = await openLedger(places, time.clock);
    onTestFinished(() => other.close());
    const both = await Promise.all([
      importing(path),
      importRows(other, 'achievements', path, SOURCE, undefined, `${path}.other.csv`),
    ]);
    for (const { answers } of both) {
      expect(answers.map(({ Outcome }) => Outcome === 'held')).toEqual(
        rows.map((_, index) => index % 3 === 0),
      );
      expect(answers.filter(({ Outcome }) => Outcome === 'rejected')).toEqual([]);
    }
    expect((await gradesOf(uln)).length).toBe(80);
    for (const one of [ledger, other]) {
      expect(await waiting(one)).toHaveLength(40);
    }
    const types: string[] = [];
    for await (const { type } of ledger.parts.store.readAll()) {
      types.push(type);
    }
    expect(types.filter((type) => type === 'ImportStarted')).toHaveLength(1);
    expect(types.filter((type) => type === 'RowHeld')).toHaveLength(40);
    await expectVerified();
  });

  test('and write their answers to the same file leave one whole result, and one is told', async () => {
    const uln = await register();
    const rows = Array.from({ length: 100 }, (_, index) => row(uln, { id: `A-${index}` }));
    const path = freshFile(HEADER, ...rows);
    const other = await openLedger(places, time.clock);
    onTestFinished(() => other.close());
    const both = await Promise.allSettled([importing(path), importing(path, SOURCE, other)]);
    const failed = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(failed).toEqual([expect.stringMatching(/expected one import at a time|EEXIST/)]);
    const lines = readFileSync(`${path}.result.csv`, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + rows.length);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('a row that another process rejects meanwhile is not recorded', async () => {
    const uln = await register();
    const path = freshFile(
      HEADER,
      row('1000000000'),
      ...Array.from({ length: 300 }, (_, index) => row(uln, { id: `A-${index}` })),
      row(uln, { id: 'A-last', awarded: '2026-09-02' }),
    );
    await importing(path);
    time.set('2026-09-02T00:00:00.000Z');
    const other = await openLedger(places, time.clock);
    onTestFinished(() => other.close());
    const place = { import: (await waiting())[0]?.import ?? '', row: 302 };
    let handled = 0;
    // Rejected when the block has been read long ago and the row's turn has not come yet.
    const handle: Ledger['handle'] = async (...asked) => {
      handled += 1;
      if (handled === 100) {
        await other.held.reject(place, null, requestBy('10000002'));
      }
      return ledger.handle(...asked);
    };
    const { answers } = await importRows({ ...ledger, handle }, 'achievements', path, SOURCE);
    expect(answers.at(-1)).toMatchObject({ Outcome: 'rejected', Code: 'ERR_HELD_ROW_DECIDED' });
    expect(await gradesOf(uln)).toHaveLength(300);
  });
});

describe('a held row of which the cells are redacted', () => {
  const CANARY = 'Canary-7f3a';

  /** Holds two rows of the same cells, redacts the first and returns both. */
  async function redacted() {
    const uln = await register();
    const said = row(uln, { awarded: '2026-09-02' }, `${CANARY},,`);
    const path = freshFile(HEADER, said, row('1000000000'));
    await importing(path);
    const rows = await waiting();
    const place = { import: rows[0]?.import ?? '', row: 1 };
    const { eventId } = await ledger.held.read(place, source());
    const selection = { event: eventId, fields: ['cells'], everywhere: false };
    const officer = (user: string) => ({ ...requestBy('10000001', 'data-protection'), user });
    const { orders } = await ledger.erasure.propose(
      place.import,
      selection,
      'recorded-in-error',
      officer('officer1'),
    );
    for (const order of orders) {
      const { state } = await ledger.erasure.order(order, officer('officer2'));
      expect(state).toBe('completed');
    }
    return { uln, path, place, other: { ...place, row: 2 } };
  }

  test('reads as redacted, says nothing of it in any file, and leaves the other rows alone', async () => {
    const { place, other } = await redacted();
    const read = await ledger.held.read(place, source());
    expect([read.state, isRedacted(read.cells)]).toEqual(['held', true]);
    expect((await ledger.held.read(other, source())).cells).toMatchObject({ ULN: '1000000000' });
    expect(await waiting()).toHaveLength(2);
    const folder = dirname(places.vault);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(`${folder}/${name}`).includes(CANARY), name).toBe(false);
    }
    await expectVerified();
  });

  test('can only be rejected', async () => {
    const { place } = await redacted();
    for (const isSame of [false, true]) {
      await expect(ledger.held.release(place, source(), { isSame })).rejects.toMatchObject({
        code: 'ERR_HELD_ROW_DECIDED',
      });
    }
    await ledger.held.reject(place, null, source());
    expect((await ledger.held.read(place, source())).state).toBe('rejected');
    await expectVerified();
  });

  test.each([
    ['for another reason by now', 'Canary-7f3a'],
    ['that could be recorded by now', 'Canary-7f3a', '2026-09-03T00:00:00.000Z'],
    ['for the same reason', 'Given1'],
  ])('is not brought back by the same file: a row %s', async (_, givenName, now = time.now()) => {
    const { uln, path, place } = await redacted();
    const data = { changes: { givenName } };
    await ledger.handle(uln, { ...AMEND, data }, requestBy('10000001'));
    time.set(now);
    const { answers } = await importing(path);
    expect(answers[0]).toMatchObject({
      Outcome: 'rejected',
      Code: 'ERR_HELD_ROW_DECIDED',
      Reason: 'the row was held and then redacted',
    });
    expect(isRedacted((await ledger.held.read(place, source())).cells)).toBe(true);
    expect(await gradesOf(uln)).toEqual([]);
    await expectVerified();
  });

  test('where two rows of a file say the same, leaves the other, and says that it is there', async () => {
    await importing(freshFile(HEADER, row('1000000000'), row('1000000000')));
    const [first, second] = await waiting();
    const place = { import: first?.import ?? '', row: first?.row ?? 0 };
    const { eventId } = await ledger.held.read(place, source());
    const selection = { event: eventId, fields: ['cells'], everywhere: false };
    const request = requestBy('10000001', 'data-protection');
    const basis = 'recorded-in-error';
    const proposal = await ledger.erasure.propose(place.import, selection, basis, request);
    expect(proposal).toMatchObject({ targets: [{ event: eventId }], leftElsewhere: 1 });
    expect(second?.row).toBe(2);
  });
});
