import { describe, test } from 'vitest';
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
const provisional = event('AchievementRecorded', { standing: 'provisional' });
const participation = event('ParticipationRecorded');

describe.each([
  ['an achievement', 'RecordAchievement', achievement],
  ['a participation', 'RecordParticipation', participation],
] as const)('recording %s', (_kind, type, recorded) => {
  test('is recorded for its source', () => {
    given(issued).when(command(type)).records(recorded);
  });

  test('records nothing when it is sent twice', () => {
    given(issued, recorded).when(command(type)).recordsNothing();
  });

  test('is refused where the id is recorded with other content', () => {
    given(issued, recorded)
      .when(command(type, { subject: 'Something else' }))
      .refuses('ERR_ENTRY_DIFFERS');
  });

  test.each([
    ['another organisation', stranger],
    ['the learner', theLearner],
    ['the keeper', keeper],
  ])('is refused to %s', (_, by) => {
    given(issued)
      .when(command(type, {}, { by }))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('is refused before a ULN is issued', () => {
    given().when(command(type)).refuses('ERR_ULN_NOT_ISSUED');
  });
});

describe('the id of an entry', () => {
  test('belongs to its source: two sources can use the same', () => {
    given(issued, achievement)
      .when(command('RecordAchievement', { submittedBy: PROVIDER }, { by: provider }))
      .records(event('AchievementRecorded', { submittedBy: PROVIDER }));
  });

  test('belongs to its kind: an achievement and a participation can share it', () => {
    const same = { participationId: 'A-1', submittedBy: AWARDING };
    given(issued, achievement)
      .when(command('RecordParticipation', same, { by: awarding }))
      .records(event('ParticipationRecorded', same));
  });

  test('is not free again after a withdrawal', () => {
    given(issued, achievement, event('AchievementWithdrawn'))
      .when(command('RecordAchievement', { grade: 'Distinction' }))
      .refuses('ERR_ENTRY_DIFFERS');
  });

  test('of a withdrawn entry is refused when it is sent again: that would be a reinstatement', () => {
    given(issued, achievement, event('AchievementWithdrawn'))
      .when(command('RecordAchievement'))
      .refuses('ERR_ENTRY_WITHDRAWN');
  });
});

describe('an entry sent again after a redaction', () => {
  test('records nothing, so that what was taken out does not come back', () => {
    given(issued, event('AchievementRecorded', { subject: marker, grade: marker }))
      .when(command('RecordAchievement'))
      .recordsNothing();
  });

  test('records nothing where a corrected value was redacted', () => {
    const correction = event('ParticipationCorrected', { learningProviderName: marker });
    given(issued, participation, correction)
      .when(command('RecordParticipation', { learningProviderName: 'Example College' }))
      .recordsNothing();
  });

  test('is refused where a field that is not redacted differs', () => {
    given(issued, event('AchievementRecorded', { subject: marker }))
      .when(command('RecordAchievement', { credits: 6 }))
      .refuses('ERR_ENTRY_DIFFERS');
  });
});

describe('an entry sent again after a correction', () => {
  const corrected = event('AchievementCorrected', { grade: { to: 'Distinction' } });

  test('is refused as it was', () => {
    given(issued, achievement, corrected)
      .when(command('RecordAchievement'))
      .refuses('ERR_ENTRY_DIFFERS');
  });

  test('records nothing as it is now', () => {
    given(issued, achievement, corrected)
      .when(command('RecordAchievement', { grade: 'Distinction' }))
      .recordsNothing();
  });
});

describe('recording an achievement', () => {
  test.each(['U', 'u', '9999999999', null])('keeps grade %s as it comes', (grade) => {
    given(issued)
      .when(command('RecordAchievement', { grade }))
      .records(event('AchievementRecorded', { grade }));
  });

  test('is allowed on the day of the award', () => {
    given(issued)
      .when(command('RecordAchievement', { achievementAwardDate: '2024-09-02' }))
      .records(event('AchievementRecorded', { achievementAwardDate: '2024-09-02' }));
  });

  test.each([
    ['2024-09-03', 'tomorrow'],
    ['2098-08-18', 'a century error'],
  ])('is refused with the award date %s (%s)', (achievementAwardDate) => {
    given(issued)
      .when(command('RecordAchievement', { achievementAwardDate }))
      .refuses('ERR_AWARD_DATE_IN_FUTURE');
  });

  test('keeps a provisional one provisional', () => {
    given(issued)
      .when(command('RecordAchievement', { standing: 'provisional' }))
      .records(provisional);
  });

  test('is refused as final where it is provisional: that is a confirmation', () => {
    given(issued, provisional).when(command('RecordAchievement')).refuses('ERR_ENTRY_DIFFERS');
  });

  test('records nothing when the provisional one arrives again after its confirmation', () => {
    given(issued, provisional, event('AchievementConfirmed'))
      .when(command('RecordAchievement', { standing: 'provisional' }))
      .recordsNothing();
  });

  test('reads a subject code in any of its forms as the same', () => {
    given(issued, achievement)
      .when(command('RecordAchievement', { subjectCode: '6010143x' }))
      .recordsNothing();
  });
});

describe('recording a participation', () => {
  test('is allowed without an end', () => {
    given(issued)
      .when(command('RecordParticipation', { participationEndDate: null }))
      .records(event('ParticipationRecorded', { participationEndDate: null }));
  });

  test('is allowed for a single day', () => {
    const day = { participationStartDate: '2022-06-30', participationEndDate: '2022-06-30' };
    given(issued)
      .when(command('RecordParticipation', day))
      .records(event('ParticipationRecorded', day));
  });

  test('is allowed with a start still to come', () => {
    const term = { participationStartDate: '2024-09-10', participationEndDate: '2025-06-30' };
    given(issued)
      .when(command('RecordParticipation', term))
      .records(event('ParticipationRecorded', term));
  });

  test('is refused with an end before its start', () => {
    given(issued)
      .when(command('RecordParticipation', { participationEndDate: '2021-08-31' }))
      .refuses('ERR_PARTICIPATION_DATES');
  });
});
