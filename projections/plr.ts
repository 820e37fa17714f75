import type { CalendarDate, Instant } from '../domain/date.js';
import {
  type EntryNaming,
  type EntryReference,
  entryKey,
  entryKeyOf,
  isAchievedGrade,
} from '../domain/learner/entries.js';
import type { LearnerEvent, LearnerEventData } from '../domain/learner/events.js';
import { applyChanges, type IssuedLearner, type Values } from '../domain/learner/state.js';
import type { Recorded } from '../domain/recorded.js';
import { isRedacted } from '../domain/redaction.js';
import type { Projection } from './projection.js';

/** One participation or achievement of a record. */
export type PlrEntry = {
  /** Names the entry within the record. */
  readonly key: string;
  readonly reference: EntryReference;
  readonly standing: 'provisional' | 'final';
  /** Whether the grade is an achievement; `null` for a participation and where the grade is redacted. */
  readonly achieved: boolean | null;
  /** The numbers of the open challenges against it. */
  readonly disputedBy: readonly number[];
  readonly redactedFields: readonly string[];
  readonly recordedAt: Instant;
  readonly correctedAt: Instant | null;
  /** Every field by the service's name, redacted ones as the marker. */
  readonly values: Values;
};

/** Everything recorded under one qualification, unit or learning aim. */
export type PlrQualification = {
  readonly key: string;
  readonly subject: unknown;
  readonly level: unknown;
  readonly achievements: readonly PlrEntry[];
  readonly participations: readonly PlrEntry[];
};

/** A data challenge as the record shows it. */
export type PlrChallenge = {
  readonly key: string;
  readonly number: number;
  /** The key of the disputed entry; `null` where the details are disputed. */
  readonly entry: string | null;
  readonly state: 'open' | 'withdrawn' | 'upheld' | 'rejected';
  readonly raisedAt: Instant;
  readonly dueDate: CalendarDate;
  readonly reason: unknown;
  readonly answer: unknown;
};

/** A direct link with an organisation as the record shows it. */
export type PlrConnection = LearnerEventData<'ConnectionEstablished'>;

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
};

type StoredEntry = Omit<PlrEntry, 'achieved' | 'disputedBy' | 'redactedFields'> & {
  readonly withdrawn: boolean;
};

/** What folding keeps; `toPlr` makes the record of it. */
export type PlrState = Pick<Plr, 'uln' | 'details' | 'sharing'> & {
  readonly entries: ReadonlyMap<string, StoredEntry>;
  readonly challenges: ReadonlyMap<string, PlrChallenge>;
  readonly connections: ReadonlyMap<string, PlrConnection>;
};

/** Folds one learner's stream into what the record needs. Events on what is not there leave it as it is. */
export const plrProjection: Projection<PlrState> = {
  name: 'plr',
  version: 1,
  initialState: {
    uln: null,
    details: null,
    sharing: { optedOut: false },
    entries: new Map(),
    challenges: new Map(),
    connections: new Map(),
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
    ChallengeRaised: (state, { event: { data }, recordedAt }) =>
      withChallenge(state, {
        key: data.challengeId,
        number: data.challengeNumber,
        entry: data.entry === null ? null : entryKey(data.entry),
        state: 'open',
        raisedAt: recordedAt,
        dueDate: data.dueDate,
        reason: data.reason,
        answer: null,
      }),
    ChallengeWithdrawn: (state, { event }) => closeChallenge(state, event.data, 'withdrawn'),
    ChallengeUpheld: (state, { event }) => closeChallenge(state, event.data, 'upheld'),
    ChallengeRejected: (state, { event }) => closeChallenge(state, event.data, 'rejected'),
    ConnectionEstablished: (state, { event: { data } }) => ({
      ...state,
      connections: new Map(state.connections).set(data.connectionId, data),
    }),
    ConnectionEnded: (state, { event: { data } }) => {
      const connection = state.connections.get(data.connectionId);
      return connection === undefined
        ? state
        : {
            ...state,
            connections: new Map(state.connections).set(data.connectionId, {
              ...connection,
              endDate: data.endDate,
            }),
          };
    },
    // Who may see a record is no part of it.
    HandlingChanged: 'ignored',
    ConfiguredViewCreated: 'ignored',
    ConfiguredViewCodeIssued: 'ignored',
    ConfiguredViewCodeUsed: 'ignored',
    ConfiguredViewCodeFailed: 'ignored',
    ConfiguredViewRevoked: 'ignored',
    ConfiguredViewExported: 'ignored',
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
  return {
    ...rest,
    achieved: isParticipation || isRedacted(grade) ? null : isAchievedGrade(grade as string | null),
    disputedBy: [...state.challenges.values()]
      .filter((challenge) => challenge.state === 'open' && challenge.entry === entry.key)
      .map((challenge) => challenge.number),
    redactedFields: Object.keys(entry.values).filter((name) => isRedacted(entry.values[name])),
  };
}

function ownDate(entry: StoredEntry): string {
  const isAchievement = entry.reference.kind === 'achievement';
  return String(entry.values[isAchievement ? 'achievementAwardDate' : 'participationStartDate']);
}

function withNewEntry(
  state: PlrState,
  { recordedAt }: Recorded<LearnerEvent>,
  reference: EntryReference,
  standing: StoredEntry['standing'],
  values: Values,
): PlrState {
  const key = entryKey(reference);
  const added = { key, reference, standing, recordedAt, values };
  const entry = { ...added, correctedAt: null, withdrawn: false };
  return { ...state, entries: new Map(state.entries).set(key, entry) };
}

function withEntryChange(change: (entry: StoredEntry) => Partial<StoredEntry>) {
  return (state: PlrState, { event }: { readonly event: { readonly data: EntryNaming } }) => {
    const key = entryKeyOf(event.data);
    const entry = state.entries.get(key);
    return entry === undefined
      ? state
      : { ...state, entries: new Map(state.entries).set(key, { ...entry, ...change(entry) }) };
  };
}

function withCorrection(
  state: PlrState,
  recorded: {
    readonly event: {
      readonly data: LearnerEventData<'ParticipationCorrected' | 'AchievementCorrected'>;
    };
    readonly recordedAt: Instant;
  },
): PlrState {
  const { event, recordedAt } = recorded;
  return withEntryChange((entry) => ({
    values: applyChanges(entry.values, event.data),
    correctedAt: recordedAt,
  }))(state, recorded);
}

function withChallenge(state: PlrState, challenge: PlrChallenge): PlrState {
  return { ...state, challenges: new Map(state.challenges).set(challenge.key, challenge) };
}

function closeChallenge(
  state: PlrState,
  { challengeId, reason }: { readonly challengeId: string; readonly reason: unknown },
  to: PlrChallenge['state'],
): PlrState {
  const challenge = state.challenges.get(challengeId);
  return challenge === undefined
    ? state
    : withChallenge(state, { ...challenge, state: to, answer: reason });
}
