import { describe, expect, test } from 'vitest';
import { LearnerDetailsInput } from '../../../../domain/learner/details/details.js';
import type { LearnerEventData } from '../../../../domain/learner/events.js';
import { Instant } from '../../../../domain/values/date.js';
import { command, event, keeper, marker, stranger, theLearner, ULN } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const input = {
  givenName: 'Alex',
  familyName: 'Example',
  lastKnownPostCode: 'ZZ99 9ZZ',
  dateOfBirth: '2005-03-14',
  gender: '9',
  abilityToShare: '1',
  verificationType: '1',
} as const;

describe('issuing a ULN', () => {
  test('records it with the details', () => {
    given().when(command('IssueUln')).records(event('UlnIssued'));
  });

  test('is allowed to the keeper', () => {
    given()
      .when(command('IssueUln', {}, { by: keeper }))
      .records(event('UlnIssued'));
  });

  test('is refused to the learner', () => {
    given()
      .when(command('IssueUln', {}, { by: theLearner }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('is refused where it is issued already', () => {
    given(issued).when(command('IssueUln')).refuses('ERR_ULN_ALREADY_ISSUED');
  });

  test('is refused for someone born tomorrow', () => {
    const details = { ...input, dateOfBirth: '2024-09-03' };
    given()
      .when(command('IssueUln', { uln: ULN, details }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is allowed for someone born today', () => {
    const details = { ...input, dateOfBirth: '2024-09-02' };
    given()
      .when(command('IssueUln', { uln: ULN, details }))
      .records(event('UlnIssued', { dateOfBirth: '2024-09-02' }));
  });

  test('to someone who does not share sets the opt-out with it, from that day on', () => {
    const details = { ...input, abilityToShare: '2' } as const;
    given()
      .when(command('IssueUln', { uln: ULN, details }))
      .records(
        event('UlnIssued', { abilityToShare: '2' }),
        event('OptOutSet', { route: 'enrolment', effectiveDate: '2024-09-02' }),
      );
  });

  test.each(['0', '1'] as const)('with ability to share %s sets no opt-out', (abilityToShare) => {
    const details = { ...input, abilityToShare };
    given()
      .when(command('IssueUln', { uln: ULN, details }))
      .records(event('UlnIssued', { abilityToShare }));
  });
});

describe('amending details', () => {
  test('records what changes and from when, and null for what stays', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { familyName: 'Sample', notes: 'Moved.' } }))
      .records(
        event('LearnerDetailsAmended', { familyName: { to: 'Sample' }, notes: { to: 'Moved.' } }),
      );
  });

  test('can empty a field that may be empty', () => {
    given(event('UlnIssued', { notes: 'Moved.' }))
      .when(command('AmendLearnerDetails', { changes: { notes: null } }))
      .records(event('LearnerDetailsAmended', { notes: { to: null } }));
  });

  test('keeps the effective date it names', () => {
    given(issued)
      .when(
        command('AmendLearnerDetails', {
          effectiveDate: '2023-01-01',
          changes: { familyName: 'Sample' },
        }),
      )
      .records(
        event('LearnerDetailsAmended', {
          effectiveDate: '2023-01-01',
          familyName: { to: 'Sample' },
        }),
      );
  });

  test('leaves out of the event what is named but stays as it is', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { givenName: 'Alex', gender: '2' } }))
      .records(event('LearnerDetailsAmended', { gender: { to: '2' } }));
  });

  test('records nothing when nothing changes', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { givenName: 'Alex' } }))
      .recordsNothing();
  });

  test('records nothing when it names no field', () => {
    given(issued).when(command('AmendLearnerDetails')).recordsNothing();
  });

  test('records nothing the second time', () => {
    given(issued, event('LearnerDetailsAmended', { familyName: { to: 'Sample' } }))
      .when(command('AmendLearnerDetails', { changes: { familyName: 'Sample' } }))
      .recordsNothing();
  });

  test('can put a value where one was redacted', () => {
    given(event('UlnIssued', { emailAddress: marker }))
      .when(command('AmendLearnerDetails', { changes: { emailAddress: 'alex@example.org' } }))
      .records(event('LearnerDetailsAmended', { emailAddress: { to: 'alex@example.org' } }));
  });

  test('is refused to the learner, who can raise a challenge', () => {
    given(issued)
      .when(
        command('AmendLearnerDetails', { changes: { familyName: 'Sample' } }, { by: theLearner }),
      )
      .refuses('ERR_NOT_PERMITTED');
  });

  test.each([
    ['the keeper', keeper],
    ['an organisation that did not register the learner', stranger],
  ])('is allowed to %s', (_, by) => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { familyName: 'Sample' } }, { by }))
      .records(event('LearnerDetailsAmended', { familyName: { to: 'Sample' } }));
  });

  test('is refused before a ULN is issued', () => {
    given().when(command('AmendLearnerDetails')).refuses('ERR_ULN_NOT_ISSUED');
  });

  test('is refused with an effective date still to come', () => {
    given(issued)
      .when(
        command('AmendLearnerDetails', {
          effectiveDate: '2024-09-03',
          changes: { familyName: 'Sample' },
        }),
      )
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('is refused with a birth date still to come', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { dateOfBirth: '2024-09-03' } }))
      .refuses('ERR_DATE_IN_FUTURE');
  });

  test('takes the day in UTC for today', () => {
    const at = Instant.parse('2024-09-02T23:59:59.999Z');
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { gender: '2' } }, { at }))
      .records(event('LearnerDetailsAmended', { gender: { to: '2' } }));
  });
});

