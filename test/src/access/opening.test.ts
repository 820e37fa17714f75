import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ConfiguredViewChoice } from '../../../domain/learner/configuredView/commands.js';
import type { Ukprn } from '../../../domain/values/ukprn.js';
import type { Uln } from '../../../domain/values/uln.js';
import { tagOf } from '../../../src/journal/identifiers.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { keeperRequest } from '../../support/organisations.js';
import { DETAIL_CHOICE } from '../sharing.js';
import {
  AWARDING,
  answered,
  askerOf,
  COLLEGE,
  issue,
  learnerAsker,
  OPT_OUT,
  openSetting,
  recordedLooks,
  restriction,
  settle,
} from './setting.js';

const WRONG = '2222-2222-2222-2222';

const forOrganisation = (ukprn: Ukprn): ConfiguredViewChoice => ({
  ...DETAIL_CHOICE,
  recipient: { kind: 'organisation', ukprn },
});
const opener = (ukprn: Ukprn) => askerOf(ukprn, 'learner-choice');
/** Whoever has the link, for whom the keeper's machine opens it. */
const holder = (): Request => ({ ...keeperRequest(), purpose: 'learner-choice' });
const officer = () => ({ ...keeperRequest(), purpose: 'data-protection' as const });

async function createGiven(choice = DETAIL_CHOICE) {
  const { ledger, time } = await openSetting();
  const uln = await issue(ledger, 1);
  const view = await ledger.configuredViews.create(uln, choice, learnerAsker());
  const tag = tagOf(view.outcome.receipt.stream);
  return { ledger, time, uln, ...view, tag };
}

/** What opening is answered with, and the looks that it left. */
async function opened(ledger: Ledger, link: string, code: string | null, request = holder()) {
  const before = (await recordedLooks(ledger)).length;
  const answer = await answered(ledger.access.openView(link, code, request));
  const looks = (await recordedLooks(ledger)).slice(before);
  return { answer, looks: looks.map(({ event }) => event.data) };
}

const REFUSED = { action: 'open-view', decision: 'refused', fields: [] };

describe('a code', () => {
  test('opens once, also by the same command', async () => {
    const { ledger, link, code } = await createGiven();
    const commandId = randomUUID();
    const open = (request: Request) => opened(ledger, link, code, { ...request, commandId });
    expect((await open(holder())).answer).toContain('Given1');
    for (const request of [holder(), learnerAsker(), opener(COLLEGE), opener(AWARDING)]) {
      expect((await open(request)).answer).toBe('ERR_VIEW_CODE');
    }
  });
});

describe('a refused opening leaves a look', () => {
  test.each<[string, ConfiguredViewChoice, Request, string | null, string]>([
    ['by a wrong code', DETAIL_CHOICE, holder(), WRONG, 'ERR_VIEW_CODE'],
    ['by a wrong code of an organisation', DETAIL_CHOICE, opener(COLLEGE), WRONG, 'ERR_VIEW_CODE'],
    ['without a code', DETAIL_CHOICE, holder(), null, 'ERR_VIEW_CODE'],
    [
      'of another organisation’s link',
      forOrganisation(AWARDING),
      opener(COLLEGE),
      null,
      'ERR_VIEW_NOT_AVAILABLE',
    ],
    [
      'of an organisation’s link by nobody',
      forOrganisation(AWARDING),
      holder(),
      null,
      'ERR_VIEW_NOT_AVAILABLE',
    ],
  ])('%s, with the learner in it', async (_, choice, request, code, refusal) => {
    const { ledger, link, tag } = await createGiven(choice);
    const { answer, looks } = await opened(ledger, link, code, request);
    expect(answer).toBe(refusal);
    expect(looks).toMatchObject([{ ...REFUSED, rules: ['opens-nothing'], learners: [tag] }]);
  });

  test('with no learner in it where the link is forged', async () => {
    const { ledger } = await createGiven();
    for (const request of [holder(), opener(COLLEGE)]) {
      const { answer, looks } = await opened(ledger, 'v1.AAAA', null, request);
      expect(answer).toBe('ERR_VIEW_NOT_AVAILABLE');
      expect(looks).toMatchObject([{ ...REFUSED, rules: ['opens-nothing'], learners: [] }]);
    }
  });

  test('that the learner sees, and that is explained', async () => {
    const { ledger, uln, link } = await createGiven();
    await opened(ledger, link, WRONG, opener(COLLEGE));
    const [look] = await ledger.access.looks(uln, learnerAsker(), 1);
    expect(look).toMatchObject({ organisation: COLLEGE, action: 'open-view', decision: 'refused' });
    expect(await ledger.access.explain(look?.look ?? '')).toMatchObject({
      same: true,
      decidedAgain: { outcome: 'refused', rules: ['opens-nothing'] },
    });
  });
});

