import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../domain/learner/retention/policy.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { achieve, createWorld, type WorldLearner } from '../../projections/world.js';
import { merge, unmerge } from '../mergeSetting.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../setting.js';

const POLICY = DEFAULT_POLICY;
const proposer = () => requestOf(REGISTRY, 'officer1');
const approver = () => requestOf(REGISTRY, 'officer2');
const keeper = { by: { kind: 'keeper' }, user: null } as const;

/** A person of two ULNs, and a way to propose and to order the end of both. */
async function createMerged() {
  const world = await createWorld();
  const { ledger, register } = world;
  const [a, b] = [await register({ notes: 'canary a' }), await register({ notes: 'canary b' })];
  await achieve(ledger, b, 'B-1');
  const { mergeId } = await merge(ledger, a, b);
  const { retention } = ledger;
  return {
    ...world,
    a,
    b,
    mergeId,
    propose: (of: WorldLearner = a, basis: 'court-order' | 'retention-ended' = 'court-order') =>
      retention.propose(of.uln, basis, POLICY, proposer()),
    order: (id: string) => retention.order(id, POLICY, approver()),
    states: async () => (await retention.status()).map(({ state }) => state),
  };
}

describe('the disposal of a person who has two ULNs', () => {
  test('names both streams before anything is ordered, and leaves nothing of either', async () => {
    const { ledger, a, b, propose, order, states } = await createMerged();
    const proposal = await propose(b);
    expect(proposal.orders.map(({ stream }) => stream)).toEqual([b.stream, a.stream]);
    expect(await states()).toEqual(['proposed', 'proposed']);
    expect(await order(proposal.order)).toMatchObject({
      state: 'completed',
      together: proposal.orders.map((one) => one.order),
    });
    for (const { uln } of [a, b]) {
      expect(JSON.stringify(await ledger.read(uln))).not.toMatch(/canary|Given|B-1/);
    }
    expect(await states()).toEqual(['completed', 'completed']);
  });

  test('is proposed and ordered in one append each, of one correlation', async () => {
    const { ledger, propose, order } = await createMerged();
    const [first, second] = (await propose()).orders;
    await order(second?.order ?? '');
    const headers: Record<string, unknown>[] = [];
    for await (const { header, type } of ledger.parts.store.readAll()) {
      headers.push(...(/^Disposal/.test(type) ? [JSON.parse(header)] : []));
    }
    expect(headers.map(({ type }) => type)).toEqual([
      ...['DisposalProposed', 'DisposalProposed', 'DisposalOrdered', 'DisposalOrdered'],
    ]);
    const correlations = headers.map(({ correlation }) => correlation);
    expect(new Set(correlations.slice(0, 2)).size).toBe(1);
    expect(new Set(correlations.slice(2)).size).toBe(1);
    expect(first?.order).not.toBe(second?.order);
  });

  test('proposed again by the same command is the same', async () => {
    const { ledger, a } = await createMerged();
    const request = proposer();
    const first = await ledger.retention.propose(a.uln, 'court-order', POLICY, request);
    expect(await ledger.retention.propose(a.uln, 'court-order', POLICY, request)).toEqual(first);
  });

  test('is refused where a hold runs on either', async () => {
    const { ledger, b, propose, order } = await createMerged();
    const proposal = await propose();
    const hold = { holdId: 'H-1', reason: 'A claim.' };
    const asked = { type: 'PlaceLegalHold', data: hold } as const;
    await ledger.handle(b.uln, asked, requestOf(REGISTRY, 'registry', keeper));
    await expect(propose()).rejects.toMatchObject({ code: 'ERR_LEGAL_HOLD' });
    await expect(order(proposal.order)).rejects.toMatchObject({ code: 'ERR_LEGAL_HOLD' });
  });

  test('is refused where one of the two has not ended', async () => {
    const { ledger, clock, a, b, propose } = await createMerged();
    clock.set('2050-01-01T00:00:00.000Z');
    await achieve(ledger, b, 'B-2');
    clock.set('2095-01-01T00:00:00.000Z');
    await expect(propose(a, 'retention-ended')).rejects.toMatchObject({
      code: 'ERR_RETENTION_NOT_ENDED',
    });
  });

  test.each<[string, (world: Awaited<ReturnType<typeof createMerged>>) => Promise<unknown>]>([
    ['merged with a third', async ({ ledger, a, register }) => merge(ledger, a, await register())],
    ['taken apart', ({ ledger, a, mergeId }) => unmerge(ledger, a, mergeId)],
    [
      'taken apart and merged anew',
      async ({ ledger, a, b, mergeId }) => {
        await unmerge(ledger, a, mergeId);
        await merge(ledger, a, b);
      },
    ],
    ['active on the master', ({ ledger, a }) => achieve(ledger, a, 'A-9')],
    ['active on the other ULN', ({ ledger, b }) => achieve(ledger, b, 'B-9')],
  ])('is refused where the person was %s since it was proposed', async (_, change) => {
    const world = await createMerged();
    const proposal = await world.propose();
    await change(world);
    await expect(world.order(proposal.order)).rejects.toMatchObject({ code: 'ERR_PERSON_CHANGED' });
    expect(await world.states()).toEqual(['proposed', 'proposed']);
  });

  test('is not refused for what is handling of the record', async () => {
    const { ledger, a, propose, order } = await createMerged();
    const proposal = await propose();
    const review = { outcome: 'dispose' } as const;
    const asked = { type: 'ReviewRetention', data: review } as const;
    await ledger.handle(a.uln, asked, requestOf(REGISTRY, 'registry', keeper));
    expect((await order(proposal.order)).state).toBe('completed');
  });

  test('stops for both where a hold is placed on one at the same moment', async () => {
    const { ledger, openAgain, clock, b, propose, states } = await createMerged();
    const proposal = await propose();
    const { journal } = ledger.parts;
    const stream = `erasure-${clock.now().slice(0, 4)}`;
    const events = proposal.orders.map((one) => ({
      type: 'DisposalOrdered' as const,
      data: { ...one, basis: 'court-order' as const, approvedBy: 'officer2@10000001' },
    }));
    const held = await journal.read(b.stream);
    const recording = {
      ...{ caller: 'keeper', commandId: proposal.order, correlation: proposal.order },
      ...{ user: null, organisation: null, purpose: 'data-protection' },
    };
    await journal.append(stream, (await journal.read(stream)).end, events, recording);
    const data = { holdId: 'H-1', reason: 'A claim.', evidenceReference: null, endDate: null };
    const placed = { type: 'LegalHoldPlaced' as const, data };
    await journal.append(b.stream, held.end, [placed], recording);
    await openAgain();
    expect(await states()).toEqual(['stopped', 'stopped']);
  });
});

