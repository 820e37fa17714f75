import { describe, expect, test } from 'vitest';
import { CalendarDate } from '../../../domain/values/date.js';
import type { Uln } from '../../../domain/values/uln.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { OrganisationRequest } from '../../../src/organisations/organisations.js';
import { keeperRequest } from '../../support/organisations.js';
import {
  answered,
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  learnerAsker,
  openSetting,
  REGISTRY,
  recordedLooks,
  restriction,
  settle,
  UNKNOWN,
} from './setting.js';

const SEARCH = { givenName: 'Given1', familyName: 'Synthetic', dateOfBirth: '2003-04-17' };
const registrar = () => askerOf(COLLEGE, 'learner-registration');
const HIDDEN = { familyName: 'Hiddenname', lastKnownPostCode: 'ZE1 0AA' };

async function mergeThem(ledger: Ledger, master: Uln, superseded: Uln): Promise<void> {
  const asked = { superseded, reason: 'One certificate names both.' };
  await ledger.merging.merge(master, asked, keeperRequest());
}

describe('a person of two ULNs, one of them restricted', () => {
  test('is not found by the other, which was superseded', async () => {
    const { ledger } = await openSetting();
    const master = await issue(ledger, 2, HIDDEN);
    await mergeThem(ledger, master, await issue(ledger, 1));
    await settle(ledger, master, restriction());
    expect(JSON.stringify(await ledger.access.find(SEARCH, registrar()))).not.toContain(
      'Hiddenname',
    );
  });

  test('is not found by the master either', async () => {
    const { ledger } = await openSetting();
    const master = await issue(ledger, 2, HIDDEN);
    const superseded = await issue(ledger, 1);
    await settle(ledger, superseded, restriction());
    await mergeThem(ledger, master, superseded);
    const search = { ...SEARCH, givenName: 'Given2', familyName: 'Hiddenname' };
    expect(JSON.stringify(await ledger.access.find(search, registrar()))).not.toContain(
      'Hiddenname',
    );
  });
});

describe('wrong input beside a ULN', () => {
  test.each<[string, (ledger: Ledger, uln: Uln) => Promise<unknown>]>([
    [
      'in a search',
      (ledger, uln) => ledger.access.findByUln(uln, registrar(), { dateOfBirth: '2003-02-31' }),
    ],
    [
      'in a comparison',
      (ledger, uln) => ledger.access.verifyLearner({ uln, givenName: '' } as never, registrar()),
    ],
  ])('%s is answered the same whoever it is', async (_, ask) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    const known = await answered(ask(ledger, uln));
    expect(known).toContain('ERR_INPUT_INVALID');
    expect(known).toBe(await answered(ask(ledger, UNKNOWN)));
  });
});

describe('what an organisation writes', () => {
  test.each<[string, Parameters<Ledger['access']['handle']>[1]]>([
    ['a connection', connection(COLLEGE)],
    ['an amendment', { type: 'AmendLearnerDetails', data: { changes: { notes: 'x' } } }],
  ])('%s: a restricted learner is nobody', async (_, command) => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, restriction());
    const ask = (one: Uln) => answered(ledger.access.handle(one, command, registrar()));
    const answer = await ask(uln);
    expect(answer).toContain('ERR_LEARNER_NOT_FOUND');
    expect(answer).toBe(await ask(UNKNOWN));
    expect(
      await answered(
        ledger.access.handle(uln, command, { ...registrar(), expectedVersion: 99 } as never),
      ),
    ).toBe(answer);
  });

  test('is among the looks of the learner, also where it is refused', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    const stranger = askerOf(COLLEGE, 'admission', 'nobody');
    await answered(ledger.access.handle(uln, connection(COLLEGE), stranger));
    const looks = await ledger.access.looks(uln, learnerAsker(), 10);
    expect(looks[0]).toMatchObject({
      organisation: COLLEGE,
      action: 'connect',
      decision: 'refused',
    });
  });
});

test('words of an asker that no list knows are not kept in clear', async () => {
  const { ledger } = await openSetting();
  const uln = await issue(ledger, 1);
  const asker = { ...askerOf(COLLEGE, 'admission', 'amber.sampleton'), purpose: 'about Amber' };
  await answered(ledger.access.record(uln, asker, null));
  const [look] = await recordedLooks(ledger);
  expect(look).toMatchObject({ user: null, purpose: 'other' });
  expect(await ledger.access.explain(`${look?.stream}.${look?.version}`)).toMatchObject({
    same: true,
  });
});

