import { describe, expect, test } from 'vitest';
import { type LearnerEvent, learnerEvents } from '../../../../domain/learner/events.js';
import {
  evolveReviews,
  NO_REVIEWS,
  quarantineOn,
} from '../../../../domain/learner/review/state.js';
import {
  AWARDING,
  awarding,
  command,
  event,
  keeper,
  marker,
  PROVIDER,
  provider,
  stranger,
  theLearner,
} from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const flagged = event('ReviewFlagged');
const reported = event('ReviewReported');
const quarantined = event('EntryQuarantined');
const lifted = event('QuarantineLifted');
const redacted = event('SensitiveDataRedacted', {
  target: flagged.data.event,
  digests: { subject: 'A'.repeat(43) },
});
const officer1 = { by: provider, user: 'officer1' };
const officer2 = { by: provider, user: 'officer2' };

describe('a report', () => {
  test.each([
    ['the learner', theLearner],
    ['an organisation', stranger],
    ['the keeper', keeper],
  ])('can come from %s', (_, by) => {
    given(issued, achievement)
      .when(command('ReportSensitive', {}, { by }))
      .records(event('ReviewReported', { raisedBy: by }));
  });

  test('can be of the details', () => {
    given(issued)
      .when(command('ReportSensitive', { entry: null }))
      .records(event('ReviewReported', { entry: null }));
  });

  test('of an entry that is not there is refused', () => {
    given(issued).when(command('ReportSensitive')).refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('again records nothing, also after its reason was redacted', () => {
    given(issued, achievement, reported).when(command('ReportSensitive')).recordsNothing();
    given(issued, achievement, event('ReviewReported', { reason: marker }))
      .when(command('ReportSensitive'))
      .recordsNothing();
  });

  test.each([
    ['reason', { reason: 'Something else.' }, theLearner],
    ['subject', { entry: null }, theLearner],
    ['author', {}, stranger],
  ])('with the same id and another %s is refused', (_, data, by) => {
    given(issued, achievement, reported)
      .when(command('ReportSensitive', data, { by }))
      .refuses('ERR_REVIEW_DIFFERS');
  });

  test('with the id of a flag is refused', () => {
    given(issued, achievement, flagged)
      .when(command('ReportSensitive', { reportId: flagged.data.flagId }))
      .refuses('ERR_REVIEW_DIFFERS');
  });
});

describe('dismissing', () => {
  const dismissal = (reviewId: string) => command('DismissReview', { reviewId }, officer1);

  test('answers a report and a flag', () => {
    given(issued, achievement, reported)
      .when(dismissal('R-1'))
      .records(event('ReviewDismissed', { reviewId: 'R-1' }));
    given(issued, achievement, flagged)
      .when(dismissal(flagged.data.flagId))
      .records(event('ReviewDismissed', { reviewId: flagged.data.flagId }));
  });

  test('again records nothing', () => {
    given(issued, achievement, reported, event('ReviewDismissed'))
      .when(dismissal('R-1'))
      .recordsNothing();
  });

  test('is refused for what is not there', () => {
    given(issued).when(dismissal('R-1')).refuses('ERR_REVIEW_NOT_FOUND');
  });

  test('is refused after a redaction answered it', () => {
    given(issued, achievement, flagged, redacted)
      .when(dismissal(flagged.data.flagId))
      .refuses('ERR_REVIEW_CLOSED');
  });

  test('is not for the learner', () => {
    given(issued, achievement, reported)
      .when(command('DismissReview', {}, { by: theLearner }))
      .refuses('ERR_NOT_PERMITTED');
  });
});

describe('a quarantine', () => {
  test('is placed by a named person', () => {
    given(issued, achievement)
      .when(command('QuarantineEntry', {}, officer1))
      .records(quarantined);
  });

  test.each([
    ['the learner', { by: theLearner }],
    ['the keeper, who has no name', { by: keeper }],
    ['an organisation without a person', { by: awarding, user: null }],
  ])('is refused to %s', (_, who) => {
    given(issued, achievement)
      .when(command('QuarantineEntry', {}, who))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('names what led to it', () => {
    given(issued, achievement, reported)
      .when(command('QuarantineEntry', { cause: 'R-1' }, officer1))
      .records(event('EntryQuarantined', { cause: 'R-1' }));
  });

  test('is refused where what led to it is not there', () => {
    given(issued, achievement)
      .when(command('QuarantineEntry', { cause: 'R-1' }, officer1))
      .refuses('ERR_REVIEW_NOT_FOUND');
  });

  test('is refused for an entry that is not there', () => {
    given(issued)
      .when(command('QuarantineEntry', {}, officer1))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('of an entry that is hidden already records nothing, under whatever id', () => {
    const before = given(issued, achievement, quarantined);
    before.when(command('QuarantineEntry', {}, officer2)).recordsNothing();
    before.when(command('QuarantineEntry', { quarantineId: 'Q-2' }, officer2)).recordsNothing();
  });

  test('can be placed again after it was lifted, under another id', () => {
    given(issued, achievement, quarantined, lifted)
      .when(command('QuarantineEntry', { quarantineId: 'Q-2' }, officer1))
      .records(event('EntryQuarantined', { quarantineId: 'Q-2' }));
  });

  test('with the id of one on another entry is refused', () => {
    const other = event('AchievementRecorded', { achievementId: 'A-2' });
    const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-2' } as const;
    given(issued, achievement, other, quarantined)
      .when(command('QuarantineEntry', { entry }, officer1))
      .refuses('ERR_REVIEW_DIFFERS');
  });
});

describe('deciding a quarantine', () => {
  const placed = [issued, achievement, flagged, quarantined] as const;
  const decision = command('DecideQuarantine', {}, officer2);
  const redaction = command('DecideQuarantine', { outcome: 'redact' }, officer2);

  test('is for a second person', () => {
    given(...placed)
      .when(decision)
      .records(lifted);
  });

  test.each(['officer1', 'OFFICER1'])('is refused to %s, who placed it', (user) => {
    given(...placed)
      .when(command('DecideQuarantine', {}, { by: provider, user }))
      .refuses('ERR_SAME_PERSON');
  });

  test('is possible for somebody of the same name elsewhere', () => {
    given(...placed)
      .when(command('DecideQuarantine', {}, { by: awarding, user: 'officer1' }))
      .records(event('QuarantineLifted', { decidedBy: `officer1@${AWARDING}` }));
  });

  test('is refused to who has no name', () => {
    given(...placed)
      .when(command('DecideQuarantine', {}, { by: keeper }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('as redacted is refused before anything was', () => {
    given(issued, achievement, flagged, redacted, quarantined)
      .when(redaction)
      .refuses('ERR_REDACTION_MISSING');
  });

  test('as redacted is recorded after something was', () => {
    given(...placed, redacted)
      .when(redaction)
      .records(event('QuarantineLifted', { outcome: 'redacted' }));
  });

  test('again records nothing, and otherwise is refused', () => {
    given(...placed, lifted)
      .when(decision)
      .recordsNothing();
    given(...placed, redacted, lifted)
      .when(redaction)
      .refuses('ERR_QUARANTINE_DECIDED');
  });

  test('is refused for what is not there', () => {
    given(issued).when(decision).refuses('ERR_QUARANTINE_NOT_FOUND');
  });
});

describe('what waits', () => {
  const stateAfter = (...events: readonly LearnerEvent[]) =>
    events.reduce(evolveReviews, NO_REVIEWS);
  const states = (...events: readonly LearnerEvent[]) =>
    Object.values(stateAfter(...events).reviews).map(({ state }) => state);

  test('is answered with the quarantine of its entry', () => {
    expect(states(flagged, reported, quarantined, lifted)).toEqual(['dismissed', 'dismissed']);
    const asRedacted = event('QuarantineLifted', { outcome: 'redacted' });
    expect(states(flagged, reported, quarantined, asRedacted)).toEqual(['redacted', 'redacted']);
  });

  test('on the details or another entry is not', () => {
    const ofDetails = event('ReviewReported', { entry: null });
    expect(states(ofDetails, quarantined, lifted)).toEqual(['open']);
  });

  test('is not asked again when it was answered', () => {
    const dismissed = event('ReviewDismissed');
    const asRedacted = event('QuarantineLifted', { outcome: 'redacted' });
    expect(states(reported, dismissed, quarantined, asRedacted)).toEqual(['dismissed']);
  });

  test('is answered when all its fields are gone, and not before', () => {
    const both = event('ReviewFlagged', { fields: ['subject', 'learningProviderName'] });
    expect(states(both, redacted)).toEqual(['open']);
    const other = {
      ...redacted,
      data: { ...redacted.data, digests: { learningProviderName: '' } },
    };
    expect(states(both, redacted, other)).toEqual(['redacted']);
  });

  test('is not answered by a redaction of another event', () => {
    const target = '00000000-0000-4000-8000-000000000099';
    expect(states(flagged, { ...redacted, data: { ...redacted.data, target } })).toEqual(['open']);
  });

  test('a quarantine hides its entry until it is lifted', () => {
    const { entry } = quarantined.data;
    expect(quarantineOn(stateAfter(quarantined), entry)?.placedBy).toBe(`officer1@${PROVIDER}`);
    expect(quarantineOn(stateAfter(quarantined, lifted), entry)).toBeUndefined();
  });
});

test('no event of a review but its reasons has a free text', () => {
  const { flagId, event: flaggedEvent, ...rest } = flagged.data;
  expect(Object.keys(rest).sort()).toEqual(['categories', 'entry', 'fields', 'list']);
  expect(
    learnerEvents.ReviewFlagged.schema.safeParse({ flagId, event: flaggedEvent, ...rest, text: '' })
      .success,
  ).toBe(false);
});
