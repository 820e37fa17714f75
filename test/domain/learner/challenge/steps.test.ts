import { describe, test } from 'vitest';
import { Instant } from '../../../../domain/values/date.js';
import {
  AWARDING,
  awarding,
  command,
  event,
  keeper,
  marker,
  provider,
  stranger,
  theLearner,
  ULN,
} from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const raised = event('ChallengeRaised');
const upheld = event('ChallengeUpheld');
const resolved = event('ChallengeResolved');
const extended = event('ChallengeExtended');
const corrected = event('AchievementCorrected', { grade: { to: 'Merit' } });
const correction = command('CorrectAchievement', { changes: { grade: 'Merit' } });

describe('extending a challenge', () => {
  // Source: UK GDPR Article 12(3): one month, which may be extended by two further months.
  test.each([
    [1, '2024-11-02'],
    [2, '2024-12-02'],
  ])('by %i months moves the due date to %s', (months, dueDate) => {
    given(issued, achievement, raised)
      .when(command('ExtendChallenge', { months }))
      .records(event('ChallengeExtended', { dueDate }));
  });

  test('ends on the last day of a month that has no such day', () => {
    given(issued, achievement, event('ChallengeRaised', { dueDate: '2024-12-31' }))
      .when(command('ExtendChallenge', { months: 2 }))
      .records(event('ChallengeExtended', { dueDate: '2025-02-28' }));
  });

  test('again with the same date and reason records nothing', () => {
    given(issued, achievement, raised, extended).when(command('ExtendChallenge')).recordsNothing();
  });

  test('again with a reason that was redacted since records nothing', () => {
    given(issued, achievement, raised, event('ChallengeExtended', { reason: marker }))
      .when(command('ExtendChallenge'))
      .recordsNothing();
  });

  test('a second time is refused', () => {
    given(issued, achievement, raised, extended)
      .when(command('ExtendChallenge', { months: 1 }))
      .refuses('ERR_CHALLENGE_EXTENDED');
  });

  test('is possible on the day on which it is due, and refused on the next', () => {
    const on = (day: string) => ({ at: Instant.parse(`${day}T23:00:00.000Z`) });
    const before = given(issued, achievement, raised);
    before.when(command('ExtendChallenge', {}, on('2024-10-02'))).records(extended);
    before.when(command('ExtendChallenge', {}, on('2024-10-03'))).refuses('ERR_CHALLENGE_OVERDUE');
  });

  test.each([event('ChallengeWithdrawn'), upheld, event('ChallengeRejected')])(
    'is refused after $type',
    (closed) => {
      given(issued, achievement, raised, closed)
        .when(command('ExtendChallenge'))
        .refuses('ERR_CHALLENGE_CLOSED');
    },
  );

  test('is for the owner and the keeper', () => {
    const before = given(issued, achievement, raised);
    before.when(command('ExtendChallenge', {}, { by: keeper })).records(extended);
    for (const by of [theLearner, provider, stranger]) {
      before.when(command('ExtendChallenge', {}, { by })).refuses('ERR_NOT_PERMITTED');
    }
  });

  test('is refused for a challenge that is not there', () => {
    given(issued).when(command('ExtendChallenge')).refuses('ERR_CHALLENGE_NOT_FOUND');
  });
});

