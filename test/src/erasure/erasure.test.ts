import { copyFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isRedacted } from '../../../domain/redaction.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import { verifyStreams } from '../../../src/upkeep/verify.js';
import { achievement, createSetting, REGISTRY, requestOf, type Setting } from '../setting.js';

const BASIS = 'special-category-data';
const proposer = () => requestOf(REGISTRY, 'officer1');
const approver = () => requestOf(REGISTRY, 'officer2');

async function redact(
  { ledger, stream }: Pick<Setting, 'ledger' | 'stream'>,
  selection: { event: string; fields: string[]; everywhere?: boolean },
): Promise<readonly string[]> {
  const { orders } = await ledger.erasure.propose(
    stream,
    { everywhere: false, ...selection },
    BASIS,
    proposer(),
  );
  for (const order of orders) {
    await ledger.erasure.order(order, approver());
  }
  return orders;
}

async function firstEvent({ ledger, uln }: Setting): Promise<string> {
  return (await ledger.read(uln))[0]?.id ?? '';
}

async function problemsOf(ledger: Ledger) {
  return (await verifyStreams(ledger.parts, null, () => undefined)).problems;
}

describe('a proposal', () => {
  test.each([
    ['an event of nobody', { fields: ['notes'], event: 'x' }, 'ERR_INPUT_INVALID'],
    ['a field that orders things', { fields: ['uln'] }, 'ERR_FIELD_NOT_REDACTABLE'],
    ['a field that there is not', { fields: ['diagnosis'] }, 'ERR_FIELD_NOT_REDACTABLE'],
    ['a field without a value', { fields: ['title'] }, 'ERR_FIELD_NOT_REDACTABLE'],
  ])('is refused for %s', async (_, selection, code) => {
    const setting = await createSetting('a canary');
    const event = await firstEvent(setting);
    await expect(redact(setting, { event, ...selection })).rejects.toMatchObject({ code });
    expect(await setting.ledger.erasure.status()).toEqual([]);
  });

  test('needs a named person', async () => {
    const { ledger, stream, ...setting } = await createSetting('a canary');
    const selection = {
      event: await firstEvent({ ledger, stream, ...setting }),
      fields: ['notes'],
      everywhere: false,
    };
    const nobody = { ...proposer(), by: { kind: 'keeper' }, user: null } as const;
    await expect(ledger.erasure.propose(stream, selection, BASIS, nobody)).rejects.toMatchObject({
      code: 'ERR_NOT_PERMITTED',
    });
  });

  test('cannot be ordered by the person who made it', async () => {
    const setting = await createSetting('a canary');
    const selection = { event: await firstEvent(setting), fields: ['notes'], everywhere: false };
    const { orders } = await setting.ledger.erasure.propose(
      setting.stream,
      selection,
      BASIS,
      proposer(),
    );
    await expect(setting.ledger.erasure.order(orders[0] ?? '', proposer())).rejects.toMatchObject({
      code: 'ERR_PROPOSER_APPROVES',
    });
  });

  test('made again under the same command is the same', async () => {
    const setting = await createSetting('a canary');
    const selection = { event: await firstEvent(setting), fields: ['notes'], everywhere: false };
    const request = proposer();
    const { erasure } = setting.ledger;
    const first = await erasure.propose(setting.stream, selection, BASIS, request);
    const again = await erasure.propose(setting.stream, selection, BASIS, request);
    expect(again.orders).toEqual(first.orders);
    expect(await erasure.status()).toHaveLength(1);
  });

  test('takes the value out of every event about the same entry, and counts where else it stands', async () => {
    const setting = await createSetting();
    const [first = ''] = await setting.record(achievement('A-1', 'Secretly'));
    await setting.record(achievement('A-2', 'Secretly'));
    const correct = (grade: string) =>
      setting.record({
        type: 'CorrectAchievement',
        data: { achievementId: 'A-1', submittedBy: '10000003', changes: { grade } },
      });
    await correct('Pass');
    await correct('Secretly');
    const selection = { event: first, fields: ['grade'], everywhere: false };
    const proposal = await setting.ledger.erasure.propose(
      setting.stream,
      selection,
      BASIS,
      proposer(),
    );
    expect(proposal.targets).toHaveLength(2);
    expect(proposal.leftElsewhere).toBe(1);
  });
});

