import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CalendarDate } from '../../../domain/values/date.js';
import { createLooks } from '../../../projections/live/looks.js';
import { createLedger } from '../../../src/ledger/createLedger.js';
import type { Ledger, LedgerPlaces } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import { createTestClock, temporaryFolder } from '../../support/ledger.js';
import { admit, keeperRequest } from '../../support/organisations.js';
import { learnerDetails, placesIn } from '../../support/synthetic.js';
import {
  AWARDING,
  answered,
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  learnerAsker,
  openSetting,
  openWatched,
  REGISTRY,
  recordedLooks,
  restriction,
  settle,
  UNKNOWN,
} from './setting.js';

const FIRST = { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' };
const NOBODY = { givenName: 'Nobody', familyName: 'Known', dateOfBirth: '1999-02-03' };
/** The code of the failure of a disk. */
class FullDisk extends Error {
  readonly code = 'DISK_FULL';
}

/** A ledger whose access ledger cannot be written, over the parts of another. */
function withoutAccessLedger(ledger: Ledger): Promise<Ledger> {
  return openWatched(ledger, (call) => {
    if (call === 'access append') {
      throw new FullDisk('the disk of the access ledger is full');
    }
  });
}

/** A ledger on disk with its organisations, to be opened as often as a test likes. */
async function createOnDisk() {
  const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
  const places = placesIn(temporaryFolder());
  await createLedger(places, 'test.invalid/looks', clock);
  const open = async (): Promise<Ledger> => {
    const ledger = await openLedger(places, clock);
    onTestFinished(() => ledger.close());
    return ledger;
  };
  const ledger = await open();
  await admit(ledger);
  return { ledger, open, places, clock };
}

/** The bytes of every file in the folder of a ledger's data whose name begins so. */
function bytesOf({ views }: LedgerPlaces, prefix: string): Buffer {
  const folder = join(views, '..');
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))));
}

describe('where a look cannot be recorded nothing is shown', () => {
  test.each(Object.keys(doors))('by %s', async (door) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    expect(await answered(doors[door]?.(ledger, uln) ?? Promise.reject())).toContain('{');
    const failing = await withoutAccessLedger(ledger);
    for (const asked of [uln, UNKNOWN]) {
      expect(await answered(doors[door]?.(failing, asked) ?? Promise.reject())).toBe('DISK_FULL');
    }
  });

  test('by a search, whatever it finds', async () => {
    const { ledger } = await openSetting();
    await issue(ledger, 1);
    const failing = await withoutAccessLedger(ledger);
    for (const search of [FIRST, NOBODY]) {
      const asker = askerOf(COLLEGE, 'learner-registration');
      expect(await answered(failing.access.find(search, asker))).toBe('DISK_FULL');
    }
  });

  test('by a registration, whose ULN is shown when the command is repeated', async () => {
    const { ledger } = await openSetting();
    const details = learnerDetails(1);
    const request = askerOf(REGISTRY, 'learner-registration');
    const { notes: _, abilityToShare: __, verificationType: ___, ...search } = details;
    await ledger.access.find(search, request);
    const failing = await withoutAccessLedger(ledger);
    expect(await answered(failing.access.register(details, request))).toBe('DISK_FULL');
    const { uln, repeated } = await ledger.access.register(details, request);
    expect(repeated).toBe(true);
    expect(await answered(ledger.access.history(uln, keeperRequest()))).toContain(uln);
  });

  test('by a batch, and nobody is linked to a learner', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    const failing = await withoutAccessLedger(ledger);
    const asker = askerOf(REGISTRY, 'learner-registration');
    expect(await answered(failing.access.noteBatch('register', [uln], asker))).toBe('DISK_FULL');
    const connecting = failing.access.handle(uln, connection(REGISTRY), asker);
    expect(await answered(connecting)).toBe('DISK_FULL');
    expect((await ledger.record(uln)).connections).toEqual([]);
  });
});

