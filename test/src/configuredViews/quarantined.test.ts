import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { AWARDING, achievement, REGISTRY, requestOf } from '../setting.js';
import { CHOICE_FOR_AWARDING, createSharing, requestBy, requestOfRecipient } from '../sharing.js';

const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;
const officer = (user: string) => requestOf(REGISTRY, user, { purpose: 'data-protection' });

/** A ledger with a view of an entry for one organisation, and what hides the entry and shows it again. */
async function createGiven(mode: 'live' | 'frozen' = 'live') {
  const setting = await createSharing();
  const { ledger, uln } = setting;
  const choice = { ...CHOICE_FOR_AWARDING, mode };
  const { link } = await ledger.configuredViews.create(uln, choice, requestBy('learner'));
  const prepare = () => ledger.configuredViews.prepare(link, null, requestOfRecipient());
  const hide = () =>
    ledger.handle(
      uln,
      { type: 'QuarantineEntry', data: { quarantineId: 'Q-1', entry } },
      officer('one'),
    );
  const lift = () =>
    ledger.reviews.decide(
      uln,
      { quarantineId: 'Q-1', outcome: 'dismiss', reason: null },
      officer('two'),
    );
  return { ...setting, prepare, hide, lift };
}

describe.each(['live', 'frozen'] as const)('an entry under quarantine in a %s view', (mode) => {
  test('is not shown until the quarantine is lifted', async () => {
    const { prepare, hide, lift } = await createGiven(mode);
    await hide();
    expect((await prepare()).answer).toMatchObject({
      details: { values: { givenName: 'Given1' } },
      entries: [],
    });
    await lift();
    expect((await prepare()).answer.entries).toMatchObject([{ values: { grade: 'Pass' } }]);
  });

  test('is not signed, also where the view was opened before', async () => {
    const { ledger, prepare, hide } = await createGiven(mode);
    const opened = await prepare();
    await hide();
    for (const prepared of [opened, await prepare()]) {
      const { credential } = await ledger.credentials.issue(prepared, 60);
      const [jwt = '', ...disclosures] = credential.split('~');
      expect(decodeJwt(jwt)['entries'] ?? []).toEqual([]);
      expect(Buffer.from(disclosures.join(''), 'base64url').toString()).not.toContain('Pass');
    }
  });
});

test('a list of views does not name an entry under quarantine', async () => {
  const { ledger, uln, hide } = await createGiven();
  await hide();
  const [listed] = await ledger.configuredViews.list(uln);
  expect(listed?.selection).toEqual({ entries: [], details: ['givenName'] });
});

test('a view of an entry under quarantine is refused like one of no entry', async () => {
  const { ledger, uln, hide, record } = await createGiven();
  await record(achievement('A-2'));
  await hide();
  await expect(
    ledger.configuredViews.create(uln, CHOICE_FOR_AWARDING, requestBy('learner')),
  ).rejects.toMatchObject({ code: 'ERR_ENTRY_NOT_FOUND' });
});
