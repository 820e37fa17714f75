import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../domain/learner/retention/policy.js';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { keeperRecording } from '../../../src/request/request.js';
import { achieve, createWorld, type WorldLearner } from '../../projections/world.js';
import { causeOf, decideOnly, merge, undoOnly, unmerge } from '../mergeSetting.js';
import { REGISTRY, requestOf } from '../setting.js';

const keeper = { by: { kind: 'keeper' }, user: null } as const;

async function retire(ledger: Ledger, { uln }: WorldLearner) {
  const data = { cause: 'other', reason: 'Nobody was to be registered.' } as const;
  return ledger.handle(uln, { type: 'RetireUln', data }, requestOf(REGISTRY, 'x', keeper));
}

/** Who answers for each, by their places in the list. */
async function masters(ledger: Ledger, learners: readonly WorldLearner[]) {
  const found = await Promise.all(learners.map(({ uln }) => ledger.resolve(uln)));
  return found.map((one) => learners.findIndex(({ uln }) => uln === one.found));
}

/** The types of a stream's events after the first. */
async function typesOf(ledger: Ledger, { uln }: WorldLearner) {
  return (await ledger.read(uln)).slice(1).map(({ event }) => event.type);
}

describe('a merge', () => {
  test('is recorded in both streams, and the master answers for both', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const outcome = await merge(ledger, a, b);
    expect(outcome).toMatchObject({ state: 'merged', recorded: ['LearnersMerged'], warnings: [] });
    expect(await typesOf(ledger, a)).toEqual(['LearnersMerged']);
    expect(await typesOf(ledger, b)).toEqual(['LearnerSuperseded']);
    expect(await ledger.resolve(b.uln)).toEqual({
      asked: b.uln,
      found: a.uln,
      chain: [b.uln, a.uln],
    });
    expect(await masters(ledger, [a, b])).toEqual([0, 0]);
  });

  test('follows from the decision: both are of one process', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const commandId = randomUUID();
    await merge(ledger, a, b, { commandId });
    const headers: Record<string, unknown>[] = [];
    for await (const { header, type } of ledger.parts.store.readAll()) {
      headers.push(...(type.startsWith('Learner') ? [JSON.parse(header)] : []));
    }
    expect(headers.map(({ type, correlation }) => [type, correlation])).toEqual([
      ['LearnersMerged', commandId],
      ['LearnerSuperseded', commandId],
    ]);
  });

  test('sent again is the same merge, also after it was undone', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const commandId = randomUUID();
    const { mergeId, receipt } = await merge(ledger, a, b, { commandId });
    expect(await merge(ledger, a, b, { commandId })).toMatchObject({
      mergeId,
      receipt,
      repeated: true,
      state: 'merged',
    });
    await unmerge(ledger, a, mergeId);
    const again = await merge(ledger, a, b, { commandId });
    expect(again).toMatchObject({ mergeId, repeated: true, state: 'reversed' });
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
  });

  test('asked for by another command records nothing, and names the merge that stands', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const { mergeId } = await merge(ledger, a, b);
    expect(await merge(ledger, a, b)).toMatchObject({ mergeId, recorded: [], state: 'merged' });
  });

  test('of the same command into two masters is two merges', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c, d] = [await register(), await register(), await register(), await register()];
    const commandId = randomUUID();
    const one = await merge(ledger, a, b, { commandId });
    const other = await merge(ledger, c, d, { commandId });
    expect(one.mergeId).not.toBe(other.mergeId);
    await unmerge(ledger, a, one.mergeId);
    expect(await masters(ledger, [a, b, c, d])).toEqual([0, 1, 2, 2]);
  });

  test('can be undone, and made again', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const { mergeId } = await merge(ledger, a, b);
    expect(await unmerge(ledger, a, mergeId)).toMatchObject({ mergeId, state: 'reversed' });
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
    expect(await typesOf(ledger, b)).toEqual(['LearnerSuperseded', 'SupersessionEnded']);
    expect((await merge(ledger, b, a)).state).toBe('merged');
    expect(await masters(ledger, [a, b])).toEqual([1, 1]);
  });

  test('leaves what is written to the superseded ULN in its stream, and says so', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    const data = { changes: { familyName: 'Changed' } };
    const { receipt, warnings } = await ledger.handle(
      b.uln,
      { type: 'AmendLearnerDetails', data },
      requestOf(REGISTRY, 'registry'),
    );
    expect(receipt.stream).toBe(b.stream);
    expect(warnings).toEqual([expect.stringContaining('WSRC0022')]);
  });
});

