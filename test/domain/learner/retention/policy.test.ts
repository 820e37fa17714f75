import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learnerEvents } from '../../../../domain/learner/events.js';
import {
  countsAsActivity,
  DEFAULT_POLICY,
  importsDecidedBefore,
  latestOver,
  nextReviewOn,
  openHolds,
  type RetentionFacts,
  retentionEndsOn,
  yearsAfter,
} from '../../../../domain/learner/retention/policy.js';
import { CalendarDate, Instant } from '../../../../domain/values/date.js';

const date = (text: string) => CalendarDate.parse(text);
const facts = (changes: Partial<RetentionFacts> = {}): RetentionFacts => ({
  issuedOn: date('2017-09-01'),
  lastActivityOn: date('2020-02-29'),
  review: null,
  holds: {},
  dateOfDeath: null,
  ...changes,
});
const kept = (next: string) => ({ outcome: 'keep', nextReviewDate: date(next) }) as const;
const dispose = { outcome: 'dispose', nextReviewDate: null } as const;

describe('retention ends', () => {
  test.each([
    // 66 years: the service's privacy notice (SEED). Counted from the last activity: ours.
    [
      '66 years after the last activity',
      facts({ lastActivityOn: date('2024-03-01') }),
      '2090-03-01',
    ],
    ['on 28 February where there is no 29th', facts(), '2086-02-28'],
    ['with a death no earlier', facts({ dateOfDeath: date('2021-01-01') }), '2086-02-28'],
    ['later where a review kept the record', facts({ review: kept('2090-01-01') }), '2090-01-01'],
    [
      'no earlier where a review looks again before',
      facts({ review: kept('2030-01-01') }),
      '2086-02-28',
    ],
    ['no earlier where a review found that it is to go', facts({ review: dispose }), '2086-02-28'],
    [
      'with a hold when it would without: the hold stops the disposal',
      facts({ holds: { h: null } }),
      '2086-02-28',
    ],
  ])('%s', (_, record, expected) => {
    expect(retentionEndsOn(record, DEFAULT_POLICY)).toBe(expected);
  });

  test('by the policy that is given', () => {
    const policy = { ...DEFAULT_POLICY, retentionYears: 4 };
    expect(retentionEndsOn(facts(), policy)).toBe('2024-02-29');
  });
});

describe('the next review is', () => {
  test.each([
    ['five years after the ULN was issued', facts(), '2022-09-01'],
    ['when the last review says', facts({ review: kept('2031-05-06') }), '2031-05-06'],
    ['never, where that found that the record is to go', facts({ review: dispose }), null],
  ])('%s', (_, record, expected) => {
    expect(nextReviewOn(record, DEFAULT_POLICY)).toBe(expected);
  });
});

test('what counts as activity is said of every event, and only what sources and learners say counts', () => {
  const handling = Object.entries(countsAsActivity)
    .filter(([, counts]) => !counts)
    .map(([type]) => type);
  expect(Object.keys(countsAsActivity).sort()).toEqual(Object.keys(learnerEvents).sort());
  expect(handling.sort()).toEqual([
    'ChallengeExtended',
    'ChallengeRejected',
    'ChallengeResolved',
    'ChallengeUpheld',
    'ConfiguredViewCodeFailed',
    'ConfiguredViewCodeUsed',
    'ConfiguredViewExported',
    'EntryQuarantined',
    'FieldsResealed',
    'HandlingChanged',
    'LearnerSuperseded',
    'LearnersMerged',
    'LearnersUnmerged',
    'LegalHoldPlaced',
    'LegalHoldReleased',
    'NoticeShown',
    'OptOutOverridden',
    'QuarantineLifted',
    'RecordDisposed',
    'RetentionReviewed',
    'ReviewDismissed',
    'ReviewFlagged',
    'ReviewReported',
    'SensitiveDataRedacted',
    'SupersessionEnded',
    'UlnRetired',
    'VitalStatusRecorded',
  ]);
});

describe('a hold', () => {
  test.each([
    ['without an end runs', null, true],
    ['runs through its last day', '2024-09-02', true],
    ['has ended the day after', '2024-09-01', false],
  ])('%s', (_, end, runs) => {
    const holds = { 'H-1': end === null ? null : date(end) };
    expect(openHolds(holds, date('2024-09-02'))).toEqual(runs ? ['H-1'] : []);
  });
});

test('the rows of an import stay for 30 days', () => {
  const at = Instant.parse('2024-03-30T09:00:00.000Z');
  expect(importsDecidedBefore(at)).toBe('2024-02-29T09:00:00.000Z');
});

test('the last day that is over is the last whose years are over, 29 February included', () => {
  const days = fc.integer({ min: 0, max: 60_000 });
  const dayOf = (days: number) =>
    date(new Date(Date.UTC(1900, 0, 1 + days)).toISOString().slice(0, 10));
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 66 }), (day, years) => {
      const by = dayOf(day);
      const latest = latestOver(by, years);
      const next = new Date(Date.parse(latest) + 86_400_000).toISOString().slice(0, 10);
      expect(yearsAfter(latest, years) <= by).toBe(true);
      expect(yearsAfter(date(next), years) <= by).toBe(false);
    }),
  );
  expect(latestOver(date('2090-02-28'), 66)).toBe('2024-02-29');
});
