import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ConfiguredViewChoice } from '../../../domain/learner/configuredView/commands.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import type { SharedView } from '../../../src/configuredViews/configuredViews.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { countEvents } from '../../support/ledger.js';
import { AWARDING, achievement, createSetting, REGISTRY, requestOf } from '../setting.js';
import {
  CHOICE,
  CHOICE_FOR_AWARDING,
  createSharing,
  requestBy,
  requestOfRecipient,
  UNPICKED,
} from '../sharing.js';

const DAY_MS = 86_400_000;

async function shared(
  { ledger, uln }: Pick<Awaited<ReturnType<typeof createSharing>>, 'ledger' | 'uln'>,
  choice: ConfiguredViewChoice = CHOICE,
) {
  const view = await ledger.configuredViews.create(uln, choice, requestBy('learner'));
  return { ...view, code: view.code ?? '' };
}

function open(ledger: Ledger, { link, code }: Pick<SharedView, 'link' | 'code'>, more = {}) {
  return ledger.configuredViews.prepare(link, code, requestBy('keeper', more));
}

/** How an opening is refused. */
async function refusalOf(opening: Promise<unknown>): Promise<string> {
  return opening.then(
    () => 'opened',
    (error: Error & { code: string }) => `${error.code} ${error.message}`,
  );
}

describe('a view for whoever has link and code', () => {
  test('shows what was picked, once', async () => {
    const setting = await createSharing();
    const view = await shared(setting);
    const { answer } = await open(setting.ledger, view);
    expect(answer).toMatchObject({
      details: { values: { givenName: 'Given1' } },
      entries: [{ values: { grade: 'Pass' } }],
    });
    expect(JSON.stringify(answer)).not.toMatch(UNPICKED);
    expect(JSON.stringify(answer)).not.toContain(setting.uln);
    expect(await refusalOf(open(setting.ledger, view))).toMatch(/^ERR_VIEW_CODE /);
  });

  test('tells who opened what before anything is shown, without personal data', async () => {
    const setting = await createSharing();
    const { opening } = await open(setting.ledger, await shared(setting));
    expect(opening).toMatchObject({
      stream: setting.stream,
      recipient: { kind: 'link' },
      fields: ['givenName', 'grade'],
      request: { by: { kind: 'keeper' } },
    });
    expect(JSON.stringify(opening)).not.toContain('Given1');
  });

  test('takes the code in small letters and without hyphens', async () => {
    const setting = await createSharing();
    const { link, code } = await shared(setting);
    const typed = ` ${code.toLowerCase().replaceAll('-', '')} `;
    expect(await refusalOf(open(setting.ledger, { link, code: typed }))).toBe('opened');
  });

  test('opened by two at once is shown to one', async () => {
    const setting = await createSharing();
    const view = await shared(setting);
    const other = await setting.openAgain();
    const both = await Promise.all([
      refusalOf(open(setting.ledger, view)),
      refusalOf(open(other, view)),
    ]);
    expect(both.map((text) => text.split(' ')[0]).sort()).toEqual(['ERR_VIEW_CODE', 'opened']);
  });

  test('is not opened again by the command that opened it, whoever says its id', async () => {
    const setting = await createSharing();
    const view = await shared(setting);
    const commandId = randomUUID();
    await open(setting.ledger, view, { commandId });
    for (const code of [view.code, '2222-2222-2222-2222', null]) {
      const refusal = await refusalOf(open(setting.ledger, { ...view, code }, { commandId }));
      expect(refusal).toMatch(/^ERR_VIEW_CODE /);
    }
    const request = { ...requestOfRecipient(), commandId };
    const { prepare } = setting.ledger.configuredViews;
    expect(await refusalOf(prepare(view.link, view.code, request))).toMatch(/^ERR_VIEW_CODE /);
  });

  test('opens nothing after five wrong codes, also after a restart, until a new one is issued', async () => {
    const setting = await createSharing();
    const view = await shared(setting);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const ledger = await setting.openAgain();
      const wrong = { ...view, code: `2222-2222-2222-222${attempt + 2}` };
      expect(await refusalOf(open(ledger, wrong))).toMatch(/^ERR_VIEW_CODE /);
    }
    expect(await refusalOf(open(setting.ledger, view))).toMatch(/^ERR_VIEW_CODE /);
    const { ledger, uln } = setting;
    const next = await ledger.configuredViews.issueCode(uln, view.viewId, requestBy('learner'));
    expect(next.link).toBe(view.link);
    expect(await refusalOf(open(ledger, view))).toMatch(/^ERR_VIEW_CODE /);
    expect(await refusalOf(open(ledger, next))).toBe('opened');
  });
});

