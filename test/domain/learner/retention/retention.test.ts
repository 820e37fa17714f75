import { describe, expect, test } from 'vitest';
import { learner } from '../../../../domain/learner/learner.js';
import { awarding, command, event, keeper, marker, provider, theLearner } from '../examples.js';
import { given } from '../language.js';

// Commands are at noon of 2024-09-02, see the examples.
const issued = event('UlnIssued');
const hold = event('LegalHoldPlaced');
const byKeeper = { by: keeper };

describe('a review', () => {
  const review = (data: Parameters<typeof command<'ReviewRetention'>>[1] = {}, who = byKeeper) =>
    command('ReviewRetention', data, who);

  test('is recorded with when to look again', () => {
    given(issued).when(review()).records(event('RetentionReviewed'));
  });

  test('that finds the record is to go needs no date', () => {
    const data = { outcome: 'dispose', nextReviewDate: null } as const;
    given(issued).when(review(data)).records(event('RetentionReviewed', data));
  });

  test.each([
    ['keeps without a date', { outcome: 'keep', nextReviewDate: null }],
    ['lets go with a date', { outcome: 'dispose', nextReviewDate: '2029-09-02' }],
    ['looks again today', { outcome: 'keep', nextReviewDate: '2024-09-02' }],
    ['looks again in the past', { outcome: 'keep', nextReviewDate: '2024-09-01' }],
  ] as const)('that %s is refused', (_, data) => {
    given(issued).when(review(data)).refuses('ERR_INPUT_INVALID');
  });

  test('that looks again tomorrow is recorded', () => {
    const data = { nextReviewDate: '2024-09-03' };
    given(issued).when(review(data)).records(event('RetentionReviewed', data));
  });

  test('with the same finding again records nothing', () => {
    given(issued, event('RetentionReviewed')).when(review()).recordsNothing();
  });

  test('with the same finding for a reason that was redacted records nothing', () => {
    const known = event('RetentionReviewed', { reason: marker });
    given(issued, known)
      .when(review({ reason: 'Still studying.' }))
      .recordsNothing();
  });

  test('with another date is recorded', () => {
    const data = { nextReviewDate: '2030-01-01' };
    given(issued, event('RetentionReviewed'))
      .when(review(data))
      .records(event('RetentionReviewed', data));
  });
});

describe('a legal hold', () => {
  const place = (data: Parameters<typeof command<'PlaceLegalHold'>>[1] = {}) =>
    command('PlaceLegalHold', data, byKeeper);

  test('is recorded', () => {
    given(issued).when(place()).records(hold);
  });

  test('placed again records nothing', () => {
    given(issued, hold).when(place()).recordsNothing();
  });

  test('is recorded beside another', () => {
    given(issued, hold)
      .when(place({ holdId: 'H-2' }))
      .records(event('LegalHoldPlaced', { holdId: 'H-2' }));
  });

  test.each([
    ['reason', { reason: 'Another claim.' }],
    ['evidence', { evidenceReference: 'CASE-2' }],
    ['end', { endDate: '2030-01-01' }],
  ])('with the same id and another %s is refused', (_, data) => {
    given(issued, hold).when(place(data)).refuses('ERR_HOLD_DIFFERS');
  });

  test.each([
    ['yesterday', '2024-09-01', 'ERR_INPUT_INVALID'],
    ['today', '2024-09-02', null],
    ['in the future', '2030-01-01', null],
  ] as const)('can end today or later: %s', (_, endDate, code) => {
    const placing = given(issued).when(place({ endDate }));
    if (code === null) {
      placing.records(event('LegalHoldPlaced', { endDate }));
    } else {
      placing.refuses(code);
    }
  });

  test('is released, once', () => {
    const release = command('ReleaseLegalHold', {}, byKeeper);
    given(issued, hold).when(release).records(event('LegalHoldReleased'));
    given(issued, hold, event('LegalHoldReleased')).when(release).recordsNothing();
  });

  test('that nobody placed cannot be released', () => {
    given(issued, hold)
      .when(command('ReleaseLegalHold', { holdId: 'H-9' }, byKeeper))
      .refuses('ERR_HOLD_NOT_FOUND');
  });
});

describe('a death', () => {
  const report = (dateOfDeath: string | null) =>
    command('RecordVitalStatus', { dateOfDeath }, byKeeper);
  const died = event('VitalStatusRecorded');

  test.each([
    ['today', '2024-09-02', null],
    ['on the date of birth', '2005-03-14', null],
    ['tomorrow', '2024-09-03', 'ERR_DATE_IN_FUTURE'],
    ['before the date of birth', '2005-03-13', 'ERR_INPUT_INVALID'],
  ] as const)('%s', (_, dateOfDeath, code) => {
    const reporting = given(issued).when(report(dateOfDeath));
    if (code === null) {
      reporting.records(event('VitalStatusRecorded', { dateOfDeath }));
    } else {
      reporting.refuses(code);
    }
  });

  test('reported again records nothing', () => {
    given(issued, died).when(report('2024-08-30')).recordsNothing();
  });

  test('reported wrongly is taken back', () => {
    given(issued, died)
      .when(report(null))
      .records(event('VitalStatusRecorded', { dateOfDeath: null }));
  });

  test('never reported cannot be taken back: it is so already', () => {
    given(issued).when(report(null)).recordsNothing();
  });

  test('is not compared with a date of birth that was redacted', () => {
    given(event('UlnIssued', { dateOfBirth: marker }))
      .when(report('1990-01-01'))
      .records(event('VitalStatusRecorded', { dateOfDeath: '1990-01-01' }));
  });
});

describe.each([
  'ReviewRetention',
  'PlaceLegalHold',
  'ReleaseLegalHold',
  'RecordVitalStatus',
] as const)('%s', (type) => {
  test('is not for the learner', () => {
    given(issued, hold)
      .when(command(type, {}, { by: theLearner }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test.each([
    ['a provider', provider],
    ['an awarding organisation', awarding],
    ['the keeper', keeper],
  ])('is for %s', (_, by) => {
    const state = [issued, hold].reduce(learner.evolve, learner.initialState);
    expect(() => learner.decide(command(type, {}, { by }), state)).not.toThrow();
  });
});

describe('a record that was disposed of', () => {
  const disposed = [issued, event('RecordDisposed')];

  test.each([
    'IssueUln',
    'AmendLearnerDetails',
    'RecordAchievement',
    'SubmitParticipation',
    'SetOptOut',
    'RaiseChallenge',
    'PlaceLegalHold',
    'RecordVitalStatus',
  ] as const)('refuses %s', (type) => {
    given(...disposed)
      .when(command(type))
      .refuses('ERR_RECORD_DISPOSED');
  });

  test('stays so whatever is read after it, and before', () => {
    const { order, on, basis } = event('RecordDisposed').data;
    for (const events of [
      disposed,
      [...disposed, event('AchievementRecorded')],
      disposed.slice(1),
    ]) {
      expect(events.reduce(learner.evolve, learner.initialState)).toStrictEqual({
        status: 'disposed',
        ...{ order, on, basis },
      });
    }
  });
});