describe('what is due', () => {
  test('is a person, once, when all of their ULNs are', async () => {
    const { ledger, clock, a, b } = await createMerged();
    clock.set('2030-01-01T00:00:00.000Z');
    await achieve(ledger, b, 'B-2');
    const due = (by: string, limit = 10) =>
      ledger.retention.due({ by: CalendarDate.parse(by), limit }, POLICY);
    expect(await due('2095-01-01')).toMatchObject([
      { task: 'review', uln: a.uln, ulns: [a.uln, b.uln], lastActivityOn: '2030-01-01' },
    ]);
    expect(await due('2097-01-01')).toMatchObject([{ task: 'dispose', ulns: [a.uln, b.uln] }]);
  });

  test('counts a review of the person, on whichever ULN, and shows holds of all', async () => {
    const { ledger, b } = await createMerged();
    const request = () => requestOf(REGISTRY, 'registry', keeper);
    const review = { outcome: 'keep', nextReviewDate: '2040-01-01' } as const;
    await ledger.handle(b.uln, { type: 'ReviewRetention', data: review }, request());
    const hold = { holdId: 'H-1', reason: 'A claim.' };
    await ledger.handle(b.uln, { type: 'PlaceLegalHold', data: hold }, request());
    const due = (by: string) =>
      ledger.retention.due({ by: CalendarDate.parse(by), limit: 10 }, POLICY);
    expect(await due('2039-12-31')).toEqual([]);
    expect(await due('2040-01-01')).toMatchObject([{ reviewed: 'keep', holds: ['H-1'] }]);
  });

  test('is not hidden behind records that are due only by themselves', async () => {
    const { ledger, clock, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await merge(ledger, a, b);
    const c = await register();
    clock.set('2050-01-01T00:00:00.000Z');
    await achieve(ledger, a, 'A-1');
    const review = { outcome: 'keep', nextReviewDate: '2099-01-01' } as const;
    const asked = { type: 'ReviewRetention', data: review } as const;
    await ledger.handle(a.uln, asked, requestOf(REGISTRY, 'registry', keeper));
    const query = { by: CalendarDate.parse('2095-01-01'), limit: 1 };
    expect(await ledger.retention.due(query, POLICY)).toMatchObject([{ uln: c.uln }]);
  });
});

describe('a redaction everywhere', () => {
  test('reaches the same text in the other streams of the person', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register({ notes: 'canary' }), await register({ notes: 'canary' })];
    await merge(ledger, a, b);
    const propose = (everywhere: boolean) => {
      const selection = { event: a.issued, fields: ['notes'], everywhere };
      return ledger.erasure.propose(a.stream, selection, 'court-order', proposer());
    };
    expect(await propose(false)).toMatchObject({ orders: [{}], leftElsewhere: 1 });
    const request = proposer();
    const selection = { event: a.issued, fields: ['notes'], everywhere: true };
    const proposal = await ledger.erasure.propose(a.stream, selection, 'court-order', request);
    expect(proposal).toMatchObject({ leftElsewhere: 0, targets: [{}, {}] });
    expect(await ledger.erasure.propose(a.stream, selection, 'court-order', request)).toMatchObject(
      { orders: proposal.orders, targets: proposal.targets },
    );
    for (const one of proposal.orders) {
      await ledger.erasure.order(one, approver());
    }
    for (const { uln } of [a, b]) {
      expect(JSON.stringify(await ledger.read(uln))).not.toContain('canary');
    }
  });

  test('and a redaction of an event reach it by whichever ULN they name', async () => {
    const { ledger, a, b } = await createMerged();
    const { receipt } = await ledger.handle(
      b.uln,
      achievement('B-7', 'Secret'),
      requestOf(AWARDING, 'awards'),
    );
    const selection = { event: receipt.eventIds[0] ?? '', fields: ['grade'], everywhere: false };
    const { orders } = await ledger.erasure.propose(a.stream, selection, 'court-order', proposer());
    await ledger.erasure.order(orders[0] ?? '', approver());
    expect(JSON.stringify(await ledger.read(b.uln))).not.toContain('Secret');
  });
});
