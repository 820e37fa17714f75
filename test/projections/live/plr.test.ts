import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { type Plr, plrProjection, toPlr } from '../../../projections/live/plr.js';
import type { PlrEntry } from '../../../projections/live/plrEntries.js';
import { fold } from '../../../projections/projection.js';
import { AWARDING, event, marker, PROVIDER, ULN } from '../../domain/learner/examples.js';
import { stream } from '../recording.js';

const DAY = '2024-09-02';
const achievementKey = 'achievement 99999901 A-1';

function plrOf(...events: readonly LearnerEvent[]): Plr {
  const recorded = stream([DAY, event('UlnIssued')], ...events.map((one) => [DAY, one] as const));
  return toPlr(fold(plrProjection, recorded));
}

function entriesOf(plr: Plr): readonly PlrEntry[] {
  return plr.qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
}

describe('a record', () => {
  test('of an empty stream is nobody’s and empty', () => {
    expect(toPlr(plrProjection.initialState)).toStrictEqual({
      uln: null,
      details: null,
      sharing: { optedOut: false },
      connections: [],
      qualifications: [],
      challenges: [],
      merging: { merged: [], supersededBy: null, retired: null },
      disposed: null,
    });
  });

  test('shows the ULN', () => {
    expect(plrOf().uln).toBe(ULN);
  });

  test('shows the details as amended', () => {
    const amended = event('LearnerDetailsAmended', { familyName: { to: 'Sample' } });
    const { uln: _, ...details } = event('UlnIssued', { familyName: 'Sample' }).data;
    expect(plrOf(amended).details).toStrictEqual(details);
  });

  test('shows a redacted amendment as redacted, not as what stood before', () => {
    const amended = event('LearnerDetailsAmended', { familyName: marker });
    expect(plrOf(amended).details?.familyName).toStrictEqual(marker);
  });

  test('shows since when and by which route it is not shared', () => {
    const set = event('OptOutSet', { effectiveDate: '2024-01-15', route: 'helpdesk' });
    expect(plrOf(set).sharing).toStrictEqual({
      optedOut: true,
      since: '2024-01-15',
      route: 'helpdesk',
    });
  });

  test('is shared again once the opt-out is lifted', () => {
    expect(plrOf(event('OptOutSet'), event('OptOutLifted')).sharing).toStrictEqual({
      optedOut: false,
    });
  });

  test('ignores corrections and withdrawals of what is not there', () => {
    const stray = [
      event('AchievementCorrected', { grade: { to: 'A' } }),
      event('ParticipationWithdrawn'),
      event('ChallengeUpheld'),
    ];
    expect(plrOf(...stray)).toStrictEqual(plrOf());
  });
});

describe('qualifications', () => {
  test('group what was attended and what was awarded', () => {
    const plr = plrOf(event('ParticipationRecorded'), event('AchievementRecorded'));
    expect(
      plr.qualifications.map(({ key, achievements, participations }) => [
        key,
        achievements.length,
        participations.length,
      ]),
    ).toStrictEqual([['601/0143/X', 1, 1]]);
  });

  test('are in the order in which they were first recorded', () => {
    const plr = plrOf(
      event('AchievementRecorded', { achievementId: '1', subjectCode: 'K/501/5773' }),
      event('AchievementRecorded', { achievementId: '2', subjectCode: '500/2652/5' }),
      event('AchievementRecorded', { achievementId: '3', subjectCode: 'K/501/5773' }),
    );
    expect(plr.qualifications.map(({ key }) => key)).toStrictEqual(['K/501/5773', '500/2652/5']);
  });

  test('take their subject and level from the first entry that has them', () => {
    const plr = plrOf(event('ParticipationRecorded'), event('AchievementRecorded'));
    expect(plr.qualifications[0]).toMatchObject({
      subject: 'Education and Training',
      level: 'Level 3',
    });
  });

  test('have no subject and level where no entry has them', () => {
    expect(plrOf(event('ParticipationRecorded')).qualifications[0]).toMatchObject({
      subject: null,
      level: null,
    });
  });

  test('follow a corrected subject code', () => {
    const moved = event('AchievementCorrected', { subjectCode: { to: '500/2652/5' } });
    expect(
      plrOf(event('AchievementRecorded'), moved).qualifications.map(({ key }) => key),
    ).toStrictEqual(['500/2652/5']);
  });
});

