import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subjectOf } from '../../../domain/learner/entry/subjects.js';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { withoutQuarantined } from '../../../projections/live/quarantine.js';
import { plrAt } from '../../../projections/live/replay.js';
import { histories } from '../../domain/learner/arbitraries.js';
import { AWARDING, event } from '../../domain/learner/examples.js';
import { recordedHistory, stream } from '../recording.js';

const DAY = '2024-09-02';
const issued = event('UlnIssued');
const achievement = event('AchievementRecorded');
const other = event('AchievementRecorded', { achievementId: 'A-2' });
const quarantined = event('EntryQuarantined');
const lifted = event('QuarantineLifted');

function recorded(...events: readonly LearnerEvent[]) {
  return stream(...events.map((one) => [DAY, one] as const));
}

function shown(...events: readonly LearnerEvent[]) {
  return withoutQuarantined(recorded(...events)).map((one) => one.event);
}

describe('a quarantined entry', () => {
  test('is hidden with everything on it, and nothing else is', () => {
    const [, , target] = recorded(issued, other, achievement);
    const seen = [issued, other, event('OptOutSet'), event('NoticeShown')];
    const onIt = [
      achievement,
      event('AchievementCorrected', { grade: { to: 'Merit' } }),
      event('AchievementConfirmed'),
      event('AchievementWithdrawn'),
      event('AchievementReinstated'),
      event('ChallengeRaised'),
      event('ChallengeExtended'),
      event('ChallengeUpheld'),
      event('ChallengeResolved'),
      event('ReviewFlagged'),
      event('ReviewReported'),
      event('ReviewDismissed'),
      event('SensitiveDataRedacted', { target: target?.id ?? '' }),
      event('FieldsResealed', { target: target?.id ?? '' }),
      quarantined,
    ];
    expect(shown(issued, other, ...onIt, event('OptOutSet'), event('NoticeShown'))).toEqual(seen);
  });

  test('is shown again as soon as it was decided', () => {
    const events = [issued, achievement, event('ChallengeRaised'), quarantined, lifted];
    expect(shown(...events)).toEqual(events);
  });

  test('is hidden again by another quarantine', () => {
    const again = event('EntryQuarantined', { quarantineId: 'Q-2' });
    expect(shown(issued, achievement, quarantined, lifted, again)).toEqual([issued]);
  });

  test('is hidden at every date, also before it was quarantined', () => {
    const events = stream(['2024-01-01', issued], ['2024-02-01', achievement], [DAY, quarantined]);
    const before = { asAt: null, validAt: null, version: 2 };
    expect(plrAt(events, before).qualifications).toHaveLength(1);
    expect(plrAt(withoutQuarantined(events), before).qualifications).toEqual([]);
  });

  test('keeps a challenge and a report of the details, also of the same ids', () => {
    const ofDetails = event('ChallengeRaised', { entry: null });
    const report = event('ReviewReported', { entry: null, reportId: 'C-1' });
    expect(shown(issued, achievement, quarantined, ofDetails, report)).toEqual([
      issued,
      ofDetails,
      report,
    ]);
  });

  test('of one source says nothing of the same id of another', () => {
    const entry = { kind: 'participation', submittedBy: AWARDING, entryId: 'A-1' } as const;
    expect(shown(issued, achievement, event('EntryQuarantined', { entry }))).toEqual([
      issued,
      achievement,
    ]);
  });
});

test('whatever happened: all that is left is untouched, and names no hidden entry', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const events = recordedHistory(history);
      const left = withoutQuarantined(events);
      const placed = new Set<string>();
      for (const { event: one } of events) {
        if (one.type === 'EntryQuarantined') {
          placed.add(JSON.stringify(one.data.entry));
        }
        if (one.type === 'QuarantineLifted') {
          placed.delete(JSON.stringify(one.data.entry));
        }
      }
      expect(events.filter((one) => left.includes(one))).toEqual(left);
      for (const { event: one } of left) {
        const subject = subjectOf(one);
        const entry = 'entry' in subject ? subject.entry : null;
        expect(placed).not.toContain(JSON.stringify(entry));
      }
      if (placed.size === 0) {
        expect(left).toEqual(events);
      }
    }),
  );
});
