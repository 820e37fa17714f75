import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';

/** Every event of the stream `ledger`, in clear: what concerns the ledger as a whole. */
export const ledgerEvents = {
  LedgerCreated: {
    meaning: 'The ledger began; its origin is in every header.',
    validFrom: null,
    schema: z.strictObject({ origin: z.string() }),
  },
} as const satisfies Record<string, EventDefinition>;

/** An event of the stream `ledger`. */
export type LedgerEvent = {
  readonly type: 'LedgerCreated';
  readonly data: z.infer<(typeof ledgerEvents)['LedgerCreated']['schema']>;
};
