import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AccessEventData } from '../../../domain/access/events.js';
import { DEFAULT_POLICY } from '../../../domain/learner/retention/policy.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import type { Uln } from '../../../domain/values/uln.js';
import { createJournal } from '../../../src/journal/journal.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import type { OrganisationRequest } from '../../../src/organisations/organisations.js';
import { createTestClock, openNewLedger, type TestClock } from '../../support/ledger.js';
import { admit, keeperRequest } from '../../support/organisations.js';
import { achievement } from '../setting.js';
import {
  AWARDING,
  answered,
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  learnerAsker,
  OPT_OUT,
  openSetting,
  REGISTRY,
  recordedLooks,
  restriction,
  settle,
  UNKNOWN,
  YEAR,
} from './setting.js';

const DAY = 86_400_000;

/** What may happen after a look, and must not change what was decided then. */
type World = { readonly ledger: Ledger; readonly time: TestClock; readonly ulns: readonly Uln[] };
type Change = (world: World) => Promise<unknown>;

function ofCollege(command: OrganisationRequest): Change {
  return ({ ledger }) => ledger.organisations.handle(COLLEGE, command, keeperRequest());
}

function ofLearners(...commands: Parameters<typeof settle>[2][]): Change {
  return async ({ ledger, ulns }) => {
    for (const uln of ulns) {
      for (const command of commands) {
        await settle(ledger, uln, command);
      }
    }
  };
}

const text = { title: 'T', short: 'S', extended: 'E' };

const changes: Readonly<Record<string, Change>> = {
  agreementEnded: ofCollege({
    type: 'EndAgreement',
    data: { agreementId: 'DSA-1', endDate: null },
  }),
  agreementSigned: ofCollege({
    type: 'SignAgreement',
    data: {
      agreementId: 'DSA-2',
      purposes: ['advice-and-guidance'],
      startDate: '2026-09-02',
      endDate: '2028-01-01',
      signatoryRole: 'principal',
      signature: 'hand',
    },
  }),
  suspended: ofCollege({
    type: 'SuspendAccess',
    data: { cause: 'suspected-abuse', alert: null },
  }),
  restored: ofCollege({ type: 'RestoreAccess', data: { evidenceReference: 'E-1' } }),
  renamed: async ({ ledger, time }) =>
    ofCollege({
      type: 'ChangeOrganisationName',
      data: { name: `Renamed ${Date.parse(time.now())}`, effectiveDate: null },
    })({ ledger, time, ulns: [] }),
  attested: ofCollege({
    type: 'AttestOrganisation',
    data: { signatoryRole: 'principal', evidenceReference: 'E-1' },
  }),
  personRemoved: ofCollege({ type: 'RemoveUser', data: { user: 'exams' } }),
  rolesChanged: async ({ ledger }) =>
    answered(
      ledger.organisations.handle(
        COLLEGE,
        { type: 'ChangeUserRoles', data: { user: 'exams', roles: ['view-only'] } },
        keeperRequest(),
      ),
    ),
  registrationExpired: ofCollege({
    type: 'RecordDataProtectionRegistration',
    data: { reference: 'ZA1', expiryDate: '2026-08-31' },
  }),
  connected: ofLearners(connection(COLLEGE, 'C-1')),
  disconnected: async ({ ledger, ulns }) => {
    for (const uln of ulns) {
      const data = { connectionId: 'C-1', reason: null };
      await answered(settle(ledger, uln, { type: 'EndConnection', data }));
    }
  },
  optedOut: ofLearners(OPT_OUT),
  restricted: ofLearners(restriction([{ ukprn: COLLEGE, user: 'exams' }])),
  hidden: ofLearners(restriction()),
  amended: ofLearners({ type: 'AmendLearnerDetails', data: { changes: { notes: 'Moved' } } }),
  submitted: async ({ ledger, ulns }) => {
    for (const uln of ulns) {
      const asker = askerOf(AWARDING, 'achievement-reporting');
      await ledger.handle(uln, achievement('A-1'), asker);
    }
  },
  merged: ({ ledger, ulns: [master, superseded] }) =>
    answered(
      ledger.merging.merge(
        master ?? UNKNOWN,
        { superseded: superseded ?? UNKNOWN, reason: 'One certificate' },
        askerOf(REGISTRY, 'data-correction'),
      ),
    ),
  noticePublished: ({ ledger, time }) =>
    ledger.notices.publish(
      { effectiveDate: time.now().slice(0, 10), texts: { en: text, cy: text } },
      keeperRequest(),
    ),
  // In force long before any look, and not known then.
  oldNoticePublished: ({ ledger, time }) =>
    ledger.notices.publish(
      {
        effectiveDate: '2026-01-01',
        texts: { en: { ...text, title: time.now() }, cy: text },
      },
      keeperRequest(),
    ),
  monthsPassed: async ({ time }) => time.advance(100 * DAY),
  yearsPassed: async ({ time }) => time.advance(400 * DAY),
};

