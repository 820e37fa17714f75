import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventStore, NewEvent } from '../../../streams/eventStore.js';
import { all, headersOf, someEvent } from '../events.js';
import type { Harness } from './harness.js';

type Step = {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly number[];
};

/** What the engine must do, in as few words as possible: lists of headers by stream, and one of all. */
function createModel() {
  const streams = new Map<string, string[]>();
  const log: string[] = [];
  return {
    streams,
    log,
    append: (stream: string, expected: number, events: readonly NewEvent[]): string => {
      const held = streams.get(stream) ?? [];
      const headers = events.map(({ header }) => header);
      if (expected === held.length) {
        streams.set(stream, [...held, ...headers]);
        log.push(...headers);
        return 'written';
      }
      const place = held.slice(expected, expected + events.length);
      if (place.length === 0 || place[0] !== headers[0]) {
        return 'ERR_VERSION_CONFLICT';
      }
      return place.join() === headers.join() ? 'written' : 'ERR_APPEND_MISMATCH';
    },
  };
}

/** Random appends and reads, compared with the model. */
export function modelContract(harness: Harness): void {
  describe('any sequence of appends', () => {
    const step = fc.record({
      stream: fc.constantFrom('a', 'b-1', 'c-2'),
      expected: fc.nat(6),
      events: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
    });

    test('is answered and read as the model says', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const place = await harness.place();
          const store = await place.open();
          try {
            await compare(store, steps);
          } finally {
            await store.close();
            await place.remove();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}

async function compare(store: EventStore, steps: readonly Step[]): Promise<void> {
  const model = createModel();
  for (const { stream, expected, events } of steps) {
    const given = events.map((words) => someEvent(`${stream} ${words}`));
    const answer = await store.append(stream, expected, given).then(
      () => 'written',
      (error: { code: string }) => error.code,
    );
    expect(answer).toBe(model.append(stream, expected, given));
  }
  for (const [stream, headers] of model.streams) {
    expect(await headersOf(store, stream)).toEqual(headers);
  }
  expect((await all(store.readAll())).map(({ header }) => header)).toEqual(model.log);
}
