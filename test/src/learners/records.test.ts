import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRedacted } from '../../../domain/redaction.js';
import { CalendarDate, Instant } from '../../../domain/values/date.js';
import type { MergedPlr } from '../../../projections/live/mergedPlr.js';
import { NOW } from '../../../projections/live/point.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { achieve, amend, createWorld, redact, type WorldLearner } from '../../projections/world.js';
import { createTestClock } from '../../support/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import { decideOnly, merge, supersedeOnly, undoOnly, unmerge } from '../mergeSetting.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../setting.js';

function entriesOf({ qualifications }: MergedPlr) {
  return qualifications.flatMap(({ achievements }) => achievements);
}

function sourcesOf(plr: MergedPlr) {
  return entriesOf(plr).flatMap(({ sources }) =>
    sources.map(({ uln, reference }) => [uln, reference.entryId]),
  );
}

describe('the record of two ULNs of one person', () => {
  test('is the same whichever is asked for, and says which was', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await achieve(ledger, a, 'A-1');
    await achieve(ledger, b, 'B-1');
    const { mergeId } = await merge(ledger, a, b);
    const { incomingUln, foundUln, code, ...record } = await ledger.record(b.uln);
    expect([incomingUln, foundUln, code]).toEqual([b.uln, a.uln, 'WSRC0022']);
    const { incomingUln: asked, foundUln: found, code: none, ...same } = await ledger.record(a.uln);
    expect([asked, found, none]).toEqual([a.uln, a.uln, null]);
    expect(same).toEqual(record);
    expect(record.uln).toBe(a.uln);
    expect(sourcesOf(await ledger.record(a.uln))).toEqual([
      [a.uln, 'A-1'],
      [b.uln, 'B-1'],
    ]);
    expect(record.merging).toMatchObject({
      merged: [{ key: mergeId, uln: b.uln }],
      supersededBy: null,
    });
  });

  test('takes in everything below a master, and what is recorded there later', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    await achieve(ledger, c, 'C-1');
    await merge(ledger, b, c);
    await merge(ledger, a, b);
    await achieve(ledger, c, 'C-2');
    const { merged } = await ledger.readRecord(c.uln);
    expect(merged.map(({ uln, into }) => [uln, into])).toEqual([
      [b.uln, a.uln],
      [c.uln, b.uln],
    ]);
    expect(sourcesOf(await ledger.record(c.uln))).toEqual([
      [c.uln, 'C-1'],
      [c.uln, 'C-2'],
    ]);
  });

  test('as at an instant before the merge is each one’s own; valid at a date before it is one', async () => {
    const { ledger, register, clock } = await createWorld();
    const [a, b] = [await register(), await register()];
    await achieve(ledger, b, 'B-1');
    const before = { ...NOW, asAt: Instant.parse(clock.now()) };
    const own = await ledger.record(b.uln, before);
    clock.advance(86_400_000);
    const { mergeId } = await merge(ledger, a, b);
    const during = { ...NOW, asAt: Instant.parse(clock.now()) };
    clock.advance(86_400_000);
    await unmerge(ledger, a, mergeId);
    expect(await ledger.record(b.uln, before)).toEqual(own);
    expect(own.foundUln).toBe(b.uln);
    expect((await ledger.record(b.uln, during)).foundUln).toBe(a.uln);
    expect((await ledger.record(b.uln)).foundUln).toBe(b.uln);
    await merge(ledger, a, b);
    const then = { ...NOW, validAt: CalendarDate.parse('2022-01-01') };
    const valid = await ledger.record(b.uln, then);
    expect([valid.foundUln, valid.merging.merged.length]).toEqual([a.uln, 1]);
    expect(sourcesOf(valid)).toEqual([[b.uln, 'B-1']]);
  });

  test('at a version is of the stream asked for alone', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    const { foundUln, merging } = await ledger.record(b.uln, { ...NOW, version: 2 });
    expect([foundUln, merging.supersededBy?.master]).toEqual([b.uln, a.uln]);
  });

  test('shows a redacted value of either as redacted', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register({ notes: 'secret' })];
    await merge(ledger, a, b);
    const command = achievement('B-1');
    const { receipt } = await ledger.handle(b.uln, command, requestOf(AWARDING, 'awards'));
    await redact(ledger, b, ['grade'], receipt.eventIds[0]);
    await redact(ledger, b, ['notes']);
    await redact(ledger, a, ['familyName']);
    const record = await ledger.record(b.uln);
    expect(isRedacted(record.details?.familyName)).toBe(true);
    expect(entriesOf(record)[0]?.redactedFields).toEqual(['grade']);
    const own = await ledger.record(b.uln, { ...NOW, version: 3 });
    expect(isRedacted(own.details?.notes)).toBe(true);
  });

  test('can have the reason for the merge redacted, and is still one', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const { receipt } = await merge(ledger, a, b);
    await redact(ledger, a, ['reason'], receipt.eventIds[0]);
    expect((await ledger.resolve(b.uln)).found).toBe(a.uln);
    expect(JSON.stringify(await ledger.read(a.uln))).not.toContain('certificate');
  });
});

