import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Runner } from '../../projections/kept/runner.js';
import type { ViewsDatabase } from '../../projections/kept/views.js';
import type { EventStore, Position } from '../../streams/eventStore.js';
import type { Activation } from '../../streams/vault/epoch.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { SuspendAt } from '../access/review.js';
import type { AccessStores } from '../access/stores.js';
import type { Clock } from '../clock.js';
import type { ConfiguredViews } from '../configuredViews/configuredViews.js';
import type { Credentials } from '../configuredViews/credentials.js';
import type { Erasure } from '../erasure/erasure.js';
import type { Retention } from '../erasure/retention.js';
import type { SensitiveReviews } from '../erasure/reviews.js';
import type { Held } from '../held/held.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import type { KeptViews } from '../keptViews/keptViews.js';
import type { Learners } from '../learners/learners.js';
import type { Lookup } from '../learners/lookup.js';
import type { Merging } from '../learners/merging.js';
import type { Notices } from '../learners/notices.js';
import type { Records } from '../learners/records.js';
import type { Screening } from '../learners/screening.js';
import type { Rights } from './assembleRights.js';

/** Where the parts of a ledger are. Paths are files; the store is a URL such as `sqlite:./data/ledger.db`. */
export type LedgerPlaces = {
  readonly store: string;
  readonly vault: string;
  /** A second vault on another volume; `null` for none. */
  readonly vaultCopy: string | null;
  readonly views: string;
  /** A store for each year of the access ledger: a URL with `{year}` in it. */
  readonly access: string;
  readonly master: string;
};

/** One item of a follow: a learner's event, or the news that everything recorded has been given. */
export type Followed =
  | { readonly kind: 'event'; readonly recorded: Recorded<LearnerEvent> }
  | { readonly kind: 'caught-up' };

/** An open ledger: what services embed and the command line stands on. */
export type Ledger = Learners &
  Records &
  Lookup &
  KeptViews &
  Rights & {
    readonly origin: string;
    readonly held: Held;
    readonly merging: Merging;
    readonly erasure: Erasure;
    readonly configuredViews: ConfiguredViews;
    readonly credentials: Credentials;
    readonly reviews: SensitiveReviews;
    readonly notices: Notices;
    readonly retention: Retention;
    /**
     * Every learner event recorded after a position (`null`: from the beginning), then those to come,
     * until the signal aborts. Redacted values come as markers; an event on an entry that is quarantined
     * is not given. Throws `ERR_POSITION_FOREIGN` or
     * `ERR_POSITION_BEYOND_HEAD` for a position that this ledger never gave.
     */
    readonly follow: (options: {
      readonly after: Position | null;
      readonly signal: AbortSignal;
    }) => AsyncIterable<Followed>;
    /**
     * Becomes the one active process, of which there is one where a ledger is on a server: whoever was
     * before may change nothing any more. Throws `ERR_ALREADY_ACTIVE` while another one shows itself.
     */
    readonly activate: () => Promise<Activation>;
    /** New master and vault key; the old master is destroyed, and with it every older copy of the vault. */
    readonly rotateVault: () => Promise<{ readonly master: string }>;
    readonly parts: LedgerParts & {
      readonly journal: Journal;
      readonly orders: Orders;
      readonly runner: Runner;
    };
    readonly close: () => Promise<void>;
  };

/** What a ledger is made of. */
export type LedgerParts = {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly views: ViewsDatabase;
  readonly clock: Clock;
  readonly accessStores: AccessStores;
  readonly policy?: Partial<LedgerPolicy>;
};

/** What whoever runs a ledger decides of how it works. */
export type LedgerPolicy = {
  /** From which level of alert an organisation's access is suspended without asking. */
  readonly suspendAt: SuspendAt;
  /** What is looked for in what comes in. */
  readonly screening: Screening;
};
