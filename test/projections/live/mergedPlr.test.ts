import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { Uln } from '../../../domain/values/uln.js';
import { type MergedPlr, mergePlrs } from '../../../projections/live/mergedPlr.js';
import type { Plr } from '../../../projections/live/plr.js';
import { NOW } from '../../../projections/live/point.js';
import { plrAt } from '../../../projections/live/replay.js';
import { histories } from '../../domain/learner/arbitraries.js';
import {
  AWARDING,
  event,
  marker,
  OTHER_ULN,
  PROVIDER,
  ULN,
} from '../../domain/learner/examples.js';
import { recordedHistory, stream } from '../recording.js';

const DAY = '2024-09-02';
const master = Uln.parse(ULN);
const other = Uln.parse(OTHER_ULN);
const third = Uln.parse('1000000019');

function plrOf(...events: readonly LearnerEvent[]): Plr {
  const recorded = stream([DAY, event('UlnIssued')], ...events.map((one) => [DAY, one] as const));
  return plrAt(recorded, NOW);
}

/** One record of what a master and another ULN have. */
function merged(own: readonly LearnerEvent[], others: readonly LearnerEvent[]): MergedPlr {
  return mergePlrs({ uln: master, plr: plrOf(...own) }, [{ uln: other, plr: plrOf(...others) }]);
}

function entriesOf({ qualifications }: Pick<MergedPlr, 'qualifications'>) {
  return qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
}

const award = event('AchievementRecorded');
const sameAward = event('AchievementRecorded', { achievementId: 'X-9', submittedBy: PROVIDER });

describe('a merged record', () => {
  test('of nobody else is the record itself, each entry of one source', () => {
    fc.assert(
      fc.property(histories.map(recordedHistory), (events) => {
        const plr = plrAt(events, NOW);
        const { conflicts, ...record } = mergePlrs({ uln: master, plr }, []);
        expect(conflicts).toEqual([]);
        const withoutSources = JSON.parse(
          JSON.stringify(record, (name, value: unknown) =>
            name === 'sources' || (name === 'uln' && value === ULN) ? undefined : value,
          ),
        );
        const { uln: _, ...own } = plr;
        expect(withoutSources).toEqual(JSON.parse(JSON.stringify(own)));
        for (const { sources } of entriesOf(record)) {
          expect(sources).toMatchObject([{ uln: ULN, differing: {} }]);
        }
      }),
    );
  });

  test('loses nothing: every standing entry is a source of exactly one, with what it said', () => {
    const some = histories.map(recordedHistory);
    fc.assert(
      fc.property(some, some, some, (...streams) => {
        const ulns = [master, other, third];
        const parts = streams.map((events, at) => ({
          uln: Uln.parse(ulns[at]),
          plr: plrAt(events, NOW),
        }));
        const [first, ...rest] = parts;
        const record = first && mergePlrs(first, rest);
        const said = parts.flatMap(({ uln, plr }) =>
          plr.qualifications
            .flatMap(({ achievements, participations }) => [...achievements, ...participations])
            .map(({ reference, values }) => JSON.stringify([uln, reference, values])),
        );
        const kept = (record === undefined ? [] : entriesOf(record)).flatMap(
          ({ sources, values }) =>
            sources.map(({ uln, reference, differing }) =>
              JSON.stringify([uln, reference, { ...values, ...differing }]),
            ),
        );
        expect(kept.toSorted()).toEqual(said.toSorted());
        const keys = record === undefined ? [] : entriesOf(record).map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const challenges = record?.challenges ?? [];
        expect(new Set(challenges.map(({ key }) => key)).size).toBe(challenges.length);
        expect(challenges.length).toBe(parts.flatMap(({ plr }) => plr.challenges).length);
      }),
    );
  });

  test('shows the details of the master', () => {
    const amended = event('LearnerDetailsAmended', { familyName: { to: 'Other' } });
    expect(merged([], [amended]).details).toMatchObject({ familyName: 'Example' });
    expect(merged([amended], []).details).toMatchObject({ familyName: 'Other' });
  });

  test('puts what was recorded under one qualification into one', () => {
    const { qualifications } = merged([event('ParticipationRecorded')], [award]);
    expect(qualifications).toMatchObject([
      { key: '601/0143/X', subject: 'Education and Training', level: 'Level 3' },
    ]);
    expect(qualifications[0]?.achievements).toHaveLength(1);
    expect(qualifications[0]?.participations).toHaveLength(1);
  });
});