/** Everything that can be asked, whatever comes of it. */
async function askEverything({ ledger, ulns }: World): Promise<void> {
  for (const uln of [...ulns, UNKNOWN]) {
    for (const door of Object.values(doors)) {
      await answered(door(ledger, uln));
    }
    const named = { givenName: 'Other', familyName: 'Person', dateOfBirth: null };
    await answered(ledger.access.record(uln, askerOf(COLLEGE, 'advice-and-guidance'), named));
    await answered(ledger.access.record(uln, askerOf(AWARDING, 'achievement-reporting'), null));
    await answered(
      ledger.access.record(uln, { ...askerOf(COLLEGE, 'audit'), purpose: 'marketing' }, null),
    );
  }
  const search = { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' };
  await answered(ledger.access.find(search, askerOf(COLLEGE, 'learner-registration')));
  await answered(ledger.access.find(search, learnerAsker()));
}

/** What every recorded look is explained with, beside those that are known already. */
async function explanations(
  ledger: Ledger,
  through: string,
  known: ReadonlyMap<string, unknown> = new Map(),
) {
  const explained = new Map(known);
  for (let year = YEAR; year <= Number(through.slice(0, 4)); year += 1) {
    for (const { stream, version } of await recordedLooks(ledger, year)) {
      const look = `${stream}.${version}`;
      if (!known.has(look)) {
        explained.set(look, await ledger.access.explain(look));
      }
    }
  }
  return explained;
}

describe('a recorded look', () => {
  test('is explained to the same answer, whatever came after it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...Object.keys(changes)), { minLength: 1, maxLength: 5 }),
        async (names) => {
          const time = createTestClock(`${YEAR}-09-01T09:00:00.000Z`);
          const ledger = await openMemoryLedger(time.clock);
          try {
            await admit(ledger);
            const world = { ledger, time, ulns: [await issue(ledger, 1), await issue(ledger, 2)] };
            await askEverything(world);
            let before = await explanations(ledger, time.now());
            expect(before.size).toBeGreaterThan(20);
            for (const name of names) {
              time.advance(1000);
              await changes[name]?.(world);
              const after = await explanations(ledger, time.now());
              for (const [look, explained] of before) {
                expect(after.get(look), look).toEqual(explained);
              }
              await askEverything(world);
              before = await explanations(ledger, time.now(), after);
            }
            expect([...before.values()].filter((explained) => !isSame(explained))).toEqual([]);
          } finally {
            await ledger.close();
          }
        },
      ),
      // Each run asks some thirty times for each of up to five changes.
      {
        numRuns: 8,
        examples: [
          [Object.keys(changes).slice(0, 9)],
          [Object.keys(changes).slice(9)],
          // Who was authorised by name and is no user any more.
          [['restricted', 'personRemoved']],
        ],
      },
    );
  });

  test('is decided by what changed meanwhile, for the next look', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    await doors['show']?.(ledger, uln);
    await settle(ledger, uln, OPT_OUT);
    await answered(doors['show']?.(ledger, uln) ?? Promise.reject());
    const [first, second] = await recordedLooks(ledger);
    const explain = (look: typeof first) =>
      ledger.access.explain(`${look?.stream}.${look?.version}`);
    expect((await explain(first)).decidedAgain.rules).toEqual(['linked-organisation']);
    expect((await explain(second)).decidedAgain.rules).toEqual(['opt-out-stands']);
  });

  test.each([
    '',
    'access',
    'access-keeper-20260901',
    'access-keeper-20260901.0',
    'access-keeper-20260901.2',
    'access-10000099-20260901.1',
    'access-keeper-19000101.1',
    'learner-x.1',
  ])('called %j is not known', async (look) => {
    const { ledger } = await openSetting();
    await ledger.access.history(await issue(ledger, 1), keeperRequest());
    expect(await answered(ledger.access.explain('access-keeper-20260901.1'))).toContain('true');
    expect(await answered(ledger.access.explain(look))).toBe('ERR_LOOK_NOT_FOUND');
  });
});

function isSame(explained: unknown): boolean {
  return (
    typeof explained === 'object' &&
    explained !== null &&
    'same' in explained &&
    explained.same === true
  );
}

/** Appends a look that nobody decided, as whoever has the keys could. */
async function forge(
  { parts }: Ledger,
  asker: ReturnType<typeof askerOf>,
  data: AccessEventData<'RecordsDisclosed'>,
): Promise<string> {
  const store = await parts.accessStores.open(YEAR, { create: true });
  if (store === null) {
    throw new TypeError('expected a store');
  }
  const journal = createJournal(store, parts.vault, parts.orders, parts.clock);
  const ukprn = asker.by.kind === 'organisation' ? asker.by.ukprn : COLLEGE;
  const stream = `access-${ukprn}-20260901`;
  const { version } = await journal.append(
    stream,
    await journal.endOf(stream),
    [{ type: 'RecordsDisclosed', data }],
    {
      caller: `organisation:${ukprn}`,
      commandId: asker.commandId,
      correlation: asker.commandId,
      user: asker.user,
      organisation: ukprn,
      purpose: asker.purpose,
    },
  );
  return `${stream}.${version}`;
}

