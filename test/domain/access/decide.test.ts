import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideAccess,
  isInForce,
  isOfSet,
  RULE_SET,
  rulesToTell,
} from '../../../domain/access/decide.js';
import { Action } from '../../../domain/access/events.js';
import type { AccessFacts, AccessRequest, LearnerFacts } from '../../../domain/access/request.js';
import { sharingRules } from '../../../domain/access/rules.js';
import type { RegisteredOrganisation } from '../../../domain/organisation/state.js';
import { Role } from '../../../domain/organisation/terms.js';
import { Purpose } from '../../../domain/purpose.js';
import { COLLEGE, college, day, learner, OTHER } from './examples.js';

const reading: AccessRequest = {
  asker: { kind: 'organisation', ukprn: COLLEGE },
  user: 'lee',
  action: 'read',
  purpose: 'advice-and-guidance',
  on: day('2024-09-02'),
};

const facts: AccessFacts = { organisation: college, learner, requiredNotice: 2 };

const withCollege = (change: Partial<RegisteredOrganisation>): AccessFacts => ({
  ...facts,
  organisation: { ...college, ...change },
});
const withLearner = (change: Partial<LearnerFacts>): AccessFacts => ({
  ...facts,
  learner: { ...learner, ...change },
});
const usedOn = (date: string) =>
  withCollege({
    users: new Map([['lee', { roles: ['online-user'], person: 'user-1', lastUsedOn: day(date) }]]),
  });

