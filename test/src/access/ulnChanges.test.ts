import { expect, test } from 'vitest';
import type { Purpose } from '../../../domain/purpose.js';
import { CalendarDate } from '../../../domain/values/date.js';
import type { Uln } from '../../../domain/values/uln.js';
import type { Asker } from '../../../src/access/accessLedger.js';
import { keeperRequest } from '../../support/organisations.js';
import {
  type AccessSetting,
  askerOf,
  COLLEGE,
  connection,
  issue,
  openSetting,
  REGISTRY,
  restriction,
  settle,
} from './setting.js';

const PERIOD = { from: CalendarDate.parse('2026-01-01'), to: CalendarDate.parse('2027-01-01') };

/** A merge that stands, and one that was undone, of learners who are linked to the college. */
async function createCase(): Promise<
  AccessSetting & { readonly ulns: readonly [Uln, Uln, Uln, Uln] }
> {
  const setting = await openSetting();
  const { ledger } = setting;
  const ulns = [
    await issue(ledger, 1),
    await issue(ledger, 2),
    await issue(ledger, 3),
    await issue(ledger, 4),
  ] as const;
  for (const [index, uln] of ulns.entries()) {
    await settle(ledger, uln, connection(COLLEGE, `C-${index}`));
  }
  const [a, b, c, d] = ulns;
  const reason = 'One certificate';
  await ledger.merging.merge(a, { superseded: b, reason }, keeperRequest());
  setting.time.advance(1000);
  const { mergeId } = await ledger.merging.merge(c, { superseded: d, reason }, keeperRequest());
  setting.time.advance(1000);
  await ledger.merging.unmerge(c, { mergeId, reason: 'Twins' }, keeperRequest());
  return { ...setting, ulns };
}

async function changesFor({ ledger }: AccessSetting, asker: Asker): Promise<readonly string[]> {
  const changes = await ledger.access.ulnChanges(PERIOD, asker);
  return changes.map(({ kind, other }) => `${kind} ${other.givenName}`);
}

const ALL = ['merged Given2', 'merged Given4', 'unmerged Given4'];
const FIND = 'learner-registration';

test('the changes of ULNs are for the keeper, and for an organisation of who is linked to it', async () => {
  const setting = await createCase();
  expect(await changesFor(setting, keeperRequest())).toEqual(ALL);
  expect(await changesFor(setting, askerOf(COLLEGE, FIND))).toEqual(ALL);
  expect(await changesFor(setting, askerOf(REGISTRY, FIND))).toEqual([]);
});

test.each([
  ['the superseded one', 1, ['merged Given4', 'unmerged Given4']],
  ['the master', 0, ['merged Given4', 'unmerged Given4']],
  ['one that was merged for a time', 3, ['merged Given2']],
  ['its master for a time', 2, ['merged Given2']],
] as const)('where %s is handled as restricted they are for who is named', async (_, at, left) => {
  const setting = await createCase();
  const named = [{ ukprn: COLLEGE, user: null }];
  await settle(setting.ledger, setting.ulns[at], restriction());
  expect(await changesFor(setting, askerOf(COLLEGE, FIND))).toEqual(left);
  expect(await changesFor(setting, keeperRequest())).toEqual(left);
  const purpose: Purpose = 'data-protection';
  expect(await changesFor(setting, { ...keeperRequest(), purpose })).toEqual(ALL);
  await settle(setting.ledger, setting.ulns[at], restriction(named));
  expect(await changesFor(setting, askerOf(COLLEGE, FIND))).toEqual(ALL);
});