describe('an order', () => {
  test('over more than 16 events is split and completed together', async () => {
    const setting = await createSetting('the canary');
    for (let round = 0; round < 20; round += 1) {
      await setting.record(achievement(`A-${round}`, 'the canary'));
    }
    const event = await firstEvent(setting);
    const orders = await redact(setting, { event, fields: ['notes'], everywhere: true });
    expect(orders).toHaveLength(2);
    expect(JSON.stringify(await setting.ledger.read(setting.uln))).not.toContain('canary');
    expect((await setting.ledger.erasure.status()).map(({ state }) => state)).toEqual([
      'completed',
      'completed',
    ]);
    expect(await problemsOf(setting.ledger)).toEqual([]);
  });

  test('can name who recorded it', async () => {
    const setting = await createSetting();
    const event = await firstEvent(setting);
    await redact(setting, { event, fields: ['_user'] });
    const [issued] = await setting.ledger.read(setting.uln);
    expect(isRedacted(issued?.user)).toBe(true);
    expect(issued?.organisation).toBe(REGISTRY);
  });

  test('on an event that was redacted before leaves both markers, and no problem', async () => {
    const setting = await createSetting('the canary');
    const event = await firstEvent(setting);
    await redact(setting, { event, fields: ['notes'] });
    await redact(setting, { event, fields: ['givenName'] });
    const details = plrAt(await setting.ledger.read(setting.uln), NOW).details;
    expect([isRedacted(details?.notes), isRedacted(details?.givenName)]).toEqual([true, true]);
    expect(details?.familyName).toBe('Synthetic');
    expect(await problemsOf(setting.ledger)).toEqual([]);
    expect(JSON.stringify(await setting.ledger.read(setting.uln))).not.toContain('Given1');
  });

  test('stays carried out when the entry is sent again', async () => {
    const setting = await createSetting();
    const [event = ''] = await setting.record(achievement('A-1', 'Secretly'));
    await redact(setting, { event, fields: ['grade'] });
    expect(await setting.record(achievement('A-1', 'Secretly'))).toEqual([]);
    expect(JSON.stringify(await setting.ledger.read(setting.uln))).not.toContain('Secretly');
  });

  test('reaches a service that follows from the beginning', async () => {
    const setting = await createSetting('the canary');
    const before = await setting.ledger.read(setting.uln);
    await redact(setting, { event: before[0]?.id ?? '', fields: ['notes'] });
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const item of setting.ledger.follow({ after: null, signal: stop.signal })) {
      if (item.kind === 'caught-up') {
        stop.abort();
      } else {
        seen.push(item.recorded);
      }
    }
    expect(seen).toHaveLength(3);
    expect(JSON.stringify(seen)).not.toContain('the canary');
  });

  test('waits on an engine that may lose what it acknowledged, and reads as redacted meanwhile', async () => {
    const setting = await createSetting('the canary');
    const { store, vault, views, clock } = setting.ledger.parts;
    const capabilities = { ...store.capabilities, durability: 'page-cache' } as const;
    const weak = await assembleLedger({
      store: { ...store, capabilities },
      vault,
      views,
      clock,
      accessStores: createMemoryAccessStores('test.invalid/access'),
    });
    const event = await firstEvent(setting);
    await redact({ ...setting, ledger: weak }, { event, fields: ['notes'] });
    const [status] = await weak.erasure.status();
    expect(status).toMatchObject({ state: 'ordered' });
    expect(status?.waitsFor).toContain('page-cache');
    expect(JSON.stringify(await setting.ledger.read(setting.uln))).not.toContain('the canary');
    await setting.ledger.erasure.resume();
    expect((await setting.ledger.erasure.status())[0]?.state).toBe('completed');
  });

  test('that waits, on an event redacted before, leaves nothing for verify to complain of', async () => {
    const setting = await createSetting('the canary');
    const event = await firstEvent(setting);
    await redact(setting, { event, fields: ['notes'] });
    const { store, vault, views, clock } = setting.ledger.parts;
    const capabilities = { ...store.capabilities, durability: 'page-cache' } as const;
    const weak = await assembleLedger({
      store: { ...store, capabilities },
      vault,
      views,
      clock,
      accessStores: createMemoryAccessStores('test.invalid/access'),
    });
    await redact({ ...setting, ledger: weak }, { event, fields: ['givenName'] });
    expect(await problemsOf(weak)).toEqual([]);
    expect(JSON.stringify(await weak.read(setting.uln))).not.toMatch(/canary|Given1/);
    await setting.ledger.erasure.resume();
    expect(await problemsOf(setting.ledger)).toEqual([]);
  });

  test('ordered by one process reads as redacted in another that was running', async () => {
    const setting = await createSetting('the canary');
    const running = await setting.openAgain();
    await running.read(setting.uln);
    await redact(setting, { event: await firstEvent(setting), fields: ['notes'] });
    expect(JSON.stringify(await running.read(setting.uln))).not.toContain('the canary');
  });

  test('does not stop a writer that had read the stream before it', async () => {
    const setting = await createSetting('the canary');
    const { journal } = setting.ledger.parts;
    const { end } = await journal.read(setting.stream);
    await redact(setting, { event: await firstEvent(setting), fields: ['notes'] });
    const late = journal.append(
      setting.stream,
      end,
      [{ type: 'ChallengeUpheld', data: { challengeId: 'C-1', reason: null } }],
      {
        caller: 'keeper',
        commandId: proposer().commandId,
        correlation: proposer().commandId,
        user: null,
        organisation: null,
        purpose: 'data-challenge',
      },
    );
    await expect(late).rejects.toMatchObject({ code: 'ERR_VERSION_CONFLICT' });
  });
});

