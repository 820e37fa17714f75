import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { CalendarDate } from '../../../domain/values/date.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import { createLedger } from '../../../src/ledger/createLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openLedger } from '../../../src/ledger/openLedger.js';
import type { OrganisationRequest } from '../../../src/organisations/organisations.js';
import type { Request } from '../../../src/request/request.js';
import { countEvents, createTestClock, temporaryFolder } from '../../support/ledger.js';
import { keeperRequest } from '../../support/organisations.js';
import { placesIn } from '../../support/synthetic.js';
import { type AccessSetting, answered, askerOf, COLLEGE, openSetting } from './setting.js';

const SCHOOL = Ukprn.parse('10000042');
const person = {
  name: 'Kanarie Piepvogel',
  emailAddress: 'kanarie.piepvogel@school.example',
  verificationProvided: 'Reisepass 7531',
};
const REGISTER: OrganisationRequest = {
  type: 'RegisterOrganisation',
  data: {
    ukprn: SCHOOL,
    name: 'Example School',
    organisationType: 'school',
    signatoryRole: 'head-teacher',
    mailDomain: 'school.example',
    responsibleUser: 'head',
    roles: ['super-user'],
    person,
  },
};
const SIGN: OrganisationRequest = {
  type: 'SignAgreement',
  data: {
    agreementId: 'DSA-1',
    purposes: ['learner-registration', 'advice-and-guidance'],
    startDate: '2026-09-10',
    endDate: '2026-12-31',
    signatoryRole: 'head-teacher',
    signature: 'hand',
  },
};
const DATA_PROTECTION: OrganisationRequest = {
  type: 'RecordDataProtectionRegistration',
  data: { reference: 'ZA1', expiryDate: '2026-11-30' },
};

function addUser(user: string): OrganisationRequest {
  const address = `person.${user}@school.example`;
  return {
    type: 'AddUser',
    data: { user, roles: ['online-user'], person: { ...person, emailAddress: address } },
  };
}

describe('the people of an organisation', () => {
  test('are sealed: nothing personal of them stands in the ledger or its views in clear', async () => {
    const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
    const folder = temporaryFolder();
    const places = placesIn(folder);
    await createLedger(places, 'test.invalid/people', clock);
    const ledger = await openLedger(places, clock);
    onTestFinished(() => ledger.close());
    await ledger.organisations.handle(SCHOOL, REGISTER, keeperRequest());
    await ledger.listOrganisations();
    expect(await ledger.organisations.person(SCHOOL, 'head')).toMatchObject(person);
    const data = join(folder, 'data');
    const bytes = Buffer.concat(readdirSync(data).map((name) => readFileSync(join(data, name))));
    for (const canary of ['Kanarie', 'kanarie', 'Piepvogel', 'piepvogel', 'Reisepass', '7531']) {
      expect(bytes.includes(canary), canary).toBe(false);
    }
    // What may stand there in clear does, so the bytes can be searched.
    expect(bytes.includes('Example School')).toBe(true);
  });

  test('are told to nobody by another id', async () => {
    const { ledger } = await openSetting();
    await ledger.organisations.handle(SCHOOL, REGISTER, keeperRequest());
    const asked = (ukprn: Ukprn, user: string) =>
      answered(ledger.organisations.person(ukprn, user));
    expect(await asked(SCHOOL, 'other')).toBe('ERR_USER_NOT_FOUND');
    expect(await asked(COLLEGE, 'head')).toBe('ERR_USER_NOT_FOUND');
  });

  test.each([
    ['elsewhere', 'head@elsewhere.example'],
    ['on a domain that only ends like it', 'head@notschool.example'],
    ['of an office', 'office@school.example'],
  ])('with an address %s are refused, and nothing of them is kept', async (_, emailAddress) => {
    const { ledger } = await openSetting();
    const before = await countEvents(ledger);
    const data = { ...REGISTER.data, person: { ...person, emailAddress } };
    const command = { ...REGISTER, data } as OrganisationRequest;
    await expect(
      ledger.organisations.handle(SCHOOL, command, keeperRequest()),
    ).rejects.toMatchObject({
      code: 'ERR_USER_ADDRESS',
      message: expect.not.stringContaining('@'),
    });
    expect(await countEvents(ledger)).toBe(before);
  });
});

