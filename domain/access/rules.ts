import { Purpose } from '../purpose.js';
import type { CalendarDate } from '../values/date.js';
import {
  hasAgreement,
  isConnected,
  isOptedOutOf,
  isOrganisationDormant,
  isPersonDormant,
  isReadByOutsider,
  isRestricted,
  isRetraction,
  isStaffDuty,
  lacksRole,
  misfitsPurpose,
  needsAgreement,
  protectsData,
  wasEverConnected,
} from './conditions.js';
import type { Action } from './events.js';
import { askingOrganisation, outsideOrganisation, type SharingRule, userOf } from './request.js';

const NOTICE = 'the privacy notice';
const OURS = 'ours';
const RECIPIENTS = 'UK GDPR, Article 19: recipients are told of rectification and erasure';

/** The day from which no consent is needed and no opt-out is new. Source: the service's guidance on the GDPR. */
const LATER_POLICY = '2018-05-25' as CalendarDate;
const LAST_OF_EARLIER_POLICY = '2018-05-24' as CalendarDate;

const DEFAULTS = {
  effect: 'forbid',
  ruleSets: { first: 1, last: null },
  from: null,
  until: null,
  isAboutLearner: false,
  code: null,
} as const satisfies Partial<SharingRule>;

/** What registered organisations do under their agreements besides reading. */
const DUTIES: readonly Action[] = [
  'find',
  'verify',
  'register',
  'amend',
  'submit',
  'connect',
  'challenge',
  'choose',
  'inform',
];

