import { copyFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../../domain/learner/retention/policy.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { historyProjection } from '../../../projections/live/history.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { fold } from '../../../projections/projection.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import { verifyStreams } from '../../../src/upkeep/verify.js';
import { learnerDetails } from '../../support/synthetic.js';
import { achievement, createSetting, REGISTRY, requestOf, type Setting } from '../setting.js';

const POLICY = DEFAULT_POLICY;
const proposer = () => requestOf(REGISTRY, 'officer1');
const approver = () => requestOf(REGISTRY, 'officer2');
const SEARCH = { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' } as const;
const search = { ...SEARCH, dateOfBirth: CalendarDate.parse(SEARCH.dateOfBirth) };

async function propose({ ledger, uln }: Pick<Setting, 'ledger' | 'uln'>): Promise<string> {
  return (await ledger.retention.propose(uln, 'court-order', POLICY, proposer())).order;
}

async function dispose(setting: Pick<Setting, 'ledger' | 'uln'>) {
  return setting.ledger.retention.order(await propose(setting), POLICY, approver());
}

function placeHold({ record }: Setting, holdId = 'H-1') {
  const data = { holdId, reason: 'A claim is before the court.' };
  return record({ type: 'PlaceLegalHold', data }, { by: { kind: 'keeper' }, user: null });
}

/** The same ledger on an engine on which every order waits after the step that writes to the stream. */
async function onWeakEngine({ parts }: Ledger): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const capabilities = { ...store.capabilities, durability: 'page-cache' } as const;
  return assembleLedger({
    store: { ...store, capabilities },
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}

/** The same ledger on an engine that takes nothing for a learner's stream: an order stands and nothing more. */
async function onRefusingEngine({ parts }: Ledger): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const append: typeof store.append = async (stream, ...rest) => {
    if (stream.startsWith('learner-')) {
      throw new Error('refused');
    }
    return store.append(stream, ...rest);
  };
  return assembleLedger({
    store: { ...store, append },
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}

async function verify(ledger: Ledger) {
  return verifyStreams(ledger.parts, null, () => undefined);
}

async function expectDisposed(ledger: Ledger, uln: Setting['uln']): Promise<void> {
  const events = await ledger.read(uln);
  expect(JSON.stringify(events)).not.toMatch(/Given1|canary|Secretly|601\/0143/);
  for (const { version, recordedAt } of events) {
    for (const point of [
      { ...NOW, version },
      { ...NOW, asAt: recordedAt },
      { ...NOW, validAt: CalendarDate.parse('1999-01-01') },
    ]) {
      expect(plrAt(events, point)).toMatchObject({
        uln: null,
        details: null,
        qualifications: [],
        disposed: { basis: 'court-order' },
      });
    }
  }
  expect((await ledger.find(search)).kind).toBe('none');
  expect(await ledger.statistics({ subjectCode: null, submittedBy: null, year: null })).toEqual([]);
}

describe('a disposal', () => {
  test('leaves the types and times of what was there, and nothing of what it said', async () => {
    const setting = await createSetting('the canary');
    await setting.record(achievement('A-1', 'Secretly'));
    const before = await setting.ledger.read(setting.uln);
    expect((await setting.ledger.find(search)).kind).not.toBe('none');
    const status = await dispose(setting);
    expect(status.state).toBe('completed');
    await expectDisposed(setting.ledger, setting.uln);
    const rows = fold(historyProjection, await setting.ledger.read(setting.uln)).rows;
    expect(
      rows.map(({ disposedType, recordedAt, id }) => ({ disposedType, recordedAt, id })),
    ).toEqual([
      ...before.map(({ event, recordedAt, id }) => ({ disposedType: event.type, recordedAt, id })),
      { disposedType: null, recordedAt: expect.any(String), id: expect.any(String) },
    ]);
  });

  test('verifies, and says how many events are gone', async () => {
    const setting = await createSetting();
    await setting.record(achievement('A-1'));
    await dispose(setting);
    expect(await verify(setting.ledger)).toMatchObject({ problems: [], disposed: 2, redacted: 0 });
  });

  test('is told from keys that somebody destroyed without one', async () => {
    const setting = await createSetting();
    const { vault } = setting.ledger.parts;
    await vault.shred({ order: 'nobody', stream: setting.stream, below: 1 });
    const { problems } = await verify(setting.ledger);
    expect(problems).toMatchObject([{ code: 'ERR_COMMITMENT_MISMATCH', version: 1 }]);
  });

  test('reads the same in another process that was running, and from there on', async () => {
    const setting = await createSetting('the canary');
    const running = await setting.openAgain();
    await running.find(search);
    await dispose(setting);
    await expectDisposed(running, setting.uln);
    const seen: unknown[] = [];
    const stop = new AbortController();
    for await (const item of running.follow({ after: null, signal: stop.signal })) {
      if (item.kind === 'caught-up') {
        stop.abort();
      } else {
        seen.push(item.recorded.event.type);
      }
    }
    expect(seen).toEqual(['RecordDisposed', 'RecordDisposed']);
  });

  test('takes what was redacted before with it', async () => {
    const setting = await createSetting('the canary');
    const [issued] = await setting.ledger.read(setting.uln);
    const selection = { event: issued?.id ?? '', fields: ['notes'], everywhere: false };
    const { erasure } = setting.ledger;
    const { orders } = await erasure.propose(setting.stream, selection, 'court-order', proposer());
    await erasure.order(orders[0] ?? '', approver());
    await dispose(setting);
    await expectDisposed(setting.ledger, setting.uln);
    expect(await verify(setting.ledger)).toMatchObject({ problems: [], disposed: 3 });
  });

  test('completes a redaction that was ordered before and not carried out', async () => {
    const setting = await createSetting('the canary');
    const [issued] = await setting.ledger.read(setting.uln);
    const selection = { event: issued?.id ?? '', fields: ['notes'], everywhere: false };
    const { erasure } = setting.ledger;
    const { orders } = await erasure.propose(setting.stream, selection, 'court-order', proposer());
    const refusing = await onRefusingEngine(setting.ledger);
    await expect(refusing.erasure.order(orders[0] ?? '', approver())).rejects.toThrow('refused');
    await dispose(setting);
    await erasure.resume();
    expect((await erasure.status()).map(({ state }) => state)).toEqual(['completed']);
    await expectDisposed(setting.ledger, setting.uln);
    expect((await verify(setting.ledger)).problems).toEqual([]);
  });

  test('reads as such from the order on, also where the next step fails', async () => {
    const setting = await createSetting('the canary');
    await setting.record(achievement('A-1', 'Secretly'));
    const order = await propose(setting);
    const refusing = await onRefusingEngine(setting.ledger);
    await expect(refusing.retention.order(order, POLICY, approver())).rejects.toThrow('refused');
    await expectDisposed(refusing, setting.uln);
    expect((await verify(refusing)).problems).toEqual([]);
    await setting.ledger.erasure.resume();
    expect((await setting.ledger.retention.status())[0]?.state).toBe('completed');
    await expectDisposed(setting.ledger, setting.uln);
  });

  test('waits on an engine that may lose what it acknowledged', async () => {
    const setting = await createSetting('the canary');
    const weak = await onWeakEngine(setting.ledger);
    const status = await dispose({ ...setting, ledger: weak });
    expect(status).toMatchObject({
      state: 'ordered',
      waitsFor: expect.stringContaining('page-cache'),
    });
    await expectDisposed(weak, setting.uln);
    expect((await verify(weak)).problems).toEqual([]);
    await setting.ledger.erasure.resume();
    expect((await setting.ledger.retention.status())[0]?.state).toBe('completed');
  });

  test('turns a writer that had read the stream before it into a conflict', async () => {
    const setting = await createSetting();
    const { journal } = setting.ledger.parts;
    const { end } = await journal.read(setting.stream);
    await dispose(setting);
    const { commandId } = proposer();
    const late = journal.append(
      setting.stream,
      end,
      [{ type: 'ChallengeUpheld', data: { challengeId: 'C-1', reason: null } }],
      {
        caller: 'keeper',
        commandId,
        correlation: commandId,
        user: null,
        organisation: null,
        purpose: 'data-challenge',
      },
    );
    await expect(late).rejects.toMatchObject({ code: 'ERR_VERSION_CONFLICT' });
  });

  test('of one record leaves the others', async () => {
    const setting = await createSetting();
    const other = await setting.ledger.register(learnerDetails(2), requestOf(REGISTRY, 'registry'));
    await dispose(setting);
    expect(plrAt(await setting.ledger.read(other.uln), NOW).details?.givenName).toBe('Given2');
  });

  test('ordered again changes nothing', async () => {
    const setting = await createSetting();
    const order = await propose(setting);
    const request = approver();
    const first = await setting.ledger.retention.order(order, POLICY, request);
    expect(await setting.ledger.retention.order(order, POLICY, request)).toEqual(first);
    expect(await setting.ledger.retention.order(order, POLICY, approver())).toEqual(first);
  });
});

describe('a record that was disposed of', () => {
  test('refuses every command, and repeats the answer to one that it had taken', async () => {
    const setting = await createSetting();
    const request = requestOf(REGISTRY, 'registry');
    const command = {
      type: 'AmendLearnerDetails',
      data: { changes: { notes: 'The canary' } },
    } as const;
    const first = await setting.ledger.handle(setting.uln, command, request);
    await dispose(setting);
    await expect(setting.record(achievement('A-1'))).rejects.toMatchObject({
      code: 'ERR_RECORD_DISPOSED',
    });
    expect(await setting.ledger.handle(setting.uln, command, request)).toEqual({
      ...first,
      repeated: true,
    });
  });

  test('cannot be redacted, nor disposed of by another proposal', async () => {
    const setting = await createSetting();
    const [issued] = await setting.ledger.read(setting.uln);
    const selection = { event: issued?.id ?? '', fields: ['notes'], everywhere: false };
    const other = await propose(setting);
    await dispose(setting);
    const { erasure, retention } = setting.ledger;
    const code = 'ERR_RECORD_DISPOSED';
    await expect(
      erasure.propose(setting.stream, selection, 'court-order', proposer()),
    ).rejects.toMatchObject({ code });
    await expect(retention.order(other, POLICY, approver())).rejects.toMatchObject({ code });
    await expect(propose(setting)).rejects.toMatchObject({ code });
  });

  test('is never given a second ULN', async () => {
    const setting = await createSetting();
    const request = requestOf(REGISTRY, 'registry');
    const { uln } = await setting.ledger.register(learnerDetails(2), request);
    await dispose({ ...setting, uln });
    const code = 'ERR_RECORD_DISPOSED';
    await expect(setting.ledger.register(learnerDetails(2), request)).rejects.toMatchObject({
      code,
    });
    await expect(setting.ledger.registered(request)).rejects.toMatchObject({ code });
  });
});

describe('an order that nobody proposed', () => {
  test.each([
    ['by rule, for a learner', { approvedBy: 'keeper', basis: 'held-rows-decided' }],
    ['by a rule that there is not', { approvedBy: 'keeper', basis: 'court-order' }],
    ['for a record that there is not', { stream: 'learner-1aaaa' }],
  ] as const)('%s, is not carried out', async (_, changes) => {
    const setting = await createSetting();
    const { journal, clock } = setting.ledger.parts;
    const { commandId } = proposer();
    const forged = {
      order: commandId,
      stream: setting.stream,
      basis: 'court-order',
      approvedBy: 'officer2@10000001',
    } as const;
    const stream = `erasure-${clock().slice(0, 4)}`;
    const { end } = await journal.read(stream);
    const event = { type: 'DisposalOrdered', data: { ...forged, ...changes } } as const;
    const recording = { caller: 'keeper', commandId, correlation: commandId, user: null };
    const more = { organisation: null, purpose: 'data-protection' };
    await journal.append(stream, end, [event], { ...recording, ...more });
    await setting.ledger.erasure.resume();
    const [status] = await setting.ledger.retention.status();
    const name = 'stream' in changes ? 'ERR_LEARNER_NOT_FOUND' : 'ERR_NOT_PERMITTED';
    expect(status).toMatchObject({ state: 'ordered', waitsFor: expect.stringContaining(name) });
    const types: string[] = [];
    for await (const { type } of setting.ledger.parts.store.readAll()) {
      types.push(type);
    }
    expect(types).not.toContain('RecordDisposed');
  });
});

describe('a legal hold', () => {
  test('stops a proposal, and one made before it was placed', async () => {
    const setting = await createSetting();
    const order = await propose(setting);
    await placeHold(setting);
    const code = 'ERR_LEGAL_HOLD';
    await expect(propose(setting)).rejects.toMatchObject({ code });
    await expect(setting.ledger.retention.order(order, POLICY, approver())).rejects.toMatchObject({
      code,
    });
  });

  test('does not once it is released', async () => {
    const setting = await createSetting();
    await placeHold(setting);
    await setting.record({ type: 'ReleaseLegalHold', data: { holdId: 'H-1' } });
    expect((await dispose(setting)).state).toBe('completed');
  });

  test('that was placed while the order was on its way stops it, and everything reads as before', async () => {
    const setting = await createSetting('the canary');
    await setting.record(achievement('A-1'));
    const order = await propose(setting);
    const { store, vault, views, clock } = setting.ledger.parts;
    let isPlaced = false;
    const append: typeof store.append = async (stream, ...rest) => {
      if (stream.startsWith('erasure-') && !isPlaced) {
        isPlaced = true;
        await placeHold(setting);
      }
      return store.append(stream, ...rest);
    };
    const slow = await assembleLedger({
      store: { ...store, append },
      vault,
      views,
      clock,
      accessStores: createMemoryAccessStores('test.invalid/access'),
    });
    const running = await setting.openAgain();
    const status = await slow.retention.order(order, POLICY, approver());
    expect(status.state).toBe('stopped');
    for (const ledger of [slow, running, setting.ledger, await setting.openAgain()]) {
      expect(plrAt(await ledger.read(setting.uln), NOW).details?.notes).toBe('the canary');
      expect((await ledger.find(search)).kind).not.toBe('none');
      expect((await verify(ledger)).problems).toEqual([]);
    }
    await setting.record({ type: 'ReleaseLegalHold', data: { holdId: 'H-1' } });
    await expect(slow.retention.order(order, POLICY, approver())).rejects.toMatchObject({
      code: 'ERR_LEGAL_HOLD',
    });
    expect((await dispose(setting)).state).toBe('completed');
  });
});

describe('the end of retention', () => {
  const propose66 = async ({ ledger, uln }: Setting) =>
    (await ledger.retention.propose(uln, 'retention-ended', POLICY, proposer())).order;

  test.each([
    ['the day before', '2090-02-28T12:00:00.000Z', false],
    ['66 years after the last activity', '2090-03-01T12:00:00.000Z', true],
  ])('%s', async (_, now, ends) => {
    const setting = await createSetting();
    setting.clock.set(now);
    const code = 'ERR_RETENTION_NOT_ENDED';
    await (ends
      ? expect(propose66(setting)).resolves.toMatch(/^[0-9a-f-]{36}$/)
      : expect(propose66(setting)).rejects.toMatchObject({ code }));
  });

  test('is looked at again when the disposal is ordered', async () => {
    const setting = await createSetting();
    setting.clock.set('2090-03-01T12:00:00.000Z');
    const order = await propose66(setting);
    await setting.record(achievement('A-1'));
    await expect(setting.ledger.retention.order(order, POLICY, approver())).rejects.toMatchObject({
      code: 'ERR_RETENTION_NOT_ENDED',
    });
  });

  test('is listed with what stands in its way, and a review before it', async () => {
    const setting = await createSetting();
    const { retention } = setting.ledger;
    const due = (by: string) => retention.due({ by: CalendarDate.parse(by), limit: 10 }, POLICY);
    expect(await due('2029-02-28')).toEqual([]);
    expect(await due('2029-03-01')).toMatchObject([
      { task: 'review', uln: setting.uln, due: '2029-03-01', retentionEndsOn: '2090-03-01' },
    ]);
    await placeHold(setting);
    expect(await due('2090-03-01')).toMatchObject([
      { task: 'dispose', uln: setting.uln, due: '2090-03-01', holds: ['H-1'], reviewed: null },
    ]);
    const data = { outcome: 'keep', nextReviewDate: '2095-01-01' } as const;
    await setting.record({ type: 'ReviewRetention', data });
    expect(await due('2094-12-31')).toEqual([]);
    expect(await due('2095-01-01')).toMatchObject([{ task: 'dispose', reviewed: 'keep' }]);
    await setting.record({ type: 'ReleaseLegalHold', data: { holdId: 'H-1' } });
    await dispose(setting);
    expect(await due('2095-01-01')).toEqual([]);
  });
});

describe('with a second vault', () => {
  test('an older copy of either takes over what the other has disposed of', async () => {
    const setting = await createSetting('the canary');
    const weak = await onWeakEngine(setting.ledger);
    await dispose({ ...setting, ledger: weak });
    // Both know the key of the disposal here, and neither has carried it out.
    const { vault, places } = { vault: setting.places.vault, places: setting.places };
    weak.parts.vault.forget();
    copyFileSync(vault, `${vault}.copy`);
    await setting.ledger.erasure.resume();
    await setting.ledger.close();
    for (const [path, copy] of [
      [vault, `${vault}.copy`],
      [`${vault}.copy`, vault],
    ] as const) {
      const again = await openLedger(
        { ...places, vault: path, vaultCopy: copy },
        setting.clock.clock,
      );
      await expectDisposed(again, setting.uln);
      expect((await verify(again)).problems).toEqual([]);
      await again.close();
    }
  });

  test('a vault of before its keys were destroyed is carried forward when it is opened', async () => {
    const setting = await createSetting('the canary');
    const weak = await onWeakEngine(setting.ledger);
    await dispose({ ...setting, ledger: weak });
    const { vault } = setting.places;
    weak.parts.vault.forget();
    copyFileSync(vault, `${vault}.yesterday`);
    await setting.ledger.erasure.resume();
    await setting.ledger.close();
    restore(vault);
    const again = await openLedger(setting.places, setting.clock.clock);
    await expectDisposed(again, setting.uln);
    const { events } = await again.parts.journal.read(setting.stream);
    const [first] = events;
    const place = { stream: setting.stream, version: 1, key: 0, id: first?.id ?? '' };
    expect(await again.parts.vault.eventKey(place)).toEqual({ state: 'disposed' });
    await again.close();
  });

  test('a vault of before the disposal is refused', async () => {
    const setting = await createSetting('the canary');
    const { vault } = setting.places;
    setting.ledger.parts.vault.forget();
    copyFileSync(vault, `${vault}.yesterday`);
    await dispose(setting);
    await setting.ledger.close();
    restore(vault);
    await expect(openLedger(setting.places, setting.clock.clock)).rejects.toMatchObject({
      code: 'ERR_VAULT_BEHIND',
    });
  });

  test('views of before it forget the record before they answer', async () => {
    const setting = await createSetting('the canary');
    await setting.ledger.find(search);
    const { views } = setting.places;
    setting.ledger.parts.views.forget();
    copyFileSync(views, `${views}.yesterday`);
    await dispose(setting);
    await setting.ledger.close();
    restore(views);
    const again = await openLedger(setting.places, setting.clock.clock);
    await expectDisposed(again, setting.uln);
    // Not only taken in as one more event: the tables that held the record are written anew.
    expect(again.parts.runner.countApplied()).toBe(1);
    await again.close();
  });
});

/** Puts yesterday's copy of a database in its place, as an operator would. */
function restore(path: string): void {
  for (const suffix of ['-wal', '-shm']) {
    rmSync(`${path}${suffix}`, { force: true });
  }
  copyFileSync(`${path}.yesterday`, path);
}