describe('a command that is repeated', () => {
  test.each<[string, OrganisationRequest]>([
    ['a registration', REGISTER],
    ['an agreement', SIGN],
    ['a user', addUser('deputy')],
    ['another owner', { type: 'ChangeOwnership', data: { effectiveDate: null } }],
    ['a data-protection registration', DATA_PROTECTION],
  ])('records nothing more: %s', async (_, command) => {
    const { ledger } = await openSetting();
    if (command !== REGISTER) {
      await ledger.organisations.handle(SCHOOL, REGISTER, keeperRequest());
    }
    const request = keeperRequest();
    expect(await ledger.organisations.handle(SCHOOL, command, request)).not.toBeNull();
    const before = await countEvents(ledger);
    expect(await ledger.organisations.handle(SCHOOL, command, request)).toBeNull();
    expect(await countEvents(ledger)).toBe(before);
  });

  test('after a crash between the person and the user records the user alone', async () => {
    const { ledger } = await openSetting();
    await ledger.organisations.handle(SCHOOL, REGISTER, keeperRequest());
    const request = keeperRequest();
    await ledger.organisations.handle(SCHOOL, addUser('deputy'), request);
    await ledger.organisations.handle(
      SCHOOL,
      { type: 'RemoveUser', data: { user: 'deputy' } },
      keeperRequest(),
    );
    const before = await countEvents(ledger);
    // The person is known, the user is not: what a crash leaves.
    await ledger.organisations.handle(SCHOOL, addUser('deputy'), keeperRequest());
    expect(await countEvents(ledger)).toBe(before + 1);
  });
});

describe('a user who is added again', () => {
  const other = { ...person, name: 'Kanarie Anders', emailAddress: 'other.deputy@school.example' };
  const corrected = { user: 'deputy', roles: ['online-user'] as const, person: other };

  test('with other particulars is corrected, and stays one user', async () => {
    const { ledger } = await openSetting();
    const handle = (command: OrganisationRequest, request = keeperRequest()) =>
      ledger.organisations.handle(SCHOOL, command, request);
    await handle(REGISTER);
    await handle(addUser('deputy'));
    const correct = { type: 'AddUser', data: corrected } as unknown as OrganisationRequest;
    expect(await handle(correct)).toMatchObject({ version: 2 });
    expect(await ledger.organisations.person(SCHOOL, 'deputy')).toMatchObject({
      name: 'Kanarie Anders',
    });
    expect(await handle(correct)).toBeNull();
    const stranger = { ...askerOf(COLLEGE, 'service-operation', 'staff'), commandId: randomUUID() };
    await expect(handle(addUser('deputy'), stranger)).rejects.toMatchObject({
      code: 'ERR_NOT_PERMITTED',
    });
    expect(await ledger.organisations.person(SCHOOL, 'deputy')).toMatchObject({
      name: 'Kanarie Anders',
    });
  });
});

describe('a super user', () => {
  const asked = (user: string, ukprn = SCHOOL): Request => ({
    ...askerOf(ukprn, 'service-operation', user),
    commandId: randomUUID(),
  });
  let setting: AccessSetting;
  const handle = (command: OrganisationRequest, request: Request) =>
    answered(setting.ledger.organisations.handle(SCHOOL, command, request));

  beforeEach(async () => {
    setting = await openSetting();
    expect(await handle(REGISTER, keeperRequest())).toContain('eventIds');
    expect(await handle(addUser('teacher'), keeperRequest())).toContain('eventIds');
  });

  test('adds, changes and removes people of the own organisation', async () => {
    expect(await handle(addUser('deputy'), asked('head'))).toContain('eventIds');
    const roles = { user: 'deputy', roles: ['view-only' as const] };
    expect(await handle({ type: 'ChangeUserRoles', data: roles }, asked('head'))).toContain('{');
    const { users } = await setting.ledger.organisations.read(SCHOOL);
    expect(users.get('deputy')?.roles).toEqual(['view-only']);
    expect(await handle({ type: 'RemoveUser', data: { user: 'deputy' } }, asked('head'))).toContain(
      '{',
    );
    expect((await setting.ledger.organisations.read(SCHOOL)).users.has('deputy')).toBe(false);
  });

  test.each<[string, OrganisationRequest]>([
    ['sign an agreement', SIGN],
    ['register for data protection', DATA_PROTECTION],
    ['end a suspension', { type: 'RestoreAccess', data: { evidenceReference: 'E-1' } }],
    ['renew access', { type: 'RenewAccess', data: { user: 'head' } }],
    ['rename it', { type: 'ChangeOrganisationName', data: { name: 'X', effectiveDate: null } }],
  ])('cannot %s: that is the keeper’s', async (_, command) => {
    expect(await handle(command, asked('head'))).toBe('ERR_NOT_PERMITTED');
  });

  test.each([
    ['a person without the role', () => asked('teacher')],
    ['somebody unknown', () => asked('nobody')],
    ['a super user of another organisation', () => asked('exams', COLLEGE)],
    ['a super user of the same id elsewhere', () => asked('head', COLLEGE)],
  ])('is not %s', async (_, request) => {
    expect(await handle(addUser('deputy'), request())).toBe('ERR_NOT_PERMITTED');
  });

  test.each<[string, OrganisationRequest, OrganisationRequest]>([
    [
      'suspended',
      { type: 'SuspendAccess', data: { cause: 'suspected-abuse', alert: null } },
      { type: 'RestoreAccess', data: { evidenceReference: 'E-1' } },
    ],
    [
      'renamed',
      { type: 'ChangeOrganisationName', data: { name: 'Other', effectiveDate: null } },
      {
        type: 'AttestOrganisation',
        data: { signatoryRole: 'head-teacher', evidenceReference: 'E-1' },
      },
    ],
  ])('can do nothing while the organisation is %s', async (_, stop, goOn) => {
    expect(await handle(stop, keeperRequest())).toContain('{');
    expect(await handle(addUser('deputy'), asked('head'))).toBe('ERR_NOT_PERMITTED');
    expect(await handle(goOn, keeperRequest())).toContain('{');
    expect(await handle(addUser('deputy'), asked('head'))).toContain('{');
  });
});

