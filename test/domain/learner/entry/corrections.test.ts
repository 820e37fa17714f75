import { describe, test } from 'vitest';
import { command, event, keeper, marker, stranger, theLearner } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const participation = event('ParticipationRecorded');

describe.each([
  [
    'an achievement',
    'CorrectAchievement',
    achievement,
    'AchievementCorrected',
    event('AchievementWithdrawn'),
  ],
  [
    'a participation',
    'CorrectParticipation',
    participation,
    'ParticipationCorrected',
    event('ParticipationWithdrawn'),
  ],
] as const)('correcting %s', (_kind, type, recorded, corrected, withdrawn) => {
  const changes = { subject: 'Teaching' };
  const correction = event(corrected, { subject: { to: 'Teaching' } });

  test('records what changes, and null for what stays', () => {
    given(issued, recorded).when(command(type, { changes })).records(correction);
  });

  test('leaves out of the event what is named but stays as it is', () => {
    given(issued, recorded)
      .when(command(type, { changes: { ...changes, subjectCode: '601/0143/X' } }))
      .records(correction);
  });

  test('can empty a field that may be empty', () => {
    given(issued, recorded, correction)
      .when(command(type, { changes: { subject: null } }))
      .records(event(corrected, { subject: { to: null } }));
  });

  test('can put a value where one was redacted', () => {
    given(issued, event(recorded.type, { subject: marker }))
      .when(command(type, { changes }))
      .records(correction);
  });

  test('records nothing when nothing changes', () => {
    given(issued, recorded)
      .when(command(type, { changes: { subjectCode: '6010143X' } }))
      .recordsNothing();
  });

  test('records nothing when it names no field', () => {
    given(issued, recorded).when(command(type)).recordsNothing();
  });

  test('records nothing the second time', () => {
    given(issued, recorded, correction).when(command(type, { changes })).recordsNothing();
  });

  test.each([
    ['another organisation', stranger],
    ['the learner', theLearner],
    ['the keeper', keeper],
  ])('is refused to %s', (_, by) => {
    given(issued, recorded)
      .when(command(type, { changes }, { by }))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('is refused where it is withdrawn', () => {
    given(issued, recorded, withdrawn)
      .when(command(type, { changes }))
      .refuses('ERR_ENTRY_WITHDRAWN');
  });

  test('is refused where there is no such entry', () => {
    given(issued).when(command(type, { changes })).refuses('ERR_ENTRY_NOT_FOUND');
  });
});

describe('correcting an award date', () => {
  test.each([
    ['2019-08-15', '2019-08-15', 'earlier: it was so from the new date on'],
    ['2023-08-17', '2022-08-18', 'later: it was not so from the old date on'],
  ])('to %s counts from %s (%s)', (to, validFrom) => {
    given(issued, achievement)
      .when(command('CorrectAchievement', { changes: { achievementAwardDate: to } }))
      .records(event('AchievementCorrected', { validFrom, achievementAwardDate: { to } }));
  });

  test('a second time counts from the earlier of the two last dates', () => {
    given(
      issued,
      achievement,
      event('AchievementCorrected', { achievementAwardDate: { to: '2023-08-17' } }),
    )
      .when(command('CorrectAchievement', { changes: { achievementAwardDate: '2024-01-10' } }))
      .records(
        event('AchievementCorrected', {
          validFrom: '2023-08-17',
          achievementAwardDate: { to: '2024-01-10' },
        }),
      );
  });

  test('is refused with a date still to come', () => {
    given(issued, achievement)
      .when(command('CorrectAchievement', { changes: { achievementAwardDate: '2024-09-03' } }))
      .refuses('ERR_AWARD_DATE_IN_FUTURE');
  });
});

describe('correcting the dates of a participation', () => {
  test('earlier counts from the new start', () => {
    given(issued, participation)
      .when(command('CorrectParticipation', { changes: { participationStartDate: '2020-09-01' } }))
      .records(
        event('ParticipationCorrected', {
          validFrom: '2020-09-01',
          participationStartDate: { to: '2020-09-01' },
        }),
      );
  });

  test.each([
    ['a start after the end recorded', { participationStartDate: '2022-07-01' }],
    ['an end before the start recorded', { participationEndDate: '2021-08-31' }],
    [
      'an end before the start, both new',
      { participationStartDate: '2023-09-01', participationEndDate: '2023-08-31' },
    ],
    [
      'an end before the start recorded, where the start is named as undefined',
      { participationStartDate: undefined, participationEndDate: '2021-08-31' },
    ],
  ])('is refused with %s', (_, changes) => {
    given(issued, participation)
      .when(command('CorrectParticipation', { changes }))
      .refuses('ERR_PARTICIPATION_DATES');
  });

  test('is allowed where both move together', () => {
    const start = '2023-09-01';
    const end = '2024-06-30';
    given(issued, participation)
      .when(
        command('CorrectParticipation', {
          changes: { participationStartDate: start, participationEndDate: end },
        }),
      )
      .records(
        event('ParticipationCorrected', {
          participationStartDate: { to: start },
          participationEndDate: { to: end },
        }),
      );
  });
});