describe('a learner who is handled as restricted', () => {
  test('is not opened by link, whoever asks, and the look says why', async () => {
    const { ledger, uln, link, code, tag } = await createGiven();
    await settle(ledger, uln, restriction());
    const nothing = await opened(ledger, 'v1.AAAA', code);
    const version = (await ledger.read(uln)).length;
    for (const request of [holder(), officer(), learnerAsker(), opener(COLLEGE)]) {
      for (const tried of [code, WRONG, null]) {
        const { answer, looks } = await opened(ledger, link, tried, request);
        expect(answer).toBe(nothing.answer);
        expect(looks).toMatchObject([
          { ...REFUSED, rules: ['handled-as-restricted'], learners: [tag] },
        ]);
      }
    }
    expect(await ledger.read(uln)).toHaveLength(version);
    const [look] = await ledger.access.looks(uln, learnerAsker(), 1);
    expect(await ledger.access.explain(look?.look ?? '')).toMatchObject({ same: true });
  });

  test('is opened by the organisation that the view is for where it is authorised by name', async () => {
    const { ledger, uln, link } = await createGiven(forOrganisation(COLLEGE));
    await settle(ledger, uln, restriction());
    expect((await opened(ledger, link, null, opener(COLLEGE))).answer).toBe(
      'ERR_VIEW_NOT_AVAILABLE',
    );
    await settle(ledger, uln, restriction([{ ukprn: COLLEGE, user: null }]));
    expect((await opened(ledger, link, null, opener(COLLEGE))).answer).toContain('Given1');
  });

  test('under another of the merged ULNs is one too', async () => {
    const { ledger, uln, link, code } = await createGiven();
    const other = await issue(ledger, 2);
    await merge(ledger, other, uln);
    await settle(ledger, other, restriction());
    expect((await opened(ledger, link, code)).answer).toBe('ERR_VIEW_NOT_AVAILABLE');
  });
});

describe('an opt-out on one ULN of a merged person', () => {
  async function createMerged() {
    const given = await createGiven();
    const other = await issue(given.ledger, 2);
    return { ...given, other };
  }
  const LIFTED = {
    type: 'LiftOptOut',
    data: { route: 'helpdesk', evidenceReference: 'ID-2' },
  } as const;

  test.each(['master', 'superseded'])(
    'stops the views made before it under the other, the %s',
    async (role) => {
      const { ledger, uln, other, link, code, viewId } = await createMerged();
      await (role === 'master' ? merge(ledger, uln, other) : merge(ledger, other, uln));
      await settle(ledger, other, OPT_OUT);
      expect((await opened(ledger, link, code)).answer).toBe('ERR_VIEW_NOT_AVAILABLE');
      expect(await ledger.access.listViews(uln, learnerAsker())).toMatchObject([
        { state: 'stopped' },
      ]);
      expect(await answered(ledger.access.issueViewCode(uln, viewId, learnerAsker()))).toBe(
        'ERR_VIEW_ENDED',
      );
      await settle(ledger, other, LIFTED);
      expect((await opened(ledger, link, code)).answer).toContain('Given1');
    },
  );

  test('stops them also where it was set before the merge', async () => {
    const { ledger, uln, other, link, code } = await createMerged();
    await settle(ledger, other, OPT_OUT);
    expect((await opened(ledger, link, WRONG)).answer).toBe('ERR_VIEW_CODE');
    await merge(ledger, uln, other);
    expect((await opened(ledger, link, code)).answer).toBe('ERR_VIEW_NOT_AVAILABLE');
  });

  test('lets views be opened that were made after it', async () => {
    const { ledger, uln, other } = await createMerged();
    await merge(ledger, uln, other);
    await settle(ledger, other, OPT_OUT);
    const { link, code } = await ledger.configuredViews.create(uln, DETAIL_CHOICE, learnerAsker());
    expect((await opened(ledger, link, code)).answer).toContain('Given1');
  });

  test('lets nothing be signed, also where the view was opened before it', async () => {
    const { ledger, uln, other, link, code } = await createMerged();
    await merge(ledger, uln, other);
    const prepared = await ledger.access.openView(link, code, holder());
    await settle(ledger, other, OPT_OUT);
    expect(await answered(ledger.credentials.issue(prepared, 60))).toBe('ERR_VIEW_NOT_AVAILABLE');
  });
});

async function merge(ledger: Ledger, master: Uln, superseded: Uln): Promise<void> {
  const asked = { superseded, reason: 'One certificate names both.' };
  await ledger.merging.merge(master, asked, keeperRequest());
}