describe('other verification', () => {
  const other = { verificationType: '999', otherVerificationDescription: 'Library card' } as const;

  test('is accepted with a description', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: other }))
      .records(
        event('LearnerDetailsAmended', {
          verificationType: { to: '999' },
          otherVerificationDescription: { to: 'Library card' },
        }),
      );
  });

  test('is refused without a description', () => {
    given(issued)
      .when(command('AmendLearnerDetails', { changes: { verificationType: '999' } }))
      .refuses('ERR_INPUT_INVALID');
  });

  test('is refused without a description, though the field is named as undefined', () => {
    const changes = { verificationType: '999', otherVerificationDescription: undefined } as const;
    given(issued).when(command('AmendLearnerDetails', { changes })).refuses('ERR_INPUT_INVALID');
  });

  test('cannot lose its description', () => {
    given(event('UlnIssued', other))
      .when(command('AmendLearnerDetails', { changes: { otherVerificationDescription: null } }))
      .refuses('ERR_INPUT_INVALID');
  });

  test('counts as described where the description was redacted', () => {
    given(event('UlnIssued', { ...other, otherVerificationDescription: marker }))
      .when(command('AmendLearnerDetails', { changes: { gender: '2' } }))
      .records(event('LearnerDetailsAmended', { gender: { to: '2' } }));
  });
});

describe('details as a source gives them', () => {
  test('read what is missing as null', () => {
    const read: LearnerEventData<'UlnIssued'> = { ...event('UlnIssued').data };
    expect({ uln: ULN, ...LearnerDetailsInput.parse(input) }).toStrictEqual(read);
  });

  test.each([
    ['a blank family name', { familyName: '  ' }],
    ['a given name of 36 characters', { givenName: 'a'.repeat(36) }],
    ['no postcode', { lastKnownPostCode: undefined }],
    ['an e-mail address without a domain', { emailAddress: 'alex@example' }],
    ['gender 3', { gender: '3' }],
    ['ability to share 3', { abilityToShare: '3' }],
    ['verification type 8', { verificationType: '8' }],
    ['other verification that is not described', { verificationType: '999' }],
    ['a nationality in small letters', { nationality: 'gbr' }],
    ['ethnicity, which is not collected', { ethnicityCode: '31' }],
    ['disability, which is not collected', { disabilityCode: '1' }],
  ])('are refused with %s', (_, change) => {
    expect(LearnerDetailsInput.safeParse({ ...input, ...change }).success).toBe(false);
  });

  test.each([
    ['an e-mail address of a long top-level domain', { emailAddress: 'alex@example.technology' }],
    ['a Scottish Candidate Number', { scottishCandidateNumber: '240000121' }],
    ['notes of several lines', { notes: 'One.\nTwo.' }],
    [
      'other verification described',
      { verificationType: '999', otherVerificationDescription: 'x' },
    ],
  ])('are accepted with %s', (_, change) => {
    expect(LearnerDetailsInput.safeParse({ ...input, ...change }).success).toBe(true);
  });
});