describe('a merge is refused', () => {
  test.each<
    [
      string,
      string,
      (ledger: Ledger, all: readonly [WorldLearner, ...WorldLearner[]]) => Promise<unknown>,
    ]
  >([
    ['with itself', 'ERR_MERGE_SELF', (ledger, [a]) => merge(ledger, a, a)],
    [
      'with a ULN that was not issued',
      'ERR_LEARNER_NOT_FOUND',
      (ledger, [a]) => merge(ledger, a, { uln: '1000000043' as typeof a.uln }),
    ],
    [
      'with what is no ULN',
      'ERR_INPUT_INVALID',
      (ledger, [a]) => merge(ledger, a, { uln: '1000000042' as typeof a.uln }),
    ],
    [
      'on a master that is superseded',
      'ERR_ULN_SUPERSEDED',
      async (ledger, [a, b = a, c = a]) => {
        await merge(ledger, b, a);
        await merge(ledger, a, c);
      },
    ],
    [
      'of a ULN that another master answers for',
      'ERR_ULN_SUPERSEDED',
      async (ledger, [a, b = a, c = a]) => {
        await merge(ledger, a, c);
        await merge(ledger, b, c);
      },
    ],
    [
      'on a retired master',
      'ERR_ULN_RETIRED',
      async (ledger, [a, b = a]) => {
        await retire(ledger, a);
        await merge(ledger, a, b);
      },
    ],
    [
      'of a retired ULN',
      'ERR_ULN_RETIRED',
      async (ledger, [a, b = a]) => {
        await retire(ledger, b);
        await merge(ledger, a, b);
      },
    ],
    [
      'to the learner',
      'ERR_NOT_PERMITTED',
      (ledger, [a, b = a]) => merge(ledger, a, b, { by: { kind: 'learner' }, user: null }),
    ],
    [
      'through the door of one stream',
      'ERR_INPUT_INVALID',
      (ledger, [a, b = a]) => {
        const data = { mergeId: randomUUID(), superseded: b.uln, reason: 'r' };
        // A caller without types.
        const command = { type: 'MergeLearner', data } as unknown as LearnerRequest;
        return ledger.handle(a.uln, command, requestOf(REGISTRY, 'x'));
      },
    ],
    [
      'to be undone by an id that it does not have',
      'ERR_MERGE_NOT_FOUND',
      (ledger, [a]) => unmerge(ledger, a, randomUUID()),
    ],
    [
      'to be undone by the learner',
      'ERR_NOT_PERMITTED',
      async (ledger, [a, b = a]) => {
        const { mergeId } = await merge(ledger, a, b);
        await unmerge(ledger, a, mergeId, { by: { kind: 'learner' }, user: null });
      },
    ],
  ])('%s: %s', async (_, code, action) => {
    const { ledger, registerMany } = await createWorld();
    const [a, ...others] = await registerMany(3);
    if (a === undefined) {
      throw new Error('three learners were registered');
    }
    const refused = expect(action(ledger, [a, ...others])).rejects;
    await refused.toMatchObject({ code, message: expect.not.stringMatching(/\d{10}|Given/) });
    // What was recorded is what the test's own steps recorded: nothing is decided and undone again.
    for (const one of [a, ...others]) {
      expect(await typesOf(ledger, one)).not.toContain('LearnersUnmerged');
    }
  });
});

describe('a chain', () => {
  test('of 8 ULNs is answered by the last; a ninth is refused, at either end', async () => {
    const { ledger, registerMany } = await createWorld();
    const all = await registerMany(10);
    const [first, ...rest] = all;
    const [, , , , , , , , ninth = rest[0], tenth = rest[0]] = all;
    for (const [index, one] of all.slice(1, 8).entries()) {
      const below = all[index];
      expect(below && (await merge(ledger, one, below)).state).toBe('merged');
    }
    const top = all[7];
    if (first === undefined || top === undefined || ninth === undefined || tenth === undefined) {
      throw new Error('ten learners were registered');
    }
    expect((await ledger.resolve(first.uln)).chain).toEqual(all.slice(0, 8).map(({ uln }) => uln));
    await expect(merge(ledger, ninth, top)).rejects.toMatchObject({ code: 'ERR_MERGE_TOO_LONG' });
    expect((await merge(ledger, tenth, ninth)).state).toBe('merged');
    await expect(merge(ledger, top, tenth)).resolves.toMatchObject({ state: 'merged' });
    expect(await masters(ledger, all)).toEqual(all.map(() => 7));
  });

  test('that two processes make too long at the same time is cut at the later', async () => {
    const { ledger, registerMany } = await createWorld();
    const all = await registerMany(9);
    const pairs = all.slice(1).map((one, index) => [one, all[index] ?? one] as const);
    const ids: string[] = [];
    // Decided one after the other before any was carried out.
    for (const [master, superseded] of pairs) {
      ids.push(await decideOnly(ledger, master, superseded));
    }
    expect(await ledger.merging.resume()).toEqual([]);
    const causes = await Promise.all(pairs.map(([one], at) => causeOf(ledger, one, ids[at] ?? '')));
    expect(causes).toEqual([...Array(7).fill(null), 'too-long']);
    expect(await masters(ledger, all)).toEqual([...Array(8).fill(7), 8]);
  });
});

