import { DomainError } from '../errors.js';
import type { CalendarDate } from '../values/date.js';
import type { OrganisationCommandOf } from './commands.js';
import type { OrganisationEvent } from './events.js';
import type { RegisteredOrganisation } from './state.js';
import { operatorRoles, type Role } from './terms.js';

/** Adds, changes and removes the people who act for an organisation. */
export function decideUsers(
  command: OrganisationCommandOf<'AddUser' | 'ChangeUserRoles' | 'RemoveUser'>,
  state: RegisteredOrganisation,
  addedOn: CalendarDate,
): readonly OrganisationEvent[] {
  const known = state.users.get(command.data.user);
  if (command.type === 'AddUser') {
    const { user, roles, person, emailAddress } = command.data;
    requireRolesOf(state.organisationType, roles);
    requireOwnAddress(emailAddress, state.mailDomain);
    requireUnlikeOthers(user, state);
    if (known === undefined) {
      return [{ type: 'UserAdded', data: { user, roles, person, addedOn } }];
    }
    if (isSameRoles(known.roles, roles)) {
      return [];
    }
    throw new DomainError(
      'ERR_ORGANISATION_DIFFERS',
      'expected a new user or the same again, found this user id with other roles; change its roles instead',
    );
  }
  if (known === undefined) {
    if (command.type === 'RemoveUser') {
      return [];
    }
    throw userNotFound();
  }
  if (command.type === 'RemoveUser') {
    return [{ type: 'UserRemoved', data: command.data }];
  }
  requireRolesOf(state.organisationType, command.data.roles);
  return isSameRoles(known.roles, command.data.roles)
    ? []
    : [{ type: 'UserRolesChanged', data: command.data }];
}

/** Ids that differ in capitals alone are one person to most systems that give them, and to this one. */
function requireUnlikeOthers(user: string, { users }: RegisteredOrganisation): void {
  const isLike = (other: string) => other !== user && other.toLowerCase() === user.toLowerCase();
  if ([...users.keys()].some(isLike)) {
    throw new DomainError(
      'ERR_ORGANISATION_DIFFERS',
      'expected a user id of its own, found one that differs from a user’s in capitals alone',
    );
  }
}

/** Addresses that stand for an office and not a person. Source: the registration form refuses them; the list is ours. */
const GENERIC_MAILBOXES =
  /^(admin|administration|admissions|contact|data|enquiries|exams?|examinations?|help|helpdesk|hr|info|information|mail|mis|noreply|no-reply|office|post|reception|registry|school|secretary|student\.?services|support|team)\d*$/i;

/** Refuses an address that is not a person's own on the organisation's own domain. Source: the registration form. */
export function requireOwnAddress(address: string, mailDomain: string): void {
  const [mailbox = '', host = ''] = address.split('@');
  if (host.toLowerCase() !== mailDomain && !host.toLowerCase().endsWith(`.${mailDomain}`)) {
    throw new DomainError(
      'ERR_USER_ADDRESS',
      'expected an e-mail address on the organisation’s own domain, found one elsewhere',
    );
  }
  if (GENERIC_MAILBOXES.test(mailbox)) {
    throw new DomainError(
      'ERR_USER_ADDRESS',
      'expected the e-mail address of one person, found a shared mailbox',
    );
  }
}

/** Refuses roles that a kind of organisation does not have. */
export function requireRolesOf(
  type: RegisteredOrganisation['organisationType'],
  roles: readonly Role[],
): void {
  const isOperator = type === 'service-operator';
  if (roles.some((role) => operatorRoles.includes(role) !== isOperator)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      `roles: expected ${isOperator ? operatorRoles.join(', ') : 'roles other than those of the service operator'}, found another`,
    );
  }
  if (roles.includes('awarding-body-user') && type !== 'awarding-organisation') {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'roles: expected awarding-body-user in an awarding organisation alone, found it elsewhere',
    );
  }
}

/** Refuses a user id that the organisation has nobody of. */
export function requireUserOrNone(state: RegisteredOrganisation, user: string | null): void {
  if (user !== null && !state.users.has(user)) {
    throw userNotFound();
  }
}

function isSameRoles(one: readonly Role[], other: readonly Role[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}

function userNotFound(): DomainError {
  return new DomainError(
    'ERR_USER_NOT_FOUND',
    'expected a user of the organisation, found none of this id',
  );
}
