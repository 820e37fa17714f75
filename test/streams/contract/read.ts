import { describe, expect, test } from 'vitest';
import { type EventStore, PAGE_SIZE_EVENTS } from '../../../streams/eventStore.js';
import { all, headersOf, someEvent } from '../events.js';
import { type Harness, openOne, openPair, openStores } from './harness.js';

/** What `read`, `readAll`, `readStreams` and `head` promise. */
export function readContract(harness: Harness): void {
  describe('read', () => {
    streams(harness);
    pages(harness);
  });
  describe('readAll', () => {
    order(harness);
    positions(harness);
  });
}

function streams(harness: Harness): void {
  test('yields nothing for a stream that does not exist', async () => {
    const store = await openOne(harness);
    expect(await all(store.read('some-stream'))).toEqual([]);
  });

  test.each([
    ['forwards', {}, [1, 2, 3, 4, 5]],
    ['backwards', { direction: 'backward' }, [5, 4, 3, 2, 1]],
    ['from a version', { from: 3 }, [3, 4, 5]],
    ['to a version', { to: 2 }, [1, 2]],
    ['a range', { from: 2, to: 4 }, [2, 3, 4]],
    ['a range backwards', { from: 2, to: 4, direction: 'backward' }, [4, 3, 2]],
    ['a limited number', { limit: 2 }, [1, 2]],
    ['the last', { limit: 1, direction: 'backward' }, [5]],
    ['past the end', { from: 6 }, []],
    ['none', { limit: 0 }, []],
  ] as const)('yields %s', async (_, options, expected) => {
    const store = await openOne(harness);
    await store.append('other-stream', 0, [someEvent('other')]);
    await store.append(
      'some-stream',
      0,
      [1, 2, 3, 4, 5].map((words) => someEvent(words)),
    );
    const read = await all(store.read('some-stream', options));
    expect(read.map(({ version }) => version)).toEqual(expected);
  });

  test('yields whole streams one after another, up to a position', async () => {
    const store = await openOne(harness);
    await store.append('some-stream', 0, [someEvent(1)]);
    await store.append('other-stream', 0, [someEvent(2)]);
    const { position } = await store.append('some-stream', 1, [someEvent(3)]);
    await store.append('other-stream', 1, [someEvent(4)]);
    const read = await all(store.readStreams({ through: position }));
    expect(read.map(({ stream, version }) => `${stream} ${version}`)).toEqual([
      'some-stream 1',
      'some-stream 2',
      'other-stream 1',
    ]);
  });

  test('refuses after the store is closed', async () => {
    const store = await openOne(harness);
    await store.close();
    await expect(all(store.read('some-stream'))).rejects.toMatchObject({
      code: 'ERR_STORE_CLOSED',
    });
  });
}

function pages(harness: Harness): void {
  test.each([PAGE_SIZE_EVENTS - 1, PAGE_SIZE_EVENTS, PAGE_SIZE_EVENTS + 1, 2 * PAGE_SIZE_EVENTS])(
    'yields all of %i events, forwards, backwards, in the log and by stream',
    async (count) => {
      const store = await openOne(harness);
      await fill(store, count);
      const forward = await headersOf(store, 'some-stream');
      const backward = await all(store.read('some-stream', { direction: 'backward' }));
      const log = await all(store.readAll());
      const byStream = await all(store.readStreams());
      expect(forward).toHaveLength(count);
      expect(backward.map(({ header }) => header).reverse()).toEqual(forward);
      expect(log.map(({ header }) => header)).toEqual(forward);
      expect(byStream.map(({ header }) => header)).toEqual(forward);
    },
  );

  test('lets a reader stop early and everybody go on', async () => {
    const [store, other] = await openPair(harness);
    await fill(store, PAGE_SIZE_EVENTS + 1);
    for await (const event of store.read('some-stream')) {
      expect(event.version).toBe(1);
      break;
    }
    await other.append('some-stream', PAGE_SIZE_EVENTS + 1, [someEvent('after')]);
    expect(await headersOf(store, 'some-stream')).toHaveLength(PAGE_SIZE_EVENTS + 2);
  });

  test.each(['read', 'readAll', 'readStreams'] as const)('ends %s on an abort', async (name) => {
    const store = await openOne(harness);
    await fill(store, 3);
    const abort = new AbortController();
    const { signal } = abort;
    const reading =
      name === 'read' ? store.read('some-stream', { signal }) : store[name]({ signal });
    await expect(
      (async () => {
        for await (const _ of reading) {
          abort.abort(new Error('stopped'));
        }
      })(),
    ).rejects.toThrow('stopped');
  });
}

