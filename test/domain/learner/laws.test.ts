import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryKeyOf } from '../../../domain/learner/entry/entries.js';
import { type LearnerEvent, learnerEvents } from '../../../domain/learner/events.js';
import { learner } from '../../../domain/learner/learner.js';
import type { Learner, Values } from '../../../domain/learner/state.js';
import { isRedacted, redactableFields } from '../../../domain/redaction.js';
import { decideOrNothing, entryHistories, histories, submissions } from './arbitraries.js';
import { marker } from './examples.js';

function fold(events: readonly LearnerEvent[], from: Learner = learner.initialState): Learner {
  return events.reduce(learner.evolve, from);
}

/** The event as it reads after everything in it that can be redacted was. */
function redacted(event: LearnerEvent): LearnerEvent {
  const fields = redactableFields(learnerEvents[event.type].schema);
  const held = Object.entries(event.data).filter(([, value]) => value !== null);
  const gone = held.filter(([name]) => fields.includes(name)).map(([name]) => [name, marker]);
  const data = learnerEvents[event.type].schema.parse({
    ...event.data,
    ...Object.fromEntries(gone),
  });
  // Sound: parsed by the schema of its own type.
  return { type: event.type, data } as LearnerEvent;
}

describe('a history', () => {
  test('of random commands has events of every type that commands can record', () => {
    const seen = new Set(
      fc
        .sample(histories, { numRuns: 1500, seed: 1 })
        .flatMap((history) => history.flatMap(({ events }) => events.map(({ type }) => type))),
    );
    const byOthers = ['SensitiveDataRedacted', 'FieldsResealed', 'RecordDisposed', 'ReviewFlagged'];
    expect([...seen].sort()).toStrictEqual(
      Object.keys(learnerEvents)
        .filter((type) => !byOthers.includes(type))
        .sort(),
    );
  });

  test('folds in two halves to what it folds to as a whole', () => {
    fc.assert(
      fc.property(histories, fc.nat(60), (history, at) => {
        const events = history.flatMap((accepted) => accepted.events);
        const halves = fold(events.slice(at), fold(events.slice(0, at)));
        expect(halves).toStrictEqual(fold(events));
      }),
    );
  });

  test('is never changed in place by an event', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = history.flatMap((accepted) => accepted.events);
        const before = fold(events.slice(0, -1));
        const copy = structuredClone(before);
        fold(events.slice(-1), before);
        expect(before).toStrictEqual(copy);
      }),
    );
  });

  test('holds only events that their own schema reads as they were written', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { type, data } of history.flatMap((accepted) => accepted.events)) {
          expect(learnerEvents[type].schema.parse(data)).toStrictEqual(data);
        }
      }),
    );
  });

  test('survives JSON, so that what is stored is what was decided', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const events = history.flatMap((accepted) => accepted.events);
        expect(JSON.parse(JSON.stringify(events))).toStrictEqual(events);
      }),
    );
  });

  test('numbers its challenges from 1 without gaps', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const numbers = history
          .flatMap((accepted) => accepted.events)
          .flatMap((event) =>
            event.type === 'ChallengeRaised' ? [event.data.challengeNumber] : [],
          );
        expect(numbers).toStrictEqual(numbers.map((_, index) => index + 1));
      }),
    );
  });

  test('can be folded with everything in it redacted that can be', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const state = fold(history.flatMap(({ events }) => events).map(redacted));
        expect(state.status).toBe('issued');
      }),
    );
  });
});

describe('a command that was recorded', () => {
  test('records nothing when it is decided again', () => {
    fc.assert(
      fc.property(histories, (history) => {
        // A ULN is issued once: the ledger finds a repeated registration by the id of its command.
        for (const { command, before, events } of history.slice(1)) {
          if (command.type !== 'OpenConfiguredView') {
            expect(learner.decide(command, fold(events, before))).toStrictEqual([]);
          }
        }
      }),
    );
  });

  test('opens no view again by the code that opened it: no retry stands for a code', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { command, before, events } of history) {
          if (events.some(({ type }) => type === 'ConfiguredViewCodeUsed')) {
            expect(() => learner.decide(command, fold(events, before))).toThrow(
              expect.objectContaining({ code: 'ERR_VIEW_CODE' }),
            );
          }
        }
      }),
    );
  });

  test('records nothing when what it recorded was redacted and its entry is sent again', () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const { command, before, events } of history) {
          if (/^(Record|Submit)/.test(command.type)) {
            const state = fold(events.map(redacted), before);
            expect(learner.decide(command, state)).toStrictEqual([]);
          }
        }
      }),
    );
  });
});

/** A submission that is accepted, on a history of which the beginning was redacted. */
const submitted = fc
  .record({ history: entryHistories, redactedUntil: fc.nat(20), submission: submissions })
  .map(({ history, redactedUntil, submission }) => {
    const events = history.flatMap((accepted) => accepted.events);
    const before = fold([
      ...events.slice(0, redactedUntil).map(redacted),
      ...events.slice(redactedUntil),
    ]);
    return { submission, before, events: decideOrNothing(submission, before) };
  })
  .filter(({ events }) => events !== null)
  .map(({ submission, before, events }) => ({
    submission,
    valuesBefore: valuesOf(before, submission),
    after: fold(events ?? [], before),
    events: events ?? [],
  }));

/** The values of the entry that is submitted; none where it is unknown. */
function valuesOf(state: Learner, { data }: { data: Parameters<typeof entryKeyOf>[0] }): Values {
  return (state.status === 'issued' && state.entries.get(entryKeyOf(data))?.values) || {};
}

describe('a submission', () => {
  test('at random comes to everything that one can come to', () => {
    const seen = new Set(
      fc
        .sample(submitted, { numRuns: 1500, seed: 2 })
        .map(({ events }) => events.map(({ type }) => type).join(' ')),
    );
    expect([...seen]).toEqual(
      expect.arrayContaining([
        '',
        'AchievementRecorded',
        'AchievementCorrected',
        'AchievementConfirmed',
        'AchievementCorrected AchievementConfirmed',
        'AchievementReinstated',
        'AchievementReinstated AchievementCorrected',
        'AchievementReinstated AchievementCorrected AchievementConfirmed',
        'AchievementWithdrawn',
        'ParticipationRecorded',
        'ParticipationCorrected',
        'ParticipationReinstated ParticipationCorrected',
        'ParticipationWithdrawn',
      ]),
    );
  });

  test('records nothing the second time', () => {
    fc.assert(
      fc.property(submitted, ({ submission, after }) => {
        expect(learner.decide(submission, after)).toStrictEqual([]);
      }),
    );
  });

  test('leaves an entry that stands as it was submitted, with its values but for those redacted', () => {
    fc.assert(
      fc.property(submitted, ({ submission, after }) => {
        const { standing, ...data } = submission.data;
        fc.pre(standing !== 'withdrawn' && after.status === 'issued');
        const entry = after.status === 'issued' ? after.entries.get(entryKeyOf(data)) : undefined;
        expect(entry).toMatchObject({ standing, withdrawnSince: null });
        for (const [name, value] of Object.entries(entry?.values ?? {})) {
          const said: unknown = (data as Values)[name];
          expect([said, marker]).toContainEqual(value);
        }
      }),
    );
  });

  test('never brings back a value that was redacted', () => {
    fc.assert(
      fc.property(submitted, ({ submission, valuesBefore, after }) => {
        const gone = Object.entries(valuesBefore).filter(([, value]) => isRedacted(value));
        expect(valuesOf(after, submission)).toMatchObject(Object.fromEntries(gone));
      }),
    );
  });
});
