import type { CalendarDate, Instant } from '../../domain/values/date.js';

/**
 * A point of a learner's history. `asAt` keeps what the ledger had learnt by that instant; `validAt`
 * keeps what, by all that is known, was so on that date; `version` keeps the first events of the
 * stream. Each `null` asks for everything on that axis; together they narrow each other.
 */
export type Point = {
  readonly asAt: Instant | null;
  readonly validAt: CalendarDate | null;
  readonly version: number | null;
};

/** The head of the stream: all that is known now. */
export const NOW: Point = { asAt: null, validAt: null, version: null };
