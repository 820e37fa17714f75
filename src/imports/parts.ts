import type { Runner } from '../../projections/kept/runner.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import type { Learners } from '../learners/learners.js';
import type { Lookup } from '../learners/lookup.js';
import type { Records } from '../learners/records.js';
import type { Organisations } from '../organisations/organisations.js';

/** What importing needs of a ledger. */
export type ImportParts = Learners &
  Records &
  Lookup & {
    readonly organisations: Organisations;
    readonly parts: {
      readonly journal: Journal;
      readonly vault: Vault;
      readonly orders: Orders;
      readonly runner: Runner;
    };
  };