describe('entries under both ULNs', () => {
  test('that are the same are one, of both sources', () => {
    const entries = entriesOf(merged([award], [sameAward]));
    expect(entries.map(({ key }) => key)).toEqual([`achievement ${AWARDING} A-1`]);
    expect(entries[0]?.sources).toEqual([
      {
        uln: ULN,
        reference: { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' },
        recordedAt: '2024-09-02T12:00:00.000Z',
        correctedAt: null,
        differing: {},
      },
      {
        uln: OTHER_ULN,
        reference: { kind: 'achievement', submittedBy: PROVIDER, entryId: 'X-9' },
        recordedAt: '2024-09-02T12:00:00.000Z',
        correctedAt: null,
        differing: {},
      },
    ]);
  });

  test('keep what one of them says besides', () => {
    const without = event('AchievementRecorded', { subject: null, credits: null });
    const [entry, ...more] = entriesOf(merged([award], [without]));
    expect(more).toEqual([]);
    expect(entry?.sources[1]?.differing).toEqual({ subject: null, credits: null });
  });

  test('that are alike under one ULN stay two', () => {
    expect(entriesOf(merged([award, sameAward], []))).toHaveLength(2);
    const both = entriesOf(merged([award, sameAward], [award]));
    expect(both.map(({ sources }) => sources.length)).toEqual([2, 1]);
  });

  test.each<[string, Parameters<typeof event<'AchievementRecorded'>>[1], readonly string[]]>([
    ['grade', { grade: 'Merit' }, ['grade']],
    ['no grade', { grade: null }, ['grade']],
    ['credits', { credits: 6 }, ['credits']],
    ['level', { level: 'Level 2' }, ['level']],
    ['standing', { standing: 'provisional' }, ['standing']],
    ['two of them', { grade: 'Merit', credits: 6 }, ['grade', 'credits']],
    ['date, under the same id', { achievementAwardDate: '2021-08-18' }, ['achievementAwardDate']],
    ['subject, under the same id', { subjectCode: '500/2652/5' }, ['subjectCode']],
  ])('that differ in %s are both shown, as a conflict', (_, differing, fields) => {
    const contradicting = event('AchievementRecorded', differing);
    const record = merged([award], [contradicting]);
    const [one, two] = [`achievement ${AWARDING} A-1`, `achievement ${AWARDING} A-1 ${OTHER_ULN}`];
    expect(entriesOf(record).map(({ key }) => key)).toEqual([one, two]);
    expect(record.conflicts).toEqual([{ key: `${one} | ${two}`, entries: [one, two], fields }]);
  });

  test.each<[string, Parameters<typeof event<'AchievementRecorded'>>[1]]>([
    ['another day', { achievementId: 'A-2', achievementAwardDate: '2021-08-18', grade: 'Merit' }],
    ['another subject', { achievementId: 'A-2', subjectCode: '500/2652/5' }],
  ])('of %s are two, and no conflict', (_, differing) => {
    const record = merged([award], [event('AchievementRecorded', differing)]);
    expect(entriesOf(record)).toHaveLength(2);
    expect(record.conflicts).toEqual([]);
  });

  test('of which one is redacted are two, and nothing is said of what cannot be compared', () => {
    const record = merged([award], [event('AchievementRecorded', { grade: marker })]);
    expect(entriesOf(record).map(({ values }) => values['grade'])).toEqual(['Pass', marker]);
    expect(record.conflicts).toEqual([]);
  });

  test('that contradict each other under one ULN alone are no conflict of a merge', () => {
    const second = event('AchievementRecorded', { achievementId: 'A-2', grade: 'Merit' });
    expect(merged([award, second], []).conflicts).toEqual([]);
  });

  test('attendances count by start and provider, and an end that one lacks is a conflict', () => {
    const attended = event('ParticipationRecorded');
    const open = event('ParticipationRecorded', { participationEndDate: null });
    expect(entriesOf(merged([attended], [attended]))).toHaveLength(1);
    expect(merged([attended], [open]).conflicts).toMatchObject([
      { fields: ['participationEndDate'] },
    ]);
  });

  test('that were withdrawn under one stay as the other has them', () => {
    const record = merged([award], [award, event('AchievementWithdrawn')]);
    expect(entriesOf(record).map(({ sources }) => sources.length)).toEqual([1]);
  });
});

describe('sharing', () => {
  const set = (effectiveDate: string) => event('OptOutSet', { effectiveDate, route: 'helpdesk' });

  test.each([
    ['of neither opted out is shared', [], [], null],
    ['is not, where the master opted out', [set('2024-02-01')], [], '2024-02-01'],
    ['is not, where the other opted out', [], [set('2024-02-01')], '2024-02-01'],
    ['counts from the earlier', [set('2024-02-01')], [set('2024-01-01')], '2024-01-01'],
    ['counts from the earlier', [set('2024-01-01')], [set('2024-02-01')], '2024-01-01'],
    ['is again, where both lifted it', [set('2024-02-01'), event('OptOutLifted')], [], null],
  ])('%s', (_, own, others, since) => {
    expect(merged(own, others).sharing).toEqual(
      since === null ? { optedOut: false } : { optedOut: true, since, route: 'helpdesk' },
    );
  });
});

describe('challenges of both ULNs', () => {
  const raised = event('ChallengeRaised');

  test('are told apart, and point at the entry that is shown', () => {
    const { challenges } = merged([award, raised], [award, raised]);
    const entry = `achievement ${AWARDING} A-1`;
    expect(challenges).toMatchObject([
      { key: 'C-1', number: 1, uln: ULN, entry },
      { key: `C-1 ${OTHER_ULN}`, number: 1, uln: OTHER_ULN, entry },
    ]);
  });

  test('dispute an entry from whichever ULN they are', () => {
    expect(entriesOf(merged([award], [award, raised]))[0]?.disputedBy).toEqual([1]);
  });

  test('of the details point at no entry', () => {
    const ofDetails = event('ChallengeRaised', { entry: null });
    expect(merged([], [ofDetails]).challenges).toMatchObject([{ entry: null }]);
  });
});
