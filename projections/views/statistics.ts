import type Database from 'better-sqlite3';
import { entryKey, entryKeyOf } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import {
  ignoresConfiguredViews,
  ignoresConnections,
  ignoresNotices,
  ignoresRetention,
} from '../ignored.js';
import { keptView, type PlainEvent, type TableNames } from '../kept/keptView.js';
import { mergesIgnored } from '../live/merging.js';
import type { Projection } from '../projection.js';

/** How many achievements stand of one qualification, from one source, awarded in one year. */
export type StatisticsRow = {
  /** Qualification, unit or learning aim. */
  readonly subjectCode: string;
  /** ILR, NPD, AO or QCFU. */
  readonly source: string;
  /** UKPRN of the source that submitted them. */
  readonly submittedBy: string;
  /** Calendar year of the award. */
  readonly year: number;
  /** Whatever the grade, because grades can be redacted and could not be taken out of a sum. */
  readonly final: number;
  readonly provisional: number;
};

/** What the sums need of one achievement. */
type Counted = Omit<StatisticsRow, 'final' | 'provisional'> & {
  readonly standing: 'provisional' | 'final';
  readonly withdrawn: boolean;
  /** Hidden until it is decided whether it says too much: not counted meanwhile. */
  readonly quarantined: boolean;
};

type State = Readonly<Record<string, Counted>>;

const projection: Projection<State, PlainEvent<LearnerEvent>> = {
  name: 'statistics',
  version: 2,
  initialState: {},
  on: {
    UlnIssued: 'ignored',
    LearnerDetailsAmended: 'ignored',
    ParticipationRecorded: 'ignored',
    ParticipationCorrected: 'ignored',
    ParticipationWithdrawn: 'ignored',
    ParticipationReinstated: 'ignored',
    AchievementRecorded: (state, { event: { data } }) => {
      const { subjectCode, source, submittedBy, standing, achievementAwardDate } = data;
      const year = yearOf(achievementAwardDate);
      const counted = { subjectCode, source, submittedBy, year, standing };
      return {
        ...state,
        [entryKeyOf(data)]: { ...counted, withdrawn: false, quarantined: false },
      };
    },
    AchievementConfirmed: (state, { event }) =>
      changed(state, entryKeyOf(event.data), { standing: 'final' }),
    AchievementCorrected: (state, { event: { data } }) => {
      const { subjectCode, source, achievementAwardDate } = data;
      return changed(state, entryKeyOf(data), {
        ...(subjectCode === null ? {} : { subjectCode: subjectCode.to }),
        ...(source === null ? {} : { source: source.to }),
        ...(achievementAwardDate === null ? {} : { year: yearOf(achievementAwardDate.to) }),
      });
    },
    AchievementWithdrawn: (state, { event }) =>
      changed(state, entryKeyOf(event.data), { withdrawn: true }),
    AchievementReinstated: (state, { event }) =>
      changed(state, entryKeyOf(event.data), { withdrawn: false }),
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
    ReviewFlagged: 'ignored',
    ReviewReported: 'ignored',
    ReviewDismissed: 'ignored',
    EntryQuarantined: (state, { event }) =>
      changed(state, entryKey(event.data.entry), { quarantined: true }),
    QuarantineLifted: (state, { event }) =>
      changed(state, entryKey(event.data.entry), { quarantined: false }),
    ...ignoresNotices,
    ...mergesIgnored,
    ...ignoresRetention,
    RecordDisposed: () => ({}),
    SensitiveDataRedacted: 'ignored',
    FieldsResealed: 'ignored',
  },
};

/** Standing achievements counted by qualification, source and year of award. */
export const statistics = keptView<State, 'learner'>({
  family: 'learner',
  holds: [],
  projection,
  tables: [
    {
      name: 'totals',
      columns: 'subject_code, source, submitted_by, year, final, provisional',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           subject_code TEXT NOT NULL, source TEXT NOT NULL, submitted_by TEXT NOT NULL,
           year INTEGER NOT NULL, final INTEGER NOT NULL, provisional INTEGER NOT NULL,
           PRIMARY KEY (subject_code, source, submitted_by, year)
         ) STRICT, WITHOUT ROWID;`,
    },
  ],
  contents: (names) =>
    `SELECT subject_code || ' ' || source || ' ' || submitted_by || ' ' || year AS key,
       json_array(final, provisional) AS content FROM ${names('totals')} ORDER BY 1`,
  writer: (database, names) => {
    const totals = names('totals');
    const add = database.prepare(
      `INSERT INTO ${totals} VALUES (:subjectCode, :source, :submittedBy, :year, :final, :provisional)
       ON CONFLICT DO UPDATE SET final = final + :final, provisional = provisional + :provisional`,
    );
    const tidy = database.prepare(
      `DELETE FROM ${totals} WHERE subject_code = :subjectCode AND source = :source
       AND submitted_by = :submittedBy AND year = :year AND final = 0 AND provisional = 0`,
    );
    const count = (counted: Counted | undefined, by: number) => {
      if (counted !== undefined && !counted.withdrawn && !counted.quarantined) {
        const { standing, withdrawn: _, quarantined: __, ...place } = counted;
        const isFinal = standing === 'final';
        add.run({ ...place, final: isFinal ? by : 0, provisional: isFinal ? 0 : by });
        tidy.run(place);
      }
    };
    return (_, before, after) => {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        if (JSON.stringify(before[key]) !== JSON.stringify(after[key])) {
          count(before[key], -1);
          count(after[key], 1);
        }
      }
    };
  },
});

/** Which sums to list; `null` for all on that axis. */
export type StatisticsQuery = {
  readonly subjectCode: string | null;
  readonly submittedBy: string | null;
  readonly year: number | null;
};

/** Sums by qualification, source and year, in that order. */
export function selectStatistics(
  database: Database.Database,
  names: TableNames,
  { subjectCode, submittedBy, year }: StatisticsQuery,
): readonly StatisticsRow[] {
  const conditions = [
    ...(subjectCode === null ? [] : ['subject_code = :subjectCode']),
    ...(submittedBy === null ? [] : ['submitted_by = :submittedBy']),
    ...(year === null ? [] : ['year = :year']),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  // Sound: the columns are those of StatisticsRow, and STRICT tables hold no other types.
  return database
    .prepare(
      `SELECT subject_code AS subjectCode, source, submitted_by AS submittedBy, year, final, provisional
       FROM ${names('totals')} ${where} ORDER BY subject_code, source, submitted_by, year`,
    )
    .all({ subjectCode, submittedBy, year }) as StatisticsRow[];
}

function changed(state: State, key: string, change: Partial<Counted>): State {
  const counted = state[key];
  return counted === undefined ? state : { ...state, [key]: { ...counted, ...change } };
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}
