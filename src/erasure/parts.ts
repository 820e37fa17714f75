import type { ErasureEvent } from '../../domain/erasure/events.js';
import type { Forgetting } from '../../projections/kept/forgetting.js';
import type { ViewsDatabase } from '../../projections/kept/views.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import type { Journal } from '../journal/journal.js';
import type { Orders, PendingOrder } from '../journal/orders.js';
import type { Recording } from '../journal/recording.js';

/** What erasing works on. */
export type ErasureParts = {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly views: Forgetting & Pick<ViewsDatabase, 'forget'>;
  readonly journal: Journal;
  readonly orders: Orders;
  readonly clock: Clock;
};

/** What carries orders out, in steps that can be cut anywhere. */
export type ErasureWorker = {
  readonly complete: (order: PendingOrder) => Promise<void>;
  readonly resume: () => Promise<void>;
  /** What an order waits for; `null` where it does not. */
  readonly waitsFor: (order: string) => string | null;
  /** Appends to this year's erasure stream what `decide` finds missing in it. */
  readonly record: (
    decide: () => Promise<readonly ErasureEvent[]>,
    recording: Recording,
  ) => Promise<void>;
};
