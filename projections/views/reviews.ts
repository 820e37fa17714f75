import type Database from 'better-sqlite3';
import type { EntryReference } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { evolveReviews, NO_REVIEWS, type Reviews } from '../../domain/learner/review/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { ScreeningCategory } from '../../domain/screening/screening.js';
import { type CalendarDate, dateOf, type Instant } from '../../domain/values/date.js';
import {
  ignoresConfiguredViews,
  ignoresConnections,
  ignoresNotices,
  ignoresRetention,
} from '../ignored.js';
import { keptView, type TableNames } from '../kept/keptView.js';

/** A flag, a report or a quarantine that waits for a person. */
export type OpenReview = {
  readonly stream: string;
  readonly kind: 'flag' | 'report' | 'quarantine';
  readonly id: string;
  /** `null` for the learner's details. */
  readonly entry: EntryReference | null;
  /** What screening flagged; `null` for reports and quarantines. */
  readonly flagged: {
    readonly event: string;
    readonly fields: readonly string[];
    readonly categories: readonly ScreeningCategory[];
  } | null;
  /** The flag or report that led to a quarantine; `null` elsewhere. */
  readonly cause: string | null;
  readonly since: Instant;
};

/** What happened in a time, in numbers alone. */
export type ReviewCounts = {
  /** Flags that screening recorded. */
  readonly flagged: number;
  readonly reported: number;
  readonly quarantined: number;
  /** Flags, reports and quarantines in which a person found nothing to remove. */
  readonly dismissed: number;
  /** Events of which something was made unreadable as special-category data. */
  readonly redacted: number;
};

type Counted = keyof ReviewCounts;

type State = Reviews & {
  readonly since: Readonly<Record<string, Instant>>;
  /** How much of what happened on which day, by `<day> <what>`. */
  readonly counts: Readonly<Record<string, number>>;
};

const NOTHING: State = { ...NO_REVIEWS, since: {}, counts: {} };

/** Open flags, reports and quarantines by age, and how many there were. */
export const reviews = keptView<State, 'learner'>({
  family: 'learner',
  // What a report says is redactable, and is not kept here.
  holds: [],
  tables: [
    {
      name: 'waiting',
      columns: 'no, kind, id, since, content',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, since TEXT NOT NULL,
           content TEXT NOT NULL, PRIMARY KEY (no, kind, id)
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX ${sqlName}_by_age ON ${sqlName} (since);`,
    },
    {
      name: 'counts',
      columns: 'day, what, count',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           day TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, what)
         ) STRICT, WITHOUT ROWID;`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream || ' ' || w.kind || ' ' || w.id AS key, json_array(w.since, w.content) AS content
     FROM ${names('waiting')} w JOIN ${names('streams')} s ON s.no = w.no
     UNION ALL SELECT day || ' ' || what, json_array(count) FROM ${names('counts')} ORDER BY 1`,
  projection: {
    name: 'reviews',
    version: 1,
    initialState: NOTHING,
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
      ...ignoresConnections,
      HandlingChanged: 'ignored',
      ...ignoresConfiguredViews,
      LearnersMerged: 'ignored',
      LearnersUnmerged: 'ignored',
      LearnerSuperseded: 'ignored',
      SupersessionEnded: 'ignored',
      UlnRetired: 'ignored',
      OptOutSet: 'ignored',
      OptOutLifted: 'ignored',
      OptOutOverridden: 'ignored',
      ChallengeRaised: 'ignored',
      ChallengeWithdrawn: 'ignored',
      ChallengeUpheld: 'ignored',
      ChallengeRejected: 'ignored',
      ChallengeExtended: 'ignored',
      ChallengeResolved: 'ignored',
      ReviewFlagged: (state, recorded) =>
        next(state, recorded, 'flagged', `flag ${recorded.event.data.flagId}`),
      ReviewReported: (state, recorded) =>
        next(state, recorded, 'reported', `report ${recorded.event.data.reportId}`),
      ReviewDismissed: (state, recorded) => next(state, recorded, 'dismissed'),
      EntryQuarantined: (state, recorded) =>
        next(state, recorded, 'quarantined', `quarantine ${recorded.event.data.quarantineId}`),
      QuarantineLifted: (state, recorded) =>
        next(state, recorded, recorded.event.data.outcome === 'dismissed' ? 'dismissed' : null),
      ...ignoresNotices,
      ...ignoresRetention,
      RecordDisposed: () => NOTHING,
      SensitiveDataRedacted: (state, recorded) =>
        next(
          state,
          recorded,
          recorded.event.data.basis === 'special-category-data' ? 'redacted' : null,
        ),
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('waiting')} WHERE no = ?`);
    const insert = database.prepare(`INSERT INTO ${names('waiting')} VALUES (?, ?, ?, ?, ?)`);
    const add = database.prepare(
      `INSERT INTO ${names('counts')} VALUES (:day, :what, :by)
       ON CONFLICT DO UPDATE SET count = count + :by`,
    );
    const tidy = database.prepare(`DELETE FROM ${names('counts')} WHERE count = 0`);
    return (no, before, after) => {
      remove.run(no);
      for (const review of waiting(after)) {
        insert.run(no, review.kind, review.id, review.since, JSON.stringify(review));
      }
      for (const key of new Set([...Object.keys(before.counts), ...Object.keys(after.counts)])) {
        const by = (after.counts[key] ?? 0) - (before.counts[key] ?? 0);
        const [day, what] = key.split(' ');
        if (by !== 0) {
          add.run({ day, what, by });
        }
      }
      tidy.run();
    };
  },
});

