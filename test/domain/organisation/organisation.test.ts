import { describe, expect, test } from 'vitest';
import { Actor } from '../../../domain/actor.js';
import { DomainError } from '../../../domain/errors.js';
import type {
  OrganisationCommand,
  OrganisationCommandType,
} from '../../../domain/organisation/commands.js';
import { organisationCommands } from '../../../domain/organisation/commands.js';
import { type OrganisationEvent, organisationEvents } from '../../../domain/organisation/events.js';
import { organisation } from '../../../domain/organisation/organisation.js';
import { standingOn } from '../../../domain/organisation/standing.js';
import { CalendarDate, Instant } from '../../../domain/values/date.js';

const UKPRN = '99999902';
const PERSON = `user-1${'a'.repeat(26)}`;
const NOON = Instant.parse('2024-09-02T12:00:00.000Z');
const keeper: Actor = { kind: 'keeper' };
const itself = Actor.parse({ kind: 'organisation', ukprn: UKPRN });
const stranger = Actor.parse({ kind: 'organisation', ukprn: '99999903' });

const registration = {
  ukprn: UKPRN,
  name: 'Example College',
  organisationType: 'college',
  signatoryRole: 'principal',
  mailDomain: 'college.example',
  responsibleUser: 'lee',
  roles: ['super-user'],
  person: PERSON,
  emailAddress: 'lee.example@college.example',
};
const agreement = {
  agreementId: 'DSA-1',
  purposes: ['learner-registration'],
  startDate: '2024-01-01',
  endDate: '2024-12-31',
  signatoryRole: 'principal',
  signature: 'hand',
};
const addition = {
  user: 'kim',
  roles: ['online-user'],
  person: PERSON,
  emailAddress: 'kim@staff.college.example',
};

function command(
  type: OrganisationCommandType,
  data: object,
  by: Actor = keeper,
  user: string | null = null,
): OrganisationCommand {
  // Sound: parsed by the schema of this very type.
  return {
    type,
    data: organisationCommands[type].parse(data),
    by,
    user,
    at: NOON,
  } as OrganisationCommand;
}

/** What commands one after the other record. */
function recorded(...commands: readonly OrganisationCommand[]): readonly OrganisationEvent[] {
  const events: OrganisationEvent[] = [];
  for (const one of commands) {
    const state = events.reduce(organisation.evolve, organisation.initialState);
    for (const event of organisation.decide(one, state)) {
      expect(organisationEvents[event.type].schema.parse(event.data)).toStrictEqual(event.data);
      events.push(event);
    }
  }
  return events;
}

const typesOf = (...commands: readonly OrganisationCommand[]) =>
  recorded(...commands).map(({ type }) => type);
const codeOf = (...commands: readonly OrganisationCommand[]) => {
  try {
    recorded(...commands);
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    expect((error as DomainError).message).not.toMatch(/lee|kim|college\.example|99999902/);
    return (error as DomainError).code;
  }
};
const register = (changes: object = {}) =>
  command('RegisterOrganisation', { ...registration, ...changes });

