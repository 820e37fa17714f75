import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Uln } from '../../domain/values/uln.js';
import { createMemoryAccessStores } from '../../src/access/stores.js';
import type { LearnerRequest } from '../../src/learners/learners.js';
import type { DetailsInput } from '../../src/learners/registration.js';
import { assembleLedger } from '../../src/ledger/assembleLedger.js';
import type { Ledger, LedgerPlaces } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../src/setting.js';
import { createTestClock, openNewLedger, type TestClock } from '../support/ledger.js';
import { learnerDetails } from '../support/synthetic.js';

/** A learner of a world, and the event that issued the ULN. */
export type WorldLearner = { readonly uln: Uln; readonly stream: string; readonly issued: string };

/** A ledger on SQLite for tests of kept views; everything opened is closed when the test ends. */
export type World = {
  readonly ledger: Ledger;
  readonly places: LedgerPlaces;
  readonly clock: TestClock;
  /** Another opening of the same files, as another process has it. */
  readonly openAgain: () => Promise<Ledger>;
  readonly register: (changes?: Partial<DetailsInput>) => Promise<WorldLearner>;
  /** Registers made-up learners, a hundred at a time. */
  readonly registerMany: (
    count: number,
    changes?: (number: number) => Partial<DetailsInput>,
  ) => Promise<readonly WorldLearner[]>;
};

const PARALLEL = 100;

/** Makes a world without learners. */
export async function createWorld(): Promise<World> {
  const clock = createTestClock('2024-03-01T09:00:00.000Z');
  const { ledger, places } = await openNewLedger(clock.clock);
  const opened = [ledger];
  onTestFinished(async () => {
    for (const one of opened) {
      await one.close();
    }
  });
  let number = 0;
  const register = async (changes: Partial<DetailsInput> = {}): Promise<WorldLearner> => {
    number += 1;
    const details = { ...learnerDetails(number), ...changes };
    const { uln, receipt } = await ledger.register(details, requestOf(REGISTRY, 'registry'));
    return { uln, stream: receipt.stream, issued: receipt.eventIds[0] ?? '' };
  };
  return {
    ledger,
    places,
    clock,
    openAgain: async () => {
      const again = await openLedger(places, clock.clock);
      opened.push(again);
      return again;
    },
    register,
    registerMany: async (count, changes = () => ({})) => {
      const learners: WorldLearner[] = [];
      for (let from = 0; from < count; from += PARALLEL) {
        const group = Array.from({ length: Math.min(PARALLEL, count - from) }, (_, i) => from + i);
        learners.push(...(await Promise.all(group.map((one) => register(changes(one))))));
      }
      return learners;
    },
  };
}

/** Records an achievement of a learner, final and of the same qualification and year each time. */
export async function achieve(ledger: Ledger, { uln }: WorldLearner, id: string): Promise<void> {
  await ledger.handle(uln, achievement(id), requestOf(AWARDING, 'awards'));
}

/** Amends a learner's details as the registry. */
export async function amend(
  ledger: Ledger,
  { uln }: WorldLearner,
  changes: Extract<LearnerRequest, { type: 'AmendLearnerDetails' }>['data']['changes'],
): Promise<readonly string[]> {
  const request = requestOf(REGISTRY, 'registry');
  const { receipt } = await ledger.handle(
    uln,
    { type: 'AmendLearnerDetails', data: { changes } },
    request,
  );
  return receipt.eventIds;
}

/** Proposes and orders to redact fields of the event that issued a learner's ULN, or of another one. */
export async function redact(
  ledger: Ledger,
  { stream, issued }: Pick<WorldLearner, 'stream' | 'issued'>,
  fields: readonly string[],
  event = issued,
): Promise<readonly string[]> {
  const selection = { event, fields, everywhere: false };
  const proposer = requestOf(REGISTRY, 'officer1', { commandId: randomUUID() });
  const { orders } = await ledger.erasure.propose(stream, selection, 'court-order', proposer);
  for (const order of orders) {
    await ledger.erasure.order(order, requestOf(REGISTRY, 'officer2'));
  }
  return orders;
}

/** The same ledger over an engine that refuses every event of a learner: no order gets beyond itself. */
export async function onRefusingEngine({ parts }: Ledger): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const append: typeof store.append = async (stream, ...rest) => {
    if (stream.startsWith('learner-')) {
      throw new Error('refused');
    }
    return store.append(stream, ...rest);
  };
  return assembleLedger({
    store: { ...store, append },
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}

/** The same ledger over an engine that may lose what it acknowledges, on which every order waits. */
export async function onWeakEngine({ parts }: Ledger): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const capabilities = { ...store.capabilities, durability: 'page-cache' } as const;
  return assembleLedger({
    store: { ...store, capabilities },
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}
