import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventHash, type Header, headerText, SUITE } from '../../../streams/envelope.js';
import type { EventStore, NewEvent } from '../../../streams/eventStore.js';
import { createMemoryStore } from '../../../streams/memory.js';
import { exportSegments } from '../../../streams/segments/export.js';
import { importSegments } from '../../../streams/segments/import.js';
import { readSegments } from '../../../streams/segments/read.js';
import { temporaryFolder } from '../../support/ledger.js';
import { all, uuidOf } from '../events.js';

const ORIGIN = 'test.invalid/ledger';
const never = { signal: new AbortController().signal, onProgress: () => undefined };

/** Adds an append of so many events to a stream, chained as a ledger's are. */
async function add(store: EventStore, stream: string, count: number): Promise<void> {
  const stored = await all(store.read(stream));
  let [version, prev] = [stored.length, stored.at(-1)?.hash ?? null];
  const events: NewEvent[] = [];
  for (let index = 0; index < count; index += 1) {
    version += 1;
    const header: Header = {
      at: '2026-01-01T00:00:00.000Z',
      causation: uuidOf('command', stream, stored.length),
      commitment: Buffer.alloc(32, version).toString('base64url'),
      correlation: uuidOf('command', stream, stored.length),
      id: uuidOf('event', stream, version),
      key: 0,
      ledger: ORIGIN,
      prev: prev === null ? null : Buffer.from(prev).toString('base64url'),
      schema: 1,
      stream,
      suite: SUITE,
      type: 'SomethingHappened',
      version,
    };
    const text = headerText(header);
    prev = eventHash(text);
    events.push({ type: header.type, header: text, data: Buffer.from(`${stream} ${version}`) });
  }
  await store.append(stream, stored.length, events);
}

async function storeOf(appends: readonly (readonly [string, number])[]): Promise<EventStore> {
  const store = createMemoryStore(ORIGIN);
  for (const [stream, count] of appends) {
    await add(store, stream, count);
  }
  return store;
}

function exporting(store: EventStore, folder: string, segmentEvents = 5) {
  return exportSegments(store, folder, { segmentEvents, isGone: async () => false, ...never });
}

/** What is the same on every engine. */
async function carried(store: EventStore) {
  return (await all(store.readAll())).map(({ stream, version, type, header, data }) => ({
    ...{ stream, version, type, header },
    data: Buffer.from(data).toString(),
  }));
}

async function checked(folder: string) {
  const reading = readSegments(folder);
  for (;;) {
    const { done, value } = await reading.next();
    if (done) {
      return value;
    }
  }
}

const APPENDS = [
  ['some-a', 2],
  ['some-b', 1],
  ['some-a', 3],
  ['some-c', 4],
  ['some-b', 2],
] as const;