describe('merges decided at the same time', () => {
  test('the other way round: the earlier holds, the later is undone and says why', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const earlier = await decideOnly(ledger, a, b);
    const later = await decideOnly(ledger, b, a);
    expect(await ledger.merging.resume()).toEqual([]);
    expect(await causeOf(ledger, a, earlier)).toBeNull();
    expect(await causeOf(ledger, b, later)).toBe('cycle');
    expect(await masters(ledger, [a, b])).toEqual([0, 0]);
  });

  test('in a circle of three: the last is undone', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    const ids = [
      await decideOnly(ledger, a, b),
      await decideOnly(ledger, b, c),
      await decideOnly(ledger, c, a),
    ];
    await ledger.merging.resume();
    const causes = [a, b, c].map((one, at) => causeOf(ledger, one, ids[at] ?? ''));
    expect(await Promise.all(causes)).toEqual([null, null, 'cycle']);
    expect(await masters(ledger, [a, b, c])).toEqual([0, 0, 0]);
  });

  test('of one ULN into two masters: the earlier has it, the later is refused', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    const earlier = await decideOnly(ledger, a, c);
    const later = await decideOnly(ledger, b, c);
    await ledger.merging.resume();
    expect(await causeOf(ledger, a, earlier)).toBeNull();
    expect(await causeOf(ledger, b, later)).toBe('refused');
    expect(await masters(ledger, [a, b, c])).toEqual([0, 1, 0]);
  });

  test('and undone before they are carried out never take effect', async () => {
    const { ledger, register, openAgain } = await createWorld();
    const [a, b] = [await register(), await register()];
    const mergeId = await decideOnly(ledger, a, b);
    const other = await openAgain();
    await unmerge(other, a, mergeId);
    await ledger.merging.resume();
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
    expect(await ledger.merging.unfinished()).toEqual([]);
  });

  test('of a ULN that is retired meanwhile are refused', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const mergeId = await decideOnly(ledger, a, b);
    await retire(ledger, b);
    await ledger.merging.resume();
    expect(await causeOf(ledger, a, mergeId)).toBe('refused');
  });

  test('are carried out by any number of workers as if by one', async () => {
    const { ledger, registerMany, openAgain } = await createWorld();
    const all = await registerMany(12);
    const workers = [ledger, await openAgain(), await openAgain(), await openAgain()];
    for (const [index, one] of all.entries()) {
      const next = all[(index + 1) % all.length];
      await (next && decideOnly(ledger, one, next));
    }
    await Promise.all(workers.map(({ merging }) => merging.resume()));
    expect(await ledger.merging.resume()).toEqual([]);
    const list = await ledger.merging.list();
    expect(list.filter(({ state }) => state === 'pending')).toEqual([]);
    for (const one of all) {
      const { chain } = await ledger.resolve(one.uln);
      expect(new Set(chain).size).toBe(chain.length);
      expect(chain.length).toBeLessThanOrEqual(8);
      const types = await typesOf(ledger, one);
      expect(types.filter((type) => type === 'LearnerSuperseded').length).toBeLessThanOrEqual(1);
    }
  });

  test('one that cannot be carried out stops no other, and says what it waits for', async () => {
    const { ledger, registerMany } = await createWorld();
    const [a, b, c, d] = await registerMany(4);
    if (a === undefined || b === undefined || c === undefined || d === undefined) {
      throw new Error('four learners were registered');
    }
    const stuck = await decideOnly(ledger, a, b);
    const { parts } = ledger;
    const append: typeof parts.store.append = async (stream, ...rest) => {
      if (stream === b.stream) {
        throw Object.assign(new Error('refused'), { code: 'ERR_STORE_FAILED' });
      }
      return parts.store.append(stream, ...rest);
    };
    const weak = await assembleLedger({ ...parts, store: { ...parts.store, append } });
    expect((await merge(weak, c, d)).state).toBe('merged');
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
    // What closes a circle with it is not carried out either, although one half of it could be.
    const circle = await decideOnly(ledger, b, a);
    const waiting = { state: 'pending', waitsFor: 'ERR_STORE_FAILED' };
    expect(await weak.merging.resume()).toMatchObject([
      { mergeId: stuck, ...waiting },
      { mergeId: circle, ...waiting },
    ]);
    expect(await typesOf(ledger, a)).toEqual(['LearnersMerged']);
    expect(await ledger.merging.resume()).toEqual([]);
    expect(await causeOf(ledger, b, circle)).toBe('cycle');
    expect(await masters(ledger, [a, b])).toEqual([0, 0]);
  });
});

