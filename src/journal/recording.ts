import type { Instant } from '../../domain/values/date.js';

/** Who records, for whom and for what, and the command by which a repetition is recognised. */
export type Recording = {
  /** `organisation:<ukprn>`, `learner:<tag>` or `keeper`: a colleague's retry is a retry. */
  readonly caller: string;
  readonly commandId: string;
  /** The command that began the process this one belongs to; its own id where it began it. */
  readonly correlation: string;
  readonly user: string | null;
  readonly organisation: string | null;
  readonly purpose: string;
};

/** Where a stream ends: what the next event must continue. */
export type StreamEnd = {
  readonly version: number;
  readonly hash: Uint8Array | null;
  readonly at: Instant | null;
  readonly key: number | null;
};
