import { isDormantOn, isUserDormantOn } from '../organisation/standing.js';
import type { Role } from '../organisation/terms.js';
import type { Purpose } from '../purpose.js';
import type { Action } from './events.js';
import {
  type AccessFacts,
  type AccessRequest,
  askingOrganisation,
  outsideOrganisation,
  userOf,
} from './request.js';

const READING: readonly Purpose[] = [
  'advice-and-guidance',
  'admission',
  'achievement-verification',
  'credit-transfer',
];

/** For which purposes an organisation may ask for what. The pairing is ours. */
const purposesOf: Readonly<Record<Action, readonly Purpose[]>> = {
  find: ['learner-registration', 'participation-reporting', 'achievement-reporting'],
  verify: ['learner-registration', 'participation-reporting', 'achievement-reporting'],
  register: ['learner-registration'],
  amend: ['learner-registration', 'data-correction'],
  submit: ['participation-reporting', 'achievement-reporting', 'data-correction'],
  connect: ['learner-registration', 'advice-and-guidance', 'admission', 'participation-reporting'],
  read: READING,
  'read-own': [
    'participation-reporting',
    'achievement-reporting',
    'data-correction',
    'data-challenge',
  ],
  challenge: ['data-challenge'],
  choose: ['learner-choice'],
  inform: ['learner-registration', 'learner-choice'],
  report: [],
  merge: [],
  protect: [],
  'read-history': [],
  'open-view': [],
  follow: READING,
  retract: READING,
};

const REGISTRATION = [
  'find',
  'verify',
  'register',
  'amend',
  'submit',
  'connect',
  'inform',
] as const;

/** What needs no agreement: to report what should not be there, and to open what a learner shares. */
const FREE = ['report', 'open-view'] as const;

/** What is told without being asked for: news of a record, and that something of it does not hold any more. */
const TOLD = ['follow', 'retract'] as const;

/** What each role of an outside organisation may do. Source: the service's user guide names the roles; the pairing is ours. */
const actionsOf: Readonly<Partial<Record<Role, readonly Action[]>>> = {
  'awarding-body-user': ['verify', 'submit', 'challenge', 'read-own', ...FREE],
  'batch-user': [...REGISTRATION, 'read-own', ...FREE],
  'online-user': [...REGISTRATION, 'challenge', 'choose', 'read', 'read-own', ...TOLD, ...FREE],
  'view-only': ['find', 'verify', 'read', ...TOLD, ...FREE],
  'super-user': [...REGISTRATION, 'challenge', 'choose', 'read', 'read-own', ...TOLD, ...FREE],
};

/** What the service operator's staff may do, and for what. */
const staffActionsOf: Readonly<
  Partial<
    Record<Role, { readonly actions: readonly Action[]; readonly purposes: readonly Purpose[] }>
  >
> = {
  'service-desk': {
    actions: [
      'find',
      'verify',
      'read',
      'amend',
      'connect',
      'challenge',
      'choose',
      'inform',
      'report',
      'merge',
    ],
    purposes: ['data-challenge', 'data-correction', 'learner-choice', 'service-operation'],
  },
  'data-protection': {
    actions: ['find', 'verify', 'read', 'read-history', 'challenge', 'report', 'merge', 'protect'],
    purposes: ['data-protection', 'data-challenge'],
  },
  auditor: { actions: ['read', 'read-history'], purposes: ['audit'] },
};

/** True where an outside organisation asks to read a whole record, or is to be told of news of it. */
export function isReadByOutsider(request: AccessRequest, facts: AccessFacts): boolean {
  return (
    (request.action === 'read' || request.action === 'follow') &&
    outsideOrganisation(request, facts) !== null
  );
}

/** True where an outside organisation is to be told that something does not hold any more. */
export function isRetraction(request: AccessRequest, facts: AccessFacts): boolean {
  return request.action === 'retract' && outsideOrganisation(request, facts) !== null;
}

/** True where the organisation has not used its access for so long that it expired. */
export function isOrganisationDormant(request: AccessRequest, facts: AccessFacts): boolean {
  const organisation = askingOrganisation(request, facts);
  return organisation !== null && isDormantOn(organisation, request.on);
}

/** True where the person has not used the organisation's access for so long that it expired. */
export function isPersonDormant(request: AccessRequest, facts: AccessFacts): boolean {
  const user = userOf(request, facts);
  return user !== null && isUserDormantOn(user, request.on);
}