describe('a linked organisation in good standing', () => {
  test('reads the record', () => {
    expect(decideAccess(reading, facts)).toEqual({
      outcome: 'allowed',
      rules: ['linked-organisation'],
      answer: 'shown',
      code: null,
    });
  });

  // Each row takes one thing away, and names the one rule that then forbids. Sources stand at the rules.
  test.each<[string, Partial<AccessRequest>, AccessFacts, string, string, string | null]>([
    [
      'for marketing',
      { purpose: 'marketing' },
      facts,
      'never-for-marketing-or-sales',
      'refused',
      'WSEC0006',
    ],
    [
      'for sales',
      { purpose: 'Sales' },
      facts,
      'never-for-marketing-or-sales',
      'refused',
      'WSEC0006',
    ],
    [
      'for an unlisted purpose',
      { purpose: 'age-check' },
      facts,
      'purpose-on-the-list',
      'refused',
      'WSEC0006',
    ],
    [
      'for a purpose of registration',
      { purpose: 'learner-registration' },
      facts,
      'purpose-fits-the-action',
      'refused',
      'WSEC0006',
    ],
    [
      'for a purpose not agreed',
      { purpose: 'admission' },
      facts,
      'agreement-in-force',
      'refused',
      'WSEC0006',
    ],
    [
      'unregistered',
      {},
      { ...facts, organisation: { status: 'unregistered' } },
      'organisation-registered',
      'refused',
      'WSEC0003',
    ],
    [
      'suspended',
      {},
      withCollege({ suspendedFor: ['suspected-abuse'] }),
      'organisation-not-suspended',
      'refused',
      'WSEC0006',
    ],
    [
      'renamed and not attested',
      {},
      withCollege({ awaitsAttestation: true }),
      'changes-attested',
      'refused',
      'WSEC0006',
    ],
    ['by a stranger', { user: 'kim' }, facts, 'user-of-the-organisation', 'refused', 'WSEC0006'],
    ['by nobody named', { user: null }, facts, 'user-of-the-organisation', 'refused', 'WSEC0006'],
    [
      'by a user dormant for 181 days',
      {},
      usedOn('2024-03-05'),
      'person-in-use',
      'refused',
      'WSEC0006',
    ],
    [
      'by an organisation dormant for a year',
      {},
      withCollege({ lastUsedOn: day('2023-09-01') }),
      'organisation-in-use',
      'refused',
      'WSEC0006',
    ],
    [
      'by a role that only registers',
      {},
      withCollege({
        users: new Map([
          ['lee', { roles: ['batch-user'], person: 'user-1', lastUsedOn: day('2024-06-01') }],
        ]),
      }),
      'role-allows-the-action',
      'refused',
      'WSEC0006',
    ],
    [
      'without an agreement',
      {},
      withCollege({ agreements: new Map() }),
      'agreement-in-force',
      'refused',
      'WSEC0006',
    ],
    [
      'before its agreement began',
      { on: day('2014-12-31') },
      withLearner({
        connections: [{ ukprn: COLLEGE, startDate: day('2014-01-01'), endDate: null }],
      }),
      'agreement-in-force',
      'refused',
      'WSEC0006',
    ],
    [
      'without data protection registration',
      {},
      withCollege({ dataProtectionExpiryDate: null }),
      'data-protection-registered',
      'refused',
      'WSEC0006',
    ],
    [
      'after that expired',
      {},
      withCollege({ dataProtectionExpiryDate: day('2024-09-01') }),
      'data-protection-registered',
      'refused',
      'WSEC0006',
    ],
    [
      'without giving the notice in force',
      {},
      withCollege({ noticeAttested: 1 }),
      'notice-attested',
      'refused',
      'WSEC0006',
    ],
    ['of somebody unknown', {}, { ...facts, learner: null }, 'learner-known', 'not-found', null],
    [
      'of a learner handled as restricted',
      {},
      withLearner({ handling: { level: 'restricted', authorised: [], reviewDate: null } }),
      'handled-as-restricted',
      'not-found',
      null,
    ],
    [
      'without a connection',
      {},
      withLearner({ connections: [] }),
      'direct-connection',
      'not-found',
      null,
    ],
    [
      'by the connection of another',
      {},
      withLearner({ connections: [{ ukprn: OTHER, startDate: day('2015-09-01'), endDate: null }] }),
      'direct-connection',
      'not-found',
      null,
    ],
    [
      'after the connection ended',
      {},
      withLearner({
        connections: [{ ukprn: COLLEGE, startDate: day('2015-09-01'), endDate: day('2024-09-01') }],
      }),
      'direct-connection',
      'not-found',
      null,
    ],
    [
      'before the connection began',
      {},
      withLearner({
        connections: [{ ukprn: COLLEGE, startDate: day('2024-09-03'), endDate: null }],
      }),
      'direct-connection',
      'not-found',
      null,
    ],
    [
      'under another name',
      {},
      withLearner({ identityMatches: false }),
      'identity-verified',
      'refused',
      'WSEC0208',
    ],
    [
      'of a learner who opted out',
      {},
      withLearner({ optedOutSince: day('2024-09-02') }),
      'opt-out-stands',
      'refused',
      'WSEC0206',
    ],
  ])('is refused %s', (_, asked, known, rule, answer, code) => {
    const decision = decideAccess({ ...reading, ...asked }, known);
    expect(decision.outcome).toBe('refused');
    expect(decision.rules).toContain(rule);
    expect(decision).toMatchObject({ answer, code });
  });

  test.each([
    ['the opt-out counts from a day to come', withLearner({ optedOutSince: day('2024-09-03') })],
    ['the person last used it 180 days ago', usedOn('2024-03-06')],
    [
      'the connection ends that day',
      withLearner({
        connections: [{ ukprn: COLLEGE, startDate: day('2015-09-01'), endDate: day('2024-09-02') }],
      }),
    ],
    [
      'the agreement ends that day',
      withCollege({
        agreements: new Map([
          [
            'A',
            {
              purposes: ['advice-and-guidance'],
              startDate: day('2024-09-02'),
              endDate: day('2024-09-02'),
            },
          ],
        ]),
      }),
    ],
    [
      'no notice is required yet',
      { ...withCollege({ noticeAttested: null }), requiredNotice: null },
    ],
    [
      'it is named for a restricted learner',
      withLearner({
        handling: {
          level: 'restricted',
          authorised: [{ ukprn: COLLEGE, user: 'lee' }],
          reviewDate: null,
        },
      }),
    ],
  ])('is allowed where %s', (_, known) => {
    expect(decideAccess(reading, known).outcome).toBe('allowed');
  });

  test('is refused where only a colleague is named for a restricted learner', () => {
    const authorised = [{ ukprn: COLLEGE, user: 'kim' }];
    const known = withLearner({ handling: { level: 'restricted', authorised, reviewDate: null } });
    expect(decideAccess(reading, known).rules).toEqual(['handled-as-restricted']);
  });
});

describe('the policy of the day', () => {
  const optedOut = withLearner({ optedOutSince: day('2016-01-01') });

  // Source: the guidance on the GDPR, 25 May 2018; before it the privacy notice's own policy.
  test.each([
    ['2018-05-24', 'opted-out'],
    ['2018-05-25', 'opt-out-stands'],
  ])('of %s refuses by %s', (on, rule) => {
    const users = new Map([
      ['lee', { roles: ['online-user'] as const, person: 'user-1', lastUsedOn: day('2018-05-01') }],
    ]);
    const known = {
      ...optedOut,
      organisation: { ...college, users, lastUsedOn: day('2018-05-01') },
    };
    expect(decideAccess({ ...reading, on: day(on) }, known).rules).toEqual([rule]);
  });
});