describe('an upheld challenge of an entry', () => {
  const waiting = given(issued, achievement, raised, upheld);

  test('is resolved by the correction, in the same breath', () => {
    waiting.when(correction).records(corrected, resolved);
  });

  test('is resolved by taking the entry back', () => {
    waiting.when(command('WithdrawAchievement')).records(event('AchievementWithdrawn'), resolved);
  });

  test('is resolved by putting a withdrawn entry back', () => {
    given(issued, achievement, event('AchievementWithdrawn'), raised, upheld)
      .when(command('ReinstateAchievement'))
      .records(event('AchievementReinstated'), resolved);
  });

  test('is resolved by a submission that corrects', () => {
    waiting.when(command('SubmitAchievement', { grade: 'Merit' })).records(corrected, resolved);
  });

  test('is not resolved by what leaves the entry as it is', () => {
    waiting.when(command('SubmitAchievement')).recordsNothing();
    waiting.when(command('SetOptOut')).records(event('OptOutSet'));
  });

  test('is not resolved by the correction of another entry', () => {
    const other = event('AchievementRecorded', { achievementId: 'A-2' });
    given(issued, achievement, other, raised, upheld)
      .when(command('CorrectAchievement', { achievementId: 'A-2', changes: { grade: 'Merit' } }))
      .records({ ...corrected, data: { ...corrected.data, achievementId: 'A-2' } });
  });

  test('is resolved at once where the entry was corrected since it was raised', () => {
    given(issued, achievement, raised, corrected)
      .when(command('UpholdChallenge'))
      .records(upheld, resolved);
  });

  test('is not resolved by a correction from before it was raised', () => {
    given(issued, achievement, corrected, raised).when(command('UpholdChallenge')).records(upheld);
  });

  test('that was upheld before resolutions were recorded is resolved when it is upheld again', () => {
    given(issued, achievement, raised, upheld, corrected)
      .when(command('UpholdChallenge'))
      .records(resolved);
  });

  test('is resolved once', () => {
    given(issued, achievement, raised, upheld, corrected, resolved)
      .when(command('CorrectAchievement', { changes: { grade: 'Pass' } }))
      .records(event('AchievementCorrected', { grade: { to: 'Pass' } }));
  });

  test('is resolved with every other one of the entry', () => {
    const second = { challengeId: 'C-2', challengeNumber: 2 } as const;
    given(
      issued,
      achievement,
      raised,
      event('ChallengeRaised', second),
      upheld,
      event('ChallengeUpheld', { challengeId: 'C-2' }),
    )
      .when(correction)
      .records(corrected, resolved, event('ChallengeResolved', { challengeId: 'C-2' }));
  });

  test('resolves at most 32 with one command, and the rest with the next', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `C-${index + 1}`);
    const many = ids.flatMap((challengeId, index) => [
      event('ChallengeRaised', { challengeId, challengeNumber: index + 1 }),
      event('ChallengeUpheld', { challengeId }),
    ]);
    const first = ids
      .slice(0, 32)
      .map((challengeId) => event('ChallengeResolved', { challengeId }));
    const rest = ids.slice(32).map((challengeId) => event('ChallengeResolved', { challengeId }));
    given(issued, achievement, ...many)
      .when(correction)
      .records(corrected, ...first);
    given(issued, achievement, ...many, corrected, ...first)
      .when(command('SetOptOut'))
      .records(event('OptOutSet'), ...rest);
  });
});

test.each([event('ChallengeWithdrawn'), event('ChallengeRejected')])(
  'a challenge that ended with $type is not resolved by a correction',
  (closed) => {
    given(issued, achievement, raised, closed).when(correction).records(corrected);
  },
);

describe('an upheld challenge of the details', () => {
  const ofDetails = event('ChallengeRaised', { entry: null });

  test('is resolved when details are amended', () => {
    given(issued, ofDetails, upheld)
      .when(command('AmendLearnerDetails', { changes: { familyName: 'Sample' } }))
      .records(event('LearnerDetailsAmended', { familyName: { to: 'Sample' } }), resolved);
  });

  test('is not resolved by the correction of an entry', () => {
    given(issued, achievement, ofDetails, upheld).when(correction).records(corrected);
  });
});

describe('a challenge of the identity', () => {
  const ofIdentity = event('ChallengeRaised', {
    concerning: 'identity',
    entry: null,
    duplicateOf: '1000000019',
  });
  const disputed = { concerning: 'identity', entry: null, duplicateOf: '1000000019' } as const;

  test('can name the other ULN', () => {
    given(issued).when(command('RaiseChallenge', disputed)).records(ofIdentity);
  });

  test('again, also after the other ULN was redacted, records nothing', () => {
    given(issued, ofIdentity).when(command('RaiseChallenge', disputed)).recordsNothing();
    const gone = { ...ofIdentity, data: { ...ofIdentity.data, duplicateOf: marker } };
    given(issued, gone).when(command('RaiseChallenge', disputed)).recordsNothing();
  });

  test('with the same id and another ULN is refused', () => {
    given(issued, ofIdentity)
      .when(command('RaiseChallenge', { ...disputed, duplicateOf: '1000000027' }))
      .refuses('ERR_CHALLENGE_DIFFERS');
  });

  test('belongs to the keeper', () => {
    const before = given(issued, ofIdentity);
    before.when(command('UpholdChallenge', {}, { by: awarding })).refuses('ERR_NOT_PERMITTED');
    before.when(command('UpholdChallenge', {}, { by: keeper })).records(upheld);
  });

  test('is resolved by a change of who the learner is, not by one of where they live', () => {
    const before = given(issued, ofIdentity, upheld);
    before
      .when(command('AmendLearnerDetails', { changes: { dateOfBirth: '2005-03-15' } }))
      .records(event('LearnerDetailsAmended', { dateOfBirth: { to: '2005-03-15' } }), resolved);
    before
      .when(command('AmendLearnerDetails', { changes: { lastKnownAddressTown: 'Elsewhere' } }))
      .records(event('LearnerDetailsAmended', { lastKnownAddressTown: { to: 'Elsewhere' } }));
  });

  const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;
  test.each([
    ['the identity and an entry', { ...disputed, entry }],
    ['an entry and none', { concerning: 'entry', entry: null } as const],
    ['the details and another ULN', { entry: null, duplicateOf: '1000000019' }],
    ["another ULN that is the learner's own", { ...disputed, duplicateOf: ULN }],
  ])('is refused where it names %s', (_, data) => {
    given(issued, achievement).when(command('RaiseChallenge', data)).refuses('ERR_INPUT_INVALID');
  });
});
