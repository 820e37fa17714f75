import type { LearnerEvent } from '../domain/learner/events.js';
import type { Recorded } from '../domain/recorded.js';
import { createRunner } from '../projections/kept/runner.js';
import { keptViews } from '../projections/views/all.js';
import { parseHeader } from '../streams/envelope.js';
import { StreamError } from '../streams/errors.js';
import type { EventStore, Position } from '../streams/eventStore.js';
import { assembleRights } from './access/assemble.js';
import { createConfiguredViews } from './configuredViews.js';
import { createCredentials } from './credentials.js';
import { createErasure } from './erasure.js';
import { createErasureWorker } from './erasureWorker.js';
import { createEventSource } from './eventSource.js';
import { createHiding } from './hiding.js';
import { createHeld } from './imports/heldDoor.js';
import { createJournal } from './journal.js';
import { createKeptViews } from './keptViews.js';
import { createLearners } from './ledger.js';
import { createLookup } from './lookup.js';
import { createMerging } from './merging.js';
import { createNotices } from './notices.js';
import type { Followed, Ledger, LedgerParts, LedgerPolicy } from './openLedger.js';
import { createOrders } from './orders.js';
import { createRecords } from './records.js';
import { createRetention } from './retention.js';
import { createReviews } from './reviews.js';
import { recordRotation } from './rotation.js';
import { standardScreening } from './screening.js';
import { createStatusLists } from './statusLists.js';

const DEFAULT_POLICY: LedgerPolicy = { suspendAt: 'severe', screening: standardScreening };

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
  const source = createEventSource(store, journal, orders, vault);
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
  const sharing = { journal, vault, clock, learners, records, statusLists, screening };

  const notices = createNotices({ journal, learners, records, clock });
  const configuredViews = createConfiguredViews(sharing);
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
      store,
      since,
      learners,
      lookup,
      merging,
      configuredViews,
      stores: accessStores,
      suspendAt: policy.suspendAt,
      keptViews: keptViewsDoor,
      notices,
    }),
    held: createHeld({ journal, runner, learners }),
    merging,
    origin: store.origin,
    erasure,
    configuredViews,
    credentials: createCredentials({ ...sharing, origin: store.origin }),
    reviews: createReviews({ journal, runner, learners, erasure, orders }),
    notices,
    retention: createRetention({ journal, orders, worker, runner, learners, clock }),
    follow,
    activate: vault.activate,
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

async function createdAt(store: EventStore): Promise<string> {
  for await (const stored of store.read('ledger', { limit: 1 })) {
    return parseHeader(stored.header).at;
  }
  throw new StreamError(
    'ERR_LEDGER_MISSING',
    'expected a ledger, found one whose making was cut short; "plr init" finishes it',
  );
}
