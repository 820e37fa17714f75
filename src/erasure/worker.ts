import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErasureEvent } from '../../domain/erasure/events.js';
import { isCode, isConflict } from '../../streams/errors.js';
import type { Shred, WholeShred } from '../../streams/vault/vault.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { History } from '../journal/journal.js';
import { disposalIn, type OpenedEvent } from '../journal/openedStream.js';
import { erasureStream, type PendingOrder, type PendingRedaction } from '../journal/orders.js';
import type { Recording } from '../journal/recording.js';
import { newsOf } from '../keptViews/viewNews.js';
import { keeperRecording } from '../request/request.js';
import { createDisposing } from './disposing.js';
import type { ErasureParts, ErasureWorker } from './parts.js';
import { resealEvents, shredOf } from './reseal.js';

/** Resealing takes longer than a write: many writers to one learner may come first for a while. */
const MAX_CONFLICTS = 100;
/** How often a write-ahead log that a reader holds is tried again before the order is left waiting. */
const MAX_FORGETS = 40;
const FORGET_RETRY_MS = 50;

/** Creates the erasure worker. */
export function createErasureWorker(parts: ErasureParts): ErasureWorker {
  const { store, vault, views, journal, orders, clock } = parts;
  const waits = new Map<string, string>();
  const disposing = createDisposing({ journal, orders, views, clock, record });

  async function record(
    decide: () => Promise<readonly ErasureEvent[]>,
    recording: Recording,
  ): Promise<void> {
    for (let conflicts = 0; ; conflicts += 1) {
      const stream = erasureStream(clock());
      const { end }: History<ErasureEvent> = await journal.read(stream);
      const events = await decide();
      if (events.length === 0) {
        return;
      }
      try {
        await journal.append(stream, end, events, recording);
        return;
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  /** Steps 2 to 5 of an erasure; each finds out by itself whether it was done before. */
  async function complete(pending: PendingOrder): Promise<void> {
    const { order: id } = pending;
    waits.delete(id);
    const opened =
      pending.kind === 'disposal' ? await disposing.seal(pending) : await reseal(pending);
    if (opened === 'stopped') {
      return;
    }
    if (!['fsync', 'replicated', 'memory'].includes(store.capabilities.durability)) {
      waits.set(
        id,
        `an engine that keeps what it acknowledges (this one: ${store.capabilities.durability})`,
      );
      return;
    }
    if (!vault.isShredded(id)) {
      await vault.shred(await wholeOrPart(pending, opened));
    }
    if (!(await forgotten(vault.forget))) {
      waits.set(id, 'readers of the vault to end, so that its write-ahead log can be emptied');
      return;
    }
    if (!views.hasApplied(pending)) {
      await views.applyErasure(newsOf(pending));
    }
    if (!(await forgotten(views.forget))) {
      waits.set(id, 'readers of the views to end, so that their write-ahead log can be emptied');
      return;
    }
    const commandId = followUpCommandId(id, 'completed');
    await record(
      async () => {
        await orders.refresh();
        return orders.isCompleted(id) ? [] : [{ type: 'ErasureCompleted', data: { order: id } }];
      },
      keeperRecording(commandId, id, 'data-protection'),
    );
    await orders.refresh();
    await orders.settle();
  }

  /** A redaction that finds the whole record disposed of destroys what that does: nothing is left to keep. */
  async function wholeOrPart(
    pending: PendingOrder,
    opened: readonly OpenedEvent[],
  ): Promise<Shred | WholeShred> {
    const { order, stream } = pending;
    const disposed = disposalIn(opened);
    if (disposed !== null) {
      return { order, stream, below: disposed.below };
    }
    assert(pending.kind === 'redaction', 'a disposal is carried out after it is in the stream');
    return shredOf(pending, opened, vault);
  }

  async function reseal(pending: PendingRedaction): Promise<readonly OpenedEvent[]> {
    const { order: id, stream } = pending;
    for (let conflicts = 0; ; conflicts += 1) {
      const opened = await journal.open(stream);
      if (disposalIn(opened) !== null) {
        return opened;
      }
      const { events, key, end } = resealEvents(pending, opened);
      if (events.length === 0) {
        return opened;
      }
      try {
        await journal.appendUnder(
          key,
          stream,
          end,
          events,
          keeperRecording(followUpCommandId(id, 'reseal'), id, 'data-protection'),
        );
        return await journal.open(stream);
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  async function resume(): Promise<void> {
    await orders.refresh();
    for (const pending of orders.pending()) {
      try {
        await complete(pending);
      } catch (error) {
        if (isCode(error, 'ERR_VAULT_BEHIND') || !(error instanceof Error)) {
          throw error;
        }
        // One order that cannot be carried out must not close the ledger to everyone else.
        const code = 'code' in error ? `${String(error.code)}: ` : '';
        waits.set(pending.order, `an operator (${code}${error.message})`);
      }
    }
  }

  return { complete, resume, waitsFor: (order) => waits.get(order) ?? null, record };
}

async function forgotten(forget: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < MAX_FORGETS; attempt += 1) {
    if (forget()) {
      return true;
    }
    await sleep(FORGET_RETRY_MS);
  }
  return false;
}
