import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  viewDetailFields,
  viewEntryFields,
} from '../../../domain/learner/configuredView/commands.js';
import {
  type EntryReference,
  entryKey,
  entryKeyOf,
} from '../../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { learner } from '../../../domain/learner/learner.js';
import type { Recorded } from '../../../domain/recorded.js';
import { Instant } from '../../../domain/values/date.js';
import {
  configuredViewAnswer,
  fieldsOfSelection,
} from '../../../projections/live/configuredView.js';
import { withoutQuarantined } from '../../../projections/live/quarantine.js';
import { histories } from '../../domain/learner/arbitraries.js';
import { AWARDING, event, marker, PROVIDER, ULN, VIEW } from '../../domain/learner/examples.js';
import { recordedHistory, stream } from '../recording.js';

const NOW = Instant.parse('2026-01-01T00:00:00.000Z');
const DAY = '2024-09-02';

type Stream = readonly Recorded<LearnerEvent>[];
type View = Parameters<typeof configuredViewAnswer>[1];
type Picked = View['selection']['entries'][number];

const ACHIEVEMENT = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' };
const PARTICIPATION = { kind: 'participation', submittedBy: PROVIDER, entryId: 'P-1' };

/** A view of the usual entries: grade and subject of the achievement, the dates of the participation, two names. */
function viewOf(changes: Parameters<typeof event<'ConfiguredViewCreated'>>[1] = {}): View {
  const selection = {
    entries: [
      { entry: ACHIEVEMENT, fields: ['subject', 'grade'] },
      { entry: PARTICIPATION, fields: ['participationStartDate', 'participationEndDate'] },
    ],
    details: ['familyName', 'givenName'],
  };
  // Sound: parsed by the event's own schema.
  return event('ConfiguredViewCreated', { selection, ...changes } as never).data;
}

const record = [event('UlnIssued'), event('AchievementRecorded'), event('ParticipationRecorded')];

function answerOf(events: readonly LearnerEvent[], view = viewOf()) {
  return shown(stream(...events.map((one) => [DAY, one] as const)), view);
}

function shown(events: Stream, view: View) {
  return configuredViewAnswer(withoutQuarantined(events), view, NOW);
}

const ACHIEVED = {
  kind: 'achievement',
  state: 'standing',
  underDataChallenge: false,
  values: { subject: 'Education and Training', grade: 'Pass' },
};
const TOOK_PART = {
  kind: 'participation',
  state: 'standing',
  underDataChallenge: false,
  values: { participationStartDate: '2021-09-01', participationEndDate: '2022-06-30' },
};

describe('a view', () => {
  test('shows what was picked, for what, until when and as at when, and nothing else', () => {
    expect(answerOf(record)).toStrictEqual({
      purpose: 'employment',
      expiresAt: '2024-10-02T12:00:00.000Z',
      mode: 'live',
      asAt: NOW,
      details: {
        underDataChallenge: false,
        values: { givenName: 'Alex', familyName: 'Example' },
      },
      entries: [ACHIEVED, TOOK_PART],
    });
  });

  test('shows the ULN where it was picked', () => {
    const view = viewOf({ selection: { entries: [], details: ['uln'] } });
    expect(answerOf(record, view)).toMatchObject({
      details: { values: { uln: ULN } },
      entries: [],
    });
  });

  test('shows no details where none were picked', () => {
    const view = viewOf({ selection: { entries: viewOf().selection.entries, details: [] } });
    expect(answerOf(record, view).details).toBeNull();
  });

  test('shows whether an achievement is provisional where that was picked', () => {
    const provisional = event('AchievementRecorded', { standing: 'provisional' });
    const picked = { entry: viewOf().selection.entries[0]?.entry, fields: ['standing'] } as Picked;
    const view = viewOf({ selection: { entries: [picked], details: [] } });
    expect(answerOf([event('UlnIssued'), provisional], view)).toMatchObject({
      entries: [{ values: { standing: 'provisional' } }],
    });
  });

  test.each([
    [
      'a corrected value',
      event('AchievementCorrected', { grade: { to: 'Merit' } }),
      { grade: 'Merit' },
    ],
    [
      'a redacted correction',
      event('AchievementCorrected', { grade: marker }),
      { grade: { redacted: true } },
    ],
  ])('shows %s', (_, last, values) => {
    expect(answerOf([...record, last])).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ values: expect.objectContaining(values) }),
      ]),
    });
  });

  test('shows that a value was redacted, and neither when nor why', () => {
    const redacted = [event('UlnIssued', { givenName: marker }), ...record.slice(1)];
    expect(answerOf(redacted).details?.values).toStrictEqual({
      givenName: { redacted: true },
      familyName: 'Example',
    });
  });

  test('shows of a withdrawn entry that it is withdrawn, and no value', () => {
    expect(answerOf([...record, event('AchievementWithdrawn')]).entries).toStrictEqual([
      { kind: 'achievement', state: 'withdrawn' },
      TOOK_PART,
    ]);
  });

  test('shows an entry that was put back', () => {
    const back = [event('AchievementWithdrawn'), event('AchievementReinstated')];
    expect(answerOf([...record, ...back]).entries).toStrictEqual([ACHIEVED, TOOK_PART]);
  });

  const raised = event('ChallengeRaised');
  const onDetails = event('ChallengeRaised', { challengeId: 'C-2', entry: null });
  test.each([
    ['an entry', [raised], [true, false, false]],
    ['an entry no longer', [raised, event('ChallengeRejected')], [false, false, false]],
    ['the details', [onDetails], [false, false, true]],
  ])('says that %s is challenged', (_, events, expected) => {
    const { entries, details } = answerOf([...record, ...events]);
    const flags = entries.map((entry) => entry.state === 'standing' && entry.underDataChallenge);
    expect([...flags, details?.underDataChallenge]).toStrictEqual(expected);
  });

  test('orders entries by what they show, not by when they were recorded or picked', () => {
    const second = event('AchievementRecorded', { achievementId: 'A-0', grade: 'A' });
    const picked = (entryId: string) => ({ entry: { ...ACHIEVEMENT, entryId }, fields: ['grade'] });
    const view = (...ids: readonly string[]) =>
      viewOf({ selection: { entries: ids.map(picked), details: [] } as never });
    const events = [...record, second];
    const answer = answerOf(events, view('A-0', 'A-1'));
    expect(answerOf(events, view('A-1', 'A-0'))).toStrictEqual(answer);
    expect(
      answer.entries.map((entry) => entry.state === 'standing' && entry.values['grade']),
    ).toStrictEqual(['A', 'Pass']);
  });
});

