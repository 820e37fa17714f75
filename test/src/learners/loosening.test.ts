import { describe, expect, test } from 'vitest';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { foldLearner, learnerFactsOf } from '../../../src/learners/facts.js';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { createWorld, type WorldLearner } from '../../projections/world.js';
import { merge } from '../mergeSetting.js';
import { AWARDING, REGISTRY, requestOf } from '../setting.js';

const keeper = { by: { kind: 'keeper' }, user: null } as const;
const self = { by: { kind: 'learner' }, user: null } as const;
const SET: LearnerRequest = { type: 'SetOptOut', data: { of: 'sharing', route: 'own-account' } };
const LIFT: LearnerRequest = { type: 'LiftOptOut', data: { route: 'own-account' } };
const hold: LearnerRequest = {
  type: 'PlaceLegalHold',
  data: { holdId: 'H-1', reason: 'A claim is before the court.' },
};
const release: LearnerRequest = { type: 'ReleaseLegalHold', data: { holdId: 'H-1' } };

function handling(
  level: 'standard' | 'restricted',
  ...ukprns: (typeof AWARDING)[]
): LearnerRequest {
  const authorised = ukprns.map((ukprn) => ({ ukprn, user: null }));
  const reviewDate = level === 'restricted' ? '2025-01-01' : null;
  return { type: 'ChangeHandling', data: { level, authorised, reviewDate, reason: 'R-1' } };
}

function ask(ledger: Ledger, to: WorldLearner, asked: LearnerRequest, by: Partial<Request>) {
  return ledger.handle(to.uln, asked, requestOf(REGISTRY, 'registry', by));
}

async function factsOf(ledger: Ledger, { uln }: WorldLearner) {
  const { streams } = await ledger.personOf(uln);
  return learnerFactsOf(
    streams.map(({ events }) => foldLearner(events)),
    null,
  );
}

async function createMerged() {
  const world = await createWorld();
  const [a, b] = [await world.register(), await world.register()];
  return { ...world, a, b, together: () => merge(world.ledger, a, b) };
}

/** The same ledger on an engine that takes nothing more for one stream. */
async function refusing({ parts }: Ledger, { stream: refused }: WorldLearner): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const append: typeof store.append = async (stream, ...rest) => {
    if (stream === refused) {
      throw new Error('refused');
    }
    return store.append(stream, ...rest);
  };
  const accessStores = createMemoryAccessStores('test.invalid/access');
  return assembleLedger({ store: { ...store, append }, vault, views, clock, accessStores });
}

