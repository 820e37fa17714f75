import type { Redactable } from './redaction.js';
import type { CalendarDate, Instant } from './values/date.js';

/** An event as it stands in the ledger: what was recorded, where, when, by whom and for what. */
export type Recorded<Event> = {
  readonly event: Event;
  /** UUID of the event; the same for every retry of the command that made it. */
  readonly id: string;
  /** UUID of the command that caused it. */
  readonly commandId: string;
  readonly stream: string;
  /** Place in the stream, from 1, without gaps. */
  readonly version: number;
  /** Place in the whole log: opaque, growing. */
  readonly position: string;
  /** When the ledger learnt it. */
  readonly recordedAt: Instant;
  /** The domain date from which it was so; the UTC date of `recordedAt` where the event names none. */
  readonly validFrom: CalendarDate;
  readonly user: Redactable<string | null>;
  readonly organisation: Redactable<string | null>;
  readonly purpose: Redactable<string>;
  /**
   * The type under which it was recorded, where the record was disposed of and `event` says only that;
   * `null` for every event that can be read.
   */
  readonly disposedType: string | null;
};
