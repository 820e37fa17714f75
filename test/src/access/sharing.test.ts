import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Uln } from '../../../domain/values/uln.js';
import type { Request } from '../../../src/request/request.js';
import { keeperRequest } from '../../support/organisations.js';
import { DETAIL_CHOICE } from '../sharing.js';
import {
  answered,
  askerOf,
  COLLEGE,
  issue,
  learnerAsker,
  openSetting,
  recordedLooks,
  restriction,
  settle,
  UNKNOWN,
} from './setting.js';

const organisation = () => askerOf(COLLEGE, 'learner-choice');
const keeper = (): Request => ({ ...keeperRequest(), purpose: 'learner-choice' });
const officer = (): Request => ({ ...keeperRequest(), purpose: 'data-protection' });

async function createGiven() {
  const { ledger } = await openSetting();
  const uln = await issue(ledger, 1);
  const { viewId } = await ledger.access.createView(uln, DETAIL_CHOICE, learnerAsker());
  return { ledger, uln, viewId };
}

describe('a learner who is handled as restricted', () => {
  test('has views made, renewed, listed and ended by the learner and for data protection alone', async () => {
    const { ledger, uln, viewId } = await createGiven();
    await settle(ledger, uln, restriction());
    const { access } = ledger;
    const again = (request: Request) => ({ ...request, commandId: randomUUID() });
    const ways = (request: Request) => [
      () => access.createView(uln, DETAIL_CHOICE, again(request)),
      () => access.issueViewCode(uln, viewId, again(request)),
      () => access.listViews(uln, request),
    ];
    const revoke = (request: Request) => access.revokeView(uln, viewId, again(request));
    for (const ask of [...ways(keeper()), () => revoke(keeper())]) {
      const before = (await recordedLooks(ledger)).length;
      expect(await answered(ask())).toBe('ERR_LEARNER_NOT_FOUND');
      const looks = (await recordedLooks(ledger)).slice(before);
      expect(looks.map(({ event }) => event.data.rules)).toEqual([['handled-as-restricted']]);
    }
    expect(await ledger.configuredViews.list(uln)).toMatchObject([{ state: 'open' }]);
    for (const request of [officer(), learnerAsker()]) {
      for (const ask of ways(request)) {
        await expect(ask()).resolves.toBeDefined();
      }
    }
    for (const request of [learnerAsker(), officer()]) {
      await expect(revoke(request)).resolves.toBeDefined();
    }
  });

  test('under another of the merged ULNs is one too', async () => {
    const { ledger, uln } = await createGiven();
    const other = await issue(ledger, 2);
    const asked = { superseded: uln, reason: 'One certificate names both.' };
    await ledger.merging.merge(other, asked, keeperRequest());
    await settle(ledger, other, restriction());
    const made = ledger.access.createView(uln, DETAIL_CHOICE, keeper());
    expect(await answered(made)).toBe('ERR_LEARNER_NOT_FOUND');
  });
});

describe('an organisation that would share for a learner', () => {
  test('is told the same whoever it is, or nobody, and leaves a look', async () => {
    const { ledger, uln, viewId } = await createGiven();
    const hidden = await issue(ledger, 2);
    await settle(ledger, hidden, restriction());
    const ways = (one: Uln) => [
      () => ledger.access.createView(one, DETAIL_CHOICE, organisation()),
      () => ledger.access.issueViewCode(one, viewId, organisation()),
      () => ledger.access.revokeView(one, viewId, organisation()),
    ];
    for (const one of [uln, hidden, UNKNOWN]) {
      for (const ask of ways(one)) {
        const before = (await recordedLooks(ledger)).length;
        expect(await answered(ask())).toBe('ERR_NOT_PERMITTED');
        const [look, ...more] = (await recordedLooks(ledger)).slice(before);
        expect(look?.event.data).toMatchObject({ action: 'choose', decision: 'refused' });
        expect(more).toEqual([]);
      }
    }
    const [look] = await ledger.access.looks(uln, learnerAsker(), 1);
    expect(await ledger.access.explain(look?.look ?? '')).toMatchObject({ same: true });
  });
});
