import { describe, expect, test } from 'vitest';
import { learnerEvents } from '../../domain/learner/events.js';
import { isRedacted, RedactionMarker, redactableFields } from '../../domain/redaction.js';
import { event, marker } from './learner/examples.js';

describe('the marker of a redaction', () => {
  test('is recognised', () => {
    expect(isRedacted(marker)).toBe(true);
  });

  test.each([
    ['nothing', null],
    ['a text', 'redacted'],
    ['a number', 0],
    ['a change of a field', { to: 'redacted' }],
    ['a field that is not there', undefined],
  ])('is not seen in %s', (_, value) => {
    expect(isRedacted(value)).toBe(false);
  });

  test.each([
    ['a basis in free text', { basis: 'health' }],
    ['no order', { order: undefined }],
    ['redacted: false', { redacted: false }],
    ['the value that stood there', { value: 'Alex' }],
  ])('is refused with %s', (_, change) => {
    expect(RedactionMarker.safeParse({ ...marker, ...change }).success).toBe(false);
  });
});

describe('the fields that can be redacted', () => {
  test('of an achievement are its names and its grade', () => {
    expect(redactableFields(learnerEvents.AchievementRecorded.schema)).toStrictEqual([
      'subject',
      'qualificationType',
      'learningProvider',
      'learningProviderName',
      'awardingOrganisationName',
      'grade',
    ]);
  });

  test('of an issued ULN are all the details and not the ULN', () => {
    const { uln: _, ...details } = event('UlnIssued').data;
    expect(redactableFields(learnerEvents.UlnIssued.schema)).toStrictEqual(Object.keys(details));
  });

  test.each(['AchievementConfirmed', 'SensitiveDataRedacted', 'FieldsResealed'] as const)(
    'of %s are none',
    (type) => {
      expect(redactableFields(learnerEvents[type].schema)).toStrictEqual([]);
    },
  );

  test('accept the marker', () => {
    expect(event('UlnIssued', { givenName: marker }).data.givenName).toStrictEqual(marker);
  });

  test('of a correction accept the marker in place of the change', () => {
    expect(event('AchievementCorrected', { grade: marker }).data.grade).toStrictEqual(marker);
  });

  test('do not include dates, so that what was so when stays known', () => {
    const { schema } = learnerEvents.AchievementRecorded;
    const { data } = event('AchievementRecorded');
    expect(schema.safeParse({ ...data, achievementAwardDate: marker }).success).toBe(false);
  });
});
