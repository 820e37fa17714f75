import { inflateSync } from 'node:zlib';
import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { learnerDetails } from '../../support/synthetic.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../setting.js';
import { CHOICE_FOR_AWARDING, createSharing, requestBy, requestOfRecipient } from '../sharing.js';

const officer = (user: string) => requestOf(REGISTRY, user, { purpose: 'data-protection' });
const entryOf = (entryId: string) =>
  ({ kind: 'achievement', submittedBy: AWARDING, entryId }) as const;

/** A ledger of which a view of A-1 and the given name has left as a credential. */
async function createGiven() {
  const setting = await createSharing();
  const { ledger, uln, record } = setting;
  await record(achievement('A-2'));
  const { link } = await ledger.configuredViews.create(
    uln,
    CHOICE_FOR_AWARDING,
    requestBy('learner'),
  );
  const leave = async () => {
    const prepared = await ledger.configuredViews.prepare(link, null, requestOfRecipient());
    return (await ledger.credentials.issue(prepared, 600)).credential;
  };
  const handle = (command: LearnerRequest, one = uln) =>
    ledger.handle(one, command, { ...requestBy('keeper'), user: 'one' });
  return { ...setting, credential: await leave(), leave, handle };
}
type Given = Awaited<ReturnType<typeof createGiven>>;

/** Whether the status list that a ledger gives lets a credential stand. */
async function isGood(ledger: Ledger, credential: string): Promise<boolean> {
  const { status } = decodeJwt<{ status: { status_list: { idx: number } } }>(
    credential.split('~')[0] ?? '',
  );
  const list = await ledger.credentials.statusList('2024');
  const { status_list: bits } = decodeJwt<{ status_list: { lst: string } }>(list);
  const { idx } = status.status_list;
  const byte = inflateSync(Buffer.from(bits.lst, 'base64url'))[idx >> 3] ?? 0;
  return ((byte >> (idx & 7)) & 1) === 0;
}

const OPT_OUT: LearnerRequest = {
  type: 'SetOptOut',
  data: { of: 'sharing', route: 'helpdesk', evidenceReference: 'ID-1' },
};
const LIFT: LearnerRequest = {
  type: 'LiftOptOut',
  data: { route: 'helpdesk', evidenceReference: 'ID-2' },
};
const hide = ({ ledger, uln }: Given, entryId: string) =>
  ledger.handle(
    uln,
    { type: 'QuarantineEntry', data: { quarantineId: 'Q-1', entry: entryOf(entryId) } },
    officer('one'),
  );

async function redact({ ledger, uln, stream }: Given, type: string, field: string) {
  const found = (await ledger.read(uln)).find(({ event }) => event.type === type);
  const selection = { event: found?.id ?? '', fields: [field], everywhere: false };
  const { orders } = await ledger.erasure.propose(stream, selection, 'court-order', officer('one'));
  for (const order of orders) {
    await ledger.erasure.order(order, officer('two'));
  }
}

async function mergeWithAnother({ ledger, uln }: Given, optOut: 'before' | 'after') {
  const details = { ...learnerDetails(2), lastKnownPostCode: 'AB9 9CD' };
  const other = (await ledger.register(details, requestOf(REGISTRY, 'registry'))).uln;
  const set = () => ledger.handle(other, OPT_OUT, requestBy('keeper'));
  const merge = () =>
    ledger.merging.merge(
      other,
      { superseded: uln, reason: 'One certificate names both.' },
      requestBy('keeper'),
    );
  await (optOut === 'before' ? set().then(merge) : merge().then(set));
}

describe('a credential is revoked', () => {
  test.each<[string, (given: Given) => Promise<unknown>]>([
    ['when an entry in it is quarantined', (given) => hide(given, 'A-1')],
    [
      'when a value of an entry is redacted',
      (given) => redact(given, 'AchievementRecorded', 'grade'),
    ],
    ['when a detail is redacted', (given) => redact(given, 'UlnIssued', 'givenName')],
    ['when the learner opts out', ({ handle }) => handle(OPT_OUT)],
    ['when the person opts out by another ULN', (given) => mergeWithAnother(given, 'after')],
    ['when merged with one who opted out since', (given) => mergeWithAnother(given, 'before')],
  ])('%s', async (_, spoil) => {
    const given = await createGiven();
    expect(await isGood(given.ledger, given.credential)).toBe(true);
    await spoil(given);
    expect(await isGood(given.ledger, given.credential)).toBe(false);
    expect(await isGood(await given.openAgain(), given.credential)).toBe(false);
  });

  test('for good: lifting brings it back as little, and another export is good', async () => {
    const given = await createGiven();
    const { ledger, credential, leave, handle, uln } = given;
    await handle(OPT_OUT);
    await handle(LIFT);
    await hide(given, 'A-1');
    await ledger.reviews.decide(
      uln,
      { quarantineId: 'Q-1', outcome: 'dismiss', reason: null },
      officer('two'),
    );
    expect(await isGood(ledger, credential)).toBe(false);
    expect(await isGood(ledger, await leave())).toBe(true);
  });

  test('once, also where the place in the log is lost', async () => {
    const given = await createGiven();
    const { ledger, credential, leave } = given;
    await hide(given, 'A-1');
    const later = await leave();
    expect(await isGood(ledger, credential)).toBe(false);
    const count = async () => {
      let found = 0;
      for await (const _ of ledger.parts.store.read('credential-2024')) {
        found += 1;
      }
      return found;
    };
    const before = await count();
    ledger.parts.views.database.exec('DELETE FROM published');
    expect(await isGood(ledger, credential)).toBe(false);
    expect(await isGood(ledger, later)).toBe(true);
    expect(await count()).toBe(before);
  });
});

describe('a credential stays good', () => {
  test.each<[string, (given: Given) => Promise<unknown>]>([
    ['when an entry that is not in it is quarantined', (given) => hide(given, 'A-2')],
    ['when a value that is not in it is redacted', (given) => redact(given, 'UlnIssued', 'notes')],
  ])('%s', async (_, spoil) => {
    const given = await createGiven();
    await spoil(given);
    expect(await isGood(given.ledger, given.credential)).toBe(true);
  });
});

test('no list is given while revoking fails, and the next one goes on with it', async () => {
  const given = await createGiven();
  const { ledger, credential } = given;
  await hide(given, 'A-1');
  const { store } = ledger.parts;
  const append: typeof store.append = async (stream, ...rest) => {
    if (stream.startsWith('credential-')) {
      throw new Error('the process was killed');
    }
    return store.append(stream, ...rest);
  };
  const dying = await assembleLedger({ ...ledger.parts, store: { ...store, append } });
  for (let time = 0; time < 2; time += 1) {
    await expect(dying.credentials.statusList('2024')).rejects.toThrow('killed');
  }
  expect(await isGood(ledger, credential)).toBe(false);
});
