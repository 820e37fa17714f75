import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import { dateOf } from '../../../domain/values/date.js';
import type { Uln } from '../../../domain/values/uln.js';
import type { SuspendAt } from '../../../src/access/review.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import { createLedger } from '../../../src/ledger/createLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import { createTestClock, temporaryFolder } from '../../support/ledger.js';
import { admit, keeperRequest } from '../../support/organisations.js';
import { placesIn } from '../../support/synthetic.js';
import {
  type AccessSetting,
  answered,
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  openSetting,
  openWatched,
  REGISTRY,
  restriction,
  settle,
} from './setting.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A ledger in memory that suspends from a level on. */
async function openSuspending(suspendAt: SuspendAt): Promise<AccessSetting> {
  const { ledger, time } = await openSetting();
  return { ledger: await assembleLedger({ ...ledger.parts, policy: { suspendAt } }), time };
}

/** Searches for somebody who is not there, so many times; the last answer. */
async function searchFor(ledger: Ledger, count: number, name = 'Nobody'): Promise<string> {
  let last = '';
  for (let done = 0; done < count; done += 1) {
    last = await answered(
      ledger.access.find(
        { givenName: `${name}${done}`, familyName: 'Sought', dateOfBirth: '1999-02-03' },
        askerOf(COLLEGE, 'learner-registration'),
      ),
    );
  }
  return last;
}

/** Tries so many dates of birth with the same names. */
async function guess(ledger: Ledger, dates: number): Promise<void> {
  for (let day = 1; day <= dates; day += 1) {
    await answered(
      ledger.access.find(
        {
          givenName: 'Guessed',
          familyName: 'Sought',
          dateOfBirth: `1999-02-${String(day).padStart(2, '0')}`,
          gender: '2',
          lastKnownPostCode: 'AB1 2CD',
        },
        askerOf(COLLEGE, 'learner-registration'),
      ),
    );
  }
}

async function alertsOf(ledger: Ledger): Promise<readonly string[]> {
  const alerts = await ledger.alerts.list({ all: true });
  return alerts.map(({ level, kind, organisation, measured, limit }) =>
    [level, kind, organisation, measured, limit].join(' '),
  );
}

const review = ({ ledger, time }: AccessSetting) => ledger.reviewing.review(dateOf(time.now()));
const suspensionOf = async (ledger: Ledger) =>
  (await ledger.organisations.read(COLLEGE)).suspendedFor;

describe('an alert', () => {
  test('is raised once, however often the day is reviewed', async () => {
    const setting = await openSetting();
    await searchFor(setting.ledger, 50);
    const expected = [`warning searches-without-registrations ${COLLEGE} 50 49`];
    expect(await review(setting)).toHaveLength(1);
    expect(await alertsOf(setting.ledger)).toEqual(expected);
    expect(await review(setting)).toEqual([]);
    setting.time.advance(HOUR);
    await searchFor(setting.ledger, 10);
    expect(await review(setting)).toEqual([]);
    expect(await alertsOf(setting.ledger)).toEqual(expected);
  });

  test('is not raised one request below its limit', async () => {
    const setting = await openSetting();
    await searchFor(setting.ledger, 49);
    expect(await review(setting)).toEqual([]);
    await searchFor(setting.ledger, 1);
    expect(await review(setting)).toHaveLength(1);
  });

  test('is raised once by two processes that review at the same time', async () => {
    const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
    const places = placesIn(temporaryFolder());
    await createLedger(places, 'test.invalid/alerts', clock);
    const one = await openLedger(places, clock);
    const other = await openLedger(places, clock);
    onTestFinished(() => one.close());
    onTestFinished(() => other.close());
    await admit(one);
    await guess(one, 9);
    const day = dateOf(clock());
    await Promise.all([one.reviewing.review(day), other.reviewing.review(day)]);
    expect(await alertsOf(other)).toEqual([`warning birth-date-guessing ${COLLEGE} 9 2`]);
  });

  test('of weeks is news again in another month, of one day on another day', async () => {
    const setting = await openSetting('2026-09-29T09:00:00.000Z');
    await searchFor(setting.ledger, 50);
    expect(await review(setting)).toHaveLength(1);
    setting.time.advance(DAY);
    await searchFor(setting.ledger, 10);
    expect(await review(setting)).toEqual([]);
    setting.time.advance(DAY);
    await searchFor(setting.ledger, 10);
    expect(await review(setting)).toHaveLength(1);
    await guess(setting.ledger, 3);
    expect(await review(setting)).toMatchObject([{ kind: 'birth-date-guessing' }]);
    setting.time.advance(DAY);
    await guess(setting.ledger, 3);
    expect(await review(setting)).toMatchObject([{ kind: 'birth-date-guessing' }]);
  });

  test.each([
    [2, []],
    [3, [`warning birth-date-guessing ${COLLEGE} 3 2`]],
    [9, [`warning birth-date-guessing ${COLLEGE} 9 2`]],
  ])('of %i dates of birth tried with one set of names: %j', async (dates, expected) => {
    const setting = await openSetting();
    await guess(setting.ledger, dates);
    await guess(setting.ledger, dates);
    await review(setting);
    expect(await alertsOf(setting.ledger)).toEqual(expected);
  });

  test('grows graver as a pattern goes on', async () => {
    const setting = await openSetting();
    await guess(setting.ledger, 3);
    await review(setting);
    await guess(setting.ledger, 10);
    await review(setting);
    expect(await alertsOf(setting.ledger)).toEqual([
      `warning birth-date-guessing ${COLLEGE} 3 2`,
      `severe birth-date-guessing ${COLLEGE} 10 2`,
    ]);
  });

  test('at night is a notice, and none by day', async () => {
    const setting = await openSetting('2026-09-01T21:59:59.999Z');
    await searchFor(setting.ledger, 20);
    expect(await review(setting)).toEqual([]);
    setting.time.set('2026-09-01T22:00:00.000Z');
    await searchFor(setting.ledger, 20, 'Late');
    await review(setting);
    expect(await alertsOf(setting.ledger)).toEqual([`notice out-of-hours ${COLLEGE} 20 19`]);
    expect(await suspensionOf(setting.ledger)).toEqual([]);
  });
});

