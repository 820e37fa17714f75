import { DomainError } from '../errors.js';
import { dateOf } from '../values/date.js';
import type { OrganisationCommand, OrganisationCommandOf } from './commands.js';
import type { OrganisationEvent } from './events.js';
import { isDormantOn, isUserDormantOn } from './standing.js';
import type { Organisation, RegisteredOrganisation } from './state.js';
import {
  decideUsers,
  requireOwnAddress,
  requireRolesOf,
  requireUserOrNone,
} from './userDecisions.js';

/** What a command to an organisation's stream leads to. */
export function decideOrganisation(
  command: OrganisationCommand,
  state: Organisation,
): readonly OrganisationEvent[] {
  if (command.type === 'RegisterOrganisation') {
    return decideRegister(command, state);
  }
  if (state.status === 'unregistered') {
    throw new DomainError(
      'ERR_ORGANISATION_NOT_FOUND',
      'expected a registered organisation, found none of this UKPRN',
    );
  }
  requirePermitted(command, state);
  return decideRegistered(command, state);
}

function decideRegistered(
  command: Exclude<OrganisationCommand, { type: 'RegisterOrganisation' }>,
  state: RegisteredOrganisation,
): readonly OrganisationEvent[] {
  const today = dateOf(command.at);
  switch (command.type) {
    case 'ChangeOrganisationName': {
      const { name } = command.data;
      const effectiveDate = command.data.effectiveDate ?? today;
      return name === state.name
        ? []
        : [{ type: 'OrganisationNameChanged', data: { name, effectiveDate } }];
    }
    case 'ChangeOwnership': {
      const effectiveDate = command.data.effectiveDate ?? today;
      return [{ type: 'OrganisationOwnershipChanged', data: { effectiveDate } }];
    }
    case 'AttestOrganisation':
      return state.awaitsAttestation ? [{ type: 'OrganisationAttested', data: command.data }] : [];
    case 'SignAgreement':
      return decideSign(command, state);
    case 'EndAgreement':
      return decideEnd(command, state);
    case 'RecordDataProtectionRegistration':
      return state.dataProtectionExpiryDate === command.data.expiryDate
        ? []
        : [{ type: 'DataProtectionRegistrationRecorded', data: command.data }];
    case 'AttestNotice':
      return state.noticeAttested === command.data.notice
        ? []
        : [{ type: 'NoticeAttested', data: command.data }];
    case 'SuspendAccess':
      // Another cause is recorded beside the first: whoever restores access has to see them all.
      return state.suspendedFor.includes(command.data.cause)
        ? []
        : [{ type: 'AccessSuspended', data: command.data }];
    case 'RestoreAccess':
      return state.suspendedFor.length === 0
        ? []
        : [{ type: 'AccessRestored', data: command.data }];
    case 'AddUser':
    case 'ChangeUserRoles':
    case 'RemoveUser':
      return decideUsers(command, state, today);
    case 'NoteAccess':
      return state.users.has(command.data.user)
        ? [{ type: 'AccessUsed', data: { ...command.data, usedOn: today } }]
        : [];
    case 'RenewAccess': {
      const { user } = command.data;
      requireUserOrNone(state, user);
      return [{ type: 'AccessRenewed', data: { user, renewedOn: today } }];
    }
  }
}