test('users that two processes add at the same time are all there, once', async () => {
  const { clock } = createTestClock('2026-09-01T09:00:00.000Z');
  const places = placesIn(temporaryFolder());
  await createLedger(places, 'test.invalid/people', clock);
  const ledgers: Ledger[] = [];
  for (let number = 0; number < 2; number += 1) {
    const ledger = await openLedger(places, clock);
    onTestFinished(() => ledger.close());
    ledgers.push(ledger);
  }
  await ledgers[0]?.organisations.handle(SCHOOL, REGISTER, keeperRequest());
  const rounds = 6;
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(
      ledgers.flatMap(({ organisations }, process) => [
        organisations.handle(SCHOOL, addUser(`own${process}${round}`), keeperRequest()),
        organisations.handle(SCHOOL, addUser(`shared${round}`), keeperRequest()),
      ]),
    );
  }
  const [ledger] = ledgers;
  const history = (await ledger?.organisations.history(SCHOOL)) ?? [];
  const added = history.flatMap(({ event }) =>
    event.type === 'UserAdded' ? [event.data.user] : [],
  );
  expect(added).toHaveLength(3 * rounds + 1);
  expect(new Set(added).size).toBe(3 * rounds + 1);
  for (const user of added) {
    expect(
      await answered(ledger?.organisations.person(SCHOOL, user) ?? Promise.reject()),
    ).toContain('Kanarie');
  }
});