describe('closing an alert', () => {
  test('says what it was; it is listed no more, and not raised again', async () => {
    const setting = await openSetting();
    await guess(setting.ledger, 3);
    const [raised] = await review(setting);
    const alertId = raised?.alertId ?? '';
    const close = (outcome: 'explained' | 'misuse') =>
      setting.ledger.alerts.close(alertId, outcome, keeperRequest());
    await close('explained');
    await close('explained');
    expect(await setting.ledger.alerts.list({ all: false })).toEqual([]);
    expect(await setting.ledger.alerts.list({ all: true })).toMatchObject([
      { alertId, outcome: 'explained' },
    ]);
    expect(await review(setting)).toEqual([]);
    await close('misuse');
    expect(await setting.ledger.alerts.list({ all: true })).toMatchObject([{ outcome: 'misuse' }]);
  });

  test('that nobody raised is refused', async () => {
    const { ledger } = await openSetting();
    expect(await answered(ledger.alerts.close(randomUUID(), 'misuse', keeperRequest()))).toBe(
      'ERR_ALERT_NOT_FOUND',
    );
  });

  test('works for one of the year before', async () => {
    const setting = await openSetting('2026-12-31T12:00:00.000Z');
    await guess(setting.ledger, 3);
    const [raised] = await review(setting);
    setting.time.set('2027-01-02T12:00:00.000Z');
    expect(await setting.ledger.alerts.list({ all: false })).toHaveLength(1);
    await setting.ledger.alerts.close(raised?.alertId ?? '', 'false-alarm', keeperRequest());
    expect(await setting.ledger.alerts.list({ all: false })).toEqual([]);
  });
});

describe('access is suspended at once', () => {
  test.each<[SuspendAt, number, string | null]>([
    ['never', 3, null],
    ['never', 10, null],
    ['severe', 3, null],
    ['severe', 9, null],
    ['severe', 10, 'automatic-abuse-detection'],
    ['warning', 2, null],
    ['warning', 3, 'automatic-abuse-detection'],
    ['notice', 3, 'automatic-abuse-detection'],
  ])('from the level %s on: %i dates of birth tried', async (suspendAt, dates, suspension) => {
    const setting = await openSuspending(suspendAt);
    await guess(setting.ledger, dates);
    await review(setting);
    expect(await suspensionOf(setting.ledger)).toEqual(suspension === null ? [] : [suspension]);
    const search = await searchFor(setting.ledger, 1);
    expect(search).toBe(
      suspension === null ? '{"kind":"none","code":"WSRC0001"}' : 'ERR_ACCESS_REFUSED',
    );
  });

  test('by a notice at night where that is what whoever runs the ledger wants', async () => {
    const setting = await openSuspending('notice');
    setting.time.set('2026-09-01T23:00:00.000Z');
    await searchFor(setting.ledger, 20);
    await review(setting);
    expect(await suspensionOf(setting.ledger)).toEqual(['automatic-abuse-detection']);
  });

  test('and names the alert; once restored the same alert does not suspend it again', async () => {
    const setting = await openSetting();
    await guess(setting.ledger, 10);
    await review(setting);
    const [alert] = await setting.ledger.alerts.list({ all: true });
    const history = await setting.ledger.organisations.history(COLLEGE);
    expect(history.at(-1)?.event).toEqual({
      type: 'AccessSuspended',
      data: { cause: 'automatic-abuse-detection', alert: alert?.alertId },
    });
    await setting.ledger.organisations.handle(
      COLLEGE,
      { type: 'RestoreAccess', data: { evidenceReference: 'E-1' } },
      keeperRequest(),
    );
    expect(await review(setting)).toEqual([]);
    expect(await suspensionOf(setting.ledger)).toEqual([]);
  });
});