/** Every rule, forbids first. A rule is never edited once it has decided something: it ends, and another begins. */
export const sharingRules: readonly SharingRule[] = [
  forbid('never-for-marketing-or-sales', NOTICE, {
    says: 'no personal information is passed on for marketing or sales',
    applies: ({ purpose }) => /^(marketing|sales)$/i.test(purpose),
  }),
  forbid('purpose-on-the-list', NOTICE, {
    says: 'the purpose is one of those that agreements can name',
    applies: ({ purpose }) => !Purpose.safeParse(purpose).success,
  }),
  forbid('organisation-registered', NOTICE, {
    says: 'the organisation is registered',
    code: 'WSEC0003',
    applies: ({ asker }, { organisation }) =>
      asker.kind === 'organisation' && organisation.status === 'unregistered',
  }),
  forbid('organisation-not-suspended', 'the user agreement', {
    says: 'the organisation’s access is not suspended',
    applies: (request, facts) => (askingOrganisation(request, facts)?.suspendedFor.length ?? 0) > 0,
  }),
  forbid('changes-attested', 'ours, after the reprimand of November 2022', {
    says: 'a new name or owner of the organisation was verified',
    applies: (request, facts) => askingOrganisation(request, facts)?.awaitsAttestation === true,
  }),
  forbid('user-of-the-organisation', 'the user guide', {
    says: 'the person is a user of the organisation',
    applies: (request, facts) =>
      askingOrganisation(request, facts) !== null && userOf(request, facts) === null,
  }),
  forbid('access-in-use', OURS, {
    says: 'the access was used within a year, and by this person within 180 days',
    ruleSets: { first: 1, last: 2 },
    applies: (request, facts) =>
      isOrganisationDormant(request, facts) || isPersonDormant(request, facts),
  }),
  forbid('organisation-in-use', OURS, {
    says: 'the organisation used its access within a year',
    ruleSets: { first: 3, last: null },
    applies: isOrganisationDormant,
  }),
  forbid('person-in-use', OURS, {
    says: 'the person used the access within 180 days',
    ruleSets: { first: 3, last: null },
    applies: isPersonDormant,
  }),
  forbid('role-allows-the-action', 'the user guide', {
    says: 'the person’s role allows what was asked',
    applies: lacksRole,
  }),
  forbid('purpose-fits-the-action', NOTICE, {
    says: 'the purpose is one for which this may be asked',
    applies: misfitsPurpose,
  }),
  forbid('agreement-in-force', NOTICE, {
    says: 'a data sharing agreement for this purpose is in force',
    applies: (request, facts) => needsAgreement(request, facts) && !hasAgreement(request, facts),
  }),
  forbid('data-protection-registered', NOTICE, {
    says: 'the organisation’s data-protection registration is current',
    applies: (request, facts) => {
      const expiryDate = askingOrganisation(request, facts)?.dataProtectionExpiryDate ?? '';
      return needsAgreement(request, facts) && !(expiryDate >= request.on);
    },
  }),
  forbid('notice-attested', NOTICE, {
    says: 'the organisation attested that it gives its learners the notice in force',
    applies: (request, facts) => {
      const attested = askingOrganisation(request, facts)?.noticeAttested ?? 0;
      return needsAgreement(request, facts) && attested < (facts.requiredNotice ?? 0);
    },
  }),
  forbid('learner-known', OURS, {
    says: 'the learner is known',
    isAboutLearner: true,
    applies: (_, { learner }) => learner === null,
  }),
  forbid('handled-as-restricted', 'the sensitive learners policy named in the notice', {
    says: 'the learner is not handled as restricted, or the asker is authorised',
    isAboutLearner: true,
    ruleSets: { first: 1, last: 2 },
    applies: (request, { learner }) => isRestricted(request, learner),
  }),
  forbid('handled-as-restricted', 'the sensitive learners policy named in the notice', {
    says: 'the learner is not handled as restricted, or the asker is authorised, or protects data',
    isAboutLearner: true,
    ruleSets: { first: 3, last: null },
    applies: (request, facts) =>
      isRestricted(request, facts.learner) && !protectsData(request, facts),
  }),
  forbid('direct-connection', NOTICE, {
    says: 'there is a direct connection between the learner and the organisation',
    isAboutLearner: true,
    applies: (request, facts) =>
      isReadByOutsider(request, facts) && !isConnected(request, facts.learner),
  }),
  forbid('once-connected', RECIPIENTS, {
    says: 'there is or was a direct connection between the learner and the organisation',
    isAboutLearner: true,
    applies: (request, facts) =>
      isRetraction(request, facts) && !wasEverConnected(request, facts.learner),
  }),
  forbid('source-of-the-record', OURS, {
    says: 'the organisation submitted something of the record',
    isAboutLearner: true,
    applies: (request, facts) =>
      request.action === 'read-own' &&
      request.asker.kind === 'organisation' &&
      !(facts.learner?.sources.includes(request.asker.ukprn) ?? false),
  }),
  forbid('identity-verified', 'observed: WSEC0208', {
    says: 'the names given with the ULN are the learner’s',
    isAboutLearner: true,
    code: 'WSEC0208',
    applies: (_, { learner }) => learner?.identityMatches === false,
  }),
  forbid('opted-out', NOTICE, {
    says: 'the learner shares participation and achievement data',
    isAboutLearner: true,
    code: 'WSEC0206',
    until: LAST_OF_EARLIER_POLICY,
    applies: isOptedOutOf,
  }),
  forbid('opt-out-stands', 'the guidance on the GDPR: opt-outs set before stay in place', {
    says: 'the learner shares participation and achievement data, or an earlier opt-out was overridden after the latest notice was given',
    isAboutLearner: true,
    code: 'WSEC0206',
    from: LATER_POLICY,
    applies: isOptedOutOf,
  }),
  permit('own-record', NOTICE, {
    says: 'learners see their own record at any time',
    applies: ({ asker, action }) =>
      asker.kind === 'learner' && (action === 'read' || action === 'read-history'),
  }),
  permit('own-choice', NOTICE, {
    says: 'learners choose, challenge and report for themselves',
    applies: ({ asker, action }) =>
      asker.kind === 'learner' && ['choose', 'challenge', 'report', 'connect'].includes(action),
  }),
  permit('chosen-by-learner', NOTICE, {
    says: 'learners share as much or as little as they wish with any third party',
    applies: ({ action }) => action === 'open-view',
  }),
  permit('anyone-reports', NOTICE, {
    says: 'whoever finds sensitive data reports it',
    applies: ({ action }) => action === 'report',
  }),
  permit('keeper-operates', OURS, {
    says: 'whoever runs the ledger can do so',
    applies: ({ asker }) => asker.kind === 'keeper',
  }),
  permit('staff-duty', OURS, {
    says: 'the role of the operator’s staff allows it for this purpose',
    applies: isStaffDuty,
  }),
  permit('linked-organisation', NOTICE, {
    says: 'an organisation linked to the learner’s education sees the record',
    applies: (request, facts) => isReadByOutsider(request, facts),
  }),
  permit('recipients-told', RECIPIENTS, {
    says: 'whoever could see a record is told what of it does not hold any more',
    applies: (request, facts) => isRetraction(request, facts),
  }),
  permit('own-submissions', 'the user guide: awarding organisations manage what they uploaded', {
    says: 'a source sees what it submitted itself',
    applies: (request, facts) =>
      request.action === 'read-own' && outsideOrganisation(request, facts) !== null,
  }),
  permit('named-authorisation', 'the sensitive learners policy named in the notice', {
    says: 'the asker is authorised by name to see a learner who is handled as restricted',
    applies: (request, facts) =>
      facts.learner?.handling.level === 'restricted' && isReadByOutsider(request, facts),
  }),
  permit('registration-duty', 'the user guide', {
    says: 'learner registration bodies and awarding organisations keep the register and submit',
    applies: (request, facts) =>
      DUTIES.includes(request.action) && outsideOrganisation(request, facts) !== null,
  }),
];

type Terms = Pick<SharingRule, 'says' | 'applies'> & Partial<SharingRule>;

function forbid(name: string, source: string, terms: Terms): SharingRule {
  return { ...DEFAULTS, code: terms.isAboutLearner ? null : 'WSEC0006', ...terms, name, source };
}

function permit(name: string, source: string, terms: Terms): SharingRule {
  return { ...DEFAULTS, ...terms, name, source, effect: 'permit' };
}
