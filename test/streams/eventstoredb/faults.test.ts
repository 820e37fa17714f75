import { afterEach, describe, expect, test, vi } from 'vitest';
import type { EventStore } from '../../../streams/eventStore.js';
import { openEventStoreDbStore } from '../../../streams/eventstoredb/store.js';
import { stopClock, stopTimers } from '../../support/stoppedClock.js';
import { until } from '../../support/until.js';
import { all, headersOf, someEvent } from '../events.js';
import { failing, openLedger, patiently, pause } from './double/openLedger.js';

/** Far more events than a follower needs to be woken ten times. */
const MAX_WRITTEN = 1_000;

describe('an append', () => {
  test.each([
    ['is answered too late', 'lost-silently'],
    ['loses its connection after it was written', 'lost'],
    ['is said to be undecided', 'timeout'],
    ['is never answered and not written', 'silent'],
    ['meets a server that is not ready', 'not-ready'],
  ] as const)('that %s is written once', async (_, fault) => {
    const { double, store } = await openLedger();
    double.node.faults.next = failing('append', fault, fault);
    const receipt = await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    expect(receipt).toEqual({ version: 2, position: (await store.head())?.position });
    expect(await headersOf(store, 'some-stream')).toHaveLength(2);
    expect(double.log.events.filter(({ stream }) => stream.endsWith('.some-stream'))).toHaveLength(
      2,
    );
  });

  test('whose answer is lost with the server is found when that is back', async () => {
    const { double, store } = await openLedger();
    double.node.faults.next = (rpc) => {
      if (rpc === 'append') {
        setTimeout(() => double.node.kill(), 5);
        return 'lost-silently';
      }
      return 'none';
    };
    const appending = store.append('some-stream', 0, [someEvent(1)]);
    await until(() => !double.node.isUp());
    await pause(200);
    double.node.faults.next = () => 'none';
    await double.node.start();
    expect(await appending).toMatchObject({ version: 1 });
    expect(double.node.count('append')).toBe(2);
  });

  test('that stays unanswered ends as of unknown outcome, once its time is over', async () => {
    const { double, store } = await openLedger({
      parameters: '&defaultDeadline=100&retryBudget=300',
    });
    double.node.faults.next = (rpc) => (rpc === 'append' || rpc === 'read' ? 'silent' : 'none');
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_APPEND_OUTCOME_UNKNOWN',
    });
  });

  test('that nothing was ever sent of ends as unreachable', async () => {
    const { double, store } = await openLedger({ parameters: '&retryBudget=300' });
    double.node.faults.next = (rpc) => (rpc === 'append' ? 'not-ready' : 'none');
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
    expect(await store.head()).toBeNull();
  });

  test('meets the event that another wrote while it was not answered', async () => {
    const { double, store, name } = await openLedger();
    await store.append('another-stream', 0, [someEvent('other')]);
    const others = double.log.events.slice(-1);
    const silent = failing('append', 'silent');
    double.node.faults.next = (rpc) => {
      const fault = silent(rpc);
      if (fault === 'silent') {
        double.log.append(`${name}.some-stream`, 'no_stream', others);
      }
      return fault;
    };
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_VERSION_CONFLICT',
      actualVersion: 1,
    });
  });

  test('is not sent any more after its deadline', async () => {
    const clock = stopClock();
    const { double, store } = await openLedger();
    const before = double.node.count('append');
    double.node.faults.next = (rpc) => (rpc === 'append' ? 'not-ready' : 'none');
    const deadlineMs = performance.now() + 60_000;
    const outcome = Promise.allSettled([
      store.append('some-stream', 0, [someEvent(1)], { deadlineMs }),
    ]);
    await until(() => double.node.count('append') > before);
    clock.pass(60_000);
    expect(await outcome).toMatchObject([{ reason: { code: 'ERR_APPEND_EXPIRED' } }]);
    const sent = double.node.count('append');
    double.node.faults.next = () => 'none';
    await pause(300);
    expect(double.node.count('append')).toBe(sent);
    expect(await store.head()).toBeNull();
  });

  test('that was written before its deadline is found after it', async () => {
    const { double, store } = await openLedger();
    double.node.faults.next = failing('append', 'lost-silently');
    const deadlineMs = performance.now() + 1_000;
    const receipt = await store.append('some-stream', 0, [someEvent(1)], { deadlineMs });
    expect(receipt).toMatchObject({ version: 1 });
    expect(double.node.count('append')).toBe(2);
  });

  test('refuses other bytes under ids that the server knows', async () => {
    const { double, store } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    const altered = { ...someEvent(1), data: Buffer.from('other') };
    await expect(store.append('some-stream', 0, [altered, someEvent(2)])).rejects.toMatchObject({
      code: 'ERR_APPEND_MISMATCH',
    });
    expect(double.log.events.filter(({ stream }) => stream.endsWith('.some-stream'))).toHaveLength(
      2,
    );
  });

  test('waits until what was written can be read, its own and what it conflicts with', async () => {
    const { double, store } = await openLedger();
    double.node.habits.readableAfterMs = () => 200;
    const first = await store.append('some-stream', 0, [someEvent(1)]);
    expect(first).toMatchObject({ version: 1 });
    const [again, other] = await Promise.allSettled([
      store.append('some-stream', 1, [someEvent(2)]),
      store.append('some-stream', 1, [someEvent('other')]),
    ]);
    expect(again).toMatchObject({ value: { version: 2 } });
    expect(other).toMatchObject({ reason: { code: 'ERR_VERSION_CONFLICT', actualVersion: 2 } });
  });

  test('that is repeated while the first cannot be read yet is answered as the first', async () => {
    stopClock();
    const { double, store, openAnother } = await openLedger();
    const other = await openAnother();
    double.node.habits.readableAfterMs = () => 200;
    const events = [someEvent(1), someEvent(2)];
    const [one, two] = await Promise.all([
      store.append('some-stream', 0, events),
      other.append('some-stream', 0, events),
    ]);
    expect(one).toEqual(two);
  });

  test('of which only a part can be read yet is not taken for another', async () => {
    const { double, store } = await openLedger();
    double.node.habits.readableAfterMs = (revision) => revision * 200;
    double.node.faults.next = failing('append', 'lost');
    const receipt = await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    expect(receipt).toMatchObject({ version: 2 });
  });

  test('is not sent after its deadline when it took long to find the cluster', async () => {
    const { double, store } = await openLedger({
      nodes: 2,
      parameters: '&defaultDeadline=3000&gossipTimeout=1',
    });
    const [, next] = double.nodes;
    if (next !== undefined) {
      next.faults.next = failing('gossip', 'silent');
    }
    double.node.kill();
    double.elect(1);
    const before = next?.count('append');
    const deadlineMs = performance.now() + 150;
    await expect(
      store.append('some-stream', 0, [someEvent(1)], { deadlineMs }),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_EXPIRED' });
    await pause(100);
    expect(next?.count('append')).toBe(before);
  });

  test('is not waited for longer than until its deadline', async () => {
    const { double, store } = await openLedger({ parameters: '&defaultDeadline=60000' });
    const before = double.node.count('append');
    double.node.faults.next = (rpc) => (rpc === 'append' ? 'silent' : 'none');
    // One that has no deadline is sent again only when the time of a call is over.
    const other = Promise.allSettled([store.append('another-stream', 0, [someEvent(2)])]);
    const began = performance.now();
    await expect(
      store.append('some-stream', 0, [someEvent(1)], { deadlineMs: began + 500 }),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_OUTCOME_UNKNOWN' });
    expect(performance.now()).toBeGreaterThanOrEqual(began + 500);
    expect(double.node.count('append')).toBe(before + 2);
    double.node.faults.next = () => 'none';
    double.node.kill();
    await double.node.start();
    expect(await other).toMatchObject([{ value: { version: 1 } }]);
  });

  test('to a stream that was deleted for ever fails with a code', async () => {
    const { double, store, name } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1)]);
    double.log.remove(`${name}.some-stream`, 'any', true);
    await expect(store.append('some-stream', 1, [someEvent(2)])).rejects.toMatchObject({
      code: 'ERR_STORE_FAILED',
    });
  });

  test('is stored with ids that the server understands and nothing else around the header', async () => {
    const { double, store, name } = await openLedger();
    const event = someEvent(1);
    await store.append('some-stream', 0, [event]);
    const stored = double.log.events.at(-1);
    const { id, causation, correlation } = JSON.parse(event.header);
    expect(stored).toMatchObject({ id, stream: `${name}.some-stream`, type: event.type });
    expect(stored?.contentType).toBe('application/octet-stream');
    expect(Buffer.from(stored?.metadata ?? []).toString()).toBe(
      JSON.stringify({
        $causationId: causation,
        $correlationId: correlation,
        header: event.header,
      }),
    );
  });
});