/** Which to list. */
export type ReviewQuery = { readonly limit: number };

/** What waits, the oldest first. */
export function selectReviews(
  database: Database.Database,
  names: TableNames,
  { limit }: ReviewQuery,
): readonly OpenReview[] {
  const rows = database
    .prepare(
      `SELECT s.stream, w.content FROM ${names('waiting')} w JOIN ${names('streams')} s ON s.no = w.no
       ORDER BY w.since, s.stream, w.kind, w.id LIMIT :limit`,
    )
    .all({ limit }) as { stream: string; content: string }[];
  // Sound: the view wrote the content.
  return rows.map(({ stream, content }) => ({
    ...(JSON.parse(content) as Omit<OpenReview, 'stream'>),
    stream,
  }));
}

/** How much happened from one day through another, UTC. */
export function selectReviewCounts(
  database: Database.Database,
  names: TableNames,
  { from, to }: { readonly from: CalendarDate; readonly to: CalendarDate },
): ReviewCounts {
  const rows = database
    .prepare(
      `SELECT what, sum(count) AS count FROM ${names('counts')}
       WHERE day >= :from AND day <= :to GROUP BY what`,
    )
    .all({ from, to }) as { what: Counted; count: number }[];
  const none = { flagged: 0, reported: 0, quarantined: 0, dismissed: 0, redacted: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ what, count }) => [what, count])) };
}

/** The state after an event: counted under `what` where that is given, begun to wait as `waits`. */
function next(
  state: State,
  { event, recordedAt }: Pick<Recorded<LearnerEvent>, 'event' | 'recordedAt'>,
  what: Counted | null,
  waits: string | null = null,
): State {
  const key = `${dateOf(recordedAt)} ${what}`;
  return {
    ...evolveReviews(state, event),
    since: waits === null ? state.since : { ...state.since, [waits]: recordedAt },
    counts: what === null ? state.counts : { ...state.counts, [key]: (state.counts[key] ?? 0) + 1 },
  };
}

function waiting(state: State): readonly Omit<OpenReview, 'stream'>[] {
  const open = Object.values(state.reviews)
    .filter((review) => review.state === 'open')
    .map(({ kind, id, entry, flagged }) => ({ kind, id, entry, flagged, cause: null }));
  const placed = Object.values(state.quarantines)
    .filter((quarantine) => quarantine.state === 'placed')
    .map(({ id, entry, cause }) => {
      return { kind: 'quarantine' as const, id, entry, flagged: null, cause };
    });
  return [...open, ...placed].flatMap((review) => {
    const since = state.since[`${review.kind} ${review.id}`];
    return since === undefined ? [] : [{ ...review, since }];
  });
}
