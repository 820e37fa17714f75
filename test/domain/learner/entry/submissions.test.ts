import { describe, expect, test } from 'vitest';
import { learnerCommands } from '../../../../domain/learner/commands.js';
import type { LearnerEvent } from '../../../../domain/learner/events.js';
import { learner } from '../../../../domain/learner/learner.js';
import { command, event, keeper, marker, stranger, theLearner } from '../examples.js';
import { given, refusal } from '../language.js';

const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const provisional = event('AchievementRecorded', { standing: 'provisional' });
const participation = event('ParticipationRecorded');
const confirmed = event('AchievementConfirmed');

describe.each([
  ['an achievement', 'Achievement', achievement],
  ['a participation', 'Participation', participation],
] as const)('submitting %s', (_name, kind, recorded) => {
  const submit = `Submit${kind}` as const;
  const withdrawn = event(`${kind}Withdrawn`);
  const reinstated = event(`${kind}Reinstated`);
  const corrected = event(`${kind}Corrected`, { subject: { to: 'Teaching' } });

  test('that is unknown records it', () => {
    given(issued).when(command(submit)).records(recorded);
  });

  test('that is recorded so records nothing', () => {
    given(issued, recorded).when(command(submit)).recordsNothing();
  });

  test('that differs corrects the fields that differ, and no other', () => {
    given(issued, recorded)
      .when(command(submit, { subject: 'Teaching' }))
      .records(corrected);
  });

  test('that was corrected, as it was before, corrects it back', () => {
    given(issued, recorded, corrected)
      .when(command(submit))
      .records(event(`${kind}Corrected`, { subject: { to: command(submit).data.subject } }));
  });

  test('without a value that was recorded empties it', () => {
    given(issued, event(recorded.type, { subject: 'Teaching' }))
      .when(command(submit, { subject: null }))
      .records(event(`${kind}Corrected`, { subject: { to: null } }));
  });

  test('with a value where one was redacted leaves it redacted', () => {
    given(issued, event(recorded.type, { subject: marker }))
      .when(command(submit, { subject: 'Teaching' }))
      .recordsNothing();
  });

  test('with a value where its correction was redacted leaves it redacted', () => {
    given(issued, recorded, event(`${kind}Corrected`, { subject: marker }))
      .when(command(submit))
      .recordsNothing();
  });

  test('that differs beside what was redacted corrects only that', () => {
    given(issued, event(recorded.type, { subject: marker }))
      .when(command(submit, { subject: 'Teaching', level: 'Level 5' }))
      .records(event(`${kind}Corrected`, { level: { to: 'Level 5' } }));
  });

  test('as withdrawn withdraws it from its own date on, without a reason', () => {
    given(issued, recorded)
      .when(command(submit, { standing: 'withdrawn' }))
      .records(withdrawn);
  });

  test('as withdrawn neither compares nor corrects its values', () => {
    given(issued, recorded)
      .when(command(submit, { standing: 'withdrawn', subject: 'Teaching' }))
      .records(withdrawn);
  });

  test('as withdrawn where it is withdrawn records nothing, from whatever date that was', () => {
    given(issued, recorded, event(`${kind}Withdrawn`, { effectiveDate: '2024-01-15' }))
      .when(command(submit, { standing: 'withdrawn', subject: 'Teaching' }))
      .recordsNothing();
  });

  test('as withdrawn where it is unknown is refused', () => {
    given(issued)
      .when(command(submit, { standing: 'withdrawn' }))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });

  test('that was withdrawn reinstates it from its own date on, without a reason', () => {
    const late = { effectiveDate: '2024-01-15', reason: 'Malpractice was found.' };
    given(issued, recorded, event(`${kind}Withdrawn`, late))
      .when(command(submit))
      .records(reinstated);
  });

  test('that was withdrawn and differs reinstates and then corrects it', () => {
    given(issued, recorded, withdrawn)
      .when(command(submit, { subject: 'Teaching' }))
      .records(reinstated, corrected);
  });

  test('that was withdrawn and reinstated records nothing', () => {
    given(issued, recorded, withdrawn, reinstated).when(command(submit)).recordsNothing();
  });

  test.each([
    ['another organisation', stranger],
    ['the learner', theLearner],
    ['the keeper', keeper],
  ])('is refused to %s, whatever is recorded', (_, by) => {
    const identity = { familyName: 'Other' };
    for (const events of [[], [recorded], [recorded, withdrawn]]) {
      for (const standing of ['final', 'withdrawn'] as const) {
        given(issued, ...events)
          .when(command(submit, { standing, identity }, { by }))
          .refuses('ERR_NOT_SUBMITTER');
      }
    }
  });

  test('is refused before a ULN is issued', () => {
    given().when(command(submit)).refuses('ERR_ULN_NOT_ISSUED');
  });

  test('reads an identity that is missing, or a part of one, as null', () => {
    const { identity: _identity, ...data } = command(submit).data;
    expect(learnerCommands[submit].parse(data).identity).toBeNull();
    expect(
      learnerCommands[submit].parse({ ...data, identity: { familyName: 'Example' } }).identity,
    ).toEqual({
      givenName: null,
      familyName: 'Example',
      dateOfBirth: null,
    });
  });
});