describe('a view for an organisation', () => {
  test('is opened by it any number of times, without a code and without an event', async () => {
    const setting = await createSharing();
    const { link, code } = await shared(setting, CHOICE_FOR_AWARDING);
    const events = await countEvents(setting.ledger);
    for (let time = 0; time < 3; time += 1) {
      const opened = setting.ledger.configuredViews.prepare(link, null, requestOfRecipient());
      expect(await refusalOf(opened)).toBe('opened');
    }
    expect({ code, events: await countEvents(setting.ledger) }).toEqual({ code: '', events });
  });
});

describe('what is not available', () => {
  test('is refused in one and the same words, whyever it is not', async () => {
    const setting = await createSharing();
    const { ledger, uln, clock } = setting;
    const { configuredViews } = ledger;
    const forOne = await shared(setting, CHOICE_FOR_AWARDING);
    const stranger = requestOf(REGISTRY, 'reader');
    const revoked = await shared(setting);
    await configuredViews.revoke(uln, revoked.viewId, requestBy('learner'));
    const elsewhere = await shared(await createSharing());
    const altered = `${forOne.link.slice(0, -2)}${forOne.link.endsWith('AA') ? 'BB' : 'AA'}`;
    const attempts = [
      configuredViews.prepare(forOne.link, null, stranger),
      configuredViews.prepare(forOne.link, null, requestBy('learner')),
      open(ledger, revoked),
      open(ledger, elsewhere),
      ...['', 'v1', 'v1.', 'v1.AAAA', 'v2.AAAA', uln, altered, `${forOne.link}A`].map((link) =>
        configuredViews.prepare(link, null, requestOfRecipient()),
      ),
    ];
    const refusals = await Promise.all(attempts.map(refusalOf));
    clock.advance(2 * DAY_MS);
    refusals.push(
      await refusalOf(configuredViews.prepare(forOne.link, null, requestOfRecipient())),
    );
    expect(new Set(refusals)).toEqual(
      new Set([
        'ERR_VIEW_NOT_AVAILABLE expected the link of a view that is open to whoever asks, found none',
      ]),
    );
  });
});

describe('a link', () => {
  test('holds neither the ULN nor anything that two views of one learner share', async () => {
    const setting = await createSharing();
    const [one, other] = [await shared(setting), await shared(setting)];
    const bytes = [one, other].map(({ link }) => Buffer.from(link.slice(3), 'base64url'));
    const text = bytes.map((buffer) => `${buffer.toString('latin1')} ${buffer.toString('hex')}`);
    expect(`${text.join(' ')} ${one.link} ${other.link}`).not.toContain(setting.uln);
    expect(text.join(' ')).not.toContain(setting.stream);
    const equal = [...(bytes[0] ?? [])].filter((byte, index) => byte === bytes[1]?.[index]);
    // Of a hundred random bytes hardly any stand at the same place in both.
    expect(equal.length).toBeLessThan(10);
    expect(bytes[0]).toHaveLength(bytes[1]?.length ?? 0);
  });

  test('has one spelling', async () => {
    const setting = await createSharing();
    const { link } = await shared(setting, CHOICE_FOR_AWARDING);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.charAt(alphabet.indexOf(link.slice(-1)) + 1);
    const other = `${link.slice(0, -1)}${last}`;
    const bytesOf = (text: string) => Buffer.from(text.slice(3), 'base64url');
    expect(bytesOf(other)).toEqual(bytesOf(link));
    const opening = setting.ledger.configuredViews.prepare(other, null, requestOfRecipient());
    expect(await refusalOf(opening)).toMatch(/^ERR_VIEW_NOT_AVAILABLE /);
  });

  test('is the same whenever the view is listed, and opens in another process', async () => {
    const setting = await createSharing();
    const view = await shared(setting);
    const again = await setting.openAgain();
    const [listed] = await again.configuredViews.list(setting.uln);
    expect(listed?.link).toBe(view.link);
  });
});

