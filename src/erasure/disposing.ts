import { DomainError } from '../../domain/errors.js';
import type { ImportEvent } from '../../domain/imports/events.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import { isConflict } from '../../streams/errors.js';
import { keptEvents } from '../journal/disposals.js';
import { followUpCommandId } from '../journal/identifiers.js';
import { endOf } from '../journal/journal.js';
import { checkCommitment, disposalIn, type OpenedEvent } from '../journal/openedStream.js';
import type { PendingDisposal } from '../journal/orders.js';
import type { StreamEnd } from '../journal/recording.js';
import { newsOfStop } from '../keptViews/viewNews.js';
import { keeperRecording } from '../request/request.js';
import { mustStay } from './disposalFacts.js';
import type { ErasureParts, ErasureWorker } from './parts.js';

/** The step of a disposal that is not one of every erasure. */
type Disposing = {
  /**
   * Says in the stream that everything before is disposed of, under a fresh key, and answers the stream;
   * `stopped` where a hold was placed before the order stood, on whichever ULN of the person.
   */
  readonly seal: (pending: PendingDisposal) => Promise<readonly OpenedEvent[] | 'stopped'>;
};

const MAX_CONFLICTS = 100;

/** Creates the step. */
export function createDisposing(
  parts: Pick<ErasureParts, 'journal' | 'orders' | 'views' | 'clock'> &
    Pick<ErasureWorker, 'record'>,
): Disposing {
  const { journal, orders, views, clock, record } = parts;

  async function seal(pending: PendingDisposal): Promise<readonly OpenedEvent[] | 'stopped'> {
    const { order, on, basis, stream } = pending;
    for (let conflicts = 0; ; conflicts += 1) {
      const opened = await journal.open(stream);
      if (disposalIn(opened) !== null) {
        return opened;
      }
      const end = endOf(opened.at(-1));
      requireRecord(pending, end, opened);
      if (await isStopped(pending)) {
        return 'stopped';
      }
      // Sound: the order's instant is a header's `at`, whose form was checked.
      const data = { order, on: on as Instant, basis };
      try {
        await journal.appendUnder(
          (end.key ?? 0) + 1,
          stream,
          end,
          [{ type: 'RecordDisposed', data }],
          keeperRecording(followUpCommandId(order, 'disposal'), order, 'data-protection'),
        );
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  /**
   * Whether the order is not to be carried out; stops it then, and with it those of the other streams of
   * the person that nothing was done of yet: half a person is not disposed of.
   */
  async function isStopped(pending: PendingDisposal): Promise<boolean> {
    const open: PendingDisposal[] = [];
    let stays = false;
    for (const one of orderedWith(pending)) {
      const opened = await journal.open(one.stream);
      if (disposalIn(opened) === null) {
        // Sound: learners and imports have these events alone.
        const events = keptEvents(opened, orders.pendingFor(one.stream)) as Recorded<
          LearnerEvent | ImportEvent
        >[];
        open.push(one);
        stays ||= mustStay(one, events, clock());
      }
    }
    if (stays) {
      await stop(pending.order, open);
    }
    // Those stopped before, with another stream of the person, are not pending any more.
    return !orderedWith(pending).some(({ order }) => order === pending.order);
  }

  function orderedWith({ command }: PendingDisposal): readonly PendingDisposal[] {
    return orders
      .pending()
      .filter((one): one is PendingDisposal => one.kind === 'disposal' && one.command === command);
  }

  async function stop(first: string, open: readonly PendingDisposal[]): Promise<void> {
    await record(
      async () => {
        await orders.refresh();
        const pending = new Set(orders.pending().map(({ order }) => order));
        return open
          .filter(({ order }) => pending.has(order))
          .map(({ order }) => ({ type: 'DisposalStopped', data: { order } }));
      },
      keeperRecording(followUpCommandId(first, 'stopped'), first, 'data-protection'),
    );
    await orders.refresh();
    for (const one of open) {
      await views.applyErasure(newsOfStop(one));
    }
  }

  return { seal };
}

/** Refuses what no proposal of ours names, and a record that was tampered with: its disposal must not hide that. */
function requireRecord(
  { stream, basis, approvedBy }: PendingDisposal,
  { version }: StreamEnd,
  opened: readonly OpenedEvent[],
): void {
  const isImport = stream.startsWith('import-');
  if ((basis === 'held-rows-decided') !== isImport || (approvedBy === 'keeper') !== isImport) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected an order by rule for an import and by a person for a learner, found another',
    );
  }
  if (version === 0) {
    throw new DomainError(
      'ERR_LEARNER_NOT_FOUND',
      'expected the order to name a record of this ledger, found none',
    );
  }
  for (const event of opened) {
    checkCommitment(event, opened);
  }
}
