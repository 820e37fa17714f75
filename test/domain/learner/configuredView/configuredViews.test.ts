import { describe, expect, test } from 'vitest';
import { learnerCommands } from '../../../../domain/learner/commands.js';
import type { LearnerEvent } from '../../../../domain/learner/events.js';
import { Instant } from '../../../../domain/values/date.js';
import {
  AWARDING,
  awarding,
  CODE_HASH,
  command,
  event,
  keeper,
  OPENING,
  PROVIDER,
  provider,
  stranger,
  theLearner,
  VIEW,
} from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const created = event('ConfiguredViewCreated');
const forProvider = event('ConfiguredViewCreated', {
  recipient: { kind: 'organisation', ukprn: PROVIDER },
  codeHash: null,
});
const used = event('ConfiguredViewCodeUsed');
const revoked = event('ConfiguredViewRevoked');
const otherHash = { ...CODE_HASH, digest: 'E'.repeat(43) };
const renewed = event('ConfiguredViewCodeIssued', { codeHash: otherHash });
const otherOpening = OPENING.replace('d1', 'd2');
const failures = (count: number): readonly LearnerEvent[] =>
  Array.from({ length: count }, (_, index) =>
    event('ConfiguredViewCodeFailed', { openingId: OPENING.replace('d1', `e${index}`) }),
  );
const EXPIRED = Instant.parse('2024-10-02T12:00:00.000Z');
const LAST_MOMENT = Instant.parse('2024-10-02T11:59:59.999Z');
const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;
const picking = (picked: object) => ({
  entries: [{ entry, fields: ['grade'], ...picked }],
  details: [],
});