describe('an opt-out of the superseded ULN', () => {
  test('is lifted by the master, and the person shares again', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, SET, self);
    await together();
    const outcome = await ask(ledger, a, LIFT, self);
    expect(outcome).toMatchObject({ recorded: ['OptOutLifted'], receipt: { stream: b.stream } });
    expect((await factsOf(ledger, a))?.optedOutSince).toBeNull();
  });

  test('and of the master are lifted together, under ids that follow from the one given', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, a, SET, self);
    await ask(ledger, b, SET, self);
    await together();
    const request = requestOf(REGISTRY, 'registry', keeper);
    const lift: LearnerRequest = {
      type: 'LiftOptOut',
      data: { route: 'helpdesk', evidenceReference: 'E-1' },
    };
    const outcome = await ledger.handle(a.uln, lift, request);
    expect(outcome.recorded).toEqual(['OptOutLifted', 'OptOutLifted']);
    expect(outcome.receipt).toMatchObject({ stream: a.stream, commandId: request.commandId });
    expect(outcome.elsewhere).toMatchObject([{ stream: b.stream }]);
    expect(outcome.elsewhere[0]?.commandId).not.toBe(request.commandId);
    const again = await ledger.handle(a.uln, lift, request);
    expect(again).toMatchObject({ repeated: true, receipt: outcome.receipt });
    expect(again.elsewhere).toEqual(outcome.elsewhere);
  });

  test('stays in force while the lifting is half done, and a repetition finishes it', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, a, SET, self);
    await ask(ledger, b, SET, self);
    await together();
    const request = requestOf(REGISTRY, 'registry', self);
    const cut = await refusing(ledger, b);
    await expect(cut.handle(a.uln, LIFT, request)).rejects.toThrow('refused');
    expect((await factsOf(ledger, a))?.optedOutSince).not.toBeNull();
    await ledger.handle(a.uln, LIFT, request);
    expect((await factsOf(ledger, a))?.optedOutSince).toBeNull();
  });

  test('that was set since is not lifted by a repetition', async () => {
    const { ledger, clock, a, b, together } = await createMerged();
    await ask(ledger, a, SET, self);
    await together();
    const request = requestOf(REGISTRY, 'registry', self);
    await ledger.handle(a.uln, LIFT, request);
    clock.advance(1000);
    await ask(ledger, b, SET, self);
    expect(await ledger.handle(a.uln, LIFT, request)).toMatchObject({ repeated: true });
    expect((await factsOf(ledger, a))?.optedOutSince).not.toBeNull();
  });

  test('is not half lifted where it may not be lifted at all', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, SET, self);
    await together();
    await expect(ask(ledger, a, LIFT, {})).rejects.toMatchObject({
      code: 'ERR_OPT_OUT_TRANSITION',
    });
    expect((await factsOf(ledger, a))?.optedOutSince).not.toBeNull();
  });

  test('is lifted where that ULN was retired since', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, SET, self);
    await together();
    const data = { cause: 'duplicate', reason: 'One is enough.' } as const;
    await ask(ledger, b, { type: 'RetireUln', data }, keeper);
    await ask(ledger, a, LIFT, self);
    expect((await factsOf(ledger, a))?.optedOutSince).toBeNull();
  });

  test('of nobody is so already', async () => {
    const { ledger, a, together } = await createMerged();
    await together();
    expect(await ask(ledger, a, LIFT, self)).toMatchObject({ recorded: [], elsewhere: [] });
  });
});

describe('what protects', () => {
  test('is recorded on the ULN asked for alone', async () => {
    const { ledger, a, b, together } = await createMerged();
    await together();
    for (const asked of [SET, hold, handling('restricted', AWARDING)]) {
      const by = asked === SET ? self : keeper;
      const outcome = await ask(ledger, b, asked, by);
      expect(outcome).toMatchObject({ receipt: { stream: b.stream }, elsewhere: [] });
    }
    expect(await factsOf(ledger, a)).toMatchObject({
      optedOutSince: '2024-03-01',
      handling: { level: 'restricted' },
    });
  });
});

describe('a legal hold', () => {
  test('is released wherever it stands, by either ULN', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, hold, keeper);
    await together();
    expect((await ask(ledger, a, release, keeper)).receipt.stream).toBe(b.stream);
    expect(await ask(ledger, a, release, keeper)).toMatchObject({ recorded: [] });
  });

  test('of another id is not found', async () => {
    const { ledger, a, together } = await createMerged();
    await together();
    await expect(ask(ledger, a, release, keeper)).rejects.toMatchObject({
      code: 'ERR_HOLD_NOT_FOUND',
    });
  });
});

describe('a restricted handling of the superseded ULN', () => {
  test('is handed back to standard by the master', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, handling('restricted', AWARDING), keeper);
    await together();
    await ask(ledger, a, handling('standard'), keeper);
    expect((await factsOf(ledger, a))?.handling).toMatchObject({ level: 'standard' });
  });

  test('lets in whom the master is told to let in', async () => {
    const { ledger, a, b, together } = await createMerged();
    await ask(ledger, b, handling('restricted', AWARDING), keeper);
    await together();
    await ask(ledger, a, handling('restricted', AWARDING, REGISTRY), keeper);
    const { handling: now } = (await factsOf(ledger, a)) ?? {};
    expect(now?.authorised.map(({ ukprn }) => ukprn)).toEqual([AWARDING, REGISTRY]);
  });
});