function order(harness: Harness): void {
  test('yields events in the order of their commits, those of one append together', async () => {
    const stores = await openStores(harness, 4);
    await Promise.all(
      stores.flatMap((store, writer) =>
        Array.from({ length: 25 }, (_, round) => {
          const stream = `some-${writer}x${round}`;
          return store.append(
            stream,
            0,
            [1, 2, 3].map((n) => someEvent(`${stream} ${n}`)),
          );
        }),
      ),
    );
    const log = await all(stores[0].readAll());
    expect(log).toHaveLength(300);
    for (let index = 0; index < log.length; index += 3) {
      const [first, second, third] = log.slice(index, index + 3);
      expect([second?.stream, third?.stream]).toEqual([first?.stream, first?.stream]);
      expect([first?.version, second?.version, third?.version]).toEqual([1, 2, 3]);
    }
  });

  test('never lets a tailing reader skip an event under parallel writers', async () => {
    const [reader, ...writers] = await openStores(harness, 4);
    const seen: string[] = [];
    const writing = Promise.all(
      writers.map(async (store, writer) => {
        for (let round = 0; round < 60; round += 1) {
          await store.append(`some-${writer}`, round, [someEvent(`${writer} ${round}`)]);
        }
      }),
    );
    let after: string | null = null;
    for (let waits = 0; seen.length < 180 && waits < 5_000; waits += 1) {
      for await (const event of reader.readAll({ after })) {
        seen.push(event.header);
        after = event.position;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    const log = await all(reader.readAll());
    expect(seen).toEqual(log.map(({ header }) => header));
  });
}

function positions(harness: Harness): void {
  test('resumes after any position and stops at another', async () => {
    const store = await openOne(harness);
    await fill(store, 5);
    const log = await all(store.readAll());
    const [, second, , fourth] = log;
    const range = await all(
      store.readAll({ after: second?.position ?? null, through: fourth?.position ?? null }),
    );
    expect(range.map(({ version }) => version)).toEqual([3, 4]);
    expect(await store.head()).toEqual(log.at(-1));
  });

  test('has no head while it is empty', async () => {
    const store = await openOne(harness);
    expect(await store.head()).toBeNull();
  });

  test('refuses a position beyond the head', async () => {
    const store = await openOne(harness);
    await fill(store, 2);
    const [scheme, number] = (await store.head())?.position.split('.') ?? [];
    const beyond = `${scheme}.${Number(number) + 1}.0123456789abcdef`;
    await expect(all(store.readAll({ after: beyond }))).rejects.toMatchObject({
      code: 'ERR_POSITION_BEYOND_HEAD',
    });
  });

  test.each([
    ['of another engine', 'other.1.0123456789abcdef'],
    ['that is none', 'nonsense'],
    ['of another timeline', null],
  ])('refuses a position %s', async (_, foreign) => {
    const store = await openOne(harness);
    await fill(store, 2);
    const scheme = (await store.head())?.position.split('.')[0];
    const after = foreign ?? `${scheme}.1.0123456789abcdef`;
    await expect(all(store.readAll({ after }))).rejects.toMatchObject({
      code: 'ERR_POSITION_FOREIGN',
    });
  });
}

/** Appends events one after another to one stream, some at a time. */
async function fill(store: EventStore, count: number): Promise<void> {
  for (let version = 0; version < count; version += 50) {
    const some = Array.from({ length: Math.min(50, count - version) }, (_, index) =>
      someEvent(version + index),
    );
    await store.append('some-stream', version, some);
  }
}
