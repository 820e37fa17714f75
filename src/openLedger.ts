import { existsSync } from 'node:fs';
import type { ErasureEvent } from '../domain/erasure/events.js';
import type { LearnerEvent } from '../domain/learner/events.js';
import type { Recorded } from '../domain/recorded.js';
import { keptViews } from '../projections/all.js';
import { createRunner, type Runner } from '../projections/runner.js';
import { openViews, type ViewsDatabase } from '../projections/views.js';
import { parseHeader } from '../streams/envelope.js';
import { isConflict, StreamError } from '../streams/errors.js';
import type { EventStore, Position } from '../streams/eventStore.js';
import { createFileMasterDriver } from '../streams/master.js';
import { openStore } from '../streams/openStore.js';
import { openVault } from '../streams/openVault.js';
import type { Vault } from '../streams/vault.js';
import { assembleRights, type Rights } from './access/assemble.js';
import type { SuspendAt } from './access/review.js';
import { type AccessStores, createAccessStores } from './access/stores.js';
import type { Clock } from './clock.js';
import { type ConfiguredViews, createConfiguredViews } from './configuredViews.js';
import { type Credentials, createCredentials } from './credentials.js';
import { createErasure, type Erasure } from './erasure.js';
import { createErasureWorker } from './erasureWorker.js';
import { createEventSource } from './eventSource.js';
import { createHiding } from './hiding.js';
import { rotationCommandId } from './identifiers.js';
import { createHeld, type Held } from './imports/heldDoor.js';
import { createJournal, type Journal } from './journal.js';
import { createKeptViews, type KeptViews } from './keptViews.js';
import { createLearners, type Learners } from './ledger.js';
import { createLookup, type Lookup } from './lookup.js';
import { createMerging, type Merging } from './merging.js';
import { createNotices, type Notices } from './notices.js';
import { createOrders, erasureStream, type Orders } from './orders.js';
import { createRecords, type Records } from './records.js';
import { keeperRecording } from './request.js';
import { createRetention, type Retention } from './retention.js';
import { createReviews, type SensitiveReviews } from './reviews.js';
import { type Screening, standardScreening } from './screening.js';
import { createStatusLists } from './statusLists.js';

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

const DEFAULT_POLICY: LedgerPolicy = { suspendAt: 'severe', screening: standardScreening };

/**
 * Opens a ledger that `createLedger` or `plr init` has made, and finishes what a crash cut short:
 * rotations, erasures and merges. Throws `ERR_LEDGER_MISSING` where a part is missing, `ERR_VAULT_BEHIND` and
 * `ERR_MASTER_MISMATCH` where a part was restored from a backup that it must not come from. What is
 * recorded is screened by the standard list of words where no other screening is given.
 */
export async function openLedger(
  places: LedgerPlaces,
  clock: Clock,
  policy: Partial<LedgerPolicy> = {},
): Promise<Ledger> {
  const store = await openStore(places.store);
  const opened: { close: () => unknown }[] = [store];
  try {
    const vault = await openVault({
      path: places.vault,
      copyPath: places.vaultCopy,
      masters: createFileMasterDriver(places.master),
    });
    opened.push(vault);
    if (!existsSync(places.views)) {
      throw new StreamError(
        'ERR_LEDGER_MISSING',
        `expected views at ${places.views}, found none; "plr init" creates them`,
      );
    }
    const views = openViews(places.views);
    opened.push(views);
    const accessStores = createAccessStores(places.access, store.origin);
    opened.push(accessStores);
    return await assembleLedger({ store, vault, views, clock, accessStores, policy });
  } catch (error) {
    for (const part of opened) {
      await part.close();
    }
    throw error;
  }
}

const MAX_CONFLICTS = 10;