const steps = fc.array(
  fc.record({
    on: fc.nat(2),
    what: fc.constantFrom('achieve', 'amend', 'optOut', 'challenge'),
    id: fc.constantFrom('1', '2', '3'),
    by: fc.constantFrom('Pass', 'Merit'),
  }),
  { maxLength: 6 },
);

test('a merge that is undone leaves every ULN with exactly its own', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, steps, async (before, during, after) => {
      const clock = createTestClock('2024-03-01T09:00:00.000Z');
      // The same is done to two ledgers, of which one merges and undoes it.
      const tried = await play(clock, [before, during, after], true);
      const plain = await play(clock, [before, during, after], false);
      // What protected the person stays on both: of all else each has its own.
      expect(tried.map(withoutSharing)).toEqual(plain.map(withoutSharing));
      for (const [index, { sharing }] of plain.entries()) {
        expect(tried[index]?.sharing.optedOut || !sharing.optedOut).toBe(true);
      }
    }),
    { numRuns: 12 },
  );
});

async function play(
  { clock }: ReturnType<typeof createTestClock>,
  [before, during, after]: readonly [Steps, Steps, Steps],
  merging: boolean,
) {
  const ledger = await openMemoryLedger(clock);
  try {
    const all: WorldLearner[] = [];
    for (const number of [1, 2, 3]) {
      const details = learnerDetails(number);
      const { uln, receipt } = await ledger.register(details, requestOf(REGISTRY, 'registry'));
      all.push({ uln, stream: receipt.stream, issued: receipt.eventIds[0] ?? '' });
    }
    const [a, b, c] = all;
    if (a === undefined || b === undefined || c === undefined) {
      throw new Error('three learners were registered');
    }
    await record(ledger, all, before);
    const lower = merging ? (await merge(ledger, b, c)).mergeId : '';
    const upper = merging ? (await merge(ledger, a, b)).mergeId : '';
    await record(ledger, all, during);
    if (merging) {
      await unmerge(ledger, b, lower);
      await unmerge(ledger, a, upper);
    }
    await record(ledger, all, after);
    const records = await Promise.all(all.map(({ uln }) => ledger.record(uln)));
    return nameless(records, all);
  } finally {
    await ledger.close();
  }
}

function withoutSharing({ sharing: _, ...record }: MergedPlr) {
  return record;
}

type Steps = readonly { on: number; what: string; id: string; by: string }[];

async function record(ledger: Ledger, all: readonly WorldLearner[], todo: Steps) {
  for (const { on, what, id, by } of todo) {
    const one = all[on];
    if (one === undefined) {
      continue;
    }
    const request = requestOf(AWARDING, 'awards');
    const commands = {
      achieve: () => ledger.handle(one.uln, achievement(id, by), request),
      amend: () => amend(ledger, one, { familyName: by }),
      optOut: () =>
        ledger.handle(
          one.uln,
          { type: 'SetOptOut', data: { of: 'sharing', route: 'helpdesk' } },
          request,
        ),
      challenge: () =>
        ledger.handle(
          one.uln,
          { type: 'RaiseChallenge', data: { challengeId: id, reason: by } },
          request,
        ),
    };
    // A refusal is the same in both ledgers.
    await commands[what as keyof typeof commands]().catch(() => null);
  }
}

/** The two ledgers issue other ULNs: they are named by their places. */
function nameless<Value>(value: Value, all: readonly WorldLearner[]): Value {
  const text = all.reduce(
    (one, { uln }, index) => one.replaceAll(uln, `ULN ${index}`),
    JSON.stringify(value),
  );
  return JSON.parse(text);
}