describe('others', () => {
  const asLearner = {
    ...reading,
    asker: { kind: 'learner' },
    user: null,
    purpose: 'learner-choice',
  } as const;
  const asKeeper = {
    ...reading,
    asker: { kind: 'keeper' },
    user: null,
    purpose: 'service-operation',
  } as const;
  const nobody = { organisation: { status: 'unregistered' } } as const;
  const restricted = withLearner({
    handling: { level: 'restricted', authorised: [], reviewDate: null },
    optedOutSince: day('2016-01-01'),
  }).learner;

  test.each([
    ['a learner reads the own record', asLearner, 'own-record'],
    ['a learner reads the own history', { ...asLearner, action: 'read-history' }, 'own-record'],
    [
      'the keeper protects data of a restricted learner',
      { ...asKeeper, purpose: 'data-protection' },
      'keeper-operates',
    ],
  ] as const)('%s, opted out and restricted', (_, asked, rule) => {
    const known = { ...facts, ...nobody, learner: restricted };
    expect(decideAccess(asked, known)).toMatchObject({ outcome: 'allowed', rules: [rule] });
  });

  test('the keeper does not find a restricted learner for ordinary work', () => {
    const known = { ...facts, ...nobody, learner: restricted };
    expect(decideAccess(asKeeper, known).answer).toBe('not-found');
  });

  test.each([
    ['awarding-body-user', 'read-own', 'achievement-reporting', 'allowed'],
    ['awarding-body-user', 'read', 'achievement-verification', 'refused'],
    ['awarding-body-user', 'register', 'learner-registration', 'refused'],
    ['awarding-body-user', 'find', 'achievement-reporting', 'refused'],
    ['view-only', 'read', 'achievement-verification', 'allowed'],
    ['view-only', 'register', 'learner-registration', 'refused'],
    ['batch-user', 'register', 'learner-registration', 'allowed'],
    ['batch-user', 'read', 'achievement-verification', 'refused'],
    ['online-user', 'read', 'achievement-verification', 'allowed'],
    ['super-user', 'connect', 'learner-registration', 'allowed'],
    ['super-user', 'read-history', 'audit', 'refused'],
    ['super-user', 'protect', 'data-protection', 'refused'],
  ] as const)('a person with the role %s asking to %s is %s', (role, action, purpose, outcome) => {
    const known = withCollege({
      agreements: new Map([
        [
          'A',
          {
            purposes: [...Purpose.options],
            startDate: day('2015-01-01'),
            endDate: day('2030-01-01'),
          },
        ],
      ]),
      users: new Map([['lee', { roles: [role], person: 'user-1', lastUsedOn: day('2024-06-01') }]]),
    });
    const isSearch = action === 'find' || action === 'register';
    expect(
      decideAccess(
        { ...reading, action, purpose },
        isSearch ? { ...known, learner: undefined } : known,
      ).outcome,
    ).toBe(outcome);
  });

  test.each([
    ['auditor', 'read-history', 'audit', 'allowed'],
    ['auditor', 'read-history', 'service-operation', 'refused'],
    ['auditor', 'find', 'audit', 'refused'],
    ['service-desk', 'read', 'learner-choice', 'allowed'],
    ['service-desk', 'read-history', 'learner-choice', 'refused'],
    ['data-protection', 'protect', 'data-protection', 'allowed'],
    ['data-protection', 'register', 'learner-registration', 'refused'],
  ] as const)('the operator’s %s asking to %s for %s is %s', (role, action, purpose, outcome) => {
    const known = withCollege({
      organisationType: 'service-operator',
      agreements: new Map(),
      dataProtectionExpiryDate: null,
      noticeAttested: null,
      users: new Map([['lee', { roles: [role], person: 'user-1', lastUsedOn: day('2024-06-01') }]]),
    });
    expect(decideAccess({ ...reading, action, purpose }, known).outcome).toBe(outcome);
  });
});

describe('what a refused asker is told', () => {
  test('names no rule about the learner beside one about the organisation', () => {
    const known = withCollege({ suspendedFor: ['suspected-abuse'] });
    const decision = decideAccess(reading, {
      ...known,
      learner: { ...learner, optedOutSince: day('2016-01-01') },
    });
    expect(decision.rules).toContain('opt-out-stands');
    expect(rulesToTell(decision).map(({ name }) => name)).toEqual(['organisation-not-suspended']);
    expect(decision.code).toBe('WSEC0006');
  });

  test('is the same for a learner opted out, restricted, or not there, without a connection', () => {
    const unlinked = { ...learner, connections: [] };
    const answers = [
      { ...facts, learner: null },
      { ...facts, learner: unlinked },
      { ...facts, learner: { ...unlinked, optedOutSince: day('2016-01-01') } },
      { ...facts, learner: { ...unlinked, identityMatches: false } },
      {
        ...facts,
        learner: { ...unlinked, handling: { ...learner.handling, level: 'restricted' as const } },
      },
    ].map((known) => {
      const decision = decideAccess(reading, known);
      return [decision.answer, decision.code, rulesToTell(decision).length];
    });
    expect(new Set(answers.map(String))).toEqual(new Set(['not-found,,0']));
  });
});

