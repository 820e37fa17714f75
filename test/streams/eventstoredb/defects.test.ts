import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../support/until.js';
import { headersOf, someEvent } from '../events.js';
import { type Double, startDouble } from './double/cluster.js';
import { failing, openLedger, patiently, pause } from './double/openLedger.js';

const DEADLINE_MS = 1_000;
const IMPATIENT = `&defaultDeadline=${DEADLINE_MS}&maxDiscoverAttempts=1&discoveryInterval=10`;

// Each defect is shown twice: the client alone still has it, which is why the engine goes round it.
// When a new version of the client has it no more, the first half fails, and the guard can go.

describe('appends of one client, when another loses its server', () => {
  test('fail, with the client alone', async () => {
    const [double, other] = [await started(), await started()];
    double.node.faults.next = failing('batchAppend', 'silent');
    other.node.faults.next = failing('batchAppend', 'silent');
    const appending = appendWith(clientOf(double)).catch((error: unknown) => error);
    const others = appendWith(clientOf(other)).catch((error: unknown) => error);
    await until(() => double.node.count('batchAppend') + other.node.count('batchAppend') === 2);
    other.node.kill();
    expect(await appending).toBeInstanceOf(Error);
    expect(await others).toBeInstanceOf(Error);
    expect(double.node.isUp()).toBe(true);
  });

  test('are untouched, with the engine', async () => {
    const one = await openLedger();
    const other = await openLedger({ parameters: '&retryBudget=200' });
    one.double.node.faults.next = failing('append', 'lost-silently');
    other.double.node.faults.next = () => 'silent';
    const appending = one.store.append('some-stream', 0, [someEvent(1)]);
    const others = other.store.append('some-stream', 0, [someEvent(1)]);
    await until(() => other.double.node.count('append') > 1);
    other.double.node.kill();
    await expect(others).rejects.toMatchObject({ code: 'ERR_APPEND_OUTCOME_UNKNOWN' });
    expect(await appending).toMatchObject({ version: 1 });
    expect(one.double.node.count('batchAppend')).toBe(0);
  });
});

describe('an append that is never answered', () => {
  test.each([
    ['the server is silent', () => undefined],
    ['the server ends the stream', (double: Double) => double.node.endBatches()],
  ])('stays open when %s, with the client alone', async (_, then) => {
    const double = await started();
    double.node.faults.next = failing('batchAppend', 'silent');
    let settled = false;
    const client = clientOf(double);
    appendWith(client).then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    await until(() => double.node.count('batchAppend') === 1);
    then(double);
    await pause(DEADLINE_MS + 500);
    expect(settled).toBe(false);
  });

  test('is settled, with the engine', async () => {
    const { double, store } = await openLedger({ parameters: IMPATIENT });
    double.node.faults.next = failing('append', 'silent');
    expect(await store.append('some-stream', 0, [someEvent(1)])).toMatchObject({ version: 1 });
  });
});

describe('appends after the cluster could not be found once', () => {
  test('fail for ever, with the client alone', async () => {
    const double = await started(2);
    double.stop();
    const client = clientOf(double);
    await expect(appendWith(client)).rejects.toThrow('Failed to discover');
    for (const node of double.nodes) {
      await node.start();
    }
    await expect(appendWith(client)).rejects.toThrow('Failed to discover');
    const events = client.readAll({ maxCount: 1 });
    for await (const { event } of events) {
      expect(event?.type).toBe('$UserCreated');
    }
  });

  test('go on, with the engine', async () => {
    const { double, store } = await openLedger({
      nodes: 2,
      parameters: `${IMPATIENT}&retryBudget=100`,
    });
    double.stop();
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_STORE_UNREACHABLE|ERR_APPEND_OUTCOME_UNKNOWN/),
    });
    for (const node of double.nodes) {
      await node.start();
    }
    const again = await patiently(() => store.append('some-stream', 0, [someEvent(1)]));
    expect(again).toMatchObject({ version: 1 });
    expect(double.nodes.map((node) => node.count('features'))).toEqual([0, 0]);
  });
});

describe('the version that a conflict reports', () => {
  test('is wrong without exceptions, with the client alone', async () => {
    const double = await started();
    const client = clientOf(double, '&throwOnAppendFailure=false');
    const events = Array.from({ length: 6 }, () => jsonEvent({ type: 'Some', data: {} }));
    await client.appendToStream('some-stream', events, { expectedRevision: 'no_stream' });
    const result = await client.appendToStream('some-stream', events, { expectedRevision: 9n });
    expect(result).toMatchObject({ success: false, nextExpectedRevision: 1n });
  });

  test('is right, with the engine, which refuses to do without exceptions', async () => {
    const { store } = await openLedger();
    const events = Array.from({ length: 6 }, (_, index) => someEvent(index));
    await store.append('some-stream', 0, events);
    await expect(store.append('some-stream', 9, [someEvent('late')])).rejects.toMatchObject({
      code: 'ERR_VERSION_CONFLICT',
      actualVersion: 6,
    });
    await expect(openLedger({ parameters: '&throwOnAppendFailure=false' })).rejects.toMatchObject({
      code: 'ERR_STORE_URL',
    });
  });
});

describe('a server that is not ready', () => {
  test('is an unknown error, with the client alone', async () => {
    const double = await started();
    double.node.faults.next = failing('batchAppend', 'not-ready');
    await expect(appendWith(clientOf(double))).rejects.toMatchObject({ type: 'unknown' });
  });

  test('is waited for, with the engine', async () => {
    const { double, store } = await openLedger();
    double.node.faults.next = failing('append', 'not-ready', 'not-ready', 'not-ready');
    expect(await store.append('some-stream', 0, [someEvent(1)])).toMatchObject({ version: 1 });
    expect(await headersOf(store, 'some-stream')).toHaveLength(1);
  });
});

async function started(nodes = 1): Promise<Double> {
  const double = await startDouble(nodes);
  onTestFinished(() => double.stop());
  return double;
}

function clientOf(double: Double, parameters = ''): EventStoreDBClient {
  const url = double.url('', `${IMPATIENT}${parameters}`).replace('/?', '?');
  const client = EventStoreDBClient.connectionString(url);
  onTestFinished(() => {
    // Not waited for: it never ends after a stream that the server ended.
    client.dispose().catch(() => undefined);
  });
  return client;
}

function appendWith(client: EventStoreDBClient) {
  return client.appendToStream('some-stream', jsonEvent({ type: 'Some', data: {} }), {
    expectedRevision: 'no_stream',
  });
}
