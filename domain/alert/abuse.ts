import type { CalendarDate } from '../values/date.js';
import type { AlertKind, AlertLevel } from './events.js';

/** What an organisation did on one day, as the access ledger counts it. */
export type DayOfAccess = {
  readonly day: CalendarDate;
  /** Requests of any kind, refused ones included. */
  readonly requests: number;
  /** Searches and comparisons with the register. */
  readonly searches: number;
  /** What searches are for: registrations, connections, submissions. */
  readonly uses: number;
  /** The most different dates of birth tried with one set of names, gender and postcode. */
  readonly birthDatesTried: number;
  readonly outOfHours: number;
};

/** A pattern that looks wrong. */
export type Suspicion = {
  readonly kind: Exclude<AlertKind, 'restricted-learner'>;
  readonly level: AlertLevel;
  readonly measured: number;
  readonly limit: number;
};

/** Days over which searches must lead to something. */
const SEARCH_WINDOW_DAYS = 30;
const SEARCHES_WARNING = 50;
const SEARCHES_SEVERE = 500;
/** At least one search in so many leads to a registration, a connection or a submission. */
const SEARCHES_PER_USE = 50;
const BASELINE_DAYS = 28;
const VOLUME_FLOOR = 200;
const VOLUME_WARNING_TIMES = 5;
const VOLUME_SEVERE_TIMES = 20;
const BIRTH_DATES_WARNING = 3;
const BIRTH_DATES_SEVERE = 10;
const OUT_OF_HOURS_NOTICE = 20;

/**
 * What looks wrong in an organisation's use, judged on its last day. All limits are ours: they are
 * chosen so that 22,000 searches in sixteen months without one registration, which nobody noticed for
 * as long, are a warning after the first fifty. Source of the case: the reprimand of November 2022.
 *
 * - Searches that lead to nothing: over 30 days at least 50 (severe from 500), and fewer than one use
 *   in 50.
 * - Volume: more than 5 times (severe: 20 times) the mean of its active days of the 28 before, and at
 *   least 200.
 * - Dates of birth guessed: 3 or more (severe: 10) tried with the same names, gender and postcode.
 * - Out of hours: 20 or more requests between 22:00 and 6:00 UTC.
 */
export function suspicionsOf(days: readonly DayOfAccess[]): readonly Suspicion[] {
  const today = days.at(-1);
  return today === undefined
    ? []
    : [...withoutUses(days), ...volumeOf(today, days.slice(0, -1)), ...patternsOf(today)];
}

/** True where one level is at least as grave as another. */
export function isAtLeast(level: AlertLevel, other: AlertLevel): boolean {
  return ORDER.indexOf(level) >= ORDER.indexOf(other);
}

const ORDER: readonly AlertLevel[] = ['notice', 'warning', 'severe'];

function withoutUses(days: readonly DayOfAccess[]): readonly Suspicion[] {
  const recent = days.slice(-SEARCH_WINDOW_DAYS);
  const searches = sum(recent.map((day) => day.searches));
  const uses = sum(recent.map((day) => day.uses));
  return searches < SEARCHES_WARNING || uses * SEARCHES_PER_USE >= searches
    ? []
    : [
        {
          kind: 'searches-without-registrations',
          level: searches >= SEARCHES_SEVERE ? 'severe' : 'warning',
          measured: searches,
          limit: Math.max(SEARCHES_WARNING - 1, uses * SEARCHES_PER_USE),
        },
      ];
}

function volumeOf(today: DayOfAccess, before: readonly DayOfAccess[]): readonly Suspicion[] {
  const active = before.slice(-BASELINE_DAYS).filter(({ requests }) => requests > 0);
  if (active.length === 0) {
    return [];
  }
  const mean = sum(active.map(({ requests }) => requests)) / active.length;
  const limit = Math.max(VOLUME_FLOOR, Math.floor(mean * VOLUME_WARNING_TIMES));
  const isSevere = today.requests > Math.max(VOLUME_FLOOR, mean * VOLUME_SEVERE_TIMES);
  return today.requests <= limit
    ? []
    : [
        {
          kind: 'volume-above-baseline',
          level: isSevere ? 'severe' : 'warning',
          measured: today.requests,
          limit,
        },
      ];
}

function patternsOf({ birthDatesTried, outOfHours }: DayOfAccess): readonly Suspicion[] {
  return [
    ...(birthDatesTried < BIRTH_DATES_WARNING
      ? []
      : [
          {
            kind: 'birth-date-guessing',
            level: birthDatesTried >= BIRTH_DATES_SEVERE ? 'severe' : 'warning',
            measured: birthDatesTried,
            limit: BIRTH_DATES_WARNING - 1,
          } as const,
        ]),
    ...(outOfHours < OUT_OF_HOURS_NOTICE
      ? []
      : [
          {
            kind: 'out-of-hours',
            level: 'notice',
            measured: outOfHours,
            limit: OUT_OF_HOURS_NOTICE - 1,
          } as const,
        ]),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