describe('submitting an achievement', () => {
  test('that is unknown and provisional records it as provisional', () => {
    given(issued)
      .when(command('SubmitAchievement', { standing: 'provisional' }))
      .records(provisional);
  });

  test('that is provisional as provisional records nothing', () => {
    given(issued, provisional)
      .when(command('SubmitAchievement', { standing: 'provisional' }))
      .recordsNothing();
  });

  test('that is provisional as provisional with another value corrects it', () => {
    given(issued, provisional)
      .when(command('SubmitAchievement', { standing: 'provisional', grade: 'Merit' }))
      .records(event('AchievementCorrected', { grade: { to: 'Merit' } }));
  });

  test('that is provisional as final confirms it from its award date on', () => {
    given(issued, provisional).when(command('SubmitAchievement')).records(confirmed);
  });

  test('that is provisional as final with another value corrects and then confirms it', () => {
    given(issued, provisional)
      .when(command('SubmitAchievement', { grade: 'Merit' }))
      .records(event('AchievementCorrected', { grade: { to: 'Merit' } }), confirmed);
  });

  test('that is provisional as final with another award date confirms it from the new date on', () => {
    given(issued, provisional)
      .when(command('SubmitAchievement', { achievementAwardDate: '2023-08-17' }))
      .records(
        event('AchievementCorrected', { achievementAwardDate: { to: '2023-08-17' } }),
        event('AchievementConfirmed', { effectiveDate: '2023-08-17' }),
      );
  });

  test('that was confirmed as final records nothing', () => {
    given(issued, provisional, confirmed).when(command('SubmitAchievement')).recordsNothing();
  });

  test('that was withdrawn while provisional, as provisional, reinstates it', () => {
    given(issued, provisional, event('AchievementWithdrawn'))
      .when(command('SubmitAchievement', { standing: 'provisional' }))
      .records(event('AchievementReinstated'));
  });

  test('that was withdrawn while provisional, as final, reinstates, corrects and confirms it', () => {
    given(issued, provisional, event('AchievementWithdrawn'))
      .when(command('SubmitAchievement', { achievementAwardDate: '2019-08-15' }))
      .records(
        event('AchievementReinstated', { effectiveDate: '2022-08-18' }),
        event('AchievementCorrected', {
          validFrom: '2019-08-15',
          achievementAwardDate: { to: '2019-08-15' },
        }),
        event('AchievementConfirmed', { effectiveDate: '2019-08-15' }),
      );
  });

  test.each<[string, readonly LearnerEvent[]]>([
    ['was recorded as final', [achievement]],
    ['was confirmed', [provisional, confirmed]],
    ['was final and is withdrawn', [achievement, event('AchievementWithdrawn')]],
  ])('that %s, as provisional, is refused', (_, events) => {
    for (const grade of ['Pass', 'Merit']) {
      given(issued, ...events)
        .when(command('SubmitAchievement', { standing: 'provisional', grade }))
        .refuses('ERR_ENTRY_FINAL');
    }
  });

  test.each<[string, readonly LearnerEvent[]]>([
    ['unknown', []],
    ['recorded with another', [achievement]],
    ['recorded with another and withdrawn', [achievement, event('AchievementWithdrawn')]],
  ])('with an award date still to come is refused where it is %s', (_, events) => {
    given(issued, ...events)
      .when(command('SubmitAchievement', { achievementAwardDate: '2024-09-03' }))
      .refuses('ERR_AWARD_DATE_IN_FUTURE');
  });

  test('as withdrawn is not refused for an award date still to come, which is not recorded', () => {
    given(issued, achievement)
      .when(
        command('SubmitAchievement', { standing: 'withdrawn', achievementAwardDate: '2024-09-03' }),
      )
      .records(event('AchievementWithdrawn'));
  });

  test('does not reach a participation with the same id', () => {
    const { achievementId, submittedBy } = achievement.data;
    given(issued, event('ParticipationRecorded', { participationId: achievementId, submittedBy }))
      .when(command('SubmitAchievement'))
      .records(achievement);
  });
});

describe('submitting a participation', () => {
  test.each<[string, readonly LearnerEvent[]]>([
    ['unknown', []],
    ['recorded with others', [participation]],
    ['recorded with others and withdrawn', [participation, event('ParticipationWithdrawn')]],
  ])('with an end before its start is refused where it is %s', (_, events) => {
    given(issued, ...events)
      .when(command('SubmitParticipation', { participationEndDate: '2021-08-31' }))
      .refuses('ERR_PARTICIPATION_DATES');
  });

  test('with both dates moved together corrects both', () => {
    const [start, end] = ['2020-09-01', '2021-06-30'];
    given(issued, participation)
      .when(
        command('SubmitParticipation', {
          participationStartDate: start,
          participationEndDate: end,
        }),
      )
      .records(
        event('ParticipationCorrected', {
          validFrom: start,
          participationStartDate: { to: start },
          participationEndDate: { to: end },
        }),
      );
  });

  test('cannot be provisional', () => {
    const { data } = command('SubmitParticipation');
    const { SubmitParticipation } = learnerCommands;
    expect(SubmitParticipation.safeParse({ ...data, standing: 'provisional' }).success).toBe(false);
  });
});