describe('every request is recorded', () => {
  test.each([
    ['show', 'read', 'refused', ['direct-connection'], null],
    ['history', 'read-history', 'allowed', ['keeper-operates'], null],
    ['looks', 'read-history', 'allowed', ['own-record'], null],
    ['find by ULN', 'find', 'allowed', ['registration-duty'], 'WSRC0004'],
    ['verify-learner', 'verify', 'allowed', ['registration-duty'], 'WSVRC001'],
  ])('%s of a known learner', async (door, action, decision, rules, code) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await answered(doors[door]?.(ledger, uln) ?? Promise.reject());
    const tag = (await ledger.streamOf(uln)).slice('learner-'.length);
    const looks = await recordedLooks(ledger);
    expect(looks.map(({ event }) => event.data)).toMatchObject([
      { action, decision, rules, code, learners: [tag], hidden: [] },
    ]);
    expect(looks[0]?.event.data.fields.length === 0).toBe(decision === 'refused');
  });

  test.each(Object.keys(doors))('%s of a ULN that nobody has', async (door) => {
    const { ledger } = await openSetting();
    await answered(doors[door]?.(ledger, UNKNOWN) ?? Promise.reject());
    const looks = await recordedLooks(ledger);
    expect(looks.map(({ event }) => event.data)).toMatchObject([
      { decision: 'refused', fields: [], code: null },
    ]);
    expect(looks[0]?.event.data.rules).toContain('learner-known');
    expect(looks[0]?.event.data.learners).toHaveLength(1);
  });

  test('searches: found, not found, hidden, and by who may not search', async () => {
    const { ledger } = await openSetting();
    await issue(ledger, 1);
    const hidden = await issue(ledger, 2);
    await settle(ledger, hidden, restriction());
    const college = () => askerOf(COLLEGE, 'learner-registration');
    await ledger.access.find(FIRST, college());
    await ledger.access.find(NOBODY, college());
    await ledger.access.find({ ...FIRST, givenName: 'Given2' }, college());
    await answered(ledger.access.find(FIRST, askerOf(COLLEGE, 'admission')));
    const looks = (await recordedLooks(ledger)).map(({ event }) => event.data);
    const tag = (await ledger.streamOf(hidden)).slice('learner-'.length);
    expect(looks.map(({ decision, code }) => [decision, code])).toEqual([
      ['allowed', 'WSRC0003'],
      ['allowed', 'WSRC0001'],
      ['allowed', 'WSRC0001'],
      ['refused', 'WSEC0006'],
    ]);
    expect(looks.map((look) => look.hidden)).toEqual([[], [], [tag], []]);
    expect(looks[1]?.learners).toEqual([]);
    expect(looks.every(({ search }) => search !== null)).toBe(true);
  });
});

describe('the looks of a learner', () => {
  test('say who, when and what, the latest first, with those that were refused', async () => {
    const { ledger, time } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    await doors['show']?.(ledger, uln);
    time.advance(60_000);
    await answered(ledger.access.record(uln, askerOf(AWARDING, 'admission'), null));
    time.advance(60_000);
    const looks = await ledger.access.looks(uln, learnerAsker(), 10);
    expect(looks).toMatchObject([
      { at: '2026-09-01T09:02:00.000Z', user: 'learner', organisation: null, fields: ['looks'] },
      {
        at: '2026-09-01T09:01:00.000Z',
        user: 'awards',
        organisation: AWARDING,
        purpose: 'admission',
        action: 'read',
        decision: 'refused',
        rules: ['direct-connection'],
        fields: [],
        look: 'access-10000003-20260901.1',
      },
      {
        at: '2026-09-01T09:00:00.000Z',
        user: 'exams',
        organisation: COLLEGE,
        purpose: 'advice-and-guidance',
        decision: 'allowed',
        fields: ['names', 'dateOfBirth', 'gender', 'entries'],
        look: 'access-10000002-20260901.1',
      },
    ]);
    expect(await ledger.access.looks(uln, learnerAsker(), 1)).toHaveLength(1);
  });

  test('are for the learner, the keeper and the operator’s staff alone', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    const asked = (ukprn: typeof COLLEGE, purpose: 'audit' | 'advice-and-guidance', user: string) =>
      answered(ledger.access.looks(uln, askerOf(ukprn, purpose, user), 10));
    expect(await asked(COLLEGE, 'advice-and-guidance', 'exams')).toBe('ERR_ACCESS_REFUSED');
    const operator = COLLEGE.replace('2', '9') as typeof COLLEGE;
    expect(await asked(operator, 'audit', 'auditor')).toContain('"action":"read-history"');
    expect(await asked(operator, 'audit', 'desk')).toBe('ERR_ACCESS_REFUSED');
  });

  test('of two ULNs that were merged are one list, also of looks before the merge', async () => {
    const { ledger, time } = await openSetting();
    const master = await issue(ledger, 1);
    const superseded = await issue(ledger, 2);
    await answered(doors['show']?.(ledger, superseded) ?? Promise.reject());
    await answered(doors['show']?.(ledger, master) ?? Promise.reject());
    time.advance(60_000);
    await ledger.merging.merge(
      master,
      { superseded, reason: 'One certificate names both.' },
      askerOf(REGISTRY, 'data-correction'),
    );
    await answered(doors['show']?.(ledger, superseded) ?? Promise.reject());
    const tagOf = async (uln: typeof master) => (await ledger.streamOf(uln)).slice(8);
    expect((await recordedLooks(ledger)).at(-1)?.event.data.learners).toEqual([
      await tagOf(master),
      await tagOf(superseded),
    ]);
    for (const uln of [master, superseded]) {
      const looks = await ledger.access.looks(uln, learnerAsker(), 100);
      const ofCollege = looks.filter(({ organisation }) => organisation === COLLEGE);
      expect(new Set(ofCollege.map(({ look }) => look)).size).toBe(3);
    }
  });
});

