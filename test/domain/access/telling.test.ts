import { describe, expect, test } from 'vitest';
import { decideAccess } from '../../../domain/access/decide.js';
import type { AccessFacts, AccessRequest, LearnerFacts } from '../../../domain/access/request.js';
import type { RegisteredOrganisation } from '../../../domain/organisation/state.js';
import { COLLEGE, college, day, learner } from './examples.js';

const before = { ukprn: COLLEGE, startDate: day('2015-09-01'), endDate: day('2016-07-31') };

function decided(
  action: 'follow' | 'retract',
  change: Partial<LearnerFacts>,
  of: Partial<RegisteredOrganisation> = {},
) {
  const request: AccessRequest = {
    asker: { kind: 'organisation', ukprn: COLLEGE },
    user: 'lee',
    action,
    purpose: 'advice-and-guidance',
    on: day('2024-09-02'),
  };
  const facts: AccessFacts = {
    organisation: { ...college, ...of },
    learner: {
      ...learner,
      ...change,
    },
    requiredNotice: 2,
  };
  return decideAccess(request, facts).rules;
}

const RESTRICTED: LearnerFacts['handling'] = {
  level: 'restricted',
  authorised: [],
  reviewDate: null,
};
const OPTED_OUT = { optedOutSince: day('2024-01-01') };

// Sources: the privacy notice for what is shared, UK GDPR Article 19 for what recipients must be told.
describe('an organisation is told', () => {
  test.each<[string, string, Partial<LearnerFacts>, readonly string[]]>([
    ['follow', 'is connected', {}, ['linked-organisation']],
    ['follow', 'was connected', { connections: [before] }, ['direct-connection']],
    ['follow', 'opted out', OPTED_OUT, ['opt-out-stands']],
    ['follow', 'is restricted', { handling: RESTRICTED }, ['handled-as-restricted']],
    ['retract', 'is connected', {}, ['recipients-told']],
    ['retract', 'was connected', { connections: [before] }, ['recipients-told']],
    ['retract', 'opted out', OPTED_OUT, ['recipients-told']],
    ['retract', 'is restricted', { handling: RESTRICTED }, ['recipients-told']],
    ['retract', 'was never connected', { connections: [] }, ['once-connected']],
  ])('(%s) of a learner who %s: by %j', (action, _, change, rules) => {
    expect(decided(action as 'follow' | 'retract', change)).toEqual(rules);
  });

  test.each<[string, Partial<RegisteredOrganisation>, string]>([
    ['is suspended', { suspendedFor: ['suspected-abuse'] }, 'organisation-not-suspended'],
    ['has a new name', { awaitsAttestation: true }, 'changes-attested'],
    ['has no agreement', { agreements: new Map() }, 'agreement-in-force'],
    ['is not registered for it', { dataProtectionExpiryDate: null }, 'data-protection-registered'],
    ['has no such user', { users: new Map() }, 'user-of-the-organisation'],
  ])('nothing while it %s', (_, of, rule) => {
    expect(decided('follow', {}, of)).toContain(rule);
    expect(decided('retract', {}, of)).toContain(rule);
  });
});