const learnerKnown = event('UlnIssued', {
  preferredGivenName: 'Sasha',
  previousFamilyName: 'Earlier',
  familyNameAtAge16: 'Younger',
});

describe('the identity that a source submits', () => {
  test.each([
    ['nothing', null],
    ['no part of it', {}],
    [
      'everything as it is known',
      { givenName: 'Alex', familyName: 'Example', dateOfBirth: '2005-03-14' },
    ],
    ['a name in other letters', { givenName: 'ÁLEX', familyName: "ex-am'ple" }],
    ['the preferred given name', { givenName: 'Sasha' }],
    ['the previous family name', { familyName: 'Earlier' }],
    ['the family name at age 16', { familyName: 'Younger' }],
    ['the date of birth alone', { dateOfBirth: '2005-03-14' }],
  ])('is accepted with %s', (_, identity) => {
    given(learnerKnown).when(command('SubmitAchievement', { identity })).records(achievement);
  });

  test.each([
    ['another given name', { givenName: 'Robin', familyName: 'Example' }, 'givenName'],
    ['another family name', { givenName: 'Alex', familyName: 'Other' }, 'familyName'],
    ['another date of birth', { givenName: 'Alex', dateOfBirth: '2005-03-15' }, 'dateOfBirth'],
    [
      'the names the other way round',
      { givenName: 'Example', familyName: 'Alex' },
      'givenName, familyName',
    ],
    [
      'nothing of the learner',
      { givenName: 'Robin', familyName: 'Other', dateOfBirth: '1999-01-01' },
      'givenName, familyName, dateOfBirth',
    ],
  ])('is refused with %s, by the names of the fields', (_, identity, fields) => {
    const asked = command('SubmitAchievement', { identity });
    given(learnerKnown).when(asked).refuses('ERR_IDENTITY_MISMATCH');
    const state = learner.evolve(learner.initialState, learnerKnown);
    expect(refusal(() => learner.decide(asked, state)).message).toBe(
      `identity: expected what is known of the learner, found another ${fields}`,
    );
  });

  test.each([
    ['given name', { givenName: marker }, { givenName: 'Robin' }],
    ['preferred given name', { preferredGivenName: marker }, { givenName: 'Robin' }],
    ['family name', { familyName: marker }, { familyName: 'Other' }],
    ['previous family name', { previousFamilyName: marker }, { familyName: 'Other' }],
    ['family name at age 16', { familyNameAtAge16: marker }, { familyName: 'Other' }],
    ['date of birth', { dateOfBirth: marker }, { dateOfBirth: '1999-01-01' }],
  ])('differs where the %s is redacted: it cannot be confirmed', (_, redacted, identity) => {
    const known = event('UlnIssued', redacted);
    given(known).when(command('SubmitAchievement', { identity })).refuses('ERR_IDENTITY_MISMATCH');
  });

  test('does not differ in a name that stands beside a redacted one', () => {
    const known = event('UlnIssued', { previousFamilyName: marker });
    given(known)
      .when(command('SubmitAchievement', { identity: { familyName: 'Example' } }))
      .records(achievement);
  });

  test('differs in what is not redacted', () => {
    given(event('UlnIssued', { familyName: marker }))
      .when(command('SubmitAchievement', { identity: { givenName: 'Robin', familyName: 'Other' } }))
      .refuses('ERR_IDENTITY_MISMATCH');
  });

  test('is compared with the details as they were amended', () => {
    const amended = event('LearnerDetailsAmended', { familyName: { to: 'Amended' } });
    const submit = (familyName: string) =>
      command('SubmitAchievement', { identity: { familyName } });
    given(issued, amended).when(submit('Amended')).records(achievement);
    given(issued, amended).when(submit('Example')).refuses('ERR_IDENTITY_MISMATCH');
  });

  test.each<[string, readonly LearnerEvent[]]>([
    ['unknown', []],
    ['recorded', [participation]],
    ['withdrawn', [participation, event('ParticipationWithdrawn')]],
  ])(
    'is asked for first, where the participation is %s and whatever it is submitted as',
    (_, events) => {
      for (const standing of ['final', 'withdrawn'] as const) {
        given(issued, ...events)
          .when(command('SubmitParticipation', { standing, identity: { familyName: 'Other' } }))
          .refuses('ERR_IDENTITY_MISMATCH');
      }
    },
  );
});
