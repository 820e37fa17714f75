import type { ViewsDatabase } from '../../projections/kept/views.js';
import { createLooks } from '../../projections/live/looks.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import { type Access, createAccess } from '../access/access.js';
import { createAccessLedger } from '../access/accessLedger.js';
import { createJudging } from '../access/judging.js';
import { createReviewing, type Reviewing, type SuspendAt } from '../access/review.js';
import type { AccessStores } from '../access/stores.js';
import type { Clock } from '../clock.js';
import type { ConfiguredViews } from '../configuredViews/configuredViews.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import type { KeptViews } from '../keptViews/keptViews.js';
import type { Learners } from '../learners/learners.js';
import type { Lookup } from '../learners/lookup.js';
import type { Merging } from '../learners/merging.js';
import type { Notices } from '../learners/notices.js';
import { type Alerts, createAlerts } from '../organisations/alerts.js';
import { createOrganisations, type Organisations } from '../organisations/organisations.js';
import { createSubscribing, type Subscribing } from '../subscribing/subscribing.js';

/** Rights: who may do what, who did, and what looks wrong of it. */
export type Rights = {
  readonly access: Access;
  readonly organisations: Organisations;
  readonly alerts: Alerts;
  readonly reviewing: Reviewing;
  /** The stores of the access ledger, a year each, to be verified like the ledger's. */
  readonly accessLog: () => Promise<readonly EventStore[]>;
  readonly subscribers: Subscribing;
};

/** Puts together what decides on access and records it. */
export function assembleRights(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly orders: Orders;
  readonly clock: Clock;
  readonly views: ViewsDatabase;
  readonly store: EventStore;
  readonly stores: AccessStores;
  /** When the ledger began. */
  readonly since: string;
  readonly suspendAt: SuspendAt;
  readonly learners: Learners;
  readonly lookup: Lookup;
  readonly merging: Pick<Merging, 'changes'>;
  readonly configuredViews: ConfiguredViews;
  readonly keptViews: KeptViews;
  readonly notices: Pick<Notices, 'list' | 'inForce' | 'requiredAt'>;
}): Rights {
  const { journal, vault, clock } = parts;
  const looks = createLooks(parts.views.database);
  const ledger = createAccessLedger({ ...parts, looks });
  const organisations = createOrganisations({ journal, vault, clock, notices: parts.notices });
  const alerts = createAlerts(journal, clock);
  const { suspendAt } = parts;
  const reviewing = createReviewing({ ledger, looks, alerts, organisations, suspendAt });
  const requiredNotice = () => parts.notices.requiredAt(clock());
  const judging = createJudging({
    journal,
    ledger,
    organisations,
    requiredNotice,
    clock,
  });
  const accessParts = { ...parts, ledger, looks, judging };
  const { database } = parts.views;
  return {
    access: createAccess(accessParts),
    organisations,
    alerts,
    reviewing,
    accessLog: ledger.stores,
    subscribers: createSubscribing({ ...accessParts, organisations, database }),
  };
}