describe('registering', () => {
  test('records the organisation and its responsible user', () => {
    expect(typesOf(register())).toEqual(['OrganisationRegistered', 'UserAdded']);
  });

  test('again records nothing, otherwise is refused', () => {
    expect(typesOf(register(), register())).toHaveLength(2);
    for (const other of [
      { name: 'Another' },
      { organisationType: 'school' },
      { mailDomain: 'other.example' },
      { responsibleUser: 'kim' },
    ]) {
      expect(codeOf(register(), register(other))).toBe('ERR_ORGANISATION_DIFFERS');
    }
  });

  // Source: the registration form refuses generic mailboxes and asks for the organisation's own domain.
  test.each([
    ['lee@college.example', 'accepted'],
    ['lee@staff.college.example', 'accepted'],
    ['Lee@College.Example', 'accepted'],
    ['exams@college.example', 'ERR_USER_ADDRESS'],
    ['Office2@college.example', 'ERR_USER_ADDRESS'],
    ['lee@elsewhere.example', 'ERR_USER_ADDRESS'],
    ['lee@notcollege.example', 'ERR_USER_ADDRESS'],
    ['lee@college.example.org', 'ERR_USER_ADDRESS'],
  ])('with the address %s: %s', (emailAddress, code) => {
    expect(codeOf(register({ emailAddress }))).toBe(code);
  });

  test.each([
    ['a sole trader without a name', { name: null, signatoryRole: 'sole-trader' }, 'accepted'],
    ['a sole trader with a name', { signatoryRole: 'sole-trader' }, 'ERR_INPUT_INVALID'],
    ['no name', { name: null }, 'ERR_INPUT_INVALID'],
    ['an operator’s role elsewhere', { roles: ['auditor'] }, 'ERR_INPUT_INVALID'],
    ['an awarding body’s role elsewhere', { roles: ['awarding-body-user'] }, 'ERR_INPUT_INVALID'],
    [
      'an outside role at the operator',
      { organisationType: 'service-operator' },
      'ERR_INPUT_INVALID',
    ],
  ])('with %s: %s', (_, changes, code) => {
    expect(codeOf(register(changes))).toBe(code);
  });

  test('is the keeper’s', () => {
    expect(codeOf(command('RegisterOrganisation', registration, itself, 'lee'))).toBe(
      'ERR_NOT_PERMITTED',
    );
  });

  test('comes before everything else', () => {
    expect(codeOf(command('SignAgreement', agreement))).toBe('ERR_ORGANISATION_NOT_FOUND');
  });
});

describe('an agreement', () => {
  test.each([
    ['hand', 'accepted'],
    ['digital', 'accepted'],
    // Source: the registration form: typed signatures are refused.
    ['typed', 'ERR_SIGNATURE'],
  ])('signed %s: %s', (signature, code) => {
    expect(codeOf(register(), command('SignAgreement', { ...agreement, signature }))).toBe(code);
  });

  test('again records nothing, otherwise is refused', () => {
    const sign = command('SignAgreement', agreement);
    expect(typesOf(register(), sign, sign)).toHaveLength(3);
    const other = command('SignAgreement', { ...agreement, endDate: '2025-12-31' });
    expect(codeOf(register(), sign, other)).toBe('ERR_ORGANISATION_DIFFERS');
  });

  test('that ends before it begins is refused', () => {
    const wrong = command('SignAgreement', { ...agreement, endDate: '2023-12-31' });
    expect(codeOf(register(), wrong)).toBe('ERR_INPUT_INVALID');
  });

  test('ends before its time, once', () => {
    const sign = command('SignAgreement', agreement);
    const end = command('EndAgreement', { agreementId: 'DSA-1', endDate: null });
    expect(typesOf(register(), sign, end, end).slice(2)).toEqual([
      'AgreementSigned',
      'AgreementEnded',
    ]);
    expect(codeOf(register(), end)).toBe('ERR_AGREEMENT_NOT_FOUND');
  });

  test.each([
    ['2024-12-30', 'accepted'],
    ['2024-12-31', 'accepted'],
    ['2025-01-01', 'ERR_INPUT_INVALID'],
  ])('is not made longer by ending it on %s: %s', (endDate, code) => {
    const end = command('EndAgreement', { agreementId: 'DSA-1', endDate });
    expect(codeOf(register(), command('SignAgreement', agreement), end)).toBe(code);
  });
});

describe('a change', () => {
  test.each([
    ['ChangeOrganisationName', { name: 'Example Age Checks', effectiveDate: null }],
    ['ChangeOwnership', { effectiveDate: null }],
  ] as const)('of %s waits to be attested', (type, data) => {
    const change = [register(), command(type, data)];
    const changed = recorded(...change).reduce(organisation.evolve, organisation.initialState);
    expect(changed).toMatchObject({ awaitsAttestation: true });
    const attest = command('AttestOrganisation', {
      signatoryRole: 'director',
      evidenceReference: 'FORM-2',
    });
    const attested = recorded(...change, attest).reduce(
      organisation.evolve,
      organisation.initialState,
    );
    expect(attested).toMatchObject({ awaitsAttestation: false });
  });

  test('to the name it has is none', () => {
    const same = command('ChangeOrganisationName', {
      name: 'Example College',
      effectiveDate: null,
    });
    expect(typesOf(register(), same)).toHaveLength(2);
  });
});