describe('a false record', () => {
  test.each<[string, Partial<AccessEventData<'RecordsDisclosed'>>, boolean]>([
    ['nothing', {}, true],
    ['the outcome', { decision: 'refused' }, false],
    ['the rules', { rules: ['keeper-operates'] }, false],
    ['the outcome and the rules', { decision: 'refused', rules: ['opt-out-stands'] }, false],
    ['what it was decided on', { facts: [] }, false],
    ['whether the names matched', { identityMatches: false }, false],
    ['what was asked', { action: 'read-history' }, false],
  ])('with another word for %s is told from what was decided', async (_, change, same) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    await doors['show']?.(ledger, uln);
    const [look] = await recordedLooks(ledger);
    const data = look?.event.data;
    if (data === undefined) {
      throw new TypeError('expected a recorded look');
    }
    const forged = await forge(ledger, askerOf(COLLEGE, 'advice-and-guidance'), {
      ...data,
      ...change,
    });
    expect((await ledger.access.explain(forged)).same).toBe(same);
  });

  test('that was written over in the file is refused', async () => {
    const { clock } = createTestClock(`${YEAR}-09-01T09:00:00.000Z`);
    const { ledger, places } = await openNewLedger(clock);
    onTestFinished(() => ledger.close());
    await admit(ledger);
    const uln = await issue(ledger, 1);
    await answered(doors['show']?.(ledger, uln) ?? Promise.reject());
    const look = `access-${COLLEGE}-20260901.1`;
    expect((await ledger.access.explain(look)).same).toBe(true);
    const path = places.access.replace('{year}', String(YEAR)).slice('sqlite:'.length);
    const database = new Database(path);
    database.exec('DROP TRIGGER events_no_update');
    const rewrite = (from: string, to: string) => {
      const { data } = database.prepare('SELECT data FROM events').get() as { data: Buffer };
      expect(data.includes(from)).toBe(true);
      const other = Buffer.from(data.toString().replace(from, to));
      database.prepare('UPDATE events SET data = ?').run(other);
    };
    rewrite('"refused"', '"allowed"');
    expect(await answered(ledger.access.explain(look))).toBe('ERR_COMMITMENT_MISMATCH');
    rewrite('"allowed"', '"refused"');
    expect((await ledger.access.explain(look)).same).toBe(true);
    database.close();
  });
});

describe('a look at a record that was disposed of since', () => {
  const officer = (user: string) => askerOf(Ukprn.parse('10000009'), 'data-protection', user);

  test('cannot be decided again, and is told since when', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    await answered(Promise.resolve(doors['show']?.(ledger, uln)));
    const look = (await recordedLooks(ledger)).at(-1);
    const name = `${look?.stream}.${look?.version}`;
    expect(await ledger.access.explain(name)).toMatchObject({ same: true, disposedSince: null });
    const { retention } = ledger;
    const { order } = await retention.propose(
      uln,
      'court-order',
      DEFAULT_POLICY,
      officer('officer1'),
    );
    await retention.order(order, DEFAULT_POLICY, officer('officer2'));
    expect(await ledger.access.explain(name)).toMatchObject({
      same: false,
      disposedSince: expect.stringMatching(/^2026-09-01T/),
    });
  });

  test('and that came after the disposal is decided again as it was', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    const { retention } = ledger;
    const { order } = await retention.propose(
      uln,
      'court-order',
      DEFAULT_POLICY,
      officer('officer1'),
    );
    await retention.order(order, DEFAULT_POLICY, officer('officer2'));
    await answered(Promise.resolve(doors['show']?.(ledger, uln)));
    const look = (await recordedLooks(ledger)).at(-1);
    expect(await ledger.access.explain(`${look?.stream}.${look?.version}`)).toMatchObject({
      same: true,
    });
  });
});

test('a look of an earlier rule set is decided again by that set', async () => {
  const { ledger } = await openSetting();
  const uln = await issue(ledger, 1);
  await settle(ledger, uln, restriction());
  const officer = askerOf(Ukprn.parse('10000009'), 'data-protection', 'officer1');
  expect(await answered(ledger.access.record(uln, officer, null))).toContain('"kind":"whole"');
  const [look] = (await recordedLooks(ledger)).slice(-1);
  expect(look?.event.data).toMatchObject({ decision: 'allowed', ruleSet: 3 });
  // As version 0.4.0 decided and recorded it.
  const data = {
    ...look?.event.data,
    decision: 'refused',
    rules: ['handled-as-restricted'],
    ruleSet: 2,
    fields: [],
  } as AccessEventData<'RecordsDisclosed'>;
  const named = await forge(ledger, officer, data);
  expect(await ledger.access.explain(named)).toMatchObject({ same: true });
});