describe('a search', () => {
  const asked = (number: number) => {
    const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } =
      learnerDetails(number);
    return { givenName, familyName, dateOfBirth, gender, lastKnownPostCode };
  };
  const of = (answer: Awaited<ReturnType<Ledger['find']>>) =>
    'candidates' in answer
      ? answer.candidates.map(({ learner, linked, stream }) => [learner.uln, linked, stream])
      : [];

  test('that finds a superseded learner answers with the master', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    const answer = await ledger.find(asked(2));
    expect(answer).toMatchObject({ kind: 'linked', code: 'WSRC0022' });
    expect(of(answer)).toEqual([[a.uln, b.uln, a.stream]]);
    expect(answer).toMatchObject({ candidates: [{ learner: { givenName: 'Given1' } }] });
    expect(await ledger.find(asked(1))).toMatchObject({ kind: 'exact' });
  });

  test('that finds both finds one person, as close as the closest', async () => {
    const { ledger, register } = await createWorld();
    const same = { givenName: 'Given2' };
    const [a, b] = [await register(same), await register(same)];
    const { lastKnownPostCode: _, ...vaguely } = asked(2);
    expect(of(await ledger.find(asked(2)))).toHaveLength(2);
    await merge(ledger, a, b);
    expect(await ledger.find(asked(2))).toMatchObject({ kind: 'exact' });
    expect(of(await ledger.find(asked(2)))).toEqual([[a.uln, null, a.stream]]);
    const possible = await ledger.find(vaguely);
    expect([possible.kind, of(possible)]).toEqual(['possible', [[a.uln, null, a.stream]]]);
    await amend(ledger, a, { lastKnownPostCode: 'AB1 2CE' });
    expect(of(await ledger.find(asked(2)))).toEqual([[a.uln, b.uln, a.stream]]);
  });

  test('finds the superseded one itself again once the merge is undone', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const { mergeId } = await merge(ledger, a, b);
    await unmerge(ledger, a, mergeId);
    expect(of(await ledger.find(asked(2)))).toEqual([[b.uln, null, b.stream]]);
  });

  test.each([
    [
      'the same in everything among far too many who are alike',
      {},
      { lastKnownPostCode: 'ZE1 0AA' },
    ],
    [
      'alike among far too many who are so if mistyped',
      { gender: '2' },
      { familyName: 'Synthetc', lastKnownPostCode: 'ZE1 0AA' },
    ],
  ] as const)('answers with the master of one who is %s', async (_, own, others) => {
    const { ledger, register, registerMany } = await createWorld();
    const [a, b] = [await register({ familyName: 'Another' }), await register(own)];
    await merge(ledger, a, b);
    await registerMany(60, () => ({ givenName: 'Given2', ...others }));
    expect(of(await ledger.find(asked(2)))).toEqual([[a.uln, b.uln, a.stream]]);
  });

  test('among far too many does not look for their masters', async () => {
    const { ledger, registerMany } = await createWorld();
    await registerMany(60, () => ({ givenName: 'Given1' }));
    expect((await ledger.find(asked(1))).kind).toBe('too-many');
  });
});

describe('the changes of ULNs', () => {
  const day = (text: string) => CalendarDate.parse(text);
  const on = (from: string, to = from) => ({ from: day(from), to: day(to) });

  test('are told for the days on which they took effect, with who it was', async () => {
    const { ledger, register, clock } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    clock.set('2024-03-02T09:00:00.000Z');
    const { mergeId } = await merge(ledger, a, b);
    await amend(ledger, b, { familyName: 'Renamed' });
    clock.set('2024-03-03T23:59:59.999Z');
    await unmerge(ledger, a, mergeId);
    clock.set('2024-03-04T00:00:00.000Z');
    const data = { cause: 'duplicate', reason: 'r' } as const;
    const keeper = requestOf(REGISTRY, 'x', { by: { kind: 'keeper' }, user: null });
    await ledger.handle(c.uln, { type: 'RetireUln', data }, keeper);
    const name = (one: WorldLearner, number: number, familyName = 'Synthetic') => ({
      uln: one.uln,
      givenName: `Given${number}`,
      familyName,
      dateOfBirth: '2003-04-17',
    });
    const [master, other] = [name(a, 1), name(b, 2, 'Renamed')];
    const merged = { kind: 'merged', date: '2024-03-02', master, other, cause: null };
    const unmerged = { ...merged, kind: 'unmerged', date: '2024-03-03' };
    const retired = {
      kind: 'retired',
      date: '2024-03-04',
      master: null,
      other: name(c, 3),
      cause: 'duplicate',
    };
    const changes = ledger.merging.changes;
    expect(await changes(on('2024-03-01', '2024-03-31'))).toEqual([merged, unmerged, retired]);
    expect(await changes(on('2024-03-01'))).toEqual([]);
    expect(await changes(on('2024-03-02'))).toEqual([merged]);
    expect(await changes(on('2024-03-03'))).toEqual([unmerged]);
    expect(await changes(on('2024-03-04'))).toEqual([retired]);
  });

  test('leave out what never took effect', async () => {
    const { ledger, register, clock } = await createWorld();
    const [a, b] = [await register(), await register()];
    await decideOnly(ledger, a, b);
    await decideOnly(ledger, b, a);
    await ledger.merging.resume();
    const [c, d] = [await register(), await register()];
    const late = await decideOnly(ledger, c, d);
    await undoOnly(ledger, c, late);
    clock.advance(1000);
    await supersedeOnly(ledger, d, c, late);
    expect((await ledger.resolve(d.uln)).found).toBe(d.uln);
    expect(await ledger.merging.resume()).toEqual([]);
    const changes = await ledger.merging.changes(on('2024-03-01', '2024-03-31'));
    expect(changes.map(({ kind, master }) => [kind, master?.uln])).toEqual([['merged', a.uln]]);
  });
});