describe('segments', () => {
  test('carry a log to another store, with its order and its appends', async () => {
    const appends = fc.array(
      fc.tuple(fc.constantFrom('some-a', 'some-b', 'some-c'), fc.integer({ min: 1, max: 6 })),
      { maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(appends, fc.integer({ min: 1, max: 12 }), async (given, segmentEvents) => {
        const [folder, store] = [temporaryFolder(), await storeOf(given)];
        await exporting(store, folder, segmentEvents);
        const target = createMemoryStore(ORIGIN);
        const { events } = await importSegments(folder, target, never);
        expect(await carried(target)).toEqual(await carried(store));
        expect(events).toBe(given.reduce((sum, [, count]) => sum + count, 0));
      }),
      { numRuns: 40 },
    );
  });

  test('are continued by what is new, and never touched again', async () => {
    const [folder, store] = [temporaryFolder(), await storeOf(APPENDS)];
    await exporting(store, folder);
    const before = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]);
    expect(await exporting(store, folder)).toMatchObject({ segments: 0, events: 0 });
    await add(store, 'some-d', 3);
    expect(await exporting(store, folder)).toMatchObject({ segments: 1, events: 3 });
    for (const [name, bytes] of before) {
      expect(readFileSync(join(folder, String(name)))).toEqual(bytes);
    }
    const target = await storeOf(APPENDS);
    expect(await importSegments(folder, target, never)).toMatchObject({ written: 3, events: 15 });
    expect(await carried(target)).toEqual(await carried(store));
  });

  test('are checked by anybody with JSON and SHA-256', async () => {
    const [folder, store] = [temporaryFolder(), await storeOf(APPENDS)];
    await exporting(store, folder, 3);
    const sha256 = (...parts: readonly (string | Uint8Array)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
    const root = (leaves: readonly Buffer[]): Buffer => {
      const [first = sha256(), ...others] = leaves;
      const split = 2 ** Math.floor(Math.log2(Math.max(others.length, 1)));
      return others.length === 0
        ? first
        : sha256(Buffer.of(1), root(leaves.slice(0, split)), root(leaves.slice(split)));
    };
    const leaves: Buffer[] = [];
    for (const name of readdirSync(folder).sort()) {
      const text = readFileSync(join(folder, name), 'utf8');
      const lines = text.trimEnd().split('\n');
      const parsed = lines.map((line) => JSON.parse(line) as Record<string, string>);
      const end = parsed.at(-1);
      expect(end?.['sha256']).toBe(
        sha256(
          lines
            .slice(0, -1)
            .map((line) => `${line}\n`)
            .join(''),
        ).toString('hex'),
      );
      for (const { header = '' } of parsed.slice(1, -1)) {
        const hash = sha256('learning-record-ledger/event/v1\n', header);
        leaves.push(sha256(Buffer.of(0), hash));
      }
      expect(end?.['root']).toBe(root(leaves).toString('base64'));
      expect(end?.['size']).toBe(leaves.length);
    }
    expect(leaves).toHaveLength(12);
  });

  test('do not count while they are half written', async () => {
    const [folder, store] = [temporaryFolder(), await storeOf(APPENDS)];
    writeFileSync(join(folder, '0000000000000000.part'), '{"format":"half a li');
    await exporting(store, folder);
    expect(readdirSync(folder).some((name) => name.endsWith('.part'))).toBe(false);
    expect(await checked(folder)).toMatchObject({ events: 12, origin: ORIGIN });
  });

  test('leave out the data of events whose keys are destroyed, and prove their headers all the same', async () => {
    const [folder, store] = [temporaryFolder(), await storeOf(APPENDS)];
    await exportSegments(store, folder, {
      segmentEvents: 5,
      isGone: async ({ stream }) => stream === 'some-b',
      ...never,
    });
    const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(text.join('')).not.toContain(Buffer.from('some-b 1').toString('base64'));
    const target = createMemoryStore(ORIGIN);
    await importSegments(folder, target, never);
    const moved = await carried(target);
    expect(moved.map(({ header }) => header)).toEqual(
      (await carried(store)).map(({ header }) => header),
    );
    expect(moved.filter(({ data }) => data === '').map(({ stream }) => stream)).toEqual([
      'some-b',
      'some-b',
      'some-b',
    ]);
  });

  test.each<[string, (store: EventStore) => Promise<void>]>([
    ['another history', (store) => add(store, 'some-z', 1)],
    [
      'more than they do',
      async (store) => {
        for (const [stream, count] of [...APPENDS, ['some-z', 1] as const]) {
          await add(store, stream, count);
        }
      },
    ],
  ])('are not read into a store that holds %s', async (_, prepare) => {
    const [folder, target] = [temporaryFolder(), createMemoryStore(ORIGIN)];
    await exporting(await storeOf(APPENDS), folder);
    await prepare(target);
    const before = await carried(target);
    await expect(importSegments(folder, target, never)).rejects.toMatchObject({
      code: 'ERR_SEGMENT_DIFFERS',
    });
    expect(await carried(target)).toEqual(before);
  });

  test('are not continued from a ledger that was restored, or is another', async () => {
    const folder = temporaryFolder();
    await exporting(await storeOf(APPENDS), folder);
    await expect(exporting(await storeOf(APPENDS.slice(0, 2)), folder)).rejects.toMatchObject({
      code: 'ERR_SEGMENT_DIFFERS',
    });
    const other = createMemoryStore('other.invalid');
    await expect(exporting(other, folder)).rejects.toMatchObject({ code: 'ERR_LEDGER_MISMATCH' });
  });
});

