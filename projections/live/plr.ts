import type { Disposed } from '../../domain/erasure/disposalEvents.js';
import { isAchievedGrade } from '../../domain/learner/entry/entries.js';
import { applyChanges, type IssuedLearner } from '../../domain/learner/state.js';
import { isRedacted } from '../../domain/redaction.js';
import type { CalendarDate } from '../../domain/values/date.js';
import {
  ignoresConfiguredViews,
  ignoresNotices,
  ignoresRetention,
  ignoresReviews,
} from '../ignored.js';
import type { Projection } from '../projection.js';
import { mergesKept, NEVER_MERGED, type PlrMerging } from './merging.js';
import {
  challengesOf,
  isUnderWay,
  type PlrChallenge,
  type PlrChallenges,
  withChallengeEvent,
} from './plrChallenges.js';
import { connectionsKept, type PlrConnection } from './plrConnections.js';
import {
  type PlrEntry,
  type StoredEntry,
  withCorrection,
  withEntryChange,
  withNewEntry,
} from './plrEntries.js';

/** Everything recorded under one qualification, unit or learning aim. */
export type PlrQualification = {
  readonly key: string;
  readonly subject: unknown;
  readonly level: unknown;
  readonly achievements: readonly PlrEntry[];
  readonly participations: readonly PlrEntry[];
};

/** A Personal Learning Record: what stands, of whom, and whether it is shared. */
export type Plr = {
  /** `null` while no ULN had been issued at the instant or date asked for. */
  readonly uln: string | null;
  readonly details: IssuedLearner['details'] | null;
  readonly sharing:
    | { readonly optedOut: false }
    | { readonly optedOut: true; readonly since: CalendarDate; readonly route: string };
  readonly qualifications: readonly PlrQualification[];
  readonly challenges: readonly PlrChallenge[];
  /** The organisations that are or were directly linked to the learner. */
  readonly connections: readonly PlrConnection[];
  readonly merging: PlrMerging;
  /** Why nothing else is there: the whole record was disposed of; `null` for a record that is kept. */
  readonly disposed: Disposed | null;
};

/** What folding keeps; `toPlr` makes the record of it. */
export type PlrState = Pick<Plr, 'uln' | 'details' | 'sharing' | 'merging' | 'disposed'> & {
  readonly entries: ReadonlyMap<string, StoredEntry>;
  readonly challenges: PlrChallenges;
  readonly connections: ReadonlyMap<string, PlrConnection>;
};

/** Folds one learner's stream into what the record needs. Events on what is not there leave it as it is. */
export const plrProjection: Projection<PlrState> = {
  name: 'plr',
  version: 2,
  initialState: {
    uln: null,
    details: null,
    sharing: { optedOut: false },
    entries: new Map(),
    challenges: new Map(),
    connections: new Map(),
    merging: NEVER_MERGED,
    disposed: null,
  },
  on: {
    UlnIssued: (state, { event }) => {
      const { uln, ...details } = event.data;
      return { ...state, uln, details };
    },
    LearnerDetailsAmended: (state, { event }) =>
      state.details === null
        ? state
        : { ...state, details: applyChanges(state.details, event.data) },
    ParticipationRecorded: (state, recorded) => {
      const { participationId: entryId, submittedBy, ...values } = recorded.event.data;
      const reference = { kind: 'participation', submittedBy, entryId } as const;
      return withNewEntry(state, recorded, reference, 'final', values);
    },
    ParticipationCorrected: withCorrection,
    ParticipationWithdrawn: withEntryChange(() => ({ withdrawn: true })),
    ParticipationReinstated: withEntryChange(() => ({ withdrawn: false })),
    AchievementRecorded: (state, recorded) => {
      const { achievementId: entryId, submittedBy, standing, ...values } = recorded.event.data;
      const reference = { kind: 'achievement', submittedBy, entryId } as const;
      return withNewEntry(state, recorded, reference, standing, values);
    },
    AchievementConfirmed: withEntryChange(() => ({ standing: 'final' })),
    AchievementCorrected: withCorrection,
    AchievementWithdrawn: withEntryChange(() => ({ withdrawn: true })),
    AchievementReinstated: withEntryChange(() => ({ withdrawn: false })),
    OptOutSet: (state, { event }) => ({
      ...state,
      sharing: { optedOut: true, since: event.data.effectiveDate, route: event.data.route },
    }),
    OptOutLifted: (state) => ({ ...state, sharing: { optedOut: false } }),
    OptOutOverridden: (state) => ({ ...state, sharing: { optedOut: false } }),
    ChallengeRaised: withChallenge,
    ChallengeWithdrawn: withChallenge,
    ChallengeUpheld: withChallenge,
    ChallengeRejected: withChallenge,
    ChallengeExtended: withChallenge,
    ChallengeResolved: withChallenge,
    // Readers who may not see a hidden entry are not given its events: see `withoutQuarantined`.
    ...ignoresReviews,
    ...ignoresNotices,
    ...connectionsKept,
    // Who may see a record is no part of it.
    HandlingChanged: 'ignored',
    ...ignoresConfiguredViews,
    ...mergesKept,
    ...ignoresRetention,
    RecordDisposed: (_, { event }) => ({ ...plrProjection.initialState, disposed: event.data }),
    // The events they speak of are read with the markers already in place.
    SensitiveDataRedacted: 'ignored',
    FieldsResealed: 'ignored',
  },
};