describe('a merge cut short', () => {
  test('is finished when the ledger is opened the next time', async () => {
    const { ledger, register, openAgain } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    await merge(ledger, a, c);
    await decideOnly(ledger, a, b);
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
    expect(await masters(await openAgain(), [a, b])).toEqual([0, 0]);
  });

  test('holds no more once one stream says that it is undone', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await achieve(ledger, b, 'B-1');
    const { mergeId } = await merge(ledger, a, b);
    await undoOnly(ledger, a, mergeId);
    expect(await masters(ledger, [a, b])).toEqual([0, 1]);
    expect((await ledger.record(a.uln)).qualifications).toEqual([]);
    expect(await ledger.merging.unfinished()).toMatchObject([{ mergeId, state: 'pending' }]);
    expect(await ledger.merging.resume()).toEqual([]);
    expect(await typesOf(ledger, b)).toContain('SupersessionEnded');
  });

  test('is found by "resume" where the views were deleted, and not before', async () => {
    const { ledger, register, openAgain } = await createWorld();
    const [a, b] = [await register(), await register()];
    await decideOnly(ledger, a, b);
    const again = await openAgain();
    expect(await again.merging.unfinished()).toBeNull();
    expect(await masters(again, [a, b])).toEqual([0, 1]);
    expect(await again.merging.resume()).toEqual([]);
    expect(await masters(again, [a, b])).toEqual([0, 0]);
  });

  test('stops nobody from opening the ledger where its view is broken', async () => {
    const { ledger, register, openAgain } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    ledger.parts.views.database
      .prepare("UPDATE generations SET version = 99 WHERE view = 'merges'")
      .run();
    const again = await openAgain();
    expect(await masters(again, [a, b])).toEqual([0, 0]);
    await expect(merge(again, a, b)).rejects.toMatchObject({ code: 'ERR_VIEW_OUTDATED' });
    await again.projections.rebuild('merges');
    expect(await again.merging.resume()).toEqual([]);
  });
});

describe('a ledger without merges', () => {
  test('does not look for any when it is opened', async () => {
    const { ledger, register, openAgain } = await createWorld();
    const a = await register();
    await achieve(ledger, a, 'A-1');
    const again = await openAgain();
    const views = again.parts.runner.generations.all().map(({ view }) => view);
    expect(views).not.toContain('merges');
  });
});

describe('a merge of which one record was disposed of', () => {
  /** Disposes of one stream of a person, as versions up to 0.4.0 did. */
  async function disposeOf(ledger: Ledger, { stream }: WorldLearner): Promise<void> {
    const { journal, clock } = ledger.parts;
    const order = randomUUID();
    const data = { order, stream, basis: 'court-order', approvedBy: 'officer2@10000001' } as const;
    const erasures = `erasure-${clock().slice(0, 4)}`;
    const { end } = await journal.read(erasures);
    const recording = keeperRecording(order, order, 'data-protection');
    await journal.append(erasures, end, [{ type: 'DisposalOrdered', data }], recording);
    await ledger.erasure.resume();
  }

  test('ends for the other: nobody answers for a master that is no more', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    await disposeOf(ledger, a);
    expect(await ledger.merging.resume()).toEqual([]);
    expect(await typesOf(ledger, b)).toEqual(['LearnerSuperseded', 'SupersessionEnded']);
    expect((await ledger.resolve(b.uln)).found).toBe(b.uln);
  });

  test('ends for the master, and is refused from then on', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    const { mergeId } = await merge(ledger, a, b);
    await disposeOf(ledger, b);
    expect(await ledger.merging.resume()).toEqual([]);
    expect(await causeOf(ledger, a, mergeId)).toBe('refused');
    await expect(merge(ledger, a, b)).rejects.toMatchObject({ code: 'ERR_RECORD_DISPOSED' });
    await expect(merge(ledger, b, a)).rejects.toMatchObject({ code: 'ERR_RECORD_DISPOSED' });
  });

  test('and of which the other is too, is nothing that waits', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    const officer = (user: string) => requestOf(REGISTRY, user, { purpose: 'data-protection' });
    const { retention } = ledger;
    const proposer = officer('officer1');
    const { order } = await retention.propose(a.uln, 'court-order', DEFAULT_POLICY, proposer);
    await retention.order(order, DEFAULT_POLICY, officer('officer2'));
    expect(await ledger.merging.resume()).toEqual([]);
  });
});