test('an answer does not tell in which order fields were picked', () => {
  const { selection } = viewOf();
  const turned = {
    entries: selection.entries.map((picked) => ({ ...picked, fields: picked.fields.toReversed() })),
    details: selection.details.toReversed(),
  };
  const view = viewOf({ selection: turned as never });
  expect(JSON.stringify(answerOf(record, view))).toBe(JSON.stringify(answerOf(record)));
});

describe('a frozen view', () => {
  const frozen = { mode: 'frozen', frozenVersion: 3 } as const;

  test('shows the record as it was when the view was made', () => {
    const view = viewOf(frozen);
    const made = { type: 'ConfiguredViewCreated', data: view } as const;
    const later = [
      event('AchievementCorrected', { grade: { to: 'Merit' } }),
      event('AchievementWithdrawn'),
      event('ChallengeRaised'),
    ];
    const events = stream(
      ...record.map((one) => [DAY, one] as const),
      ['2024-09-03', made],
      ...later.map((one) => ['2024-09-04', one] as const),
    );
    expect(shown(events, view)).toMatchObject({
      mode: 'frozen',
      asAt: '2024-09-03T12:00:00.000Z',
      entries: [ACHIEVED, TOOK_PART],
    });
  });

  test('shows redactions made since', () => {
    const redacted = [event('UlnIssued'), event('AchievementRecorded', { grade: marker })];
    expect(answerOf([...redacted, ...record.slice(2)], viewOf(frozen)).entries).toMatchObject([
      { values: { grade: { redacted: true } } },
      {},
    ]);
  });
});

describe('an entry under quarantine', () => {
  const quarantined = event('EntryQuarantined');

  test.each([
    ['live', viewOf()],
    ['frozen before it', viewOf({ mode: 'frozen', frozenVersion: 3 })],
  ])('is not in a view that is %s, and nothing says that it was picked', (_, view) => {
    expect(answerOf([...record, event('AchievementWithdrawn'), quarantined], view)).toStrictEqual({
      ...answerOf(record, view),
      entries: [TOOK_PART],
    });
  });

  test('is in it again when the quarantine is lifted', () => {
    const lifted = [...record, quarantined, event('QuarantineLifted')];
    expect(answerOf(lifted).entries).toStrictEqual([ACHIEVED, TOOK_PART]);
  });
});

test('the fields of a selection are named once, whatever they are of', () => {
  const { selection } = viewOf();
  const twice = { ...selection, entries: [...selection.entries, ...selection.entries] };
  expect(fieldsOfSelection(twice)).toStrictEqual([
    'familyName',
    'givenName',
    'grade',
    'participationEndDate',
    'participationStartDate',
    'subject',
  ]);
});

/** What stands in every place that was not picked. */
const ALTERED = 'ALTERED-CANARY';

/** A random record with a random selection of it, live or frozen at a random version. */
const viewed = fc
  .record({
    history: histories,
    seed: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
    frozenAt: fc.option(fc.nat(40)),
  })
  .map(({ history, seed, frozenAt }) => {
    const events = recordedHistory(history);
    const state = learnerAfter(events);
    let drawn = 0;
    const isPicked = () => seed[drawn++ % seed.length] ?? false;
    const entries = [...state.entries.values()]
      .filter(isPicked)
      .map(({ reference }) => ({
        entry: reference,
        fields: viewEntryFields[reference.kind].filter(isPicked),
      }))
      .filter(({ fields }) => fields.length > 0);
    const frozenVersion = frozenAt === null ? null : 1 + (frozenAt % events.length);
    const mode = frozenVersion === null ? 'live' : 'frozen';
    const selection = { entries, details: viewDetailFields.filter(isPicked) };
    return {
      events,
      view: {
        ...viewOf(),
        viewId: VIEW.replace('c1', 'c9'),
        mode,
        frozenVersion,
        selection,
      } as View,
    };
  });