/**
 * The record: standing entries grouped by qualification, in the order in which they were first
 * recorded. With `validAt`, entries whose own date is later are left out: they were not so yet.
 */
export function toPlr(state: PlrState, validAt: CalendarDate | null = null): Plr {
  const groups = new Map<string, PlrEntry[]>();
  for (const entry of state.entries.values()) {
    if (!entry.withdrawn && (validAt === null || ownDate(entry) <= validAt)) {
      const code = String(entry.values['subjectCode']);
      groups.set(code, [...(groups.get(code) ?? []), toEntry(entry, state)]);
    }
  }
  return {
    uln: state.uln,
    details: state.details,
    sharing: state.sharing,
    qualifications: [...groups].map(([key, entries]) => toQualification(key, entries)),
    challenges: [...state.challenges.values()],
    connections: [...state.connections.values()],
    merging: state.merging,
    disposed: state.disposed,
  };
}

function toQualification(key: string, entries: readonly PlrEntry[]): PlrQualification {
  const firstOf = (name: string) =>
    entries.map((entry) => entry.values[name]).find((value) => value !== null) ?? null;
  return {
    key,
    subject: firstOf('subject'),
    level: firstOf('level'),
    achievements: entries.filter(({ reference }) => reference.kind === 'achievement'),
    participations: entries.filter(({ reference }) => reference.kind === 'participation'),
  };
}

function toEntry(entry: StoredEntry, state: PlrState): PlrEntry {
  const { withdrawn: _, ...rest } = entry;
  const grade = entry.values['grade'];
  const isParticipation = entry.reference.kind === 'participation';
  const disputedBy = [...state.challenges.values()]
    .filter((challenge) => isUnderWay(challenge) && challenge.entry === entry.key)
    .map((challenge) => challenge.number);
  return {
    ...rest,
    achieved: isParticipation || isRedacted(grade) ? null : isAchievedGrade(grade as string | null),
    underDataChallenge: disputedBy.length === 0 ? 'N' : 'Y',
    disputedBy,
    challenges: challengesOf(state.challenges, entry.key),
    redactedFields: Object.keys(entry.values).filter((name) => isRedacted(entry.values[name])),
  };
}

function ownDate(entry: StoredEntry): string {
  const isAchievement = entry.reference.kind === 'achievement';
  return String(entry.values[isAchievement ? 'achievementAwardDate' : 'participationStartDate']);
}

function withChallenge(
  state: PlrState,
  recorded: Parameters<typeof withChallengeEvent>[1],
): PlrState {
  return { ...state, challenges: withChallengeEvent(state.challenges, recorded) };
}
