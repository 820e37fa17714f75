import { describe, expect, test } from 'vitest';
import type { EventStore, FollowItem } from '../../../streams/eventStore.js';
import { someEvent } from '../events.js';
import { type Harness, openOne, openPair, openStores } from './harness.js';

/** What `follow` promises. */
export function followContract(harness: Harness): void {
  describe('follow', () => {
    liveness(harness);
    bounds(harness);
  });
}

function liveness(harness: Harness): void {
  test('goes from history to live without a gap or a double under concurrent appends', async () => {
    const [follower, ...writers] = await openStores(harness, 3);
    await writeMany(follower, 'before', 40);
    const writing = Promise.all(
      writers.map((store, index) => writeMany(store, `live-${index}`, 60)),
    );
    const headers = await takeEvents(follower, null, 160);
    await writing;
    const log: string[] = [];
    for await (const { header } of follower.readAll()) {
      log.push(header);
    }
    expect(headers).toEqual(log);
  });

  test('says that it has caught up once per transition', async () => {
    const [follower, writer] = await openPair(harness);
    await writeMany(writer, 'some', 2);
    const abort = new AbortController();
    const kinds: string[] = [];
    for await (const item of followed(follower, null, abort.signal)) {
      kinds.push(item.kind);
      if (kinds.length === 3) {
        await writer.append('other', 0, [someEvent('other')]);
      }
      if (kinds.length === 5) {
        abort.abort();
      }
    }
    expect(kinds).toEqual(['event', 'event', 'caught-up', 'event', 'caught-up']);
  });

  test('waits on an empty log and gives the first event that comes', async () => {
    const [follower, writer] = await openPair(harness);
    const taking = takeEvents(follower, null, 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writer.append('some', 0, [someEvent(1)]);
    expect(await taking).toEqual([someEvent(1).header]);
  });

  test('resumes after the position where a consumer failed', async () => {
    const store = await openOne(harness);
    await writeMany(store, 'some', 5);
    let reached: string | null = null;
    const failing = async () => {
      for await (const item of followed(store, null, new AbortController().signal)) {
        if (item.kind === 'event' && item.event.version === 3) {
          throw new Error('the consumer failed');
        }
        reached = item.kind === 'event' ? item.event.position : reached;
      }
    };
    await expect(failing()).rejects.toThrow('the consumer failed');
    expect(await takeEvents(store, reached, 3)).toEqual(
      [2, 3, 4].map((round) => someEvent(`some ${round}`).header),
    );
  });
}

function bounds(harness: Harness): void {
  test('ends when it is aborted, also while it waits', async () => {
    const store = await openOne(harness);
    const abort = new AbortController();
    const following = (async () => {
      for await (const _ of followed(store, null, abort.signal)) {
        setTimeout(() => abort.abort(), 20);
      }
      return 'ended';
    })();
    expect(await following).toBe('ended');
  });

  test('gives a slow consumer every event at its own pace', async () => {
    const [follower, writer] = await openPair(harness);
    const writing = writeMany(writer, 'some', 300);
    const headers: string[] = [];
    const abort = new AbortController();
    for await (const item of followed(follower, null, abort.signal)) {
      if (item.kind === 'event') {
        headers.push(item.event.header);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (headers.length === 300) {
        abort.abort();
      }
    }
    await writing;
    expect(new Set(headers).size).toBe(300);
  });

  test('refuses to begin after a position that is not of this log', async () => {
    const store = await openOne(harness);
    await writeMany(store, 'some', 1);
    const scheme = (await store.head())?.position.split('.')[0];
    const after = `${scheme}.1.0123456789abcdef`;
    await expect(takeEvents(store, after, 1)).rejects.toMatchObject({
      code: 'ERR_POSITION_FOREIGN',
    });
  });

  test('fails with a code when the store is closed under it', async () => {
    const store = await openOne(harness);
    const following = takeEvents(store, null, 1);
    setTimeout(() => store.close(), 20);
    await expect(following).rejects.toMatchObject({ code: 'ERR_STORE_CLOSED' });
  });
}

async function writeMany(store: EventStore, stream: string, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    await store.append(stream, round, [someEvent(`${stream} ${round}`)]);
  }
}

async function takeEvents(
  store: EventStore,
  after: string | null,
  count: number,
): Promise<readonly string[]> {
  const abort = new AbortController();
  const headers: string[] = [];
  for await (const item of followed(store, after, abort.signal)) {
    if (item.kind === 'event') {
      headers.push(item.event.header);
    }
    if (headers.length === count) {
      abort.abort();
    }
  }
  return headers;
}

function followed(
  store: EventStore,
  after: string | null,
  signal: AbortSignal,
): AsyncIterable<FollowItem> {
  return store.follow({ after, signal });
}