describe('a cluster', () => {
  test('is durable by its majority, a single node by its disk', async () => {
    const { store } = await openLedger({ nodes: 3 });
    expect(store.capabilities.durability).toBe('replicated');
    const { store: single } = await openLedger();
    expect(single.capabilities.durability).toBe('fsync');
  });

  test('is written to at its leader, by whichever node it is reached', async () => {
    const { double, store, url } = await openLedger({ nodes: 2 });
    const follower = double.nodes[1];
    const oneHost = url.replace(/\/\/[^/]+\//, `//127.0.0.1:${follower?.port()}/`);
    const reached = await openEventStoreDbStore(oneHost);
    await reached.append('some-stream', 0, [someEvent(1)]);
    expect(await headersOf(store, 'some-stream')).toHaveLength(1);
    expect(follower?.count('append')).toBe(0);
    expect(double.node.count('append')).toBeGreaterThan(1);
    await reached.close();
  });

  test('is discovered by one name', async () => {
    const { double, store, url } = await openLedger({ nodes: 3 });
    const byName = url.replace(
      /^esdb:\/\/[^/]+/,
      `esdb+discover://localhost:${double.node.port()}`,
    );
    double.elect(2);
    const asked = double.node.count('read');
    const found = await openEventStoreDbStore(byName);
    await found.append('some-stream', 0, [someEvent(1)]);
    // Its gossip names the leader: the node of that name is asked nothing else.
    expect(double.nodes[2]?.count('append')).toBe(1);
    expect(double.node.count('read')).toBe(asked);
    expect(await headersOf(store, 'some-stream')).toHaveLength(1);
    await found.close();
  });

  test('goes on after its leader is lost and another elected', async () => {
    const { double, store } = await openLedger({ nodes: 3 });
    await store.append('some-stream', 0, [someEvent(1)]);
    double.node.kill();
    double.elect(null);
    const appending = store.append('some-stream', 1, [someEvent(2)]);
    setTimeout(() => double.elect(1), 300);
    expect(await appending).toMatchObject({ version: 2 });
    expect(await headersOf(store, 'some-stream')).toHaveLength(2);
    expect(double.nodes[1]?.count('append')).toBeGreaterThan(0);
  });

  test('without a leader has surely written nothing', async () => {
    const { double, store } = await openLedger({ nodes: 2, parameters: '&retryBudget=300' });
    double.elect(null);
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
  });

  test('is asked at its new leader when the old one only stepped down', async () => {
    const { double, store } = await openLedger({ nodes: 2, parameters: '' });
    await store.append('some-stream', 0, [someEvent(1)]);
    double.elect(1);
    expect(await store.append('some-stream', 1, [someEvent(2)])).toMatchObject({ version: 2 });
    expect(await headersOf(store, 'some-stream')).toHaveLength(2);
    const leader = double.nodes[1];
    expect([leader?.count('append'), leader?.count('read')]).toEqual([1, 2]);
  });

  test('that cannot be found while a call fails is no rejection that nobody handles', async () => {
    const { double, store } = await openLedger({
      nodes: 2,
      parameters:
        '&defaultDeadline=3000&gossipTimeout=1&maxDiscoverAttempts=1&discoveryInterval=10&retryBudget=100',
    });
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    const gossiped = double.node.count('gossip') + (double.nodes[1]?.count('gossip') ?? 0);
    const before = double.node.count('read');
    for (const node of double.nodes) {
      node.faults.next = (rpc) => (rpc === 'append' ? 'lost' : 'silent');
    }
    const reading = all(store.read('some-stream'));
    await until(() => double.node.count('read') > before);
    const appending = store.append('some-stream', 0, [someEvent(1)]);
    await until(
      () => double.node.count('gossip') + (double.nodes[1]?.count('gossip') ?? 0) > gossiped,
    );
    double.node.kill();
    await Promise.allSettled([reading, appending]);
    await pause(50);
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});

describe('a read', () => {
  test.each([
    ['is not answered', 'silent'],
    ['is cut off', 'lost'],
    ['meets a server that is not ready', 'not-ready'],
  ] as const)('that %s is tried again', async (_, fault) => {
    const { double, store } = await openLedger();
    await fill(store, 300);
    double.node.faults.next = failing('read', 'none', fault, fault);
    expect(await headersOf(store, 'some-stream')).toHaveLength(300);
    double.node.faults.next = failing('read', fault);
    expect(await all(store.readAll())).toHaveLength(300);
  });

  test('goes on when the server was away between two pages', async () => {
    const { double, store } = await openLedger();
    await fill(store, 300);
    const headers: string[] = [];
    for await (const event of store.readAll()) {
      headers.push(event.header);
      if (headers.length === 100) {
        double.node.kill();
        setTimeout(() => double.node.start(), 200);
      }
    }
    expect(new Set(headers).size).toBe(300);
  });

  test.each([false, true])(
    'refuses a position at which no event begins, whether the server looks (%s) or not',
    async (refusesOddPositions) => {
      const { double, store } = await openLedger();
      double.node.habits.refusesOddPositions = refusesOddPositions;
      await fill(store, 2);
      const number = Number((await store.head())?.position.split('.')[1]);
      const at = (place: number) => all(store.readAll({ after: `esdb.${place}.0123456789abcdef` }));
      await expect(at(number - 1)).rejects.toMatchObject({ code: 'ERR_POSITION_FOREIGN' });
      await expect(at(number)).rejects.toMatchObject({ code: 'ERR_POSITION_FOREIGN' });
      await expect(at(number + 1)).rejects.toMatchObject({ code: 'ERR_POSITION_BEYOND_HEAD' });
      await expect(at(number + 1_000_000)).rejects.toMatchObject({
        code: 'ERR_POSITION_BEYOND_HEAD',
      });
    },
  );

  test.each(['read', 'readAll', 'follow'] as const)(
    'by %s ends at once when it is aborted, also while the server is silent',
    async (name) => {
      const { double, store } = await openLedger({ parameters: '&defaultDeadline=60000' });
      double.node.faults.next = () => 'silent';
      const asked = double.node.count('read');
      // A read that nobody aborts asks a second time when the time of a call is over.
      const other = Promise.allSettled([all(store.read('another-stream'))]);
      await until(() => double.node.count('read') > asked);
      const abort = new AbortController();
      const { signal } = abort;
      const reading =
        name === 'read'
          ? all(store.read('some-stream', { signal }))
          : all<unknown>(
              name === 'readAll'
                ? store.readAll({ signal })
                : store.follow({ after: null, signal }),
            );
      await until(() => double.node.count('read') > asked + 1);
      abort.abort(new Error('stopped'));
      const outcome = await reading.catch((error: Error) => error.message);
      expect(outcome).toEqual(name === 'follow' ? [] : 'stopped');
      expect(double.node.count('read')).toBe(asked + 2);
      await store.close();
      expect(await other).toMatchObject([{ reason: { code: 'ERR_STORE_CLOSED' } }]);
    },
  );

  test('backwards begins at the end when it is to begin past it', async () => {
    const { store } = await openLedger();
    await fill(store, 3);
    const read = await all(store.read('some-stream', { direction: 'backward', to: 1_000_000 }));
    expect(read.map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  test('finds the head behind more of others’ events than a server looks through', async () => {
    const { double, store } = await openLedger();
    double.node.habits.endsAtEmptyWindow = true;
    const { position } = await store.append('some-stream', 0, [someEvent(1)]);
    double.log.append('plr-other.noise', 'any', noise(5_000));
    expect((await store.head())?.position).toBe(position);
    expect(await all(store.readAll({ after: position }))).toEqual([]);
  });

  test('of the log leaves out links, other ledgers and what the server writes', async () => {
    const { double, store, name } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1)]);
    double.log.append(`${name}.links`, 'any', noise(300, '$>'));
    double.log.append(`${name}-other.stream`, 'any', noise(1));
    await store.append('some-stream', 1, [someEvent(2)]);
    const log = await all(store.readAll());
    expect(log.map(({ header }) => header)).toEqual([1, 2].map((words) => someEvent(words).header));
  });

  test('gives an event without a header as what it is', async () => {
    const { double, store, name } = await openLedger();
    double.log.append(`${name}.some-stream`, 'any', noise(1));
    expect((await all(store.read('some-stream'))).map(({ header }) => header)).toEqual(['']);
  });
});

describe('a follower', () => {
  test.each([
    ['the end of its subscription', 'endSubscriptions'],
    ['being too slow', 'abortSubscriptions'],
  ] as const)('goes on after %s', async (_, end) => {
    const { double, store } = await openLedger();
    const { seen, stop } = follow(store);
    await until(() => double.node.subscriberCount() === 1);
    double.node[end]();
    await until(() => double.node.subscriberCount() === 0 || double.node.count('subscribe') > 1);
    await fill(store, 5);
    await until(() => seen.length === 5);
    await until(() => double.node.subscriberCount() === 1);
    await stop();
    expect(seen).toEqual(await headersOf(store, 'some-stream'));
  });

  test('goes on after the server was away', async () => {
    const { double, store } = await openLedger();
    await fill(store, 3);
    const { seen, stop } = follow(store);
    await until(() => seen.length === 3);
    double.node.kill();
    await pause(700);
    await double.node.start();
    await fill(store, 3, 3);
    await until(() => seen.length === 6);
    await stop();
    expect(seen).toEqual(await headersOf(store, 'some-stream'));
  });

  test('goes on after the server was silent', async () => {
    const { double, store } = await openLedger();
    const { seen, stop } = follow(store);
    await until(() => double.node.subscriberCount() === 1);
    const asked = double.node.count('read');
    double.node.faults.next = (rpc) => (rpc === 'append' ? 'none' : 'silent');
    const writing = fill(store, 3);
    // The writer's and the follower's, and one that came after the time of another was over.
    await until(() => double.node.count('read') >= asked + 3);
    double.node.faults.next = () => 'none';
    await writing;
    await until(() => seen.length === 3);
    await stop();
    expect(seen).toEqual(await headersOf(store, 'some-stream'));
  });

  test('needs no subscription to see what others write', async () => {
    const { double, store, openAnother } = await openLedger();
    const other = await openAnother();
    double.node.faults.next = (rpc) => (rpc === 'subscribe' ? 'silent' : 'none');
    const { seen, stop } = follow(store);
    await fill(other, 3);
    await until(() => seen.length === 3);
    await stop();
  });

  test('is woken by its subscription, without the clock', async () => {
    const { double, store, openAnother } = await openLedger();
    const other = await openAnother();
    stopTimers();
    const { seen, stop } = follow(store);
    await until(() => double.node.subscriberCount() === 1);
    let written = 0;
    for (let round = 0; round < 10; round += 1) {
      const before = seen.length;
      // A hint that comes while it reads is lost, and the next one wakes it.
      await until(async () => {
        await fill(other, 1, written);
        written += 1;
        return seen.length > before || written >= MAX_WRITTEN;
      });
    }
    await stop();
    expect(seen.length).toBeGreaterThanOrEqual(10);
    expect(seen).toEqual((await headersOf(store, 'some-stream')).slice(0, seen.length));
  });

  test('is refused where the server is away from the beginning', async () => {
    const { double, store } = await openLedger({ parameters: '&retryBudget=200' });
    double.node.kill();
    const { ended } = follow(store);
    await expect(ended).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
  });

  test('and every call end when the store is closed, also while the server is silent', async () => {
    const { double, store } = await openLedger({ parameters: '' });
    // Neither the clock of a follower nor a call's time-out is waited for: no timer ends before the test.
    stopTimers();
    const { ended } = follow(store);
    await until(() => double.node.subscriberCount() === 1);
    double.node.faults.next = () => 'silent';
    const asked = double.node.count('read');
    const reading = all(store.read('some-stream'));
    await until(() => double.node.count('read') > asked);
    const outcomes = Promise.allSettled([ended, reading]);
    await store.close();
    expect(await outcomes).toMatchObject([
      { reason: { code: 'ERR_STORE_CLOSED' } },
      { reason: { code: 'ERR_STORE_CLOSED' } },
    ]);
    await expect(store.append('some-stream', 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_STORE_CLOSED',
    });
    await expect(store.head()).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' });
    await expect(store.inspect()).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' });
  });
});

describe('a cluster that does not answer its gossip', () => {
  test('is given up in time, and found when it answers again', async () => {
    const { double, url } = await openLedger({ nodes: 2, parameters: '&defaultDeadline=200' });
    for (const node of double.nodes) {
      node.faults.next = (rpc) => (rpc === 'gossip' ? 'silent' : 'none');
    }
    // The client alone gives up only after ten questions of five seconds each.
    const asked = double.nodes.map((node) => node.count('gossip'));
    await expect(openEventStoreDbStore(`${url}&retryBudget=100`)).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
    const gossiped = double.nodes.map((node, index) => node.count('gossip') - (asked[index] ?? 0));
    expect(Math.max(...gossiped)).toBeLessThan(3);
    const opening = patiently(() => openEventStoreDbStore(`${url}&gossipTimeout=1`));
    for (const node of double.nodes) {
      node.faults.next = () => 'none';
    }
    const store = await opening;
    await store.close();
  });
});

describe('a server that is not there', () => {
  afterEach(() => vi.restoreAllMocks());

  test('is told with a code and without who asked', async () => {
    const { double, store, url } = await openLedger({ parameters: '&retryBudget=200' });
    double.node.kill();
    const warnings = vi.spyOn(console, 'warn');
    const secret = url.replace('//', '//keeper:secret@');
    const outcomes = await Promise.allSettled([
      openEventStoreDbStore(secret),
      store.append('some-stream', 0, [someEvent(1)]),
      store.head(),
      store.inspect(),
      all(store.read('some-stream')),
      all(store.readAll()),
      all(store.readStreams()),
    ]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ reason: { code: 'ERR_STORE_UNREACHABLE' } });
      expect(
        JSON.stringify(outcome) + String((outcome as PromiseRejectedResult).reason),
      ).not.toMatch(/keeper|secret/);
    }
    expect(warnings).not.toHaveBeenCalled();
  });
});

async function fill(store: EventStore, count: number, from = 0): Promise<void> {
  for (let version = from; version < from + count; version += 50) {
    const some = Array.from({ length: Math.min(50, from + count - version) }, (_, index) =>
      someEvent(version + index),
    );
    await store.append('some-stream', version, some);
  }
}

function noise(count: number, type = 'Noise') {
  return Array.from({ length: count }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    type,
    contentType: 'application/octet-stream',
    metadata: new Uint8Array(),
    data: new Uint8Array(),
  }));
}

/** Follows a store from its beginning, and gathers what it is given. */
function follow(store: EventStore) {
  const abort = new AbortController();
  const seen: string[] = [];
  const ended = (async () => {
    for await (const item of store.follow({ after: null, signal: abort.signal })) {
      if (item.kind === 'event') {
        seen.push(item.event.header);
      }
    }
  })();
  return {
    seen,
    ended,
    stop: async () => {
      abort.abort();
      await ended;
    },
  };
}
