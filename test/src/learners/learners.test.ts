import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Uln } from '../../../domain/values/uln.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { candidateUln, learnerStream } from '../../../src/journal/identifiers.js';
import { EMPTY_STREAM } from '../../../src/journal/journal.js';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import { StreamError } from '../../../streams/errors.js';
import { learnerDetails } from '../../support/synthetic.js';
import { AWARDING, achievement, createSetting, REGISTRY, requestOf } from '../setting.js';

describe('a command repeated under its id', () => {
  test('is answered with the first receipt and recorded once', async () => {
    const { ledger, uln, record } = await createSetting();
    const request = requestOf(AWARDING, 'awards');
    const first = await ledger.handle(uln, achievement('A-1'), request);
    await record(achievement('A-2'));
    const again = await ledger.handle(uln, achievement('A-1'), request);
    expect(again.receipt).toEqual(first.receipt);
    expect([first.repeated, again.repeated]).toEqual([false, true]);
    expect(await ledger.read(uln)).toHaveLength(3);
  });

  test('is recognised from another process, and from a colleague', async () => {
    const { ledger, uln, openAgain } = await createSetting();
    const request = requestOf(AWARDING, 'awards');
    const first = await ledger.handle(uln, achievement('A-1'), request);
    const colleague = { ...request, user: 'colleague' };
    const again = await (await openAgain()).handle(uln, achievement('A-1'), colleague);
    expect(again.receipt).toEqual(first.receipt);
  });

  test('by another organisation is another command', async () => {
    const { ledger, uln } = await createSetting();
    const commandId = randomUUID();
    const raise = (id: string) =>
      ({
        type: 'RaiseChallenge',
        data: { challengeId: id, entry: null, reason: 'wrong' },
      }) as const;
    await ledger.handle(uln, raise('C-1'), requestOf(AWARDING, 'awards', { commandId }));
    await ledger.handle(uln, raise('C-2'), requestOf(REGISTRY, 'registry', { commandId }));
    expect(await ledger.read(uln)).toHaveLength(3);
  });

  test('is refused when the id is no UUID', async () => {
    const { ledger, uln } = await createSetting();
    const request = requestOf(AWARDING, 'awards', { commandId: 'again' });
    await expect(ledger.handle(uln, achievement('A-1'), request)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
    });
  });
});

describe('the outcome of a command', () => {
  const submitted = (grade: string): LearnerRequest => ({
    type: 'SubmitAchievement',
    data: {
      achievementId: 'A-1',
      submittedBy: AWARDING,
      standing: 'final',
      source: 'AO',
      subjectCode: '601/0143/X',
      achievementAwardDate: '2021-07-09',
      grade,
    },
  });

  test('names the types of the events recorded, in order, and the same when it is repeated', async () => {
    const { ledger, uln, record } = await createSetting();
    await record(submitted('Pass'));
    await record({
      type: 'WithdrawAchievement',
      data: { achievementId: 'A-1', submittedBy: AWARDING },
    });
    const request = requestOf(AWARDING, 'awards');
    const first = await ledger.handle(uln, submitted('Merit'), request);
    expect(first.recorded).toEqual(['AchievementReinstated', 'AchievementCorrected']);
    await record(achievement('A-2'));
    const again = await ledger.handle(uln, submitted('Merit'), request);
    expect(again).toEqual({ ...first, repeated: true });
  });

  test('names none where nothing changed', async () => {
    const { ledger, uln, record } = await createSetting();
    await record(submitted('Pass'));
    const { recorded } = await ledger.handle(uln, submitted('Pass'), requestOf(AWARDING, 'awards'));
    expect(recorded).toEqual([]);
  });

  test('of a registration names the opt-out that comes with it, also when it is repeated', async () => {
    const { ledger } = await createSetting();
    const details = { ...learnerDetails(2), abilityToShare: '2' } as const;
    const request = requestOf(REGISTRY, 'registry');
    const first = await ledger.register(details, request);
    expect(first.recorded).toEqual(['UlnIssued', 'OptOutSet']);
    expect(await ledger.register(details, request)).toEqual({ ...first, repeated: true });
  });
});

