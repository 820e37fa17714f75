import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { outsideOrganisation } from '../../../domain/access/request.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import type { Uln } from '../../../domain/values/uln.js';
import type { Rows } from '../../../src/access/listing.js';
import type { ListedChallenge } from '../../../src/keptViews/keptViews.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { keeperRequest } from '../../support/organisations.js';
import { merge } from '../mergeSetting.js';
import {
  AWARDING,
  askerOf,
  issue,
  learnerAsker,
  openSetting,
  REGISTRY,
  recordedLooks,
  restriction,
  settle,
} from './setting.js';

const OPERATOR = Ukprn.parse('10000009');

/** Challenges of one entry each, of so many learners; the first is handled as restricted. */
async function disputed(count = 2): Promise<{ ledger: Ledger; ulns: readonly Uln[] }> {
  const { ledger } = await openSetting();
  const ulns: Uln[] = [];
  for (let number = 1; number <= count; number += 1) {
    const uln = await issue(ledger, number);
    ulns.push(uln);
    const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;
    await ledger.handle(
      uln,
      {
        type: 'RecordAchievement',
        data: {
          achievementId: 'A-1',
          submittedBy: AWARDING,
          standing: 'final',
          source: 'AO',
          subjectCode: '601/0143/X',
          achievementAwardDate: '2026-07-01',
        },
      },
      askerOf(AWARDING, 'achievement-reporting'),
    );
    const data = { challengeId: 'C-1', entry, reason: 'The grade is wrong' } as const;
    await ledger.handle(uln, { type: 'RaiseChallenge', data }, learnerAsker());
  }
  const [first] = ulns;
  if (first !== undefined) {
    await settle(ledger, first, restriction());
  }
  return { ledger, ulns };
}

/** The challenges that an asker is shown. */
async function shownTo(ledger: Ledger, asker: Request, limit = 100): Promise<readonly Uln[]> {
  const rows: Rows<ListedChallenge> = {
    limit,
    select: (most, { request, facts }) =>
      ledger.openChallenges({
        owner: outsideOrganisation(request, facts)?.ukprn ?? null,
        dueBy: null,
        limit: most,
      }),
    ulnsOf: ({ uln }) => [uln],
  };
  return (await ledger.access.list(asker, 'challenge', rows)).map(({ uln }) => uln);
}

const staff = (user: string, purpose: Request['purpose']): Request => ({
  by: { kind: 'organisation', ukprn: OPERATOR },
  user,
  purpose,
  commandId: randomUUID(),
});

describe('a list of challenges', () => {
  test('shows its source nobody who is handled as restricted', async () => {
    const { ledger, ulns } = await disputed();
    expect(await shownTo(ledger, askerOf(AWARDING, 'data-challenge'))).toEqual([ulns[1]]);
  });

  test('shows data protection everybody, the desk all but those handled as restricted', async () => {
    const { ledger, ulns } = await disputed();
    const all = await shownTo(ledger, staff('officer1', 'data-protection'));
    expect(all.toSorted()).toEqual(ulns.toSorted());
    expect(await shownTo(ledger, staff('desk', 'data-challenge'))).toEqual([ulns[1]]);
  });

  test('shows the keeper who is handled as restricted for data protection alone', async () => {
    const { ledger, ulns } = await disputed();
    expect(await shownTo(ledger, keeperRequest())).toEqual([ulns[1]]);
    const protecting = { ...keeperRequest(), purpose: 'data-protection' } as const;
    expect((await shownTo(ledger, protecting)).toSorted()).toEqual(ulns.toSorted());
  });

  test('shows a learner nobody: it is everybody’s', async () => {
    const { ledger } = await disputed();
    await expect(shownTo(ledger, learnerAsker())).rejects.toMatchObject({
      code: 'ERR_NOT_PERMITTED',
    });
  });

  test('is as long as was asked for, whoever is left out of it', async () => {
    const { ledger, ulns } = await disputed(4);
    const shown = await shownTo(ledger, askerOf(AWARDING, 'data-challenge'), 3);
    expect(shown.toSorted()).toEqual(ulns.slice(1).toSorted());
  });

  test('leaves a look for every page of sixty-four people, and at who was left out', async () => {
    const { ledger } = await disputed(66);
    const before = (await recordedLooks(ledger)).length;
    await shownTo(ledger, askerOf(AWARDING, 'data-challenge'));
    const looks = (await recordedLooks(ledger)).slice(before).map(({ event }) => event.data);
    expect(looks.map(({ learners, hidden }) => [learners.length, hidden.length])).toEqual([
      [64, 1],
      [1, 0],
    ]);
  });

  test('that may not be asked for leaves a look, and shows nobody', async () => {
    const { ledger } = await disputed();
    await expect(shownTo(ledger, askerOf(REGISTRY, 'admission'))).rejects.toMatchObject({
      code: 'ERR_ACCESS_REFUSED',
    });
    const [look] = (await recordedLooks(ledger)).slice(-1);
    expect(look?.event.data).toMatchObject({ decision: 'refused', learners: [], hidden: [] });
  });
});

test.each(['of one ULN', 'of two ULNs'])(
  'data protection answers a challenge that its source cannot, of somebody %s',
  async (of) => {
    const { ledger, ulns } = await disputed();
    const [uln] = ulns as readonly [Uln];
    if (of === 'of two ULNs') {
      await merge(ledger, { uln: await issue(ledger, 3) }, { uln });
    }
    const data = { challengeId: 'C-1', reason: 'The certificate says so' };
    const command = { type: 'RejectChallenge', data } as const;
    await expect(
      ledger.access.handle(uln, command, askerOf(AWARDING, 'data-challenge')),
    ).rejects.toMatchObject({ code: 'ERR_LEARNER_NOT_FOUND' });
    await ledger.access.handle(uln, command, staff('officer1', 'data-protection'));
    const last = (await ledger.readAll(uln)).at(-1);
    expect(last).toMatchObject({
      event: { type: 'ChallengeRejected' },
      user: 'officer1',
      organisation: OPERATOR,
    });
  },
);