/** Makes a ledger of parts that are open already. */
export async function assembleLedger(parts: LedgerParts): Promise<Ledger> {
  const { store, vault, views, clock, accessStores } = parts;
  const policy = { ...DEFAULT_POLICY, ...parts.policy };
  if (store.origin !== vault.origin) {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      'expected ledger and vault of one origin, found two: they belong to different ledgers',
    );
  }
  const since = await createdAt(store);
  const orders = createOrders(store, vault, clock, since);
  const journal = createJournal(store, vault, orders, clock);
  const source = createEventSource(store, journal, orders);
  const runner = createRunner(views, source, keptViews);
  const forgetting = { ...runner, forget: views.forget };
  const worker = createErasureWorker({ store, vault, views: forgetting, journal, orders, clock });
  const erasure = createErasure({ journal, orders }, worker);
  const isHidden = createHiding(store, journal);
  await recordRotation(journal, vault, clock);
  await erasure.resume();

  async function* follow(options: {
    readonly after: Position | null;
    readonly signal: AbortSignal;
  }): AsyncGenerator<Followed> {
    for await (const item of store.follow(options)) {
      if (item.kind === 'caught-up') {
        yield item;
      } else if (item.event.stream.startsWith('learner-')) {
        await orders.refresh();
        // Sound: the table for learner streams gives learner events.
        const recorded = (await journal.decode(item.event)) as Recorded<LearnerEvent>;
        if (!(await isHidden(recorded))) {
          yield { kind: 'event', recorded };
        }
      }
    }
  }

  const { learners, handleAny } = createLearners(journal, vault, clock, policy.screening);
  const records = createRecords(learners.read);
  const mergeParts = { journal, runner, learners, records, handleAny, clock };
  const { merging, resumeAtOpening } = createMerging(mergeParts);
  await resumeAtOpening();
  const statusLists = createStatusLists(journal, vault, clock);
  const { screening } = policy;
  const sharing = { journal, vault, clock, learners, statusLists, screening };

  const notices = createNotices({ journal, learners, clock });
  const lookup = createLookup(records);
  const keptViewsDoor = createKeptViews({ views, source, runner, journal, records });

  return {
    ...learners,
    ...records,
    ...lookup,
    ...keptViewsDoor,
    ...assembleRights({
      journal,
      vault,
      orders,
      clock,
      views,
      since,
      learners,
      lookup,
      stores: accessStores,
      suspendAt: policy.suspendAt,
      keptViews: keptViewsDoor,
      requiredNoticeAt: notices.requiredAt,
    }),
    held: createHeld({ journal, runner, learners }),
    merging,
    origin: store.origin,
    erasure,
    configuredViews: createConfiguredViews(sharing),
    credentials: createCredentials({ ...sharing, origin: store.origin }),
    reviews: createReviews({ journal, runner, learners, erasure, orders }),
    notices,
    retention: createRetention({ journal, orders, worker, runner, learners, clock }),
    follow,
    rotateVault: async () => {
      await vault.rotate(clock());
      const { master } = vault.state();
      await recordRotation(journal, vault, clock);
      return { master };
    },
    parts: { ...parts, journal, orders, runner },
    close: async () => {
      await store.close();
      await accessStores.close();
      vault.close();
      views.close();
    },
  };
}

/** Records the end of a replaced master, once, also where a crash or another process came between. */
async function recordRotation(journal: Journal, vault: Vault, clock: Clock): Promise<void> {
  const { previousMaster, master } = vault.state();
  if (previousMaster === null) {
    return;
  }
  const commandId = rotationCommandId(previousMaster);
  const data = { master: previousMaster, replacedBy: master };
  const event = { type: 'MasterKeyDestroyed', data } as const;
  for (let conflicts = 0; ; conflicts += 1) {
    const stream = erasureStream(clock());
    const { events, end } = await journal.read<ErasureEvent>(stream);
    const isRecorded = events.some((recorded) => recorded.commandId === commandId);
    try {
      if (!isRecorded) {
        const recording = keeperRecording(commandId, commandId, 'service-operation');
        await journal.append(stream, end, [event], recording);
      }
      await vault.rotationRecorded(previousMaster);
      return;
    } catch (error) {
      if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
        throw error;
      }
    }
  }
}

async function createdAt(store: EventStore): Promise<string> {
  for await (const stored of store.read('ledger', { limit: 1 })) {
    return parseHeader(stored.header).at;
  }
  throw new StreamError(
    'ERR_LEDGER_MISSING',
    'expected a ledger, found one whose making was cut short; "plr init" finishes it',
  );
}