describe('an answer', () => {
  test('is the same to the byte whatever the rest of the record says', () => {
    fc.assert(
      fc.property(viewed, fc.nat(60), ({ events, view }, at) => {
        const other = withOtherRest(events, view, at);
        const text = JSON.stringify(shown(other.events, other.view));
        expect(text).toBe(JSON.stringify(shown(events, view)));
        expect(text).not.toContain(ALTERED);
      }),
    );
  });

  test('differs when a picked field does, so that the law above can fail', () => {
    const events = [...record, event('AchievementCorrected', { subject: { to: ALTERED } })];
    expect(JSON.stringify(answerOf(events))).toContain(ALTERED);
  });
});

function learnerAfter(events: Stream) {
  const state = events.reduce(
    (before, { event: one }) => learner.evolve(before, one),
    learner.initialState,
  );
  return state.status === 'issued' ? state : expect.fail('expected an issued ULN');
}

/** The same record with everything that was not picked altered, left out or added to. */
function withOtherRest(events: Stream, view: View, at: number): { events: Stream; view: View } {
  const { entries, details } = view.selection;
  const fields = new Map(entries.map((picked) => [entryKey(picked.entry), picked.fields]));
  const frozen = view.frozenVersion ?? events.length;
  const rest = [
    event('AchievementRecorded', { achievementId: 'Z-1', grade: ALTERED }),
    event('ParticipationRecorded', { participationId: 'Z-2', subject: ALTERED }),
    event('ChallengeRaised', {
      challengeId: 'Z-3',
      reason: ALTERED,
      entry: { kind: 'achievement', submittedBy: AWARDING, entryId: 'Z-1' } as EntryReference,
    }),
    event('OptOutSet'),
  ];
  const changed = events.flatMap((recorded, index) => {
    const altered = alteredEvent(recorded.event, fields, details);
    const here = altered === null ? [] : [{ ...recorded, event: altered }];
    const added =
      index > 0 && index === at % events.length
        ? rest.map((one, nth) => ({ ...recorded, id: `added-${nth}`, event: one }))
        : [];
    const isBefore = recorded.version <= frozen;
    return [...here, ...added].map((one) => ({ one, isBefore }));
  });
  return {
    events: changed.map(({ one }, index) => ({ ...one, version: index + 1 })),
    view: {
      ...view,
      frozenVersion:
        view.frozenVersion === null ? null : changed.filter(({ isBefore }) => isBefore).length,
    },
  };
}

/** An event with the values altered that were not picked; `null` for one on what was not picked at all. */
function alteredEvent(
  one: LearnerEvent,
  fields: ReadonlyMap<string, readonly string[]>,
  details: readonly string[],
): LearnerEvent | null {
  switch (one.type) {
    case 'UlnIssued':
      return altered(
        one,
        (name) => !details.includes(name),
        () => ALTERED,
      );
    case 'LearnerDetailsAmended':
      return altered(
        one,
        (name) => name !== 'effectiveDate' && !details.includes(name),
        () => ({ to: ALTERED }),
      );
    case 'AchievementRecorded':
    case 'ParticipationRecorded':
    case 'AchievementCorrected':
    case 'ParticipationCorrected': {
      const picked = fields.get(entryKeyOf(one.data));
      const kept = [
        'achievementId',
        'participationId',
        'submittedBy',
        'validFrom',
        ...(picked ?? []),
      ];
      const value = one.type.endsWith('Recorded') ? ALTERED : { to: ALTERED };
      return picked === undefined
        ? null
        : altered(
            one,
            (name) => !kept.includes(name),
            () => value,
          );
    }
    case 'AchievementConfirmed':
      return fields.get(entryKeyOf(one.data))?.includes('standing') === true ? one : null;
    case 'EntryQuarantined':
    case 'QuarantineLifted':
      return one;
    case 'ParticipationWithdrawn':
    case 'ParticipationReinstated':
    case 'AchievementWithdrawn':
    case 'AchievementReinstated':
      return fields.has(entryKeyOf(one.data))
        ? altered(
            one,
            (name) => name === 'reason',
            () => ALTERED,
          )
        : null;
    case 'ChallengeRaised': {
      const { entry } = one.data;
      const isSeen = entry === null ? details.length > 0 : fields.has(entryKey(entry));
      return isSeen
        ? altered(
            one,
            (name) => name === 'reason',
            () => ALTERED,
          )
        : null;
    }
    default:
      return one.type.startsWith('Challenge') ? one : null;
  }
}

function altered(
  one: LearnerEvent,
  isOther: (name: string) => boolean,
  to: () => unknown,
): LearnerEvent {
  const data = Object.entries(one.data).map(([name, value]) => [
    name,
    isOther(name) ? to() : value,
  ]);
  // Sound enough for a projection, which reads names and not forms.
  return { type: one.type, data: Object.fromEntries(data) } as LearnerEvent;
}
