import type { LearnerFacts } from '../../../domain/access/request.js';
import type { RegisteredOrganisation } from '../../../domain/organisation/state.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { Ukprn } from '../../../domain/values/ukprn.js';

/** A date. */
export const day = (text: string) => CalendarDate.parse(text);
/** A college and another organisation. */
export const COLLEGE = Ukprn.parse('99999902');
export const OTHER = Ukprn.parse('99999903');

/** A college in good standing, with everything that reading a record needs. */
export const college: RegisteredOrganisation = {
  status: 'registered',
  ukprn: COLLEGE,
  name: 'Example College',
  organisationType: 'college',
  mailDomain: 'college.example',
  responsibleUser: 'lee',
  suspendedFor: [],
  awaitsAttestation: false,
  agreements: new Map([
    [
      'DSA-1',
      {
        purposes: ['advice-and-guidance', 'learner-registration'],
        startDate: day('2015-01-01'),
        endDate: day('2030-12-31'),
      },
    ],
  ]),
  dataProtectionExpiryDate: day('2030-12-31'),
  noticeAttested: 2,
  users: new Map([
    ['lee', { roles: ['online-user'], person: 'user-1', lastUsedOn: day('2024-06-01') }],
  ]),
  lastUsedOn: day('2024-06-01'),
};

/** A learner who is connected to it. */
export const learner: LearnerFacts = {
  optedOutSince: null,
  handling: { level: 'standard', authorised: [], reviewDate: null },
  connections: [{ ukprn: COLLEGE, startDate: day('2015-09-01'), endDate: null }],
  sources: [COLLEGE],
  identityMatches: null,
};
