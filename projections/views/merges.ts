import type Database from 'better-sqlite3';
import type { LearnerEventData } from '../../domain/learner/events.js';
import type { Instant } from '../../domain/values/date.js';
import {
  ignoresConfiguredViews,
  ignoresConnections,
  ignoresNotices,
  ignoresRetention,
  ignoresReviews,
} from '../ignored.js';
import { keptView, type TableNames } from '../kept/keptView.js';

type Cause = LearnerEventData<'LearnersUnmerged'>['cause'];
type Decision = {
  readonly at: Instant;
  readonly position: string;
  readonly endedAt: Instant | null;
  readonly cause: Cause | null;
};
type Application = { readonly at: Instant; readonly endedAt: Instant | null };

/** What one stream says: decisions of which it is the master, merges that it follows, and its retirement. */
type State = {
  readonly decided: Readonly<Record<string, Decision>>;
  readonly applied: Readonly<Record<string, Application>>;
  readonly retiredAt: Instant | null;
};

const NONE_HERE: State = { decided: {}, applied: {}, retiredAt: null };

/** Merges by their ids, from both streams. No name and no ULN is kept: those are read from the streams. */
export const merges = keptView<State, 'learner'>({
  family: 'learner',
  holds: [],
  tables: [
    {
      name: 'decided',
      columns: 'no, merge_id, at, position, ended_at, cause',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, merge_id TEXT NOT NULL, at TEXT NOT NULL, position TEXT NOT NULL,
           ended_at TEXT, cause TEXT, PRIMARY KEY (merge_id, no)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_stream ON ${sqlName} (no);
         CREATE INDEX ${sqlName}_by_end ON ${sqlName} (ended_at);`,
    },
    {
      name: 'applied',
      columns: 'no, merge_id, at, ended_at',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, merge_id TEXT NOT NULL, at TEXT NOT NULL, ended_at TEXT,
           PRIMARY KEY (merge_id, no)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_stream ON ${sqlName} (no);
         CREATE INDEX ${sqlName}_by_time ON ${sqlName} (at);`,
    },
    {
      name: 'retired',
      columns: 'no, at',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (no INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;
         CREATE INDEX ${sqlName}_by_time ON ${sqlName} (at);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream || ' decided ' || d.merge_id AS key,
       json_array(d.at, d.position, d.ended_at, d.cause) AS content
     FROM ${names('decided')} d JOIN ${names('streams')} s ON s.no = d.no
     UNION ALL SELECT s.stream || ' applied ' || a.merge_id, json_array(a.at, a.ended_at)
     FROM ${names('applied')} a JOIN ${names('streams')} s ON s.no = a.no
     UNION ALL SELECT s.stream || ' retired', r.at
     FROM ${names('retired')} r JOIN ${names('streams')} s ON s.no = r.no ORDER BY 1`,
  projection: {
    name: 'merges',
    version: 1,
    initialState: NONE_HERE,
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
      ChallengeRaised: 'ignored',
      ChallengeWithdrawn: 'ignored',
      ChallengeUpheld: 'ignored',
      ChallengeRejected: 'ignored',
      ...ignoresConnections,
      HandlingChanged: 'ignored',
      ...ignoresConfiguredViews,
      ChallengeExtended: 'ignored',
      ChallengeResolved: 'ignored',
      ...ignoresReviews,
      ...ignoresNotices,
      LearnersMerged: (state, { event, recordedAt: at, position }) => {
        const decision = { at, position, endedAt: null, cause: null };
        return { ...state, decided: { ...state.decided, [event.data.mergeId]: decision } };
      },
      LearnersUnmerged: (state, { event: { data }, recordedAt: endedAt }) => {
        const { [data.mergeId]: decision, ...others } = state.decided;
        return decision === undefined
          ? state
          : {
              ...state,
              decided: { ...others, [data.mergeId]: { ...decision, endedAt, cause: data.cause } },
            };
      },
      LearnerSuperseded: (state, { event, recordedAt: at }) => ({
        ...state,
        applied: { ...state.applied, [event.data.mergeId]: { at, endedAt: null } },
      }),
      SupersessionEnded: (state, { event: { data }, recordedAt: endedAt }) => {
        const { [data.mergeId]: application, ...others } = state.applied;
        return application === undefined
          ? state
          : { ...state, applied: { ...others, [data.mergeId]: { ...application, endedAt } } };
      },
      UlnRetired: (state, { recordedAt }) => ({ ...state, retiredAt: recordedAt }),
      ...ignoresRetention,
      RecordDisposed: () => NONE_HERE,
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const decided = database.prepare(
      `INSERT OR REPLACE INTO ${names('decided')} VALUES (?, ?, ?, ?, ?, ?)`,
    );
    const applied = database.prepare(
      `INSERT OR REPLACE INTO ${names('applied')} VALUES (?, ?, ?, ?)`,
    );
    const retired = database.prepare(`INSERT OR REPLACE INTO ${names('retired')} VALUES (?, ?)`);
    const tables = ['decided', 'applied', 'retired'];
    const removals = tables.map((table) =>
      database.prepare(`DELETE FROM ${names(table)} WHERE no = ?`),
    );
    return (no, _, after) => {
      for (const removal of removals) {
        removal.run(no);
      }
      for (const [mergeId, { at, position, endedAt, cause }] of Object.entries(after.decided)) {
        decided.run(no, mergeId, at, position, endedAt, cause);
      }
      for (const [mergeId, { at, endedAt }] of Object.entries(after.applied)) {
        applied.run(no, mergeId, at, endedAt);
      }
      if (after.retiredAt !== null) {
        retired.run(no, after.retiredAt);
      }
    };
  },
});

/** A merge as its two streams tell of it; `null` for what a stream does not say. */
export type MergeRow = {
  readonly mergeId: string;
  readonly master: string | null;
  readonly superseded: string | null;
  readonly position: string | null;
  readonly decidedAt: Instant | null;
  readonly appliedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly cause: Cause | null;
  /** True where one stream says that the merge stands and the other does not: somebody has to finish it. */
  readonly pending: boolean;
};

/** Every merge, or those alone that have to be finished. */
export function selectMerges(
  database: Database.Database,
  names: TableNames,
  { pendingOnly }: { readonly pendingOnly: boolean },
): readonly MergeRow[] {
  const pending = `((d.merge_id IS NOT NULL AND d.ended_at IS NULL)
    <> (a.merge_id IS NOT NULL AND a.ended_at IS NULL))`;
  const rows = database
    .prepare(
      `SELECT coalesce(d.merge_id, a.merge_id) AS mergeId, m.stream AS master,
         s.stream AS superseded, d.position, d.at AS decidedAt, a.at AS appliedAt,
         d.ended_at AS endedAt, d.cause, ${pending} AS pending
       FROM ${names('decided')} d FULL JOIN ${names('applied')} a ON a.merge_id = d.merge_id
       LEFT JOIN ${names('streams')} m ON m.no = d.no
       LEFT JOIN ${names('streams')} s ON s.no = a.no
       ${pendingOnly ? `WHERE ${pending}` : ''} ORDER BY coalesce(d.at, a.at), mergeId`,
    )
    .all() as (Omit<MergeRow, 'pending'> & { readonly pending: number })[];
  return rows.map((row) => ({ ...row, pending: row.pending === 1 }));
}

/** A merge, the end of one, or a retirement, with the streams concerned. */
export type ChangeRow = {
  readonly kind: 'merged' | 'unmerged' | 'retired';
  readonly at: Instant;
  /** The master's stream; `null` for a retirement. */
  readonly master: string | null;
  /** The stream of the ULN that was superseded, is it no more, or was retired. */
  readonly other: string;
};

/**
 * What changed between two instants, oldest first. A merge counts from when both streams said so, and
 * ends when the first of them says that it does; one that was never carried out is no change.
 */
export function selectChanges(
  database: Database.Database,
  names: TableNames,
  period: { readonly from: string; readonly to: string },
): readonly ChangeRow[] {
  const both = `FROM ${names('decided')} d JOIN ${names('applied')} a ON a.merge_id = d.merge_id
    JOIN ${names('streams')} m ON m.no = d.no JOIN ${names('streams')} s ON s.no = a.no
    WHERE (d.ended_at IS NULL OR a.at <= d.ended_at)`;
  // Sound: the columns are those of ChangeRow, and the view wrote them.
  return database
    .prepare(
      `SELECT 'merged' AS kind, a.at AS at, m.stream AS master, s.stream AS other
       ${both} AND a.at BETWEEN :from AND :to
       UNION ALL SELECT 'unmerged', d.ended_at, m.stream, s.stream
       ${both} AND d.ended_at BETWEEN :from AND :to
       UNION ALL SELECT 'retired', r.at, NULL, s.stream
       FROM ${names('retired')} r JOIN ${names('streams')} s ON s.no = r.no
       WHERE r.at BETWEEN :from AND :to ORDER BY at, kind, other`,
    )
    .all(period) as ChangeRow[];
}