describe('the index of looks', () => {
  test('can be deleted and comes back the same', async () => {
    const { ledger, open, places, clock } = await createOnDisk();
    const uln = await issue(ledger, 1);
    for (const door of Object.values(doors)) {
      await answered(door(ledger, uln));
    }
    const before = await ledger.access.looks(uln, keeperRequest(), 100);
    await ledger.close();
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(`${places.views}${suffix}`, { force: true });
    }
    expect(existsSync(places.views)).toBe(false);
    await createLedger(places, 'test.invalid/looks', clock);
    const again = await open();
    const after = await again.access.looks(uln, keeperRequest(), 100);
    expect(before).toHaveLength(Object.keys(doors).length + 1);
    expect(after.filter(({ look }) => look !== `access-keeper-20260901.3`)).toEqual(before);
  });

  test('is not doubled by two openings that take in at the same time', async () => {
    const { ledger, open } = await createOnDisk();
    const other = await open();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    const rounds = 15;
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all([
        doors['show']?.(ledger, uln),
        doors['show']?.(other, uln),
        ledger.access.looks(uln, keeperRequest(), 100),
        other.access.looks(uln, keeperRequest(), 100),
      ]);
    }
    const looks = await ledger.access.looks(uln, keeperRequest(), 1000);
    expect(looks).toHaveLength(4 * rounds + 1);
    expect(new Set(looks.map(({ look }) => look)).size).toBe(4 * rounds + 1);
    const day = CalendarDate.parse('2026-09-01');
    const { database } = ledger.parts.views;
    expect(createLooks(database).daysOf(COLLEGE, day, day)).toMatchObject([
      { requests: 2 * rounds, searches: 0, uses: 0 },
    ]);
  });
});

describe('the access ledger', () => {
  test('holds no ULN, no name, no date of birth and no postcode', async () => {
    const { ledger, places } = await createOnDisk();
    const canaries = {
      givenName: 'Kanarie',
      familyName: 'Piepvogel',
      lastKnownPostCode: 'ZE1 0AA',
    };
    const dateOfBirth = '2001-12-29';
    const uln = await issue(ledger, 1, { ...canaries, dateOfBirth });
    await settle(ledger, uln, connection(COLLEGE));
    const asker = () => askerOf(COLLEGE, 'learner-registration');
    const search = { ...canaries, dateOfBirth, gender: '9' } as const;
    const found = await ledger.access.find(search, asker());
    expect(found.kind).toBe('exact');
    await ledger.access.find({ ...search, familyName: 'Piepvogels', gender: '1' }, asker());
    await ledger.access.findByUln(uln, asker(), { familyName: 'Piepvogel' });
    const { gender: _, lastKnownPostCode: __, ...names } = search;
    await ledger.access.verifyLearner({ uln, ...names }, asker());
    await ledger.access.verifyLearner({ uln: UNKNOWN, ...names }, asker());
    const guidance = askerOf(COLLEGE, 'advice-and-guidance');
    await ledger.access.record(uln, guidance, {
      ...names,
      dateOfBirth: CalendarDate.parse(dateOfBirth),
    });
    await ledger.access.noteBatch('verify', [uln], asker());
    await ledger.access.looks(uln, learnerAsker(), 10);
    expect(await recordedLooks(ledger)).toHaveLength(8);
    const access = bytesOf(places, 'access-');
    const views = bytesOf(places, 'views');
    const words = ['Kanarie', 'KANARIE', 'kanarie', 'Piepvogel', 'piepvogel', dateOfBirth, 'ZE1'];
    for (const word of [...words, uln, UNKNOWN]) {
      expect(access.includes(word), word).toBe(false);
    }
    // The bytes can be searched so: names stand in the views, and the fact of the look stands there.
    expect(views.includes('Piepvogel')).toBe(true);
    expect(access.includes('RecordsDisclosed')).toBe(true);
  });
});
