import type { Decider } from '../decider.js';
import type { OrganisationCommand } from './commands.js';
import { decideOrganisation } from './decisions.js';
import type { OrganisationEvent } from './events.js';
import type { Organisation, RegisteredOrganisation, User } from './state.js';

/** One organisation's stream: registration, agreements, suspensions and the people who act for it. */
export const organisation: Decider<Organisation, OrganisationCommand, OrganisationEvent> = {
  initialState: { status: 'unregistered' },
  decide: decideOrganisation,
  evolve,
};

function evolve(state: Organisation, event: OrganisationEvent): Organisation {
  if (event.type === 'OrganisationRegistered') {
    const { registeredOn, signatoryRole: _, ...data } = event.data;
    return {
      status: 'registered',
      ...data,
      suspendedFor: [],
      awaitsAttestation: false,
      agreements: new Map(),
      dataProtectionExpiryDate: null,
      noticeAttested: null,
      users: new Map(),
      lastUsedOn: registeredOn,
    };
  }
  return state.status === 'unregistered' ? state : evolveRegistered(state, event);
}

function evolveRegistered(
  state: RegisteredOrganisation,
  event: Exclude<OrganisationEvent, { type: 'OrganisationRegistered' }>,
): RegisteredOrganisation {
  switch (event.type) {
    case 'OrganisationNameChanged':
      return { ...state, name: event.data.name, awaitsAttestation: true };
    case 'OrganisationOwnershipChanged':
      return { ...state, awaitsAttestation: true };
    case 'OrganisationAttested':
      return { ...state, awaitsAttestation: false };
    case 'AgreementSigned': {
      const { agreementId, purposes, startDate, endDate } = event.data;
      const agreement = { purposes, startDate, endDate };
      return { ...state, agreements: new Map(state.agreements).set(agreementId, agreement) };
    }
    case 'AgreementEnded': {
      const { agreementId, endDate } = event.data;
      const agreement = state.agreements.get(agreementId);
      return agreement === undefined
        ? state
        : {
            ...state,
            agreements: new Map(state.agreements).set(agreementId, { ...agreement, endDate }),
          };
    }
    case 'DataProtectionRegistrationRecorded':
      return { ...state, dataProtectionExpiryDate: event.data.expiryDate };
    case 'NoticeAttested':
      return { ...state, noticeAttested: event.data.notice };
    case 'AccessSuspended':
      return { ...state, suspendedFor: [...state.suspendedFor, event.data.cause] };
    case 'AccessRestored':
      return { ...state, suspendedFor: [] };
    case 'UserAdded': {
      const { user, roles, person, addedOn } = event.data;
      return withUser(state, user, { roles, person, lastUsedOn: addedOn });
    }
    case 'UserRolesChanged':
      return changeUser(state, event.data.user, { roles: event.data.roles });
    case 'UserRemoved': {
      const users = new Map(state.users);
      users.delete(event.data.user);
      return { ...state, users };
    }
    case 'AccessUsed':
      return {
        ...changeUser(state, event.data.user, { lastUsedOn: event.data.usedOn }),
        lastUsedOn: event.data.usedOn,
      };
    case 'AccessRenewed':
      return event.data.user === null
        ? { ...state, lastUsedOn: event.data.renewedOn }
        : changeUser(state, event.data.user, { lastUsedOn: event.data.renewedOn });
  }
}

function withUser(state: RegisteredOrganisation, id: string, user: User): RegisteredOrganisation {
  return { ...state, users: new Map(state.users).set(id, user) };
}

function changeUser(
  state: RegisteredOrganisation,
  id: string,
  change: Partial<User>,
): RegisteredOrganisation {
  const user = state.users.get(id);
  return user === undefined ? state : withUser(state, id, { ...user, ...change });
}
