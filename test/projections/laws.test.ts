import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { CalendarDate, dateOf } from '../../domain/values/date.js';
import { diff } from '../../projections/live/diff.js';
import { historyProjection } from '../../projections/live/history.js';
import { plrProjection, type toPlr } from '../../projections/live/plr.js';
import { NOW } from '../../projections/live/point.js';
import { eventsAt, plrAt, replaySteps } from '../../projections/live/replay.js';
import { fold } from '../../projections/projection.js';
import { histories } from '../domain/learner/arbitraries.js';
import { recordedHistory } from './recording.js';

const streams = histories.map(recordedHistory);
const validAt = fc
  .constantFrom('2018-01-01', '2020-06-01', '2022-08-18', '2023-12-31', '2024-06-01')
  .map((date) => CalendarDate.parse(date));

describe.each([
  ['plr', (events: Stream, from?: never) => fold(plrProjection, events, from)],
  ['history', (events: Stream, from?: never) => fold(historyProjection, events, from)],
])('the projection %s', (_, foldFrom) => {
  test('folds in two halves to what it folds to as a whole', () => {
    fc.assert(
      fc.property(streams, fc.nat(60), (events, at) => {
        const half = foldFrom(events.slice(0, at));
        // Sound: the state of a projection is given back to the projection that it came from.
        expect(foldFrom(events.slice(at), half as never)).toStrictEqual(foldFrom(events));
      }),
    );
  });
});

type Stream = readonly Recorded<LearnerEvent>[];

describe('a record', () => {
  test('as at the instant of an event is that of the events so far', () => {
    fc.assert(
      fc.property(streams, fc.nat(60), (events, at) => {
        const instant = events[at % events.length]?.recordedAt ?? null;
        const soFar = events.filter(({ recordedAt }) => recordedAt <= String(instant));
        expect(plrAt(events, { ...NOW, asAt: instant })).toStrictEqual(plrAt(soFar, NOW));
      }),
    );
  });

  test('valid at a date holds only entries whose own date had come', () => {
    fc.assert(
      fc.property(streams, validAt, (events, date) => {
        const entries = plrAt(events, { ...NOW, validAt: date }).qualifications.flatMap(
          ({ achievements, participations }) => [...achievements, ...participations],
        );
        const dates = entries.map(({ values }) =>
          String(values['achievementAwardDate'] ?? values['participationStartDate']),
        );
        expect(dates.filter((one) => one > date)).toStrictEqual([]);
      }),
    );
  });

  test('valid at a date after everything is the record now', () => {
    fc.assert(
      fc.property(streams, (events) => {
        const point = { ...NOW, validAt: CalendarDate.parse('2099-12-31') };
        expect(plrAt(events, point)).toStrictEqual(plrAt(events, NOW));
      }),
    );
  });

  test('valid at a date shows an entry with all that is known of its content', () => {
    fc.assert(
      fc.property(streams, validAt, (events, date) => {
        const now = entryValues(plrAt(events, NOW));
        for (const [key, values] of entryValues(plrAt(events, { ...NOW, validAt: date }))) {
          expect(now.get(key) ?? values).toStrictEqual(values);
        }
      }),
    );
  });

  test('holds no entry twice', () => {
    fc.assert(
      fc.property(streams, (events) => {
        const keys = plrAt(events, NOW).qualifications.flatMap(({ achievements, participations }) =>
          [...achievements, ...participations].map(({ key }) => key),
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  test('does not differ from itself', () => {
    fc.assert(
      fc.property(streams, (events) => {
        expect(diff(plrAt(events, NOW), plrAt(events, NOW))).toStrictEqual([]);
      }),
    );
  });
});

describe('a replay', () => {
  test('has a step for every event now', () => {
    fc.assert(
      fc.property(streams, (events) => {
        expect(replaySteps(events, NOW).map(({ recorded }) => recorded)).toStrictEqual(events);
      }),
    );
  });

  test('changes something in the record with every event that commands record about it', () => {
    fc.assert(
      fc.property(streams, (events) => {
        const idle = replaySteps(events, NOW)
          .filter(({ changes }) => changes.length === 0)
          .map(({ recorded }) => recorded.event.type)
          // That it was withdrawn from an earlier date on changes what was so then, not what is so now.
          .filter((type) => !type.endsWith('Withdrawn') || type === 'ChallengeWithdrawn')
          // What is looked at, shared, hidden, kept and notified is not said in the record itself.
          .filter(
            (type) =>
              !/^Review|Quarantine|^Notice|^ConfiguredView|^Handling|^Retention|^LegalHold|^VitalStatus/.test(
                type,
              ),
          );
        expect(idle).toStrictEqual([]);
      }),
    );
  });

  test('asked for both clocks chooses by the date among what was known, and nothing else', () => {
    fc.assert(
      fc.property(streams, fc.nat(60), validAt, (events, at, date) => {
        const asAt = events[at % events.length]?.recordedAt ?? null;
        const known = eventsAt(events, { ...NOW, asAt });
        expect(eventsAt(events, { ...NOW, asAt, validAt: date })).toStrictEqual(
          eventsAt(known, { ...NOW, validAt: date }),
        );
      }),
    );
  });

  test('counts, at two points in time, no fewer events at the later', () => {
    fc.assert(
      fc.property(streams, fc.nat(400), (events, day) => {
        const [early, late] = [day, day + 30].map((one) =>
          dateOf(asInstant(Date.UTC(2024, 0, 1 + one))),
        );
        const counted = (date: CalendarDate | undefined) =>
          eventsAt(events, { ...NOW, validAt: date ?? null });
        expect(counted(late)).toEqual(expect.arrayContaining([...counted(early)]));
      }),
    );
  });
});

function entryValues(plr: ReturnType<typeof toPlr>) {
  return new Map(
    plr.qualifications.flatMap(({ achievements, participations }) =>
      [...achievements, ...participations].map(({ key, values }) => [key, values] as const),
    ),
  );
}

function asInstant(time: number) {
  // Sound: what a Date writes of these years is an instant.
  return new Date(time).toISOString() as Recorded<LearnerEvent>['recordedAt'];
}
