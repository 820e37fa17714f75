import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { createPublished } from '../../projections/kept/published.js';
import { createRunner } from '../../projections/kept/runner.js';
import { keptViews } from '../../projections/views/all.js';
import { parseHeader } from '../../streams/envelope.js';
import { StreamError } from '../../streams/errors.js';
import type { EventStore, Position } from '../../streams/eventStore.js';
import { createConfiguredViews } from '../configuredViews/configuredViews.js';
import { createCredentials } from '../configuredViews/credentials.js';
import { followingLists } from '../configuredViews/following.js';
import { createStatusLists } from '../configuredViews/statusLists.js';
import { createErasure } from '../erasure/erasure.js';
import { createRetention } from '../erasure/retention.js';
import { createReviews } from '../erasure/reviews.js';
import { createErasureWorker } from '../erasure/worker.js';
import { createHeld } from '../held/held.js';
import { createHiding } from '../journal/hiding.js';
import { createJournal } from '../journal/journal.js';
import { createOrders } from '../journal/orders.js';
import { createEventSource } from '../keptViews/eventSource.js';
import { createKeptViews } from '../keptViews/keptViews.js';
import { createActing } from '../learners/acting.js';
import { createLearners } from '../learners/learners.js';
import { createLookup } from '../learners/lookup.js';
import { createMerging } from '../learners/merging.js';
import { createNotices } from '../learners/notices.js';
import { createPersons } from '../learners/persons.js';
import { createRecords } from '../learners/records.js';
import { standardScreening } from '../learners/screening.js';
import { recordRotation } from '../upkeep/rotation.js';
import { assembleRights } from './assembleRights.js';
import type { Followed, Ledger, LedgerParts, LedgerPolicy } from './ledger.js';

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
  const persons = createPersons({ journal, vault });
  const erasure = createErasure({ journal, orders, persons }, worker);
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

  const own = createLearners(journal, vault, clock, policy.screening);
  const { handleAny } = own;
  const learners = { ...own.learners, ...createActing({ ...own, clock }) };
  const records = createRecords(learners.read);
  const mergeParts = { journal, runner, learners, records, handleAny, clock };
  const { merging, resumeAtOpening } = createMerging(mergeParts);
  await resumeAtOpening();
  const statusLists = followingLists({
    lists: createStatusLists(journal, vault, clock),
    ...{ store, journal, vault, records },
    published: createPublished(views.database),
  });
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