describe('a view made by a command that is repeated', () => {
  test('is one view, and its code is not said twice', async () => {
    const { ledger, uln } = await createSharing();
    const request = requestBy('learner');
    const first = await ledger.configuredViews.create(uln, CHOICE, request);
    const again = await ledger.configuredViews.create(uln, CHOICE, request);
    expect(again).toMatchObject({ viewId: first.viewId, link: first.link, code: null });
    expect(await ledger.configuredViews.list(uln)).toHaveLength(1);
  });

  test('by somebody else is another view', async () => {
    const { ledger, uln } = await createSharing();
    const { commandId } = requestBy('learner');
    for (const by of ['learner', 'keeper'] as const) {
      await ledger.configuredViews.create(uln, CHOICE, requestBy(by, { commandId }));
    }
    expect(await ledger.configuredViews.list(uln)).toHaveLength(2);
  });
});

describe('a live view', () => {
  test('shows corrections and challenges made since, and no longer a redacted value', async () => {
    const setting = await createSharing();
    const { ledger, record, stream } = setting;
    const { link } = await shared(setting, CHOICE_FOR_AWARDING);
    const change = { achievementId: 'A-1', submittedBy: AWARDING, changes: { grade: 'Merit' } };
    const [corrected = ''] = await record({ type: 'CorrectAchievement', data: change });
    const shown = async () =>
      (await ledger.configuredViews.prepare(link, null, requestOfRecipient())).answer.entries;
    expect(await shown()).toMatchObject([
      { underDataChallenge: false, values: { grade: 'Merit' } },
    ]);
    const selection = { event: corrected, fields: ['grade'], everywhere: false };
    const { orders } = await ledger.erasure.propose(
      stream,
      selection,
      'court-order',
      requestOf(REGISTRY, 'one'),
    );
    for (const order of orders) {
      await ledger.erasure.order(order, requestOf(REGISTRY, 'two'));
    }
    expect(await shown()).toMatchObject([{ values: { grade: { redacted: true } } }]);
  });
});

describe('a frozen view', () => {
  test('shows what stood when it was made, but for what was redacted since', async () => {
    const setting = await createSharing();
    const { ledger, record, stream } = setting;
    const { link } = await shared(setting, { ...CHOICE_FOR_AWARDING, mode: 'frozen' });
    const change = { achievementId: 'A-1', submittedBy: AWARDING, changes: { grade: 'Merit' } };
    await record({ type: 'CorrectAchievement', data: change });
    const shown = async () =>
      (await ledger.configuredViews.prepare(link, null, requestOfRecipient())).answer;
    expect(await shown()).toMatchObject({
      mode: 'frozen',
      entries: [{ values: { grade: 'Pass' } }],
    });
    const [issued] = await ledger.read(setting.uln);
    const selection = { event: issued?.id ?? '', fields: ['givenName'], everywhere: false };
    const { orders } = await ledger.erasure.propose(
      stream,
      selection,
      'court-order',
      requestOf(REGISTRY, 'one'),
    );
    for (const order of orders) {
      await ledger.erasure.order(order, requestOf(REGISTRY, 'two'));
    }
    expect(await shown()).toMatchObject({
      details: { values: { givenName: { redacted: true } } },
      entries: [{ values: { grade: 'Pass' } }],
    });
  });
});