/** The roles of the person who asks. */
function rolesOf(request: AccessRequest, facts: AccessFacts): readonly Role[] {
  return userOf(request, facts)?.roles ?? [];
}

/** True where an agreement of the organisation names the purpose and is in force. */
export function hasAgreement(request: AccessRequest, facts: AccessFacts): boolean {
  const outside = outsideOrganisation(request, facts);
  return [...(outside?.agreements.values() ?? [])].some(
    ({ purposes, startDate, endDate }) =>
      startDate <= request.on &&
      request.on <= endDate &&
      purposes.includes(request.purpose as Purpose),
  );
}

/** True where the learner is directly linked to the organisation on that day. */
export function isConnected(
  { asker, on }: AccessRequest,
  learner: AccessFacts['learner'],
): boolean {
  return (learner?.connections ?? []).some(
    ({ ukprn, startDate, endDate }) =>
      asker.kind === 'organisation' &&
      ukprn === asker.ukprn &&
      startDate <= on &&
      (endDate === null || on <= endDate),
  );
}

/** True where the learner is, was or is to be directly linked to the organisation. */
export function wasEverConnected(
  { asker }: AccessRequest,
  learner: AccessFacts['learner'],
): boolean {
  return (learner?.connections ?? []).some(
    ({ ukprn }) => asker.kind === 'organisation' && ukprn === asker.ukprn,
  );
}

/** What is done to a record without seeing it: a source's results are not lost because a learner is protected. */
const UNSEEN: readonly Action[] = ['submit', 'report', 'merge', 'protect', 'retract'];

/**
 * True where the record is handled as restricted and the asker is not authorised. The learner and
 * whoever is named pass; so does the keeper for data protection, and what shows nothing of the record.
 */
export function isRestricted(
  { asker, user, action, purpose }: AccessRequest,
  learner: AccessFacts['learner'],
): boolean {
  if (
    learner?.handling.level !== 'restricted' ||
    asker.kind === 'learner' ||
    UNSEEN.includes(action)
  ) {
    return false;
  }
  if (asker.kind === 'keeper') {
    return purpose !== 'data-protection';
  }
  return !learner.handling.authorised.some(
    (named) => named.ukprn === asker.ukprn && (named.user === null || named.user === user),
  );
}

/** True where the operator’s staff for data protection ask for that purpose. */
export function protectsData(request: AccessRequest, facts: AccessFacts): boolean {
  return (
    request.purpose === 'data-protection' &&
    askingOrganisation(request, facts)?.organisationType === 'service-operator' &&
    rolesOf(request, facts).includes('data-protection')
  );
}

/** True where an outside organisation asks for the record of a learner who does not share. */
export function isOptedOutOf(request: AccessRequest, facts: AccessFacts): boolean {
  const since = facts.learner?.optedOutSince ?? null;
  return isReadByOutsider(request, facts) && since !== null && since <= request.on;
}

/** True where the service operator’s staff ask within their role. */
export function isStaffDuty(request: AccessRequest, facts: AccessFacts): boolean {
  const { action, purpose } = request;
  return (
    askingOrganisation(request, facts)?.organisationType === 'service-operator' &&
    rolesOf(request, facts).some((role) => {
      const duty = staffActionsOf[role];
      return duty?.actions.includes(action) && duty.purposes.includes(purpose as Purpose);
    })
  );
}

/** True where an outside organisation’s person has no role that allows the action. */
export function lacksRole(request: AccessRequest, facts: AccessFacts): boolean {
  return (
    outsideOrganisation(request, facts) !== null &&
    !rolesOf(request, facts).some((role) => actionsOf[role]?.includes(request.action))
  );
}

/** True where an outside organisation asks for something for which its purpose is not meant. */
export function misfitsPurpose(request: AccessRequest, facts: AccessFacts): boolean {
  return (
    needsAgreement(request, facts) &&
    // Sound: a purpose that is not on the list is in none of these.
    !purposesOf[request.action].includes(request.purpose as Purpose)
  );
}

/** True where an outside organisation asks for something that is done under an agreement. */
export function needsAgreement(request: AccessRequest, facts: AccessFacts): boolean {
  return (
    outsideOrganisation(request, facts) !== null &&
    !FREE.some((action) => action === request.action)
  );
}
