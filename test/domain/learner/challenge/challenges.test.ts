import { describe, test } from 'vitest';
import { Instant } from '../../../../domain/values/date.js';
import {
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
const raised = event('ChallengeRaised');
const onDetails = event('ChallengeRaised', { entry: null });
const withdrawn = event('ChallengeWithdrawn');
const upheld = event('ChallengeUpheld');
const rejected = event('ChallengeRejected');

describe('raising a challenge', () => {
  test('is recorded with number 1 and a due date one month on', () => {
    given(issued, achievement).when(command('RaiseChallenge')).records(raised);
  });

  test('is due on the last day of a month that has no such day', () => {
    const at = Instant.parse('2025-01-31T09:00:00.000Z');
    given(issued, achievement)
      .when(command('RaiseChallenge', {}, { at }))
      .records(event('ChallengeRaised', { dueDate: '2025-02-28' }));
  });

  test('continues the numbers of the learner, closed ones included', () => {
    given(issued, achievement, raised, withdrawn)
      .when(command('RaiseChallenge', { challengeId: 'C-2' }))
      .records(event('ChallengeRaised', { challengeId: 'C-2', challengeNumber: 2 }));
  });

  test('can dispute the details', () => {
    given(issued)
      .when(command('RaiseChallenge', { entry: null }))
      .records(onDetails);
  });

  test('can dispute a participation', () => {
    const entry = { kind: 'participation', submittedBy: PROVIDER, entryId: 'P-1' } as const;
    given(issued, event('ParticipationRecorded'))
      .when(command('RaiseChallenge', { entry }))
      .records(event('ChallengeRaised', { entry }));
  });

  test('can dispute a withdrawn entry', () => {
    given(issued, achievement, event('AchievementWithdrawn'))
      .when(command('RaiseChallenge'))
      .records(raised);
  });

  test('is open to organisations, which are then recorded as raising it', () => {
    given(issued, achievement)
      .when(command('RaiseChallenge', {}, { by: provider }))
      .records(event('ChallengeRaised', { raisedBy: provider }));
  });

  test('is refused for an entry that is not there', () => {
    given(issued).when(command('RaiseChallenge')).refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('is refused for an entry of another kind with the same id', () => {
    const entry = { kind: 'participation', submittedBy: PROVIDER, entryId: 'A-1' } as const;
    given(issued, achievement)
      .when(command('RaiseChallenge', { entry }))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('is refused before a ULN is issued', () => {
    given()
      .when(command('RaiseChallenge', { entry: null }))
      .refuses('ERR_ULN_NOT_ISSUED');
  });
});

describe('raising a challenge again', () => {
  const again = given(issued, achievement, raised);

  test('records nothing', () => {
    again.when(command('RaiseChallenge')).recordsNothing();
  });

  test('records nothing on another day, when it would be due later', () => {
    const at = Instant.parse('2024-09-20T12:00:00.000Z');
    again.when(command('RaiseChallenge', {}, { at })).recordsNothing();
  });

  test('records nothing after it was closed', () => {
    given(issued, achievement, raised, upheld).when(command('RaiseChallenge')).recordsNothing();
  });

  test('records nothing where the reason was redacted', () => {
    given(issued, achievement, event('ChallengeRaised', { reason: marker }))
      .when(command('RaiseChallenge'))
      .recordsNothing();
  });

  test('records nothing where the evidence was redacted', () => {
    given(issued, achievement, event('ChallengeRaised', { evidenceReference: marker }))
      .when(command('RaiseChallenge', { evidenceReference: 'Certificate 1' }))
      .recordsNothing();
  });

  test('is refused with another reason', () => {
    again
      .when(command('RaiseChallenge', { reason: 'Something else.' }))
      .refuses('ERR_CHALLENGE_DIFFERS');
  });

  test('is refused for another entry', () => {
    again.when(command('RaiseChallenge', { entry: null })).refuses('ERR_CHALLENGE_DIFFERS');
  });

  test('is refused with other evidence, which would be lost in silence', () => {
    again
      .when(command('RaiseChallenge', { evidenceReference: 'Certificate 1' }))
      .refuses('ERR_CHALLENGE_DIFFERS');
  });

  test('is refused to someone else', () => {
    again.when(command('RaiseChallenge', {}, { by: provider })).refuses('ERR_CHALLENGE_DIFFERS');
  });
});

describe('withdrawing a challenge', () => {
  test('is recorded with its reason', () => {
    given(issued, achievement, raised)
      .when(command('WithdrawChallenge', { reason: 'My mistake.' }))
      .records(event('ChallengeWithdrawn', { reason: 'My mistake.' }));
  });

  test('records nothing the second time', () => {
    given(issued, achievement, raised, withdrawn)
      .when(command('WithdrawChallenge'))
      .recordsNothing();
  });

  test.each([
    ['the source of the entry', awarding],
    ['the keeper', keeper],
    ['another organisation', stranger],
  ])('is refused to %s, who did not raise it', (_, by) => {
    given(issued, achievement, raised)
      .when(command('WithdrawChallenge', {}, { by }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('is refused to the learner where an organisation raised it', () => {
    given(issued, achievement, event('ChallengeRaised', { raisedBy: provider }))
      .when(command('WithdrawChallenge', {}, { by: theLearner }))
      .refuses('ERR_NOT_PERMITTED');
  });
});

describe.each([
  ['upholding', 'UpholdChallenge', upheld],
  ['rejecting', 'RejectChallenge', rejected],
] as const)('%s a challenge', (_name, type, outcome) => {
  test('is recorded for the source of the disputed entry', () => {
    given(issued, achievement, raised).when(command(type)).records(outcome);
  });

  test('is recorded for the keeper', () => {
    given(issued, achievement, raised)
      .when(command(type, {}, { by: keeper }))
      .records(outcome);
  });

  test('records nothing the second time', () => {
    given(issued, achievement, raised, outcome).when(command(type)).recordsNothing();
  });

  test.each([
    ['the learner who raised it', theLearner],
    ['another organisation', stranger],
  ])('is refused to %s', (_, by) => {
    given(issued, achievement, raised)
      .when(command(type, {}, { by }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('is the keeper’s where the details are disputed', () => {
    given(issued, onDetails)
      .when(command(type, {}, { by: keeper }))
      .records(outcome);
  });

  test('is refused to organisations where the details are disputed', () => {
    given(issued, achievement, onDetails)
      .when(command(type, {}, { by: awarding }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('is refused where there is no such challenge', () => {
    given(issued, achievement).when(command(type)).refuses('ERR_CHALLENGE_NOT_FOUND');
  });
});

describe('a closed challenge', () => {
  test.each([
    ['withdrawn', withdrawn, 'UpholdChallenge'],
    ['withdrawn', withdrawn, 'RejectChallenge'],
    ['upheld', upheld, 'RejectChallenge'],
    ['upheld', upheld, 'WithdrawChallenge'],
    ['rejected', rejected, 'UpholdChallenge'],
    ['rejected', rejected, 'WithdrawChallenge'],
  ] as const)('that was %s stays so (%#)', (_, outcome, type) => {
    given(issued, achievement, raised, outcome).when(command(type)).refuses('ERR_CHALLENGE_CLOSED');
  });
});
