import type Database from 'better-sqlite3';
import type { AccessEvent, AccessEventData } from '../../domain/access/events.js';
import type { DayOfAccess } from '../../domain/alert/abuse.js';
import type { Recorded } from '../../domain/recorded.js';
import type { CalendarDate, Instant } from '../../domain/values/date.js';
import { dateOf } from '../../domain/values/date.js';

/** Somebody's look at a learner, or attempt at one, as the learner sees it. */
export type Look = Pick<
  AccessEventData<'RecordsDisclosed'>,
  'action' | 'decision' | 'rules' | 'code' | 'fields'
> & {
  readonly at: Instant;
  /** UKPRN; `null` for the learner and the keeper. */
  readonly organisation: string | null;
  /** The person, as the organisation knows them; `null` for the keeper. */
  readonly user: string | null;
  readonly purpose: string;
  /** Names the look: `plr access explain` takes it. */
  readonly look: string;
};

/** The access ledger by learner and by organisation and day; it can be made anew from it at any time. */
export type Looks = {
  /** Through which position a year was taken in; `null` where nothing was. */
  readonly positionOf: (year: number) => string | null;
  /** Takes in events of a year; false where another process was first, and nothing was changed. */
  readonly takeIn: (
    year: number,
    from: string | null,
    events: readonly Recorded<AccessEvent>[],
  ) => boolean;
  /** The looks at a learner by its tags, the latest first. */
  readonly of: (tags: readonly string[], limit: number) => readonly Look[];
  /** The days of an organisation from one day through another, also those without a request. */
  readonly daysOf: (
    organisation: string,
    from: CalendarDate,
    through: CalendarDate,
  ) => readonly DayOfAccess[];
  /** The organisations that asked for anything on a day. */
  readonly activeOn: (day: CalendarDate) => readonly string[];
  /** Looks at learners handled as restricted, allowed or refused, from an instant on. */
  readonly restrictedSince: (at: string) => readonly (Look & { readonly tag: string })[];
};

/** The tables, made with the others of the file of views. */
export const LOOKS_SCHEMA = `
CREATE TABLE IF NOT EXISTS looked_through (year INTEGER PRIMARY KEY, position TEXT NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS looks (
  tag TEXT NOT NULL, at TEXT NOT NULL, look TEXT NOT NULL, restricted INTEGER NOT NULL,
  content TEXT NOT NULL, PRIMARY KEY (tag, at, look)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS looks_restricted ON looks (at) WHERE restricted = 1;

CREATE TABLE IF NOT EXISTS access_days (
  organisation TEXT NOT NULL, day TEXT NOT NULL, requests INTEGER NOT NULL,
  searches INTEGER NOT NULL, uses INTEGER NOT NULL, out_of_hours INTEGER NOT NULL,
  PRIMARY KEY (organisation, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_days_by_day ON access_days (day);

CREATE TABLE IF NOT EXISTS births_tried (
  organisation TEXT NOT NULL, day TEXT NOT NULL, without_birth TEXT NOT NULL, whole TEXT NOT NULL,
  PRIMARY KEY (organisation, day, without_birth, whole)
) STRICT, WITHOUT ROWID;
`;

/** Before this hour, and from the other on, UTC, a request is out of hours. Ours: the service's own are 8 to 18. */
const FIRST_HOUR = 6;
const LAST_HOUR = 22;
/** Rules that name a look at a learner who is handled as restricted. */
const HIDDEN = 'handled-as-restricted';
const RESTRICTED = [HIDDEN, 'named-authorisation'];
const TOLD: readonly string[] = ['follow', 'retract'];

/** Creates the index of the access ledger in the file of views. */
export function createLooks(database: Database.Database): Looks {
  return {
    positionOf: (year) =>
      (database.prepare('SELECT position FROM looked_through WHERE year = ?').pluck().get(year) as
        | string
        | undefined) ?? null,
    takeIn: (year, from, events) => takeIn(database, year, from, events),
    of: (tags, limit) =>
      database
        .prepare(
          `SELECT content FROM looks WHERE tag IN (SELECT value FROM json_each(?))
           GROUP BY look, content ORDER BY at DESC, look LIMIT ?`,
        )
        .pluck()
        .all(JSON.stringify(tags), limit)
        // Sound: `takeIn` wrote it.
        .map((content) => JSON.parse(content as string) as Look),
    daysOf: (organisation, from, through) => daysOf(database, organisation, from, through),
    activeOn: (day) =>
      database
        .prepare('SELECT organisation FROM access_days WHERE day = ? ORDER BY organisation')
        .pluck()
        .all(day) as string[],
    restrictedSince: (at) => {
      const rows = database
        .prepare(
          'SELECT tag, content FROM looks WHERE restricted = 1 AND at >= ? ORDER BY at, look',
        )
        .all(at) as { tag: string; content: string }[];
      return rows.map(({ tag, content }) => ({ ...(JSON.parse(content) as Look), tag }));
    },
  };
}

