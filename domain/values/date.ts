import { z } from 'zod';

/**
 * A calendar date `YYYY-MM-DD` of the years 1800 to 2099 that exists. The service's schema allows
 * 29 February in years such as 1900, which had none; here it is refused. Source: the service's
 * schema, years 18xx to 20xx.
 */
export const CalendarDate = z
  .string()
  .refine(isCalendarDate, {
    error: 'expected a date of the years 1800 to 2099 that exists, written YYYY-MM-DD',
  })
  .brand<'CalendarDate'>();
export type CalendarDate = z.infer<typeof CalendarDate>;

/** An instant in UTC with three decimals, `2026-11-23T15:49:31.123Z`: texts of this form sort as time does. */
export const Instant = z
  .string()
  .refine(isInstant, { error: 'expected an instant in UTC, written 2026-11-23T15:49:31.123Z' })
  .brand<'Instant'>();
export type Instant = z.infer<typeof Instant>;

/** The UTC date of an instant. */
export function dateOf(instant: Instant): CalendarDate {
  // Sound: the first ten characters of an instant are a date that exists.
  return instant.slice(0, 10) as CalendarDate;
}

/** The same day a number of months later, or the last day of that month where it has no such day. */
export function monthsAfter(date: CalendarDate, months: number): CalendarDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month - 1 + months + 1, 0));
  lastDay.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  // Sound: the Date above is a real day within four digits of year.
  return lastDay.toISOString().slice(0, 10) as CalendarDate;
}

/** The date a number of days later, or earlier where the number is negative. */
export function daysAfter(date: CalendarDate, days: number): CalendarDate {
  // Sound: the Date is a real day within four digits of year.
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10) as CalendarDate;
}

const DAY_MS = 86_400_000;

function isCalendarDate(text: string): boolean {
  if (!/^(18|19|20)\d{2}-\d{2}-\d{2}$/.test(text)) {
    return false;
  }
  const date = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isInstant(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text)) {
    return false;
  }
  const date = new Date(text);
  return (
    isCalendarDate(text.slice(0, 10)) &&
    !Number.isNaN(date.getTime()) &&
    date.toISOString() === text
  );
}
