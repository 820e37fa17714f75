import { describe, test } from 'vitest';
import { command, event, keeper, stranger, theLearner } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const provisional = event('AchievementRecorded', { standing: 'provisional' });
const confirmed = event('AchievementConfirmed');

const others = [
  ['another organisation', stranger],
  ['the learner', theLearner],
  ['the keeper', keeper],
] as const;

describe.each([
  ['an achievement', 'Achievement', event('AchievementRecorded')],
  ['a participation', 'Participation', event('ParticipationRecorded')],
] as const)('withdrawing %s', (_name, kind, recorded) => {
  const withdraw = `Withdraw${kind}` as const;
  const withdrawn = event(`${kind}Withdrawn`);

  test('counts from its own date on where no date is named: it never stood', () => {
    given(issued, recorded).when(command(withdraw)).records(withdrawn);
  });

  test('counts from the date named, with the reason', () => {
    const named = { effectiveDate: '2024-01-15', reason: 'Malpractice was found.' };
    given(issued, recorded)
      .when(command(withdraw, named))
      .records(event(`${kind}Withdrawn`, named));
  });

  test('records nothing the second time', () => {
    given(issued, recorded, withdrawn).when(command(withdraw)).recordsNothing();
  });

  test('again from an earlier date on is recorded: the date is news', () => {
    const late = event(`${kind}Withdrawn`, { effectiveDate: '2024-01-15' });
    const effectiveDate = '2023-06-01';
    given(issued, recorded, late)
      .when(command(withdraw, { effectiveDate }))
      .records(event(`${kind}Withdrawn`, { effectiveDate }));
    given(issued, recorded, late)
      .when(command(withdraw, { effectiveDate: '2024-02-01' }))
      .recordsNothing();
  });

  test('is recorded again after a reinstatement', () => {
    given(issued, recorded, withdrawn, event(`${kind}Reinstated`))
      .when(command(withdraw))
      .records(withdrawn);
  });

  test.each(others)('is refused to %s', (_, by) => {
    given(issued, recorded)
      .when(command(withdraw, {}, { by }))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('is refused from a date still to come', () => {
    given(issued, recorded)
      .when(command(withdraw, { effectiveDate: '2024-09-03' }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is refused where there is no such entry', () => {
    given(issued).when(command(withdraw)).refuses('ERR_ENTRY_NOT_FOUND');
  });
});

describe.each([
  ['an achievement', 'Achievement', event('AchievementRecorded')],
  ['a participation', 'Participation', event('ParticipationRecorded')],
] as const)('reinstating %s', (_name, kind, recorded) => {
  const reinstate = `Reinstate${kind}` as const;
  const withdrawn = event(`${kind}Withdrawn`);
  const reinstated = event(`${kind}Reinstated`);

  test('counts from its own date on where no date is named', () => {
    given(issued, recorded, withdrawn).when(command(reinstate)).records(reinstated);
  });

  test('counts from the date named, with the reason', () => {
    const named = { effectiveDate: '2024-01-15', reason: 'An appeal was upheld.' };
    given(issued, recorded, withdrawn)
      .when(command(reinstate, named))
      .records(event(`${kind}Reinstated`, named));
  });

  test('records nothing where it stands', () => {
    given(issued, recorded).when(command(reinstate)).recordsNothing();
  });

  test('records nothing the second time', () => {
    given(issued, recorded, withdrawn, reinstated).when(command(reinstate)).recordsNothing();
  });

  test.each(others)('is refused to %s', (_, by) => {
    given(issued, recorded, withdrawn)
      .when(command(reinstate, {}, { by }))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('is refused from a date still to come', () => {
    given(issued, recorded, withdrawn)
      .when(command(reinstate, { effectiveDate: '2024-09-03' }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is refused where there is no such entry', () => {
    given(issued).when(command(reinstate)).refuses('ERR_ENTRY_NOT_FOUND');
  });
});

describe('withdrawing', () => {
  test('counts from the corrected award date where no date is named', () => {
    const moved = { validFrom: '2019-08-15', achievementAwardDate: { to: '2019-08-15' } };
    given(issued, event('AchievementRecorded'), event('AchievementCorrected', moved))
      .when(command('WithdrawAchievement'))
      .records(event('AchievementWithdrawn', { effectiveDate: '2019-08-15' }));
  });

  test('does not reach an entry of the other kind with the same id', () => {
    given(issued, event('AchievementRecorded'))
      .when(command('WithdrawParticipation', { participationId: 'A-1' }))
      .refuses('ERR_ENTRY_NOT_FOUND');
  });
});

describe('confirming a provisional achievement', () => {
  test('counts from its award date on where no date is named', () => {
    given(issued, provisional).when(command('ConfirmAchievement')).records(confirmed);
  });

  test('counts from the date named', () => {
    given(issued, provisional)
      .when(command('ConfirmAchievement', { effectiveDate: '2024-01-15' }))
      .records(event('AchievementConfirmed', { effectiveDate: '2024-01-15' }));
  });

  test('records nothing the second time', () => {
    given(issued, provisional, confirmed).when(command('ConfirmAchievement')).recordsNothing();
  });

  test('records nothing where it was final from the beginning', () => {
    given(issued, event('AchievementRecorded'))
      .when(command('ConfirmAchievement'))
      .recordsNothing();
  });

  test.each(others)('is refused to %s', (_, by) => {
    given(issued, provisional)
      .when(command('ConfirmAchievement', {}, { by }))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('is refused where it is withdrawn', () => {
    given(issued, provisional, event('AchievementWithdrawn'))
      .when(command('ConfirmAchievement'))
      .refuses('ERR_ENTRY_WITHDRAWN');
  });

  test('is refused from a date still to come', () => {
    given(issued, provisional)
      .when(command('ConfirmAchievement', { effectiveDate: '2024-09-03' }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is refused where there is no such achievement', () => {
    given(issued).when(command('ConfirmAchievement')).refuses('ERR_ENTRY_NOT_FOUND');
  });
});
