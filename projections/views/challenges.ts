import type Database from 'better-sqlite3';
import { type EntryReference, entryKey } from '../../domain/learner/entry/entries.js';
import type { ChallengeSubject } from '../../domain/learner/events.js';
import type { CalendarDate, Instant } from '../../domain/values/date.js';
import {
  ignoresConfiguredViews,
  ignoresConnections,
  ignoresNotices,
  ignoresRetention,
} from '../ignored.js';
import { keptView, type TableNames } from '../kept/keptView.js';
import { mergesIgnored } from '../live/merging.js';

/** A challenge that waits for its owner: to be decided, or upheld and to be corrected. Its reason is read from the learner's own stream. */
export type OpenChallenge = {
  readonly stream: string;
  readonly challengeId: string;
  /** Numbered within the learner, from 1. */
  readonly challengeNumber: number;
  /** UKPRN of the source that owns the disputed entry; `keeper` for a learner's details. */
  readonly owner: string;
  /** The disputed entry; `null` for the learner's details. */
  readonly entry: EntryReference | null;
  readonly concerning: ChallengeSubject;
  readonly state: 'open' | 'to-correct';
  readonly dueDate: CalendarDate;
  readonly extended: boolean;
  readonly raisedAt: Instant;
};

/** The challenges of one learner that wait, by their ids, and the entries that are hidden. */
type State = {
  readonly challenges: Readonly<Record<string, Omit<OpenChallenge, 'stream'>>>;
  readonly quarantined: readonly string[];
};

const NONE: State = { challenges: {}, quarantined: [] };

/** Waiting challenges by who has to answer them and until when. Those of a hidden entry wait unseen. */
export const challenges = keptView<State, 'learner'>({
  family: 'learner',
  // Reasons and evidence are redactable, and are not kept here.
  holds: [],
  tables: [
    {
      name: 'open',
      columns: 'no, id, owner, due, content',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, due TEXT NOT NULL,
           content TEXT NOT NULL, PRIMARY KEY (no, id)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_owner ON ${sqlName} (owner, due);
         CREATE INDEX ${sqlName}_by_due ON ${sqlName} (due);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream || ' ' || o.id AS key, json_array(o.owner, o.due, o.content) AS content
     FROM ${names('open')} o JOIN ${names('streams')} s ON s.no = o.no ORDER BY s.stream || ' ' || o.id`,
  projection: {
    name: 'challenges',
    version: 2,
    initialState: NONE,
    on: {
      UlnIssued: 'ignored',
      LearnerDetailsAmended: 'ignored',
      ParticipationRecorded: 'ignored',
      ParticipationCorrected: 'ignored',
      ParticipationWithdrawn: 'ignored',
      ParticipationReinstated: 'ignored',
      AchievementRecorded: 'ignored',
      AchievementConfirmed: 'ignored',
      AchievementCorrected: 'ignored',
      AchievementWithdrawn: 'ignored',
      AchievementReinstated: 'ignored',
      OptOutSet: 'ignored',
      OptOutLifted: 'ignored',
      OptOutOverridden: 'ignored',
      ChallengeRaised: (state, { event: { data }, recordedAt: raisedAt }) => {
        const { challengeId, challengeNumber, concerning, entry, dueDate } = data;
        const owner = entry === null ? 'keeper' : entry.submittedBy;
        return withChallenge(state, {
          ...{ challengeId, challengeNumber, owner, entry, concerning },
          ...{ state: 'open', dueDate, extended: false, raisedAt },
        });
      },
      ChallengeWithdrawn: (state, { event }) => without(state, event.data.challengeId),
      ChallengeUpheld: (state, { event }) =>
        withChange(state, event.data.challengeId, { state: 'to-correct' }),
      ChallengeRejected: (state, { event }) => without(state, event.data.challengeId),
      ...ignoresConnections,
      HandlingChanged: 'ignored',
      ...ignoresConfiguredViews,
      ChallengeExtended: (state, { event: { data } }) =>
        withChange(state, data.challengeId, { dueDate: data.dueDate, extended: true }),
      ChallengeResolved: (state, { event }) => without(state, event.data.challengeId),
      ReviewFlagged: 'ignored',
      ReviewReported: 'ignored',
      ReviewDismissed: 'ignored',
      EntryQuarantined: (state, { event }) => ({
        ...state,
        quarantined: [...state.quarantined, entryKey(event.data.entry)],
      }),
      QuarantineLifted: (state, { event }) => ({
        ...state,
        quarantined: state.quarantined.filter((key) => key !== entryKey(event.data.entry)),
      }),
      ...ignoresNotices,
      ...mergesIgnored,
      ...ignoresRetention,
      RecordDisposed: () => NONE,
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('open')} WHERE no = ?`);
    const insert = database.prepare(`INSERT INTO ${names('open')} VALUES (?, ?, ?, ?, ?)`);
    return (no, _, after) => {
      remove.run(no);
      for (const challenge of shown(after)) {
        const { challengeId, owner, dueDate } = challenge;
        insert.run(no, challengeId, owner, dueDate, JSON.stringify(challenge));
      }
    };
  },
});

/** Which open challenges to list; `null` for all on that axis. */
export type ChallengeQuery = {
  /** UKPRN of the owning source, or `keeper`. */
  readonly owner: string | null;
  /** Those due up to this date. */
  readonly dueBy: CalendarDate | null;
  readonly limit: number;
};

/** Open challenges, the one due first at the beginning. */
export function selectOpenChallenges(
  database: Database.Database,
  names: TableNames,
  { owner, dueBy, limit }: ChallengeQuery,
): readonly OpenChallenge[] {
  const conditions = [
    ...(owner === null ? [] : ['o.owner = :owner']),
    ...(dueBy === null ? [] : ['o.due <= :dueBy']),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const rows = database
    .prepare(
      `SELECT s.stream, o.content FROM ${names('open')} o JOIN ${names('streams')} s ON s.no = o.no
       ${where} ORDER BY o.due, s.stream, o.id LIMIT :limit`,
    )
    .all({ owner, dueBy, limit }) as { stream: string; content: string }[];
  // Sound: the view wrote the content.
  return rows.map(({ stream, content }) => ({
    ...(JSON.parse(content) as Omit<OpenChallenge, 'stream'>),
    stream,
  }));
}

function withChallenge(state: State, challenge: Omit<OpenChallenge, 'stream'>): State {
  return { ...state, challenges: { ...state.challenges, [challenge.challengeId]: challenge } };
}

function withChange(state: State, challengeId: string, change: Partial<OpenChallenge>): State {
  const challenge = state.challenges[challengeId];
  return challenge === undefined ? state : withChallenge(state, { ...challenge, ...change });
}

function without(state: State, challengeId: string): State {
  const { [challengeId]: _, ...challenges } = state.challenges;
  return { ...state, challenges };
}

function shown({ challenges: all, quarantined }: State): readonly Omit<OpenChallenge, 'stream'>[] {
  return Object.values(all).filter(
    ({ entry }) => entry === null || !quarantined.includes(entryKey(entry)),
  );
}
