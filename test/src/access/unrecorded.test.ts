import { describe, expect, test } from 'vitest';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { StreamError } from '../../../streams/errors.js';
import type { EventStore } from '../../../streams/eventStore.js';
import { DETAIL_CHOICE } from '../sharing.js';
import {
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  learnerAsker,
  openSetting,
  REGISTRY,
  recordedLooks,
  settle,
} from './setting.js';

/** The same ledger over an access ledger in which nothing can be recorded. */
function withFullDisk({ parts }: Ledger): Promise<Ledger> {
  const append: EventStore['append'] = async () => {
    throw new StreamError('ERR_STORE_FAILED', 'expected a disk, found it full');
  };
  return assembleLedger({
    ...parts,
    accessStores: {
      ...parts.accessStores,
      open: async (year, options) => {
        const store = await parts.accessStores.open(year, options);
        return store === null ? null : { ...store, append };
      },
    },
  });
}

describe('where a look cannot be recorded', () => {
  test.each(Object.keys(doors))('%s shows nothing, to whoever may see it', async (door) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    await expect(doors[door]?.(ledger, uln)).resolves.toBeDefined();
    const before = (await recordedLooks(ledger)).length;
    const full = await withFullDisk(ledger);
    await expect(doors[door]?.(full, uln)).rejects.toMatchObject({ code: 'ERR_STORE_FAILED' });
    expect(await recordedLooks(ledger)).toHaveLength(before);
  });

  test('an opening is not refused either, by the right code or by a wrong one', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    const learner = learnerAsker();
    const { link, code } = await ledger.configuredViews.create(uln, DETAIL_CHOICE, learner);
    const full = await withFullDisk(ledger);
    for (const tried of [null, '2222-2222-2222-2222', code]) {
      await expect(
        full.access.openView(link, tried, askerOf(COLLEGE, 'learner-choice')),
      ).rejects.toMatchObject({ code: 'ERR_STORE_FAILED' });
    }
    await expect(
      full.access.openView('v1.AAAA', code, askerOf(COLLEGE, 'learner-choice')),
    ).rejects.toMatchObject({ code: 'ERR_STORE_FAILED' });
  });

  test('a search and a registration show nothing either, and no ULN is told', async () => {
    const { ledger } = await openSetting();
    await issue(ledger, 1);
    const full = await withFullDisk(ledger);
    const asker = askerOf(REGISTRY, 'learner-registration');
    const search = { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' };
    await expect(full.access.find(search, asker)).rejects.toMatchObject({
      code: 'ERR_STORE_FAILED',
    });
  });
});