describe('a view', () => {
  test.each([
    ['the learner', theLearner],
    ['the keeper for them', keeper],
  ])('is made by %s', (_, by) => {
    given(issued)
      .when(command('CreateConfiguredView', {}, { by }))
      .records(created);
  });

  test('is not made by an organisation', () => {
    given(issued)
      .when(command('CreateConfiguredView', {}, { by: provider }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test.each([
    ['made after an opt-out', [issued, event('OptOutSet'), created]],
    [
      'made before an opt-out that was lifted',
      [issued, created, event('OptOutSet'), event('OptOutLifted')],
    ],
  ])('%s opens: it is what the learner wants shared', (_, events) => {
    given(...events)
      .when(command('OpenConfiguredView'))
      .records(used);
  });

  test('made again records nothing', () => {
    given(issued, created).when(command('CreateConfiguredView')).recordsNothing();
  });

  test('is made in spite of an opt-out, because it is the learner’s own choice', () => {
    given(issued, event('OptOutSet')).when(command('CreateConfiguredView')).records(created);
  });

  test('shows entries that stand', () => {
    const selection = picking({});
    given(issued, achievement)
      .when(command('CreateConfiguredView', { selection }))
      .records(event('ConfiguredViewCreated', { selection }));
  });

  test.each([
    ['of another id', { entryId: 'A-2' }],
    ['of another source', { submittedBy: PROVIDER }],
    ['of another kind', { kind: 'participation' as const }],
  ])('shows no entry %s than those of the record', (_, change) => {
    const picked = { entry: { ...entry, ...change }, fields: ['subject'] };
    given(issued, achievement)
      .when(command('CreateConfiguredView', { selection: picking(picked) }))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('shows no entry that was withdrawn', () => {
    given(issued, achievement, event('AchievementWithdrawn'))
      .when(command('CreateConfiguredView', { selection: picking({}) }))
      .refuses('ERR_ENTRY_WITHDRAWN');
  });

  test('shows no entry under quarantine, and says of it what is said of none', () => {
    given(issued, achievement, event('AchievementWithdrawn'), event('EntryQuarantined'))
      .when(command('CreateConfiguredView', { selection: picking({}) }))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });

  // Source: the privacy notice, "At no time … for marketing or sales purposes".
  test.each(['marketing', 'sales'] as const)('for %s is refused', (purpose) => {
    given(issued).when(command('CreateConfiguredView', { purpose })).refuses('ERR_VIEW_PURPOSE');
  });

  // Made at noon of 2 September 2024.
  test.each([
    ['2024-09-02T12:00:00.000Z', false],
    ['2024-09-01T23:59:59.999Z', false],
    ['2024-09-02T12:00:00.001Z', true],
    ['2025-09-02T23:59:59.999Z', true],
    ['2025-09-03T00:00:00.000Z', false],
  ])('that ends at %s is made: %s', (expiresAt, isMade) => {
    const asked = given(issued).when(command('CreateConfiguredView', { expiresAt }));
    if (isMade) {
      asked.records(event('ConfiguredViewCreated', { expiresAt }));
    } else {
      asked.refuses('ERR_VIEW_EXPIRY');
    }
  });

  test.each([
    ['nothing', { entries: [], details: [] }],
    ['an entry without fields', picking({ fields: [] })],
    ['a field that entries do not have', picking({ fields: ['familyName'] })],
    [
      'an achievement’s date of a participation',
      picking({ entry: { ...entry, kind: 'participation' }, fields: ['achievementAwardDate'] }),
    ],
    ['who submitted the entry', picking({ fields: ['submittedBy'] })],
    ['a detail that there is not', { entries: [], details: ['grade'] }],
    ['a field of every object', { entries: [], details: ['constructor'] }],
    ['a detail twice', { entries: [], details: ['uln', 'uln'] }],
    ['a field twice', picking({ fields: ['grade', 'grade'] })],
    [
      'an entry twice',
      { entries: [...picking({}).entries, ...picking({ fields: ['level'] }).entries], details: [] },
    ],
    [
      'too many entries',
      {
        entries: Array.from({ length: 201 }, (_, index) => ({
          entry: { ...entry, entryId: `A-${index}` },
          fields: ['grade'],
        })),
        details: [],
      },
    ],
  ])('of %s does not parse', (_, selection) => {
    const { data } = command('CreateConfiguredView');
    const parsed = learnerCommands.CreateConfiguredView.safeParse({ ...data, selection });
    expect(parsed.success).toBe(false);
  });

  test.each([
    [
      'every field of an achievement',
      picking({ fields: ['grade', 'standing', 'awardingOrganisation', 'subject'] }),
    ],
    [
      'a participation’s dates',
      picking({ entry: { ...entry, kind: 'participation' }, fields: ['participationStartDate'] }),
    ],
    ['the ULN', { entries: [], details: ['uln'] }],
  ])('of %s parses', (_, selection) => {
    const { data } = command('CreateConfiguredView');
    const parsed = learnerCommands.CreateConfiguredView.safeParse({ ...data, selection });
    expect(parsed.success).toBe(true);
  });
});

describe('a new code', () => {
  const ask = (options = {}) =>
    command('IssueConfiguredViewCode', { codeHash: otherHash }, options);

  test('replaces the one before', () => {
    given(issued, created).when(ask()).records(renewed);
  });

  test('replaces one that was used', () => {
    given(issued, created, used).when(ask()).records(renewed);
  });

  test('that is the present one records nothing', () => {
    given(issued, created, renewed).when(ask()).recordsNothing();
  });

  test.each([
    ['of no view', [issued], {}, 'ERR_VIEW_NOT_FOUND'],
    ['of a revoked view', [issued, created, revoked], {}, 'ERR_VIEW_ENDED'],
    ['of an expired view', [issued, created], { at: EXPIRED }, 'ERR_VIEW_ENDED'],
    ['of a view for an organisation', [issued, forProvider], {}, 'ERR_INPUT_INVALID'],
    ['by an organisation', [issued, created], { by: awarding }, 'ERR_NOT_PERMITTED'],
  ] as const)('%s is refused', (_, events, options, code) => {
    given(...events)
      .when(ask(options))
      .refuses(code);
  });
});

describe('a revocation', () => {
  test('ends a view', () => {
    given(issued, created).when(command('RevokeConfiguredView')).records(revoked);
  });

  test('ends a view that has expired', () => {
    given(issued, created)
      .when(command('RevokeConfiguredView', {}, { at: EXPIRED, by: keeper }))
      .records(revoked);
  });

  test('of a view that is revoked records nothing', () => {
    given(issued, created, revoked).when(command('RevokeConfiguredView')).recordsNothing();
  });

  test('of no view is refused', () => {
    given(issued).when(command('RevokeConfiguredView')).refuses('ERR_VIEW_NOT_FOUND');
  });

  test('by an organisation is refused', () => {
    given(issued, created)
      .when(command('RevokeConfiguredView', {}, { by: provider }))
      .refuses('ERR_NOT_PERMITTED');
  });
});

describe('an opening with a code', () => {
  const wrong = { codeHash: otherHash };
  const failed = event('ConfiguredViewCodeFailed');

  test.each([
    ['the keeper', keeper],
    ['an organisation', stranger],
  ])('uses it up, by %s as by anyone', (_, by) => {
    given(issued, created)
      .when(command('OpenConfiguredView', {}, { by }))
      .records(used);
  });

  test('until the last moment of the view uses it up', () => {
    given(issued, created)
      .when(command('OpenConfiguredView', {}, { at: LAST_MOMENT }))
      .records(used);
  });

  test('of an earlier issue is counted as wrong', () => {
    given(issued, created, renewed).when(command('OpenConfiguredView')).records(failed);
  });

  test('that is wrong is counted', () => {
    given(issued, created).when(command('OpenConfiguredView', wrong)).records(failed);
  });

  test('after four wrong ones still opens', () => {
    given(issued, created, ...failures(4))
      .when(command('OpenConfiguredView'))
      .records(used);
  });

  test('after five wrong ones opens nothing', () => {
    given(issued, created, ...failures(5))
      .when(command('OpenConfiguredView'))
      .refuses('ERR_VIEW_CODE');
  });

  test('that is wrong after five wrong ones is not counted any more', () => {
    given(issued, created, ...failures(5))
      .when(command('OpenConfiguredView', wrong))
      .refuses('ERR_VIEW_CODE');
  });

  test('that is new opens after five wrong tries of the one before', () => {
    given(issued, created, ...failures(5), renewed)
      .when(command('OpenConfiguredView', wrong))
      .records(used);
  });

  test('a second time is refused', () => {
    given(issued, created, used)
      .when(command('OpenConfiguredView', { openingId: otherOpening }))
      .refuses('ERR_VIEW_CODE');
  });

  test.each([
    ['the same code', {}],
    ['another code', wrong],
  ])('a second time is refused, also as the same opening, with %s', (_, data) => {
    given(issued, created, used).when(command('OpenConfiguredView', data)).refuses('ERR_VIEW_CODE');
  });

  test('that is right opens after a wrong one of the same opening', () => {
    given(issued, created, failed).when(command('OpenConfiguredView')).records(used);
  });

  test('but without one is refused and not counted', () => {
    given(issued, created)
      .when(command('OpenConfiguredView', { codeHash: null }))
      .refuses('ERR_VIEW_CODE');
  });
});

describe('an opening', () => {
  test('by the organisation that the view is for needs no code and records nothing', () => {
    given(issued, forProvider)
      .when(command('OpenConfiguredView', { codeHash: null }, { by: provider }))
      .recordsNothing();
  });

  test.each([
    ['no view', [issued], {}],
    ['a revoked view', [issued, created, revoked], {}],
    ['an expired view', [issued, created], { at: EXPIRED }],
    ['a view made before an opt-out', [issued, created, event('OptOutSet')], {}],
    ['a view for another organisation', [issued, forProvider], { by: stranger }],
    ['a view for an organisation by the keeper', [issued, forProvider], { by: keeper }],
    ['a view for an organisation by the learner', [issued, forProvider], { by: theLearner }],
    ['a revoked view by its organisation', [issued, forProvider, revoked], { by: provider }],
    ['a revoked view after a wrong code', [issued, created, ...failures(5), revoked], {}],
    ['a view made before an opt-out', [issued, created, event('OptOutSet')], {}],
    [
      'such a view by its organisation',
      [issued, forProvider, event('OptOutSet')],
      { by: provider },
    ],
  ] as const)('of %s is refused as one that there is not', (_, events, options) => {
    const refused = given(...events).when(command('OpenConfiguredView', {}, options));
    refused.refuses('ERR_VIEW_NOT_AVAILABLE');
  });
});

describe('an export', () => {
  const exported = event('ConfiguredViewExported');

  test('records where the credential stands', () => {
    given(issued, created).when(command('ExportConfiguredView')).records(exported);
  });

  test('recorded again records nothing', () => {
    given(issued, created, exported).when(command('ExportConfiguredView')).recordsNothing();
  });

  test('under the same index of another year is another one', () => {
    given(issued, created, exported)
      .when(command('ExportConfiguredView', { list: '2025' }))
      .records(event('ConfiguredViewExported', { list: '2025' }));
  });

  test.each([
    ['a revoked view', [issued, created, revoked], {}],
    ['an expired view', [issued, created], { at: EXPIRED }],
    ['a view for another organisation', [issued, forProvider], { by: stranger }],
  ] as const)('of %s is refused', (_, events, options) => {
    given(...events)
      .when(command('ExportConfiguredView', {}, options))
      .refuses('ERR_VIEW_NOT_AVAILABLE');
  });
});

describe('an opt-out on another ULN of the person, set after the view was made', () => {
  test.each([
    [
      'an opening',
      command('OpenConfiguredView', { stoppedElsewhere: true }),
      'ERR_VIEW_NOT_AVAILABLE',
    ],
    [
      'an export',
      command('ExportConfiguredView', { stoppedElsewhere: true }),
      'ERR_VIEW_NOT_AVAILABLE',
    ],
    [
      'a new code',
      command('IssueConfiguredViewCode', { stoppedElsewhere: true }),
      'ERR_VIEW_ENDED',
    ],
  ] as const)('stops %s', (_, asked, code) => {
    given(issued, created).when(asked).refuses(code);
  });

  test('does not keep the view from being ended', () => {
    given(issued, created).when(command('RevokeConfiguredView')).records(revoked);
  });
});

test('a view is told from another by its id', () => {
  const other = VIEW.replace('c1', 'c2');
  given(issued, created, event('ConfiguredViewCreated', { viewId: other }), revoked)
    .when(command('OpenConfiguredView', { viewId: other }))
    .records(event('ConfiguredViewCodeUsed', { viewId: other }));
});
