import type { z } from 'zod';

/** One row of a table of events. */
export type EventDefinition = {
  /** One sentence for `docs/events.md`. */
  readonly meaning: string;
  /** The field that says from which date it was so; `null` where that is the UTC date of recording. */
  readonly validFrom: string | null;
  readonly schema: z.ZodObject;
};