function takeIn(
  database: Database.Database,
  year: number,
  from: string | null,
  events: readonly Recorded<AccessEvent>[],
): boolean {
  const last = events.at(-1);
  if (last === undefined) {
    return true;
  }
  const move =
    from === null
      ? database.prepare('INSERT OR IGNORE INTO looked_through VALUES (:year, :position)')
      : database.prepare(
          'UPDATE looked_through SET position = :position WHERE year = :year AND position = :from',
        );
  const insertLook = database.prepare('INSERT OR IGNORE INTO looks VALUES (?, ?, ?, ?, ?)');
  const addToDay = database.prepare(
    `INSERT INTO access_days VALUES (:organisation, :day, 1, :searches, :uses, :outOfHours)
     ON CONFLICT DO UPDATE SET requests = requests + 1, searches = searches + :searches,
       uses = uses + :uses, out_of_hours = out_of_hours + :outOfHours`,
  );
  const insertTried = database.prepare('INSERT OR IGNORE INTO births_tried VALUES (?, ?, ?, ?)');
  const step = database.transaction((): boolean => {
    const parameters = { year, position: last.position, ...(from === null ? {} : { from }) };
    if (move.run(parameters).changes === 0) {
      return false;
    }
    for (const recorded of events) {
      const { data } = recorded.event;
      const look = lookOf(recorded);
      const isRestricted = data.rules.some((rule) => RESTRICTED.includes(rule)) ? 1 : 0;
      for (const tag of data.learners) {
        insertLook.run(tag, look.at, look.look, isRestricted, JSON.stringify(look));
      }
      for (const tag of data.hidden) {
        const hidden = { ...look, decision: 'refused', rules: [HIDDEN], fields: [], code: null };
        insertLook.run(tag, look.at, look.look, 1, JSON.stringify(hidden));
      }
      // What an organisation is told is not its own use of the access.
      if (look.organisation !== null && !TOLD.includes(data.action)) {
        const day = dateOf(look.at);
        const hour = Number(look.at.slice(11, 13));
        addToDay.run({
          organisation: look.organisation,
          day,
          searches: ['find', 'verify'].includes(data.action) ? 1 : 0,
          uses: isUse(data) ? 1 : 0,
          outOfHours: hour < FIRST_HOUR || hour >= LAST_HOUR ? 1 : 0,
        });
        if (data.search !== null) {
          insertTried.run(look.organisation, day, data.search.withoutBirth, data.search.whole);
        }
      }
    }
    return true;
  });
  return step.immediate();
}

function daysOf(
  database: Database.Database,
  organisation: string,
  from: CalendarDate,
  through: CalendarDate,
): readonly DayOfAccess[] {
  // Sound: the columns are those of DayOfAccess, and STRICT tables hold no other types.
  return database
    .prepare(
      `SELECT d.day, d.requests, d.searches, d.uses, d.out_of_hours AS outOfHours,
         coalesce((SELECT max(n) FROM (
           SELECT count(*) AS n FROM births_tried t
           WHERE t.organisation = d.organisation AND t.day = d.day GROUP BY t.without_birth
         )), 0) AS birthDatesTried
       FROM access_days d WHERE d.organisation = ? AND d.day >= ? AND d.day <= ? ORDER BY d.day`,
    )
    .all(organisation, from, through) as DayOfAccess[];
}

/** A registration that was refused for want of a search (WSRC0021) is none. */
function isUse({ action, decision, code }: AccessEventData<'RecordsDisclosed'>): boolean {
  const isDone = decision === 'allowed' && code !== 'WSRC0021';
  return isDone && ['register', 'connect', 'submit'].includes(action);
}

function lookOf({ event, recordedAt, stream, version, ...who }: Recorded<AccessEvent>): Look {
  const { action, decision, rules, code, fields } = event.data;
  return {
    at: recordedAt,
    // Sound: events in clear hold no markers.
    organisation: who.organisation as string | null,
    user: who.user as string | null,
    purpose: who.purpose as string,
    action,
    decision,
    rules,
    code,
    fields,
    look: `${stream}.${version}`,
  };
}
