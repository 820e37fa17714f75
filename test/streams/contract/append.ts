import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_BYTES_PER_APPEND, MAX_EVENTS_PER_APPEND } from '../../../streams/eventStore.js';
import { all, asGiven, headersOf, someEvent } from '../events.js';
import { type Harness, openOne, openPair, openStores } from './harness.js';

const WRITERS = 8;
const ROUNDS = 100;

/** What `append` promises. */
export function appendContract(harness: Harness): void {
  describe('append', () => {
    versions(harness);
    idempotence(harness);
    limits(harness);
    writers(harness);
  });
}

function versions(harness: Harness): void {
  test('creates a stream and answers with version and position', async () => {
    const store = await openOne(harness);
    const receipt = await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    expect(receipt).toEqual({ version: 2, position: (await store.head())?.position });
  });

  test.each([
    ['a second creation', 0, 2],
    ['a stale expectation', 1, 2],
    ['one that is too high', 3, 2],
  ])('refuses %s and reports the version', async (_, expected, actual) => {
    const store = await openOne(harness);
    await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    await expect(store.append('some-stream', expected, [someEvent(3)])).rejects.toMatchObject({
      code: 'ERR_VERSION_CONFLICT',
      actualVersion: actual,
    });
    expect(await headersOf(store, 'some-stream')).toHaveLength(2);
  });

  test('refuses a first append to a stream that is expected to exist', async () => {
    const store = await openOne(harness);
    await expect(store.append('some-stream', 1, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_VERSION_CONFLICT',
      actualVersion: 0,
    });
  });

  test('writes nothing after its deadline', async () => {
    const store = await openOne(harness);
    const deadlineMs = performance.now() - 1;
    await expect(
      store.append('some-stream', 0, [someEvent(1)], { deadlineMs }),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_EXPIRED' });
    expect(await store.head()).toBeNull();
  });

  test('writes none of its events when one of them cannot be written', async () => {
    const store = await openOne(harness);
    const broken = { ...someEvent(2), type: null as unknown as string };
    const attempt = store.append('some-stream', 0, [someEvent(1), broken, someEvent(3)]);
    await attempt.catch(() => undefined);
    const written = await headersOf(store, 'some-stream');
    expect([0, 3]).toContain(written.length);
  });
}

function idempotence(harness: Harness): void {
  test('answers a repeated append with the first receipt, also after later ones', async () => {
    const [store, other] = await openPair(harness);
    const first = await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    await other.append('some-stream', 2, [someEvent(3)]);
    const again = await other.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    expect(again).toEqual(first);
    expect(await all(store.read('some-stream'))).toHaveLength(3);
  });

  test.skipIf(!harness.outlivesClosing)('and after the store was opened again', async () => {
    const place = await harness.place();
    onTestFinished(place.remove);
    const before = await place.open();
    const first = await before.append('some-stream', 0, [someEvent(1)]);
    await before.close();
    const after = await place.open();
    expect(await after.append('some-stream', 0, [someEvent(1)])).toEqual(first);
    await after.close();
  });

  test.each([
    ['the same id with other bytes', [{ ...someEvent(1), data: Buffer.from('other') }]],
    ['the same first id and one event more', [someEvent(1), someEvent(2), someEvent(3)]],
    ['the same first id and one event fewer', [someEvent(1)].slice(0, 1)],
  ])('refuses %s as a mismatch', async (name, events) => {
    const store = await openOne(harness);
    const first = name.includes('fewer')
      ? [someEvent(1), someEvent(2)]
      : [someEvent(1), someEvent(9)];
    await store.append('some-stream', 0, first);
    const attempt = store.append('some-stream', 0, events);
    // A shorter append at the same place is the beginning of the first: it is there already.
    if (name.includes('fewer')) {
      await expect(attempt).resolves.toMatchObject({ version: 1 });
    } else {
      await expect(attempt).rejects.toMatchObject({ code: 'ERR_APPEND_MISMATCH' });
    }
    expect(await headersOf(store, 'some-stream')).toHaveLength(first.length);
  });

  test('refuses a repetition that only begins as another append ended', async () => {
    const store = await openOne(harness);
    await store.append('some-stream', 0, [someEvent(1), someEvent(2)]);
    await expect(
      store.append('some-stream', 1, [someEvent(2), someEvent(3)]),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_MISMATCH' });
  });
}

function limits(harness: Harness): void {
  test.each([
    'learner',
    'learner-1abcdefghijklmnopqrstuvwxy',
    'erasure-2026',
    'a-B-9-z',
    `a-${'9'.repeat(62)}`,
  ])('accepts the stream id %s', async (stream) => {
    const store = await openOne(harness);
    await store.append(stream, 0, [someEvent(1)]);
    expect(await headersOf(store, stream)).toHaveLength(1);
  });

  test.each([
    '',
    'Learner',
    'learner-',
    '-1',
    'learner--1',
    'learner_1',
    'lärner',
    `a-${'9'.repeat(63)}`,
    'a b',
    "a'",
  ])('refuses the stream id "%s"', async (stream) => {
    const store = await openOne(harness);
    await expect(store.append(stream, 0, [someEvent(1)])).rejects.toMatchObject({
      code: 'ERR_STREAM_ID',
    });
  });

  test('refuses an append without events', async () => {
    const store = await openOne(harness);
    await expect(store.append('some-stream', 0, [])).rejects.toMatchObject({
      code: 'ERR_APPEND_EMPTY',
    });
  });

  test('accepts as many events as the limit and refuses one more', async () => {
    const store = await openOne(harness);
    const events = Array.from({ length: MAX_EVENTS_PER_APPEND }, (_, index) => someEvent(index));
    await store.append('some-stream', 0, events);
    await expect(
      store.append('other-stream', 0, [...events, someEvent('more')]),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_TOO_LARGE' });
  });

  test('accepts as many bytes as the limit and refuses one more', async () => {
    const store = await openOne(harness);
    const headerBytes = Buffer.byteLength(someEvent(1).header);
    const data = Buffer.alloc(MAX_BYTES_PER_APPEND - headerBytes, 0xff);
    await store.append('some-stream', 0, [someEvent(1, { data })]);
    const [read] = (await all(store.read('some-stream'))).map(asGiven);
    expect(read?.data).toEqual(data);
    const more = Buffer.alloc(data.length + 1);
    await expect(
      store.append('other-stream', 0, [someEvent(2, { data: more })]),
    ).rejects.toMatchObject({ code: 'ERR_APPEND_TOO_LARGE' });
  });

  test('gives back the bytes it was given: empty ones and every byte value', async () => {
    const store = await openOne(harness);
    const events = [
      someEvent(1, { data: Buffer.alloc(0) }),
      someEvent(2, { data: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) }),
    ];
    await store.append('some-stream', 0, events);
    expect((await all(store.read('some-stream'))).map(asGiven)).toEqual(events);
  });
}

function writers(harness: Harness): void {
  test(`lets exactly one of ${WRITERS} writers win, ${ROUNDS} times`, async () => {
    const stores = await openStores(harness, WRITERS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const attempts = await Promise.allSettled(
        stores.map((store, writer) =>
          store.append('some-stream', round, [someEvent(`${round} ${writer}`)]),
        ),
      );
      const lost = attempts.filter(({ status }) => status === 'rejected');
      expect(lost).toHaveLength(WRITERS - 1);
      for (const attempt of lost) {
        expect(attempt).toMatchObject({
          reason: { code: 'ERR_VERSION_CONFLICT', actualVersion: round + 1 },
        });
      }
    }
  });
}
