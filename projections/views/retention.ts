import type Database from 'better-sqlite3';
import type { LearnerEvent } from '../../domain/learner/events.js';
import {
  countsAsActivity,
  latestOver,
  type RetentionFacts,
  type RetentionPolicy,
} from '../../domain/learner/retention/policy.js';
import type { Recorded } from '../../domain/recorded.js';
import { type CalendarDate, dateOf } from '../../domain/values/date.js';
import { keptView, type PlainEvent, type TableNames } from '../kept/keptView.js';
import type { Projection } from '../projection.js';

/** What retention knows of one learner's stream; `null` before a ULN is issued and after disposal. */
type State = RetentionFacts | null;

type Handlers = Projection<State, PlainEvent<LearnerEvent>>['on'];

/** Folds one learner's stream into what retention needs to know of it. It has no redactable fields. */
export const retentionProjection: Projection<State, PlainEvent<LearnerEvent>> = {
  name: 'retention',
  version: 1,
  initialState: null,
  on: {
    // Sound: the table of what counts is total over the types of events.
    ...(Object.fromEntries(
      Object.entries(countsAsActivity).map(([type, counts]) => [
        type,
        counts ? withActivity : 'ignored',
      ]),
    ) as Handlers),
    UlnIssued: (_, { recordedAt }) => ({
      issuedOn: dateOf(recordedAt),
      lastActivityOn: dateOf(recordedAt),
      review: null,
      holds: {},
      dateOfDeath: null,
    }),
    RetentionReviewed: (state, { event: { data } }) => {
      const { outcome, nextReviewDate } = data;
      return state === null ? state : { ...state, review: { outcome, nextReviewDate } };
    },
    LegalHoldPlaced: (state, { event: { data } }) =>
      state === null ? state : { ...state, holds: { ...state.holds, [data.holdId]: data.endDate } },
    LegalHoldReleased: (state, { event: { data } }) => {
      if (state === null) {
        return state;
      }
      const { [data.holdId]: _, ...holds } = state.holds;
      return { ...state, holds };
    },
    VitalStatusRecorded: (state, { event: { data } }) =>
      state === null ? state : { ...state, dateOfDeath: data.dateOfDeath },
    RecordDisposed: () => null,
  },
};

function withActivity(state: State, { recordedAt }: Pick<Recorded<unknown>, 'recordedAt'>): State {
  return state === null ? state : { ...state, lastActivityOn: dateOf(recordedAt) };
}

/** When records are to be reviewed and until when they are kept. */
export const retention = keptView<State, 'learner'>({
  family: 'learner',
  holds: [],
  projection: retentionProjection,
  tables: [
    {
      name: 'records',
      columns: 'no, issued, activity, reviewed, next_review, content',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER PRIMARY KEY, issued TEXT NOT NULL, activity TEXT NOT NULL,
           reviewed INTEGER NOT NULL, next_review TEXT, content TEXT NOT NULL
         ) STRICT;
         CREATE INDEX ${sqlName}_by_activity ON ${sqlName} (activity);
         CREATE INDEX ${sqlName}_by_review ON ${sqlName} (reviewed, next_review);
         CREATE INDEX ${sqlName}_by_issue ON ${sqlName} (reviewed, issued);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream AS key, r.content AS content
     FROM ${names('records')} r JOIN ${names('streams')} s ON s.no = r.no ORDER BY s.stream`,
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('records')} WHERE no = ?`);
    const put = database.prepare(
      `INSERT OR REPLACE INTO ${names('records')} VALUES (?, ?, ?, ?, ?, ?)`,
    );
    return (no, _, after) => {
      if (after === null) {
        remove.run(no);
        return;
      }
      const { issuedOn, lastActivityOn, review } = after;
      const next = review?.nextReviewDate ?? null;
      put.run(
        ...[no, issuedOn, lastActivityOn, review === null ? 0 : 1, next],
        JSON.stringify(after),
      );
    };
  },
});

/** A record to look at. */
export type DueRecord = RetentionFacts & { readonly stream: string };

/** Records whose review is due or whose retention has ended by a date, those with the oldest activity first. */
export function selectDue(
  database: Database.Database,
  names: TableNames,
  query: {
    readonly by: CalendarDate;
    readonly limit: number;
    readonly offset: number;
    readonly policy: RetentionPolicy;
  },
): readonly DueRecord[] {
  const { by, limit, offset, policy } = query;
  const rows = database
    .prepare(
      `SELECT s.stream, r.content FROM ${names('records')} r JOIN ${names('streams')} s ON s.no = r.no
       WHERE (r.activity <= :over AND (r.next_review IS NULL OR r.next_review <= :by))
          OR (r.reviewed = 1 AND r.next_review <= :by)
          OR (r.reviewed = 0 AND r.issued <= :unreviewed)
       ORDER BY r.activity, s.stream LIMIT :limit OFFSET :offset`,
    )
    .all({
      by,
      limit,
      offset,
      over: latestOver(by, policy.retentionYears),
      unreviewed: latestOver(by, policy.reviewYears),
    }) as { stream: string; content: string }[];
  // Sound: the view wrote the content.
  return rows.map(({ stream, content }) => ({
    ...(JSON.parse(content) as RetentionFacts),
    stream,
  }));
}