describe('the public list', () => {
  const on = (ledger: Ledger, date: string) =>
    ledger.organisations.publishedOn(SCHOOL, CalendarDate.parse(date));

  test('shows who may access records on a date, as it was known at its end', async () => {
    const { ledger, time } = await openSetting('2026-09-01T09:00:00.000Z');
    const steps: readonly (readonly [string, OrganisationRequest])[] = [
      ['2026-09-01T09:00:00.000Z', REGISTER],
      ['2026-09-05T09:00:00.000Z', SIGN],
      ['2026-09-05T09:00:00.000Z', DATA_PROTECTION],
      [
        '2026-10-01T09:00:00.000Z',
        { type: 'ChangeOrganisationName', data: { name: 'New School', effectiveDate: null } },
      ],
      [
        '2026-10-05T23:59:59.999Z',
        {
          type: 'AttestOrganisation',
          data: { signatoryRole: 'head-teacher', evidenceReference: 'E-1' },
        },
      ],
      [
        '2026-10-20T00:00:00.000Z',
        { type: 'SuspendAccess', data: { cause: 'suspected-abuse', alert: null } },
      ],
      ['2026-10-22T09:00:00.000Z', { type: 'RestoreAccess', data: { evidenceReference: 'E-1' } }],
      [
        '2026-11-10T09:00:00.000Z',
        { type: 'EndAgreement', data: { agreementId: 'DSA-1', endDate: '2026-11-20' } },
      ],
    ];
    for (const [at, command] of steps) {
      time.set(at);
      await ledger.organisations.handle(SCHOOL, command, keeperRequest());
    }
    const first = {
      ukprn: SCHOOL,
      name: 'Example School',
      organisationType: 'school',
      purposes: ['advice-and-guidance', 'learner-registration'],
      until: '2026-12-31',
    };
    const renamed = { ...first, name: 'New School' };
    expect(await on(ledger, '2026-08-31')).toBeNull();
    expect(await on(ledger, '2026-09-01')).toBeNull();
    expect(await on(ledger, '2026-09-09')).toBeNull();
    expect(await on(ledger, '2026-09-10')).toEqual(first);
    expect(await on(ledger, '2026-09-30')).toEqual(first);
    expect(await on(ledger, '2026-10-01')).toBeNull();
    expect(await on(ledger, '2026-10-04')).toBeNull();
    expect(await on(ledger, '2026-10-05')).toEqual(renamed);
    expect(await on(ledger, '2026-10-19')).toEqual(renamed);
    expect(await on(ledger, '2026-10-20')).toBeNull();
    expect(await on(ledger, '2026-10-21')).toBeNull();
    expect(await on(ledger, '2026-10-22')).toEqual(renamed);
    // Known on 9 November until the end of the year; on the day after until the 20th alone.
    expect(await on(ledger, '2026-11-09')).toEqual(renamed);
    expect(await on(ledger, '2026-11-10')).toEqual({ ...renamed, until: '2026-11-20' });
    // Days to come: by what is known now.
    expect(await on(ledger, '2026-11-20')).toEqual({ ...renamed, until: '2026-11-20' });
    expect(await on(ledger, '2026-11-21')).toBeNull();
    expect(await on(ledger, '2027-06-01')).toBeNull();
  });

  test('does not show who is not registered for data protection on the date', async () => {
    const { ledger } = await openSetting('2026-09-15T09:00:00.000Z');
    await ledger.organisations.handle(SCHOOL, REGISTER, keeperRequest());
    await ledger.organisations.handle(SCHOOL, SIGN, keeperRequest());
    expect(await on(ledger, '2026-09-15')).toBeNull();
    await ledger.organisations.handle(SCHOOL, DATA_PROTECTION, keeperRequest());
    expect(await on(ledger, '2026-09-15')).not.toBeNull();
    expect(await on(ledger, '2026-11-30')).not.toBeNull();
    expect(await on(ledger, '2026-12-01')).toBeNull();
  });

  test('does not show whose access expired because nobody used it', async () => {
    const { ledger, time } = await openSetting('2026-09-15T09:00:00.000Z');
    const data = { ...SIGN.data, endDate: '2029-12-31' };
    const protection = { ...DATA_PROTECTION.data, expiryDate: '2029-12-31' };
    for (const command of [
      REGISTER,
      { type: 'SignAgreement', data },
      { type: 'RecordDataProtectionRegistration', data: protection },
    ] as OrganisationRequest[]) {
      await ledger.organisations.handle(SCHOOL, command, keeperRequest());
    }
    // Days to come: whether it will have been used is not known.
    expect(await on(ledger, '2028-01-01')).not.toBeNull();
    time.set('2027-09-15T09:00:00.000Z');
    expect(await on(ledger, '2027-09-15')).not.toBeNull();
    time.set('2027-09-16T09:00:00.000Z');
    expect(await on(ledger, '2027-09-16')).toBeNull();
    expect(await on(ledger, '2028-01-01')).toBeNull();
    expect(await on(ledger, '2027-09-15')).not.toBeNull();
    const renew = { type: 'RenewAccess', data: { user: null } } as const;
    await ledger.organisations.handle(SCHOOL, renew, keeperRequest());
    expect(await on(ledger, '2027-09-16')).not.toBeNull();
  });

  test('shows no name of a sole trader', async () => {
    const { ledger } = await openSetting('2026-09-15T09:00:00.000Z');
    const data = { ...REGISTER.data, name: null, signatoryRole: 'sole-trader' as const };
    const register = { type: 'RegisterOrganisation', data } as OrganisationRequest;
    for (const command of [register, SIGN, DATA_PROTECTION]) {
      await ledger.organisations.handle(SCHOOL, command, keeperRequest());
    }
    expect(await on(ledger, '2026-09-15')).toMatchObject({ ukprn: SCHOOL, name: null });
    expect(await ledger.listOrganisations()).toContainEqual({
      ukprn: SCHOOL,
      name: null,
      organisationType: 'school',
    });
  });
});