describe('checking finds', () => {
  /** Four segments, and their names. */
  async function prepared(): Promise<{ folder: string; names: readonly string[] }> {
    const folder = join(temporaryFolder(), 'ledger');
    mkdirSync(folder);
    await exporting(await storeOf(APPENDS), folder, 3);
    return { folder, names: readdirSync(folder).sort() };
  }

  function change(path: string, how: (lines: string[]) => readonly string[]): void {
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, how(lines).join('\n'));
  }

  test('nothing in segments that are whole', async () => {
    const { folder, names } = await prepared();
    expect(names).toHaveLength(4);
    expect(await checked(folder)).toMatchObject({ segments: 4, events: 12 });
  });

  test.each<[string, (lines: string[]) => readonly string[]]>([
    [
      'an altered byte of data',
      (lines) =>
        lines.map((line, at) => (at === 2 ? line.replace(/"data":"../, '"data":"AA') : line)),
    ],
    [
      'an altered header',
      (lines) =>
        lines.map((line, at) => (at === 2 ? line.replace('2026-01-01', '2026-01-02') : line)),
    ],
    ['a missing line', (lines) => lines.filter((_, at) => at !== 2)],
    ['two swapped lines', ([head = '', one = '', two = '', ...rest]) => [head, two, one, ...rest]],
    ['a doubled line', ([head = '', one = '', ...rest]) => [head, one, one, ...rest]],
    ['a missing end', (lines) => [...lines.slice(0, -2), '']],
    ['a line after the end', (lines) => [...lines.slice(0, -1), '{}', '']],
    [
      'another way to end lines',
      (lines) => lines.map((line, at) => (at === 2 ? `${line}\r` : line)),
    ],
    [
      'a file cut off in a line',
      (lines) => [...lines.slice(0, -2), lines.at(-2)?.slice(0, 20) ?? ''],
    ],
    ['another form', ([head = '', ...rest]) => [head.replace('/v1', '/v2'), ...rest]],
    [
      'another origin',
      ([head = '', ...rest]) => [head.replace('test.invalid', 'best.invalid'), ...rest],
    ],
  ])('%s', async (_, how) => {
    const { folder, names } = await prepared();
    change(join(folder, names[1] ?? ''), how);
    const failing = checked(folder);
    await expect(failing).rejects.toMatchObject({ code: 'ERR_SEGMENT_BROKEN' });
    await expect(failing).rejects.toThrow(/line \d+ of ledger\//);
  });

  test('a missing segment, and one that is there twice', async () => {
    const { folder, names } = await prepared();
    const [first = '', second = ''] = names;
    const bytes = readFileSync(join(folder, second));
    rmSync(join(folder, second));
    await expect(checked(folder)).rejects.toMatchObject({ code: 'ERR_SEGMENT_BROKEN' });
    writeFileSync(join(folder, second), bytes);
    writeFileSync(
      join(folder, first.replace(/-\d+/, '-0000000000000002')),
      readFileSync(join(folder, first)),
    );
    await expect(checked(folder)).rejects.toMatchObject({ code: 'ERR_SEGMENT_BROKEN' });
  });

  test('a whole segment that was written anew with another event', async () => {
    const { folder, names } = await prepared();
    const other = await storeOf([
      ['some-a', 2],
      ['some-b', 1],
      ['some-x', 3],
      ['some-c', 4],
    ]);
    const otherFolder = join(temporaryFolder(), 'ledger');
    await exporting(other, otherFolder, 3);
    const [, second = ''] = readdirSync(otherFolder).sort();
    rmSync(join(folder, names[1] ?? ''));
    writeFileSync(join(folder, second), readFileSync(join(otherFolder, second)));
    await expect(checked(folder)).rejects.toMatchObject({ code: 'ERR_SEGMENT_BROKEN' });
  });
});
