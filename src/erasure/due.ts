import type { LearnerEvent } from '../../domain/learner/events.js';
import {
  nextReviewOn,
  openHolds,
  type RetentionFacts,
  type RetentionPolicy,
  retentionEndsOn,
} from '../../domain/learner/retention/policy.js';
import type { Recorded } from '../../domain/recorded.js';
import { type CalendarDate, dateOf } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { fold } from '../../projections/projection.js';
import { retention, retentionProjection, selectDue } from '../../projections/views/retention.js';
import type { Clock } from '../clock.js';
import type { Journal } from '../journal/journal.js';
import { ulnOf } from '../keptViews/keptViews.js';
import type { Learners } from '../learners/learners.js';
import type { Person } from '../learners/persons.js';

/** A person to review, or one whose time has come. */
export type DueTask = {
  readonly task: 'review' | 'dispose';
  /** The master. */
  readonly uln: Uln;
  /** All ULNs of the person, the master first. */
  readonly ulns: readonly Uln[];
  /** Since when it is due. */
  readonly due: CalendarDate;
  readonly retentionEndsOn: CalendarDate;
  readonly lastActivityOn: CalendarDate;
  /** What the last review found; `null` before the first. */
  readonly reviewed: 'keep' | 'dispose' | null;
  /** The ids of the legal holds that run: none of them may be forgotten before a disposal. */
  readonly holds: readonly string[];
  readonly dateOfDeath: CalendarDate | null;
};

/** Which tasks to list: those due by a date. */
export type DueQuery = { readonly by: CalendarDate; readonly limit: number };

/** Streams looked at before it is asked whether more are needed: one can be due whose person is not. */
const PAGE_STREAMS = 100;

/** Persons to review and persons whose time has come, the oldest first. */
export async function dueTasks(
  parts: {
    readonly runner: Runner;
    readonly journal: Journal;
    readonly learners: Learners;
    readonly clock: Clock;
  },
  { by, limit }: DueQuery,
  policy: RetentionPolicy,
): Promise<readonly DueTask[]> {
  const { runner, journal, learners, clock } = parts;
  const tasks = new Map<Uln, DueTask | null>();
  const found = () => [...tasks.values()].filter((task) => task !== null);
  for (let offset = 0; found().length < limit; offset += PAGE_STREAMS) {
    const query = { by, policy, limit: PAGE_STREAMS, offset };
    const records = await runner.read(retention, (database, names) =>
      selectDue(database, names, query),
    );
    for (const { stream } of records) {
      // One that was disposed of meanwhile is no task any more.
      const uln = await ulnOf(journal, stream);
      if (uln !== null && found().length < limit) {
        const person = await learners.personOf(uln);
        tasks.set(person.streams[0].uln, taskOf(person, by, dateOf(clock()), policy));
      }
    }
    if (records.length < PAGE_STREAMS) {
      break;
    }
  }
  return found().toSorted((one, other) => one.lastActivityOn.localeCompare(other.lastActivityOn));
}

/** What is to be done about a person by a date: kept as long as any of their ULNs; `null` where nothing is. */
function taskOf(
  { streams }: Person,
  by: CalendarDate,
  today: CalendarDate,
  policy: RetentionPolicy,
): DueTask | null {
  const facts = streams.flatMap(({ events }) => fold(retentionProjection, events) ?? []);
  const review = lastReview(streams.flatMap(({ events }) => events));
  const [first] = facts;
  const ends = latest(facts.map((one) => retentionEndsOn(one, policy)));
  const lastActivityOn = latest(facts.map((one) => one.lastActivityOn));
  if (first === undefined || ends === undefined || lastActivityOn === undefined) {
    return null;
  }
  const issuedOn = facts.map((one) => one.issuedOn).sort()[0] ?? first.issuedOn;
  const hasEnded = ends <= by;
  const next = nextReviewOn({ ...first, issuedOn, review }, policy);
  if (!hasEnded && (next === null || next > by)) {
    return null;
  }
  const ulns = streams.map(({ uln }) => uln);
  return {
    task: hasEnded ? 'dispose' : 'review',
    uln: streams[0].uln,
    ulns,
    due: hasEnded ? ends : (next ?? by),
    retentionEndsOn: ends,
    lastActivityOn,
    reviewed: review?.outcome ?? null,
    holds: [...new Set(facts.flatMap(({ holds }) => openHolds(holds, today)))],
    dateOfDeath: facts.flatMap(({ dateOfDeath }) => dateOfDeath ?? [])[0] ?? null,
  };
}

function latest(dates: readonly CalendarDate[]): CalendarDate | undefined {
  return dates.toSorted().at(-1);
}

/** The last review of a person, on whichever of their ULNs. */
function lastReview(events: readonly Recorded<LearnerEvent>[]): RetentionFacts['review'] {
  const reviews = events.flatMap(({ event, recordedAt }) =>
    event.type === 'RetentionReviewed' ? [{ ...event.data, recordedAt }] : [],
  );
  return (
    reviews.toSorted((one, other) => one.recordedAt.localeCompare(other.recordedAt)).at(-1) ?? null
  );
}
