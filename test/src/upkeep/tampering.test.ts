import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ErasureEventOf } from '../../../domain/erasure/events.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { createOrders } from '../../../src/journal/orders.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import { keeperRecording } from '../../../src/request/request.js';
import { verifyStreams } from '../../../src/upkeep/verify.js';
import { canonicalize } from '../../../streams/canonicalJson.js';
import { eventHash, type Header, headerText, parseHeader } from '../../../streams/envelope.js';
import { commitClear } from '../../../streams/sealing.js';
import { uuidOf } from '../../streams/events.js';
import {
  AWARDING,
  achievement,
  createSetting,
  REGISTRY,
  requestOf,
  type Setting,
} from '../setting.js';

/** Appends, as whoever can write the file could, an event in clear that continues the chain. */
async function forge({ ledger, stream }: Setting, type: string, change: Partial<Header> = {}) {
  const { store } = ledger.parts;
  for await (const last of store.read(stream, { direction: 'backward', limit: 1 })) {
    const data = Buffer.from(canonicalize({ _user: null }));
    const header = headerText({
      ...parseHeader(last.header),
      id: uuidOf('forged', type),
      commitment: commitClear(data),
      key: null,
      prev: eventHash(last.header).toString('base64url'),
      type,
      version: last.version + 1,
      ...change,
    });
    await store.append(stream, last.version, [{ type, header, data }]);
  }
}

describe('an event in clear in a learner’s stream', () => {
  test('is refused by every reader', async () => {
    const setting = await createSetting();
    await forge(setting, 'OptOutLifted');
    await expect(setting.ledger.read(setting.uln)).rejects.toMatchObject({
      code: 'ERR_CHAIN_BROKEN',
    });
  });

  test('is found by verify', async () => {
    const setting = await createSetting();
    await forge(setting, 'OptOutLifted');
    const { problems } = await verifyStreams(setting.ledger.parts, null, () => undefined);
    expect(problems).toMatchObject([
      { stream: setting.stream, version: 2, code: 'ERR_CHAIN_BROKEN' },
    ]);
  });

  test('is refused by a service that follows', async () => {
    const setting = await createSetting();
    await forge(setting, 'OptOutLifted');
    const following = async () => {
      for await (const _ of setting.ledger.follow({
        after: null,
        signal: new AbortController().signal,
      })) {
        // Only the refusal matters.
      }
    };
    await expect(following()).rejects.toMatchObject({ code: 'ERR_CHAIN_BROKEN' });
  });

  test.each(['constructor', 'SomethingNew'])(
    'of the type %s does not stop verify',
    async (type) => {
      const setting = await createSetting();
      await forge(setting, type);
      const { problems } = await verifyStreams(setting.ledger.parts, null, () => undefined);
      expect(problems).toHaveLength(1);
    },
  );
});

describe('a request', () => {
  test.each([
    ['a correlation that is no UUID', { correlation: 'order-4711' }],
    ['a user that is no id', { user: 'Amber Sampleton' }],
    ['a purpose that is not on the list', { purpose: 'marketing' }],
  ])('with %s is refused, and nothing is written', async (_, wrong) => {
    const { ledger, uln } = await createSetting();
    const request = { ...requestOf(AWARDING, 'awards'), ...wrong } as ReturnType<typeof requestOf>;
    await expect(ledger.handle(uln, achievement('A-1'), request)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
    expect(await ledger.read(uln)).toHaveLength(1);
  });

  test('with ids in capitals is recorded and read back', async () => {
    const { ledger, uln } = await createSetting();
    const correlation = randomUUID().toUpperCase();
    const commandId = randomUUID().toUpperCase();
    await ledger.handle(
      uln,
      achievement('A-1'),
      requestOf(AWARDING, 'awards', { commandId, correlation }),
    );
    expect(await ledger.read(uln)).toHaveLength(2);
  });
});

test('what a redaction itself recorded cannot be redacted', async () => {
  const { ledger, uln, stream } = await createSetting('the canary');
  const [issued] = await ledger.read(uln);
  const propose = (event: string, fields: string[], everywhere: boolean) =>
    ledger.erasure.propose(
      stream,
      { event, fields, everywhere },
      'recorded-in-error',
      requestOf(REGISTRY, 'officer1', { purpose: 'data-protection' }),
    );
  const { orders } = await propose(issued?.id ?? '', ['notes'], false);
  await ledger.erasure.order(orders[0] ?? '', requestOf(REGISTRY, 'officer2'));
  const [, redacted, resealed] = await ledger.read(uln);
  for (const event of [redacted, resealed]) {
    await expect(propose(event?.id ?? '', ['_purpose'], false)).rejects.toMatchObject({
      code: 'ERR_FIELD_NOT_REDACTABLE',
    });
  }
  const { targets } = await propose(issued?.id ?? '', ['_purpose'], true);
  expect(targets.map(({ event }) => event)).toEqual([issued?.id]);
});

test('a read that a redaction overtakes between events and keys is read again', async () => {
  const { ledger, uln, stream, record, openAgain } = await createSetting();
  const [event = ''] = await record(achievement('A-1', 'the canary'));
  const other = await openAgain();
  const { store, vault, views, clock } = other.parts;
  let isOvertaken = false;
  const overtaken = {
    ...vault,
    eventKey: async (sealed: Parameters<typeof vault.eventKey>[0]) => {
      if (!isOvertaken) {
        isOvertaken = true;
        const { orders } = await ledger.erasure.propose(
          stream,
          { event, fields: ['grade'], everywhere: false },
          'recorded-in-error',
          requestOf(REGISTRY, 'officer1'),
        );
        await ledger.erasure.order(orders[0] ?? '', requestOf(REGISTRY, 'officer2'));
      }
      return vault.eventKey(sealed);
    },
  };
  const reader = await assembleLedger({
    store,
    vault: overtaken,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
  const events = await reader.read(uln);
  expect(isOvertaken).toBe(true);
  expect(events).toHaveLength(4);
  expect(JSON.stringify(events)).not.toContain('the canary');
});

test('an order taken in while the vault’s checkpoint moves is not passed over', async () => {
  const { ledger, stream, clock } = await createSetting('the canary');
  const { store, vault, journal } = ledger.parts;
  const ordered: ErasureEventOf<'RedactionOrdered'> = {
    type: 'RedactionOrdered',
    data: {
      order: randomUUID(),
      stream,
      targets: [{ event: randomUUID(), fields: ['notes'] }],
      basis: 'court-order',
      approvedBy: 'officer2@10000001',
    },
  };
  const record = async (year: string, event: Parameters<typeof journal.append>[2][number]) => {
    const { end } = await journal.read(`erasure-${year}`);
    const id = randomUUID();
    await journal.append(
      `erasure-${year}`,
      end,
      [event],
      keeperRecording(id, id, 'data-protection'),
    );
  };
  await record('2024', { type: 'ErasureCompleted', data: { order: randomUUID() } });
  await record('2025', { type: 'ErasureCompleted', data: { order: randomUUID() } });
  const moved: number[] = [];
  const slow = {
    ...vault,
    moveCheckpoint: async (_: string, { version }: { version: number }) => {
      moved.push(version);
      await record('2025', ordered);
      await orders.refresh();
    },
  };
  const orders = createOrders(store, slow, clock.clock, '2024-01-01');
  await orders.refresh();
  await orders.settle();
  expect(orders.pending()).toHaveLength(1);
  expect(moved).toEqual([1, 1]);
});
