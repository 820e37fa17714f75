import { describe, test } from 'vitest';
import { awarding, command, event, keeper, NOON, theLearner } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const set = event('OptOutSet');
const lifted = event('OptOutLifted');

describe('opting out of the ULN', () => {
  test.each([
    ['the learner', theLearner],
    ['an organisation', awarding],
    ['the keeper', keeper],
  ])('is refused to %s', (_, by) => {
    given(issued)
      .when(command('SetOptOut', { of: 'uln' }, { by }))
      .refuses('ERR_ULN_OPT_OUT');
  });

  test('is refused to a learner who has opted out of sharing', () => {
    given(issued, set)
      .when(command('SetOptOut', { of: 'uln' }))
      .refuses('ERR_ULN_OPT_OUT');
  });
});

describe('opting out of sharing', () => {
  test('is recorded from today on where no date is named', () => {
    given(issued)
      .when(command('SetOptOut', { effectiveDate: null }))
      .records(event('OptOutSet', { effectiveDate: NOON.slice(0, 10) }));
  });

  test('is recorded with the date, route and evidence that it names', () => {
    const named = {
      effectiveDate: '2024-01-15',
      route: 'helpdesk',
      evidenceReference: 'CALL-1',
    } as const;
    given(issued)
      .when(command('SetOptOut', named, { by: keeper }))
      .records(event('OptOutSet', named));
  });

  test('records nothing for someone who opted out before', () => {
    given(issued, set)
      .when(command('SetOptOut', { route: 'helpdesk', effectiveDate: null }))
      .recordsNothing();
  });

  test('again from an earlier date on is recorded: the date is news', () => {
    const effectiveDate = '2020-02-03';
    given(issued, set)
      .when(command('SetOptOut', { effectiveDate }))
      .records(event('OptOutSet', { effectiveDate }));
  });

  test('is recorded again after it was lifted', () => {
    given(issued, set, lifted).when(command('SetOptOut')).records(event('OptOutSet'));
  });

  test('is refused from a date still to come', () => {
    given(issued)
      .when(command('SetOptOut', { effectiveDate: '2024-09-03' }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is refused before a ULN is issued', () => {
    given().when(command('SetOptOut')).refuses('ERR_ULN_NOT_ISSUED');
  });
});

describe('lifting the opt-out', () => {
  test('is recorded', () => {
    given(issued, set)
      .when(command('LiftOptOut', { effectiveDate: null }))
      .records(event('OptOutLifted', { effectiveDate: NOON.slice(0, 10) }));
  });

  test('is recorded with the date, route and evidence that it names', () => {
    const named = {
      effectiveDate: '2024-01-15',
      route: 'helpdesk',
      evidenceReference: 'CALL-2',
    } as const;
    given(issued, set)
      .when(command('LiftOptOut', named, { by: keeper }))
      .records(event('OptOutLifted', named));
  });

  test('records nothing for someone who shares', () => {
    given(issued).when(command('LiftOptOut')).recordsNothing();
  });

  test('records nothing the second time', () => {
    given(issued, set, lifted).when(command('LiftOptOut')).recordsNothing();
  });

  test('is refused from a date still to come', () => {
    given(issued, set)
      .when(command('LiftOptOut', { effectiveDate: '2024-09-03' }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('ends an opt-out set on enrolment as well', () => {
    given(
      event('UlnIssued', { abilityToShare: '2' }),
      event('OptOutSet', { route: 'enrolment', effectiveDate: '2024-09-01' }),
    )
      .when(command('LiftOptOut'))
      .records(lifted);
  });
});

describe('ability to share 2, given by an amendment,', () => {
  const unable = { to: '2' } as const;

  test('sets the opt-out', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { abilityToShare: '2' } }))
      .records(
        event('LearnerDetailsAmended', {
          effectiveDate: NOON.slice(0, 10),
          abilityToShare: unable,
        }),
        event('OptOutSet', { effectiveDate: NOON.slice(0, 10), route: 'enrolment' }),
      );
  });

  test('leaves an opt-out that is set as it is', () => {
    given(issued, set)
      .when(command('AmendLearnerDetails', { changes: { abilityToShare: '2' } }))
      .records(
        event('LearnerDetailsAmended', {
          effectiveDate: NOON.slice(0, 10),
          abilityToShare: unable,
        }),
      );
  });
});
