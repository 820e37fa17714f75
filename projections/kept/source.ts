import type { Recorded } from '../../domain/recorded.js';
import type { KeptEvent } from './keptView.js';

/** One event of the log; it is opened only when a view asks, because opening costs more than reading. */
export type LogEntry = {
  readonly position: string;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** When the ledger learnt it, an instant. */
  readonly recordedAt: () => string;
  /** The event, redacted values as markers. To be called only for streams of learners and imports. */
  readonly open: () => Promise<Recorded<KeptEvent>>;
};

/** An erasure that views have to apply: `fields` are the names of those that go, `null` for any, `all` for the whole record. */
export type ErasureNews = {
  readonly order: string;
  /** When it was ordered: a ledger that was restored may be given the same order again. */
  readonly on: string;
  readonly stream: string;
  readonly fields: readonly string[] | null | 'all';
};

/** Where views get their events from: made of the ledger by whoever runs them. */
export type EventSource = {
  /** The orders of redaction that are being carried out, as of now. To be called before anything is opened. */
  readonly pending: () => Promise<readonly ErasureNews[]>;
  /**
   * Events after one position (`null`: from the first) through another, in the order of the log. Lets
   * the process do other things before the first, and stops there when the signal has aborted. Throws
   * `ERR_POSITION_FOREIGN` or `ERR_POSITION_BEYOND_HEAD` where the ledger never gave `after`.
   */
  readonly entries: (
    after: string | null,
    through: string | null,
    signal?: AbortSignal,
  ) => AsyncIterable<LogEntry>;
  /** Every event of a stream, redacted values as markers. */
  readonly read: (stream: string) => Promise<readonly Recorded<KeptEvent>[]>;
  /** The position of the last event; `null` in an empty log. */
  readonly head: () => Promise<string | null>;
  /** How many events the log holds through a position (0 for `null`); `null` where the engine cannot tell. */
  readonly count: (position: string | null) => number | null;
};
