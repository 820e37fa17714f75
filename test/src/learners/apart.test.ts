import { describe, expect, test } from 'vitest';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { createWorld, type WorldLearner } from '../../projections/world.js';
import { merge, unmerge } from '../mergeSetting.js';
import { AWARDING, REGISTRY, requestOf } from '../setting.js';

const keeper = { by: { kind: 'keeper' }, user: null } as const;
const self = { by: { kind: 'learner' }, user: null } as const;
const SET: LearnerRequest = { type: 'SetOptOut', data: { of: 'sharing', route: 'own-account' } };

function restricted(...ukprns: (typeof AWARDING)[]): LearnerRequest {
  const authorised = ukprns.map((ukprn) => ({ ukprn, user: null }));
  const data = { level: 'restricted', authorised, reviewDate: '2024-06-01', reason: 'R' } as const;
  return { type: 'ChangeHandling', data };
}

function ask(ledger: Ledger, to: WorldLearner, asked: LearnerRequest, by: Partial<Request>) {
  return ledger.handle(to.uln, asked, requestOf(REGISTRY, 'registry', by));
}

async function createMerged() {
  const world = await createWorld();
  const [a, b] = [await world.register(), await world.register()];
  const { mergeId } = await merge(world.ledger, a, b);
  return { ...world, a, b, mergeId };
}

async function stateOf(ledger: Ledger, { uln }: WorldLearner) {
  const { learner } = (await ledger.personOf(uln)).asked;
  if (learner.status !== 'issued') {
    throw new Error('the learner has a ULN');
  }
  return learner;
}

describe('taking two ULNs apart', () => {
  test.each(['a', 'b'] as const)('loosens no opt-out that %s brought', async (whose) => {
    const world = await createMerged();
    const { ledger, a, b, mergeId, clock } = world;
    await ask(ledger, world[whose], SET, self);
    clock.advance(86_400_000);
    expect((await unmerge(ledger, a, mergeId)).state).toBe('reversed');
    for (const one of [a, b]) {
      expect((await stateOf(ledger, one)).optedOutSince).toBe('2024-03-01');
    }
  });

  test.each(['a', 'b'] as const)('loosens no restriction that %s brought', async (whose) => {
    const world = await createMerged();
    const { ledger, a, b, mergeId } = world;
    await ask(ledger, world[whose], restricted(AWARDING, REGISTRY), keeper);
    await unmerge(ledger, a, mergeId);
    for (const one of [a, b]) {
      expect((await stateOf(ledger, one)).handling).toMatchObject({
        level: 'restricted',
        authorised: [{ ukprn: AWARDING }, { ukprn: REGISTRY }],
        reviewDate: '2024-06-01',
      });
    }
  });

  test('lets in on each only those whom both let in, and sets a review that has passed anew', async () => {
    const { ledger, register, clock } = await createWorld();
    const [a, b] = [await register(), await register()];
    await ask(ledger, a, restricted(AWARDING, REGISTRY), keeper);
    await ask(ledger, b, restricted(AWARDING), keeper);
    const { mergeId } = await merge(ledger, a, b);
    clock.set('2024-07-01T09:00:00.000Z');
    await unmerge(ledger, a, mergeId);
    for (const one of [a, b]) {
      const { handling } = await stateOf(ledger, one);
      expect(handling.authorised.map(({ ukprn }) => ukprn)).toEqual([AWARDING]);
    }
    expect((await stateOf(ledger, a)).handling.reviewDate).toBe('2024-07-02');
  });

  test('keeps what stands below in a chain on the ULN that is taken off', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    await merge(ledger, b, c);
    const { mergeId } = await merge(ledger, a, b);
    await ask(ledger, c, SET, self);
    await unmerge(ledger, a, mergeId);
    expect((await stateOf(ledger, a)).optedOutSince).not.toBeNull();
    expect((await stateOf(ledger, b)).optedOutSince).not.toBeNull();
  });

  test('records nothing more where nothing is protected, and nothing when it is refused', async () => {
    const { ledger, a, b, mergeId } = await createMerged();
    const before = (await ledger.readAll(b.uln)).length;
    await expect(unmerge(ledger, b, mergeId)).rejects.toMatchObject({
      code: 'ERR_MERGE_NOT_FOUND',
    });
    await ask(ledger, a, SET, self);
    await expect(unmerge(ledger, a, mergeId, self)).rejects.toMatchObject({
      code: 'ERR_NOT_PERMITTED',
    });
    expect((await ledger.readAll(b.uln)).length).toBe(before);
    await unmerge(ledger, a, mergeId);
    const kept = (await ledger.readAll(b.uln)).slice(before).map(({ event }) => event.type);
    expect(kept).toEqual(['OptOutSet', 'SupersessionEnded']);
    await unmerge(ledger, a, mergeId);
    expect((await ledger.readAll(b.uln)).length).toBe(before + 2);
  });

  test('keeps it on a ULN that was retired since', async () => {
    const { ledger, a, b, mergeId } = await createMerged();
    const data = { cause: 'duplicate', reason: 'One is enough.' } as const;
    await ask(ledger, b, { type: 'RetireUln', data }, keeper);
    await ask(ledger, a, SET, self);
    await unmerge(ledger, a, mergeId);
    expect((await stateOf(ledger, b)).optedOutSince).not.toBeNull();
  });
});
