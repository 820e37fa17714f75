import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { plrProjection, toPlr } from '../../../projections/live/plr.js';
import { fold } from '../../../projections/projection.js';
import { AWARDING, event, marker } from '../../domain/learner/examples.js';
import { stream } from '../recording.js';

const DAY = '2024-09-02';
const raised = event('ChallengeRaised');

function plrOf(...events: readonly LearnerEvent[]) {
  const all = [event('UlnIssued'), event('AchievementRecorded'), ...events];
  return toPlr(fold(plrProjection, stream(...all.map((one) => [DAY, one] as const))));
}

function disputedBy(...events: readonly LearnerEvent[]) {
  return plrOf(...events).qualifications[0]?.achievements[0]?.disputedBy;
}

describe('a challenge in the record', () => {
  test('shows what it disputes, why and until when', () => {
    expect(plrOf(raised).challenges).toStrictEqual([
      {
        key: 'C-1',
        number: 1,
        concerning: 'entry',
        entry: 'achievement 99999901 A-1',
        duplicateOf: null,
        state: 'open',
        raisedAt: '2024-09-02T12:00:00.000Z',
        dueDate: '2024-10-02',
        extended: false,
        reason: 'The grade is not the one on the certificate.',
        extension: null,
        answer: null,
        decidedAt: null,
        resolvedAt: null,
      },
    ]);
  });

  test('names no entry where it disputes the details', () => {
    expect(plrOf(event('ChallengeRaised', { entry: null })).challenges[0]?.entry).toBeNull();
  });

  test.each([
    ['withdrawn', event('ChallengeWithdrawn', { reason: 'My mistake.' }), 'My mistake.'],
    ['upheld', event('ChallengeUpheld', { reason: null }), null],
    ['rejected', event('ChallengeRejected'), 'The certificate was checked.'],
  ])('shows that it was %s, and the answer', (state, closed, answer) => {
    expect(plrOf(raised, closed).challenges[0]).toMatchObject({ state, answer });
  });

  test('shows a redacted reason as redacted', () => {
    const redacted = event('ChallengeRaised', { reason: marker });
    expect(plrOf(redacted).challenges[0]?.reason).toStrictEqual(marker);
  });
});

describe('a disputed entry', () => {
  test('names the number of its challenge', () => {
    expect(disputedBy(raised)).toStrictEqual([1]);
  });

  test('names every open challenge', () => {
    const second = event('ChallengeRaised', { challengeId: 'C-2', challengeNumber: 2 });
    expect(disputedBy(raised, second)).toStrictEqual([1, 2]);
  });

  test.each([event('ChallengeWithdrawn'), event('ChallengeRejected')])(
    'is disputed no longer after $type',
    (closed) => {
      expect(disputedBy(raised, closed)).toStrictEqual([]);
    },
  );

  test('stays disputed after a challenge was upheld, until it is resolved', () => {
    expect(disputedBy(raised, event('ChallengeUpheld'))).toStrictEqual([1]);
    expect(disputedBy(raised, event('ChallengeUpheld'), event('ChallengeResolved'))).toStrictEqual(
      [],
    );
  });

  test.each([
    ['open', [raised], 'Y'],
    ['extended', [raised, event('ChallengeExtended')], 'Y'],
    ['upheld', [raised, event('ChallengeUpheld')], 'Y'],
    ['resolved', [raised, event('ChallengeUpheld'), event('ChallengeResolved')], 'N'],
    ['rejected', [raised, event('ChallengeRejected')], 'N'],
    ['withdrawn', [raised, event('ChallengeWithdrawn')], 'N'],
  ])("bears the service's mark while it is under challenge: %s", (_, events, mark) => {
    const [entry] = plrOf(...events).qualifications[0]?.achievements ?? [];
    expect(entry?.underDataChallenge).toBe(mark);
  });

  test('shows every step of its challenges', () => {
    const steps = [
      event('ChallengeExtended'),
      event('ChallengeUpheld'),
      event('ChallengeResolved'),
    ];
    const [entry] = plrOf(raised, ...steps).qualifications[0]?.achievements ?? [];
    const at = '2024-09-02T12:00:00.000Z';
    expect(entry?.challenges).toStrictEqual([
      {
        key: 'C-1',
        number: 1,
        state: 'upheld',
        raisedAt: at,
        dueDate: '2024-12-02',
        extended: true,
        decidedAt: at,
        resolvedAt: at,
      },
    ]);
  });

  test('is not disputed by a challenge of the details', () => {
    expect(disputedBy(event('ChallengeRaised', { entry: null }))).toStrictEqual([]);
  });

  test('is not disputed by a challenge of another entry', () => {
    const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-2' } as const;
    const second = event('AchievementRecorded', { achievementId: 'A-2' });
    expect(disputedBy(second, event('ChallengeRaised', { entry }))).toStrictEqual([]);
  });
});