const dates = fc.constantFrom(
  ...['2014-01-01', '2018-05-24', '2018-05-25', '2024-09-02', '2031-01-01'].map(day),
);
const requests: fc.Arbitrary<AccessRequest> = fc.record({
  asker: fc.constantFrom<AccessRequest['asker']>(
    { kind: 'organisation', ukprn: COLLEGE },
    { kind: 'learner' },
    { kind: 'keeper' },
  ),
  user: fc.constantFrom('lee', 'kim', null),
  action: fc.constantFrom(...Action.options),
  purpose: fc.constantFrom<string>(...Purpose.options, 'marketing', 'age-check'),
  on: dates,
});
const someFacts: fc.Arbitrary<AccessFacts> = fc.record({
  organisation: fc.oneof(
    fc.constant({ status: 'unregistered' } as const),
    fc
      .record({
        organisationType: fc.constantFrom('college', 'awarding-organisation', 'service-operator'),
        suspendedFor: fc.subarray(['suspected-abuse', 'at-own-request'] as const),
        awaitsAttestation: fc.boolean(),
        dataProtectionExpiryDate: fc.option(dates),
        noticeAttested: fc.constantFrom(null, 1, 2),
        lastUsedOn: dates,
        agreements: fc.constantFrom(college.agreements, new Map()),
        users: fc
          .uniqueArray(fc.constantFrom(...Role.options), { minLength: 1 })
          .map(
            (roles) =>
              new Map([['lee', { roles, person: 'user-1', lastUsedOn: day('2024-06-01') }]]),
          ),
      })
      .map((change) => ({ ...college, ...change }) as RegisteredOrganisation),
  ),
  learner: fc.oneof(
    fc.constantFrom(null, undefined),
    fc.record({
      optedOutSince: fc.option(dates),
      handling: fc.constantFrom<LearnerFacts['handling']>(
        { level: 'standard', authorised: [], reviewDate: null },
        { level: 'restricted', authorised: [], reviewDate: null },
        { level: 'restricted', authorised: [{ ukprn: COLLEGE, user: null }], reviewDate: null },
      ),
      connections: fc.constantFrom(learner.connections, []),
      sources: fc.constantFrom([COLLEGE], []),
      identityMatches: fc.constantFrom(true, false, null),
    }),
  ),
  requiredNotice: fc.constantFrom(null, 1, 2),
});

describe('laws', () => {
  test('no combination of permits overrides a forbid', () => {
    fc.assert(
      fc.property(requests, someFacts, (request, known) => {
        const forbidden = sharingRules.some(
          (rule) =>
            rule.effect === 'forbid' && isInForce(rule, request.on) && rule.applies(request, known),
        );
        const { outcome } = decideAccess(request, known);
        expect(forbidden && outcome === 'allowed').toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  // What permits: an agreement, a connection, a registration, an attestation, a role, a named authorisation.
  const removals: readonly ((known: AccessFacts) => AccessFacts)[] = [
    (known) => ofCollege(known, { agreements: new Map() }),
    (known) => ofCollege(known, { dataProtectionExpiryDate: null }),
    (known) => ofCollege(known, { noticeAttested: null }),
    (known) => ofCollege(known, { users: new Map() }),
    (known) => ofLearner(known, { connections: [] }),
    (known) => ofLearner(known, { sources: [] }),
    (known) =>
      ofLearner(known, {
        handling: { ...(known.learner?.handling ?? learner.handling), authorised: [] },
      }),
    (known) => ({ ...known, organisation: { status: 'unregistered' } }),
  ];

  test('removing a permitting fact never widens access', () => {
    fc.assert(
      fc.property(requests, someFacts, fc.constantFrom(...removals), (request, known, without) => {
        const before = decideAccess(request, known).outcome;
        const after = decideAccess(request, without(known)).outcome;
        expect(before === 'refused' && after === 'allowed').toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('forbids come first, and every rule has a name of its own and a source', () => {
    const effects = sharingRules.map(({ effect }) => effect);
    expect(effects.lastIndexOf('forbid')).toBeLessThan(effects.indexOf('permit'));
    for (let ruleSet = 1; ruleSet <= RULE_SET; ruleSet += 1) {
      const names = sharingRules.filter((rule) => isOfSet(rule, ruleSet)).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(sharingRules.every(({ source }) => source.length > 0)).toBe(true);
  });
});

function ofCollege(known: AccessFacts, change: Partial<RegisteredOrganisation>): AccessFacts {
  const { organisation } = known;
  return organisation.status === 'registered'
    ? { ...known, organisation: { ...organisation, ...change } }
    : known;
}

function ofLearner(known: AccessFacts, change: Partial<LearnerFacts>): AccessFacts {
  const { learner: of } = known;
  return of === null || of === undefined ? known : { ...known, learner: { ...of, ...change } };
}