describe('issuing a ULN', () => {
  test('from one request in two processes at once gives one', async () => {
    const { ledger, openAgain } = await createSetting();
    const other = await openAgain();
    const request = requestOf(REGISTRY, 'registry');
    const issued = await Promise.all(
      [ledger, other, ledger, other].map((one) => one.register(learnerDetails(2), request)),
    );
    expect(new Set(issued.map(({ uln }) => uln)).size).toBe(1);
    expect(new Set(issued.map(({ receipt }) => JSON.stringify(receipt))).size).toBe(1);
  });

  test('from many requests at once gives as many, all valid', async () => {
    const { ledger, openAgain } = await createSetting();
    const other = await openAgain();
    const issued = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        [ledger, other][index % 2]?.register(learnerDetails(index), requestOf(REGISTRY, 'r')),
      ),
    );
    const ulns = issued.map((registration) => Uln.parse(registration?.uln));
    expect(new Set(ulns).size).toBe(100);
  });

  test('passes over a number that another command has taken', async () => {
    const { ledger } = await createSetting();
    const { vault, journal } = ledger.parts;
    const request = requestOf(REGISTRY, 'registry');
    const candidates = Array.from({ length: 10 }, (_, attempt) => {
      const { commandId } = request;
      return candidateUln(vault, {
        generation: 1,
        caller: `organisation:${REGISTRY}`,
        commandId,
        attempt,
      });
    }).filter((uln) => uln !== null);
    const [taken, next] = candidates;
    const other = {
      ...requestOf(REGISTRY, 'other'),
      caller: 'keeper',
      organisation: null,
      correlation: randomUUID(),
    };
    const { details } = {
      details: {
        ...(
          await ledger.read(
            (
              await ledger.register(learnerDetails(3), requestOf(REGISTRY, 'r'))
            ).uln,
          )
        )[0]?.event.data,
      },
    };
    const event = { type: 'UlnIssued', data: { ...details, uln: taken } } as never;
    await journal.append(learnerStream(vault, 1, Uln.parse(taken)), EMPTY_STREAM, [event], other);
    expect((await ledger.register(learnerDetails(2), request)).uln).toBe(next);
  });
});

describe('a command', () => {
  test('to a ULN that was never issued is refused', async () => {
    const { ledger } = await createSetting();
    const request = requestOf(AWARDING, 'awards');
    await expect(
      ledger.handle(Uln.parse('1000000043'), achievement('A-1'), request),
    ).rejects.toMatchObject({ code: 'ERR_LEARNER_NOT_FOUND' });
  });

  test('is recorded in the order given, however many come at once', async () => {
    const { ledger, uln } = await createSetting();
    await Promise.all(
      Array.from({ length: 64 }, (_, index) =>
        ledger.handle(uln, achievement(`A-${index}`), requestOf(AWARDING, 'awards')),
      ),
    );
    const ids = (await ledger.read(uln)).slice(1).map(({ event }) => event.data);
    expect(ids).toMatchObject(
      Array.from({ length: 64 }, (_, index) => ({ achievementId: `A-${index}` })),
    );
  });

  test('is decided again when another process wrote first, and refused after three times', async () => {
    const { ledger, uln } = await createSetting();
    const { store, vault, views, clock } = ledger.parts;
    let conflicts = 2;
    let attempts = 0;
    const contended = await assembleLedger({
      accessStores: createMemoryAccessStores('test.invalid/access'),
      store: {
        ...store,
        append: async (...args) => {
          attempts += 1;
          conflicts -= 1;
          if (conflicts >= 0) {
            throw new StreamError('ERR_VERSION_CONFLICT', 'another was first', {
              actualVersion: 1,
            });
          }
          return store.append(...args);
        },
      },
      vault,
      views,
      clock,
    });
    await contended.handle(uln, achievement('A-1'), requestOf(AWARDING, 'awards'));
    expect(attempts).toBe(3);
    conflicts = 99;
    await expect(
      contended.handle(uln, achievement('A-2'), requestOf(AWARDING, 'awards')),
    ).rejects.toMatchObject({ code: 'ERR_VERSION_CONFLICT' });
    expect(attempts).toBe(6);
  });

  test('that is sealed too late is sealed anew, at a later time', async () => {
    const { ledger, uln, clock } = await createSetting();
    const { store, vault, views } = ledger.parts;
    const times: string[] = [];
    const slow = await assembleLedger({
      accessStores: createMemoryAccessStores('test.invalid/access'),
      store: {
        ...store,
        append: async (stream, version, events, options) => {
          times.push((JSON.parse(events[0]?.header ?? '{}') as { at: string }).at);
          if (times.length === 1) {
            clock.advance(25_000);
            throw new StreamError('ERR_APPEND_EXPIRED', 'late');
          }
          return store.append(stream, version, events, options);
        },
      },
      vault,
      views,
      clock: clock.clock,
    });
    await slow.handle(uln, achievement('A-1'), requestOf(AWARDING, 'awards'));
    expect(Date.parse(times[1] ?? '') - Date.parse(times[0] ?? '')).toBe(25_000);
  });
});