/** Registers an organisation with its responsible user. The same registration again records nothing. */
function decideRegister(
  command: OrganisationCommandOf<'RegisterOrganisation'>,
  state: Organisation,
): readonly OrganisationEvent[] {
  if (command.by.kind !== 'keeper') {
    throw notPermitted('the keeper to register organisations');
  }
  const { roles, person, emailAddress, ...data } = command.data;
  if (state.status === 'registered') {
    const isSame =
      state.name === data.name &&
      state.organisationType === data.organisationType &&
      state.mailDomain === data.mailDomain &&
      state.responsibleUser === data.responsibleUser;
    if (isSame) {
      return [];
    }
    throw new DomainError(
      'ERR_ORGANISATION_DIFFERS',
      'expected a new organisation or the same again, found this UKPRN registered otherwise',
    );
  }
  if ((data.name === null) !== (data.signatoryRole === 'sole-trader')) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'name: expected a name, or none and a sole trader to sign: a sole trader’s name is personal and belongs to the responsible user',
    );
  }
  requireRolesOf(data.organisationType, roles);
  requireOwnAddress(emailAddress, data.mailDomain);
  const registeredOn = dateOf(command.at);
  return [
    { type: 'OrganisationRegistered', data: { ...data, registeredOn } },
    {
      type: 'UserAdded',
      data: { user: data.responsibleUser, roles, person, addedOn: registeredOn },
    },
  ];
}

function decideSign(
  { data }: OrganisationCommandOf<'SignAgreement'>,
  state: RegisteredOrganisation,
): readonly OrganisationEvent[] {
  const { signature, agreementId, purposes, startDate, endDate } = data;
  if (signature === 'typed') {
    throw new DomainError(
      'ERR_SIGNATURE',
      'expected an agreement signed by hand or digitally, found a typed name',
    );
  }
  if (endDate < startDate) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'endDate: expected a date not before startDate, found an earlier one',
    );
  }
  const known = state.agreements.get(agreementId);
  if (known !== undefined) {
    if (
      known.startDate === startDate &&
      known.endDate === endDate &&
      known.purposes.join() === purposes.join()
    ) {
      return [];
    }
    throw new DomainError(
      'ERR_ORGANISATION_DIFFERS',
      'expected a new agreement or the same again, found this id with another content',
    );
  }
  return [{ type: 'AgreementSigned', data: { ...data, signature } }];
}

function decideEnd(
  { data, at }: OrganisationCommandOf<'EndAgreement'>,
  state: RegisteredOrganisation,
): readonly OrganisationEvent[] {
  const agreement = state.agreements.get(data.agreementId);
  if (agreement === undefined) {
    throw new DomainError(
      'ERR_AGREEMENT_NOT_FOUND',
      'expected an agreement of this id, found none',
    );
  }
  if (data.endDate !== null && data.endDate > agreement.endDate) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'endDate: expected a day within the agreement, found a later one; sign another to go on',
    );
  }
  const endDate = data.endDate ?? dateOf(at);
  return endDate < agreement.endDate
    ? [{ type: 'AgreementEnded', data: { agreementId: data.agreementId, endDate } }]
    : [];
}

/** What an organisation's super user may do for it; everything else is the keeper's. */
const SUPER_USER_COMMANDS: readonly OrganisationCommand['type'][] = [
  'AddUser',
  'ChangeUserRoles',
  'RemoveUser',
  'AttestNotice',
];

function requirePermitted(
  { type, by, user, at }: OrganisationCommand,
  state: RegisteredOrganisation,
): void {
  const person = state.users.get(user ?? '') ?? null;
  const isSuperUser =
    by.kind === 'organisation' &&
    by.ukprn === state.ukprn &&
    state.suspendedFor.length === 0 &&
    !state.awaitsAttestation &&
    person?.roles.includes('super-user') === true &&
    !isDormantOn(state, dateOf(at)) &&
    !isUserDormantOn(person, dateOf(at));
  const isOwnAccess =
    type === 'NoteAccess' && by.kind === 'organisation' && by.ukprn === state.ukprn;
  if (
    by.kind !== 'keeper' &&
    !isOwnAccess &&
    !(isSuperUser && SUPER_USER_COMMANDS.includes(type))
  ) {
    throw notPermitted(
      SUPER_USER_COMMANDS.includes(type)
        ? 'the keeper or a super user of the organisation'
        : 'the keeper',
    );
  }
}

function notPermitted(expected: string): DomainError {
  return new DomainError('ERR_NOT_PERMITTED', `expected ${expected}, found someone else`);
}
