import { expect, test } from 'vitest';
import type { StoredEvent } from '../../streams/eventStore.js';
import { createMemoryStore } from '../../streams/memory.js';
import { spoolStreams } from '../../streams/spool.js';
import { all, someEvent } from './events.js';

/** A store whose streams take turns in the log, more events of them than one page. */
async function mixedStore() {
  const store = createMemoryStore('test.invalid/ledger');
  for (let round = 0; round < 120; round += 1) {
    for (const stream of ['some-b', 'some-a', 'some-c']) {
      await store.append(stream, round, [someEvent(`${stream} ${round}`)]);
    }
  }
  return store;
}

test('yields what the log holds, whole streams one after another', async () => {
  const store = await mixedStore();
  expect(await bytesOf(spoolStreams(store.readAll))).toEqual(await bytesOf(store.readStreams()));
});

test('stops at a position', async () => {
  const store = await mixedStore();
  const through = (await all(store.readAll({ limit: 301 }))).at(-1)?.position ?? null;
  const expected = await bytesOf(store.readStreams({ through }));
  expect(await bytesOf(spoolStreams(store.readAll, { through }))).toEqual(expected);
});

test('ends with the reason of an abort', async () => {
  const store = await mixedStore();
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(all(spoolStreams(store.readAll, { signal }))).rejects.toThrow('stopped');
});

/** Everything a reader yields, with all its bytes in buffers, so that they compare. */
async function bytesOf(events: AsyncIterable<StoredEvent>) {
  const stored = await all(events);
  return stored.map((event) => ({ ...event, data: Buffer.from(event.data) }));
}