describe('a suspension', () => {
  const suspend = (cause: string) => command('SuspendAccess', { cause, alert: null });
  const own = suspend('at-own-request');
  const abuse = suspend('suspected-abuse');
  const restore = command('RestoreAccess', { evidenceReference: 'CASE-1' });
  const causes = (...commands: readonly OrganisationCommand[]) => {
    const initial = organisation.initialState;
    const state = recorded(register(), ...commands).reduce(organisation.evolve, initial);
    return state.status === 'registered' ? state.suspendedFor : null;
  };

  test('for another cause is recorded beside the first, for the same it is not', () => {
    expect(causes(own, abuse, own, abuse)).toEqual(['at-own-request', 'suspected-abuse']);
    expect(typesOf(register(), own, abuse, own, abuse)).toHaveLength(4);
  });

  test('ends for every cause at once, and can begin again', () => {
    expect(causes(own, abuse, restore)).toEqual([]);
    expect(causes(own, restore, own)).toEqual(['at-own-request']);
    expect(typesOf(register(), restore)).toHaveLength(2);
  });
});

describe('who may do what', () => {
  const add = (by: Actor, user: string | null) => command('AddUser', addition, by, user);

  test.each([
    ['its super user adds a user', [add(itself, 'lee')], 'accepted'],
    ['the keeper does', [add(keeper, null)], 'accepted'],
    ['a stranger does', [add(stranger, 'lee')], 'ERR_NOT_PERMITTED'],
    ['a user without the role does', [add(keeper, null), add(itself, 'kim')], 'ERR_NOT_PERMITTED'],
    [
      'its super user signs',
      [command('SignAgreement', agreement, itself, 'lee')],
      'ERR_NOT_PERMITTED',
    ],
    [
      'a suspended one’s super user adds a user',
      [command('SuspendAccess', { cause: 'suspected-abuse', alert: null }), add(itself, 'lee')],
      'ERR_NOT_PERMITTED',
    ],
    [
      'a renamed one’s super user adds a user',
      [command('ChangeOrganisationName', { name: 'New', effectiveDate: null }), add(itself, 'lee')],
      'ERR_NOT_PERMITTED',
    ],
    ['a removed user is removed again', [command('RemoveUser', { user: 'kim' })], 'accepted'],
    [
      'a role is given to nobody',
      [command('ChangeUserRoles', { user: 'kim', roles: ['view-only'] })],
      'ERR_USER_NOT_FOUND',
    ],
    [
      'a user is added again otherwise',
      [add(keeper, null), command('AddUser', { ...addition, roles: ['view-only'] })],
      'ERR_ORGANISATION_DIFFERS',
    ],
    [
      'access of nobody is renewed',
      [command('RenewAccess', { user: 'kim' })],
      'ERR_USER_NOT_FOUND',
    ],
  ])('%s: %s', (_, commands, code) => {
    expect(codeOf(register(), ...commands)).toBe(code);
  });
});

describe('the public list', () => {
  const on = (date: string, ...commands: readonly OrganisationCommand[]) => {
    const state = recorded(register(), ...commands).reduce(
      organisation.evolve,
      organisation.initialState,
    );
    return state.status === 'registered' ? standingOn(state, CalendarDate.parse(date)) : null;
  };
  const sign = command('SignAgreement', agreement);
  const protection = command('RecordDataProtectionRegistration', {
    reference: 'ZA000001',
    expiryDate: '2024-10-31',
  });

  test.each([
    ['2023-12-31', [], null],
    ['2024-01-01', [], '2024-12-31'],
    ['2024-10-31', [], '2024-12-31'],
    ['2024-11-01', ['not-registered-for-data-protection'], '2024-12-31'],
    ['2025-01-01', ['not-registered-for-data-protection'], null],
  ])('on %s', (date, hindrances, until) => {
    expect(on(date, sign, protection)).toMatchObject({ hindrances, until });
  });

  test('names what hinders', () => {
    const suspend = command('SuspendAccess', { cause: 'suspected-abuse', alert: null });
    const rename = command('ChangeOwnership', { effectiveDate: null });
    expect(on('2024-06-01', sign, protection, suspend, rename)?.hindrances).toEqual([
      'suspended',
      'change-not-attested',
    ]);
  });
});