describe('an entry', () => {
  test('shows whose it is, when it was recorded, and its values', () => {
    const recorded = event('AchievementRecorded');
    const { achievementId: entryId, submittedBy, standing, ...values } = recorded.data;
    expect(entriesOf(plrOf(recorded))).toStrictEqual([
      {
        key: achievementKey,
        reference: { kind: 'achievement', submittedBy, entryId },
        standing,
        achieved: true,
        underDataChallenge: 'N',
        disputedBy: [],
        challenges: [],
        redactedFields: [],
        recordedAt: '2024-09-02T12:00:00.000Z',
        correctedAt: null,
        values,
      },
    ]);
  });

  test.each([
    ['Pass', true],
    ['U', false],
    ['9999999999', false],
    [null, false],
    [marker, null],
  ])('with grade %j is an achievement: %s', (grade, achieved) => {
    expect(entriesOf(plrOf(event('AchievementRecorded', { grade })))[0]?.achieved).toBe(achieved);
  });

  test('of participation is neither achieved nor failed', () => {
    expect(entriesOf(plrOf(event('ParticipationRecorded')))[0]?.achieved).toBeNull();
  });

  test('stays provisional until it is confirmed', () => {
    const provisional = event('AchievementRecorded', { standing: 'provisional' });
    const standings = [plrOf(provisional), plrOf(provisional, event('AchievementConfirmed'))].map(
      (plr) => entriesOf(plr)[0]?.standing,
    );
    expect(standings).toStrictEqual(['provisional', 'final']);
  });

  test('shows corrected values and when they were corrected', () => {
    const recorded = stream(
      [DAY, event('UlnIssued')],
      [DAY, event('AchievementRecorded')],
      ['2024-10-01', event('AchievementCorrected', { grade: { to: 'Distinction' } })],
    );
    expect(entriesOf(toPlr(fold(plrProjection, recorded)))[0]).toMatchObject({
      correctedAt: '2024-10-01T12:00:00.000Z',
      recordedAt: '2024-09-02T12:00:00.000Z',
      values: { grade: 'Distinction', subject: 'Education and Training', credits: 12 },
    });
  });

  test('names the fields that were redacted', () => {
    const recorded = event('AchievementRecorded', { subject: marker });
    expect(entriesOf(plrOf(recorded))[0]).toMatchObject({
      redactedFields: ['subject'],
      values: { subject: marker },
    });
  });

  test('names a field whose correction was redacted', () => {
    const corrected = event('AchievementCorrected', { subject: marker });
    expect(entriesOf(plrOf(event('AchievementRecorded'), corrected))[0]?.redactedFields).toEqual([
      'subject',
    ]);
  });

  test('is absent with its qualification once it is withdrawn', () => {
    const plr = plrOf(event('AchievementRecorded'), event('AchievementWithdrawn'));
    expect(plr.qualifications).toStrictEqual([]);
  });

  test('that is withdrawn leaves the others of its qualification', () => {
    const plr = plrOf(
      event('AchievementRecorded'),
      event('ParticipationRecorded'),
      event('ParticipationWithdrawn'),
    );
    expect(entriesOf(plr).map(({ key }) => key)).toStrictEqual([achievementKey]);
  });

  test.each([
    ['Achievement', event('AchievementRecorded')],
    ['Participation', event('ParticipationRecorded')],
  ] as const)('is back as it was once it is reinstated (%s)', (kind, recorded) => {
    const withdrawal = [event(`${kind}Withdrawn`), event(`${kind}Reinstated`)];
    expect(plrOf(recorded, ...withdrawal)).toStrictEqual(plrOf(recorded));
  });

  test('is apart from one of another source with the same id', () => {
    const plr = plrOf(
      event('AchievementRecorded'),
      event('AchievementRecorded', { submittedBy: PROVIDER }),
      event('AchievementWithdrawn', { submittedBy: AWARDING }),
    );
    expect(entriesOf(plr).map(({ key }) => key)).toStrictEqual(['achievement 99999902 A-1']);
  });
});

describe('a record valid at a date', () => {
  const recorded = stream(
    [DAY, event('UlnIssued')],
    [DAY, event('ParticipationRecorded')],
    [DAY, event('AchievementRecorded')],
  );

  test.each([
    ['2021-08-31', []],
    ['2021-09-01', ['participation 99999902 P-1']],
    ['2022-08-17', ['participation 99999902 P-1']],
    ['2022-08-18', [achievementKey, 'participation 99999902 P-1']],
  ])('of %s shows the entries that were so by then', (validAt, keys) => {
    const plr = toPlr(fold(plrProjection, recorded), CalendarDate.parse(validAt));
    expect(entriesOf(plr).map(({ key }) => key)).toStrictEqual(keys);
  });
});
