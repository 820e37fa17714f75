import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../../../domain/learner/entry/warnings.js';
import { command } from '../examples.js';

const scottish = 'scottishCandidateNumber';

describe('warnings', () => {
  test.each([
    ['a learner', command('IssueUln').data],
    ['an achievement', command('RecordAchievement').data],
    ['a unit', command('RecordAchievement', { subjectCode: 'K/501/5773' }).data],
    ['an amendment', command('AmendLearnerDetails', { changes: { [scottish]: '240000121' } }).data],
    ['a submission', command('SubmitAchievement', { identity: { givenName: 'Alex' } }).data],
    ['a challenge', command('RaiseChallenge').data],
    [
      'a number of the 610 series whose check character holds',
      command('RecordAchievement', { subjectCode: '610/0006/1' }).data,
    ],
  ])('are none for %s', (_, data) => {
    expect(warningsOf(data)).toStrictEqual([]);
  });

  test.each([
    [
      'a Scottish Candidate Number without its check digit among the details',
      command('AmendLearnerDetails', { changes: { [scottish]: '240000122' } }).data,
      scottish,
    ],
    [
      'a number of the 610 series without its check character',
      command('RecordAchievement', { subjectCode: '610/0006/9' }).data,
      'subjectCode',
    ],
    [
      'such a number in a correction',
      command('CorrectAchievement', { changes: { subjectCode: '610/0006/9' } }).data,
      'subjectCode',
    ],
    [
      'such a number in an achievement submitted',
      command('SubmitAchievement', { subjectCode: '610/0006/9' }).data,
      'subjectCode',
    ],
    [
      'such a number in a participation submitted',
      command('SubmitParticipation', { subjectCode: '610/0006/9', identity: {} }).data,
      'subjectCode',
    ],
  ])('name the field of %s', (_, data, field) => {
    expect(warningsOf(data).map((warning) => warning.split(':')[0])).toStrictEqual([field]);
  });

  test('do not repeat what they warn of', () => {
    const { data } = command('AmendLearnerDetails', { changes: { [scottish]: '240000122' } });
    expect(warningsOf(data).join()).not.toContain('240000122');
  });
});