test('a look at a person of two ULNs is listed once', async () => {
  const { ledger } = await openSetting();
  const master = await issue(ledger, 1);
  await mergeThem(ledger, master, await issue(ledger, 2));
  await answered(doors['show']?.(ledger, master) ?? Promise.reject());
  const looks = await ledger.access.looks(master, keeperRequest(), 100);
  expect(looks.filter(({ organisation }) => organisation === COLLEGE)).toHaveLength(1);
});

test('a request on the last stroke of a day is explained by the day it was decided on', async () => {
  const { ledger, time } = await openSetting('2026-09-30T23:59:59.999Z');
  const uln = await issue(ledger, 1);
  await settle(ledger, uln, connection(COLLEGE));
  time.set('2026-09-30T23:59:59.999Z');
  await answered(ledger.access.record(uln, askerOf(COLLEGE, 'admission'), null));
  const [look] = await recordedLooks(ledger);
  expect(look?.event.data.on).toBe(CalendarDate.parse('2026-09-30'));
});

test.each<[string, (ledger: Ledger, uln: Uln, dateOfBirth: string) => Promise<unknown>]>([
  [
    'a search by ULN',
    (ledger, uln, dateOfBirth) => ledger.access.findByUln(uln, registrar(), { dateOfBirth }),
  ],
  [
    'a reading of the record',
    (ledger, uln, dateOfBirth) => {
      const identity = {
        givenName: null,
        familyName: null,
        dateOfBirth: CalendarDate.parse(dateOfBirth),
      };
      return ledger.access.record(uln, askerOf(COLLEGE, 'admission'), identity);
    },
  ],
])('dates of birth that are guessed beside %s raise an alert', async (_, guess) => {
  const { ledger } = await openSetting();
  const uln = await issue(ledger, 1);
  await settle(ledger, uln, connection(COLLEGE));
  for (const day of ['01', '02', '03']) {
    await answered(guess(ledger, uln, `2003-05-${day}`));
  }
  const raised = await ledger.reviewing.review(CalendarDate.parse('2026-09-01'));
  expect(raised).toMatchObject([{ kind: 'birth-date-guessing', measured: 3 }]);
});

describe('an organisation’s own affairs', () => {
  test('a notice that was never published is not attested', async () => {
    const { ledger } = await openSetting();
    const attest = { type: 'AttestNotice', data: { notice: 9999 } } as const;
    const asker = askerOf(COLLEGE, 'service-operation');
    expect(await answered(ledger.organisations.handle(COLLEGE, attest, asker))).toContain(
      'ERR_NOTICE_NOT_FOUND',
    );
  });

  test('a super user whose access expired adds nobody', async () => {
    const { ledger, time } = await openSetting();
    time.advance(200 * 86_400_000);
    const asker = askerOf(COLLEGE, 'service-operation');
    expect(await answered(ledger.organisations.handle(COLLEGE, user('fresh'), asker))).toContain(
      'ERR_NOT_PERMITTED',
    );
  });

  test('two users whose ids differ in capitals alone would share a person', async () => {
    const { ledger } = await openSetting();
    expect(
      await answered(ledger.organisations.handle(COLLEGE, user('EXAMS'), keeperRequest())),
    ).toContain('ERR_ORGANISATION_DIFFERS');
    expect(await ledger.organisations.person(COLLEGE, 'exams')).toMatchObject({
      name: 'Person exams',
    });
  });

  test.each(['9876543210', 'u9876543210', 'a.12345678901'])('%s is no user id', async (id) => {
    const { ledger } = await openSetting();
    expect(
      await answered(ledger.organisations.handle(COLLEGE, user(id), keeperRequest())),
    ).toContain('ERR_INPUT_INVALID');
  });

  test('to attest for another organisation is refused', async () => {
    const { ledger } = await openSetting();
    const asker = askerOf(REGISTRY, 'service-operation');
    expect(await answered(ledger.organisations.handle(COLLEGE, user('fresh'), asker))).toContain(
      'ERR_NOT_PERMITTED',
    );
  });
});

function user(id: string): OrganisationRequest {
  const person = {
    name: 'Person fresh',
    emailAddress: 'fresh.person@o10000002.example',
    verificationProvided: 'Staff card seen',
  };
  return { type: 'AddUser', data: { user: id, roles: ['view-only'], person } };
}