describe('a review', () => {
  test('that was cut off after the alert suspends when it is made again', async () => {
    const { ledger, time } = await openSetting();
    await guess(ledger, 10);
    let appends = 0;
    const cut = await openWatched(ledger, (call) => {
      appends += call === 'ledger append' ? 1 : 0;
      if (appends === 2) {
        throw new Error('killed');
      }
    });
    await expect(review({ ledger: cut, time })).rejects.toThrow('killed');
    expect(await alertsOf(ledger)).toHaveLength(1);
    expect(await suspensionOf(ledger)).toEqual([]);
    expect(await review({ ledger, time })).toEqual([]);
    expect(await suspensionOf(ledger)).toEqual(['automatic-abuse-detection']);
  });

  // What it takes would tell the asker whether a learner was found.
  test('is no part of an organisation’s request: thirty refused ones append nothing to the ledger', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, restriction());
    const appends: string[] = [];
    const watched = await openWatched(ledger, (call) => {
      appends.push(...(call === 'ledger append' ? [call] : []));
    });
    for (let asked = 0; asked < 30; asked += 1) {
      await answered(
        Promise.resolve(doors['show']?.(watched, uln, askerOf(COLLEGE, 'advice-and-guidance'))),
      );
    }
    expect(appends).toEqual([]);
  });
});

describe('a learner who is handled as restricted', () => {
  async function restricted(): Promise<AccessSetting & { readonly uln: Uln }> {
    const setting = await openSetting();
    const uln = await issue(setting.ledger, 1);
    await settle(setting.ledger, uln, connection(COLLEGE));
    await settle(setting.ledger, uln, restriction([{ ukprn: COLLEGE, user: 'exams' }]));
    return { ...setting, uln };
  }

  test.each<[string, (ledger: Ledger, uln: Uln) => Promise<unknown> | undefined, string]>([
    ['somebody who is authorised reads', (ledger, uln) => doors['show']?.(ledger, uln), COLLEGE],
    [
      'somebody else tries to read',
      (ledger, uln) => doors['show']?.(ledger, uln, askerOf(REGISTRY, 'advice-and-guidance')),
      REGISTRY,
    ],
    [
      'somebody finds by ULN',
      (ledger, uln) =>
        doors['find by ULN']?.(ledger, uln, askerOf(REGISTRY, 'learner-registration')),
      REGISTRY,
    ],
    [
      'somebody would find by names',
      (ledger) =>
        ledger.access.find(
          { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' },
          askerOf(REGISTRY, 'learner-registration'),
        ),
      REGISTRY,
    ],
  ])('is told of when %s', async (_, look, organisation) => {
    const setting = await restricted();
    await answered(look(setting.ledger, setting.uln) ?? Promise.reject());
    const tag = (await setting.ledger.streamOf(setting.uln)).slice('learner-'.length);
    expect(await review(setting)).toMatchObject([
      { kind: 'restricted-learner', level: 'notice', organisation, learner: tag },
    ]);
    expect(await review(setting)).toEqual([]);
    expect(await suspensionOf(setting.ledger)).toEqual([]);
  });

  test('raises one alert for each look, and none for looks at others', async () => {
    const setting = await restricted();
    const other = await issue(setting.ledger, 2);
    await settle(setting.ledger, other, connection(COLLEGE));
    await doors['show']?.(setting.ledger, other);
    expect(await review(setting)).toEqual([]);
    await doors['show']?.(setting.ledger, setting.uln);
    await doors['show']?.(setting.ledger, setting.uln);
    expect(await review(setting)).toHaveLength(2);
  });
});