describe('a list of views', () => {
  test('says how each stands, what was opened, and never the code or its digest', async () => {
    const setting = await createSharing();
    const { ledger, uln, clock } = setting;
    const view = await shared(setting, { ...CHOICE, note: 'For the warehouse' });
    await refusalOf(open(ledger, { ...view, code: '2222-2222-2222-2222' }));
    await open(ledger, view);
    await shared(setting, CHOICE_FOR_AWARDING);
    const listed = await ledger.configuredViews.list(uln);
    expect(listed).toMatchObject([
      {
        state: 'open',
        code: 'used',
        note: 'For the warehouse',
        codesFailedAt: [clock.now()],
        codesUsedAt: [clock.now()],
        exports: 0,
      },
      { state: 'open', code: 'none', codesFailedAt: [], codesUsedAt: [] },
    ]);
    expect(JSON.stringify(listed)).not.toMatch(new RegExp(`${view.code}|codeHash|digest`));
    clock.advance(2 * DAY_MS);
    expect(await ledger.configuredViews.list(uln)).toMatchObject([
      { state: 'expired' },
      { state: 'expired' },
    ]);
  });

  test('is empty where nothing was shared', async () => {
    const { ledger, uln } = await createSetting();
    expect(await ledger.configuredViews.list(uln)).toEqual([]);
  });
});

describe('making a view', () => {
  test.each([
    [
      'an entry that is not in the record',
      {
        selection: {
          ...CHOICE.selection,
          entries: [
            {
              ...CHOICE.selection.entries[0],
              entry: { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-9' },
            },
          ],
        },
      },
      'ERR_ENTRY_NOT_FOUND',
    ],
    [
      'a field that there is not',
      { selection: { entries: [], details: ['shoeSize'] } },
      'ERR_INPUT_INVALID',
    ],
    ['nothing', { selection: { entries: [], details: [] } }, 'ERR_INPUT_INVALID'],
    ['sales as its purpose', { purpose: 'sales' }, 'ERR_VIEW_PURPOSE'],
    ['a purpose of its own', { purpose: 'curiosity' }, 'ERR_INPUT_INVALID'],
    ['an end in the past', { expiresAt: '2024-02-29T00:00:00.000Z' }, 'ERR_VIEW_EXPIRY'],
    ['an id of its own', { viewId: randomUUID() }, 'ERR_INPUT_INVALID'],
  ])('with %s is refused', async (_, change, code) => {
    const { ledger, uln } = await createSharing();
    // What comes from outside can be anything.
    const choice = { ...CHOICE, ...change } as ConfiguredViewChoice;
    const made = ledger.configuredViews.create(uln, choice, requestBy('learner'));
    expect(await refusalOf(made)).toMatch(new RegExp(`^${code} (?!.*\\d{8})`));
  });

  test('decides again when another process writes first', async () => {
    const setting = await createSharing();
    const { ledger, uln, record } = setting;
    const { store, vault, views, clock } = ledger.parts;
    let isFirst = true;
    const append: typeof store.append = async (...given) => {
      if (isFirst) {
        isFirst = false;
        await record(achievement('A-2'));
      }
      return store.append(...given);
    };
    const slow = await assembleLedger({
      store: { ...store, append },
      vault,
      views,
      clock,
      accessStores: createMemoryAccessStores('test.invalid/access'),
    });
    const view = await slow.configuredViews.create(
      uln,
      { ...CHOICE, mode: 'frozen' },
      requestBy('learner'),
    );
    const { event } = (await ledger.read(uln)).at(-1) ?? {};
    expect({ version: view.outcome.receipt.version, event }).toMatchObject({
      version: 4,
      event: { data: { frozenVersion: 3 } },
    });
  });
});

test('a request that is no good is refused alike for a link that there is and one that there is not', async () => {
  const setting = await createSharing();
  const { link } = await shared(setting, CHOICE_FOR_AWARDING);
  const request = requestOf(REGISTRY, 'somebody by name');
  const { prepare } = setting.ledger.configuredViews;
  const refusals = [
    await refusalOf(prepare(link, null, request)),
    await refusalOf(prepare('v1.AAAA', null, request)),
  ];
  expect(new Set(refusals).size).toBe(1);
  expect(refusals[0]).toMatch(/^ERR_INPUT_INVALID /);
});