describe('a restored', () => {
  test('vault of yesterday is refused', async () => {
    const { ledger, places, clock, ...setting } = await createSetting('the canary');
    ledger.parts.vault.forget();
    copyFileSync(places.vault, `${places.vault}.yesterday`);
    await redact(
      { ledger, ...setting },
      { event: await firstEvent({ ledger, places, clock, ...setting }), fields: ['notes'] },
    );
    await ledger.close();
    restore(places.vault);
    await expect(openLedger(places, clock.clock)).rejects.toMatchObject({
      code: 'ERR_VAULT_BEHIND',
    });
  });

  test('vault from before a rotation opens nothing', async () => {
    const { ledger, places, clock } = await createSetting('the canary');
    ledger.parts.vault.forget();
    copyFileSync(places.vault, `${places.vault}.yesterday`);
    await ledger.rotateVault();
    await ledger.close();
    restore(places.vault);
    await expect(openLedger(places, clock.clock)).rejects.toMatchObject({
      code: 'ERR_MASTER_MISMATCH',
    });
  });

  test('ledger of yesterday has its orders looked at again: a new one is carried out', async () => {
    const { ledger, places, clock, uln, stream, record } = await createSetting('the canary');
    const ledgerFile = places.store.slice('sqlite:'.length);
    const [event = ''] = await record(achievement('A-1', 'Secretly'));
    const other = await ledger.register(
      { ...(await import('../../support/synthetic.js')).learnerDetails(2), notes: 'other' },
      requestOf(REGISTRY, 'registry'),
    );
    await ledger.parts.store.inspect();
    const { default: Database } = await import('better-sqlite3');
    const file = new Database(ledgerFile);
    await file.backup(`${ledgerFile}.yesterday`);
    file.close();
    await redact(
      { ledger, stream: other.receipt.stream },
      { event: other.receipt.eventIds[0] ?? '', fields: ['notes'] },
    );
    await ledger.close();
    restore(ledgerFile);
    const again = await openLedger(places, clock.clock);
    await redact({ ledger: again, stream }, { event, fields: ['grade'] });
    expect((await again.erasure.status()).map(({ state }) => state)).toEqual(['completed']);
    expect(JSON.stringify(await again.read(uln))).not.toContain('Secretly');
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
