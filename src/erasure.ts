import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { erasure, type Redaction } from '../domain/erasure/erasure.js';
import type { ErasureEvent, RedactionTarget } from '../domain/erasure/events.js';
import { DomainError } from '../domain/errors.js';
import type { ErasureBasis } from '../domain/redaction.js';
import type { Views } from '../projections/views.js';
import type { EventStore } from '../streams/eventStore.js';
import type { Vault } from '../streams/vault.js';
import type { Clock } from './clock.js';
import { chooseTargets, type Selection } from './erasureTargets.js';
import { followUpCommandId } from './identifiers.js';
import { type History, isCode, type Journal, type Recording } from './journal.js';
import type { OpenedEvent } from './openedStream.js';
import { erasureStream, type Orders, type PendingOrder } from './orders.js';
import { readableFields } from './redactions.js';
import { keeperRecording, type Request, recordingOf } from './request.js';
import { resealEvents, shredOf } from './reseal.js';

/** What proposing led to: the ids under which a second person can order it. */
export type Proposal = {
  readonly orders: readonly string[];
  readonly targets: readonly RedactionTarget[];
  /** In how many further fields of the stream the same values stand and were left; `null` for a repeated command. */
  readonly leftElsewhere: number | null;
};

/** How far a redaction has come. */
export type RedactionStatus = {
  readonly order: string;
  readonly state: 'proposed' | 'ordered' | 'completed';
  readonly basis: ErasureBasis;
  readonly proposedBy: string;
  readonly approvedBy: string | null;
  readonly targets: readonly RedactionTarget[];
  /** What an ordered redaction waits for; the fields read as redacted meanwhile. */
  readonly waitsFor: string | null;
};

/** Making parts of records unreadable for good, by four eyes and in steps that can be cut anywhere. */
export type Erasure = {
  /** Proposes to redact fields of a learner's event. The person must be named. */
  readonly propose: (
    stream: string,
    selection: Selection,
    basis: ErasureBasis,
    request: Request,
  ) => Promise<Proposal>;
  /** Orders what another person proposed, and carries it out. Throws `ERR_PROPOSER_APPROVES`, `ERR_PROPOSAL_NOT_FOUND`. */
  readonly order: (order: string, request: Request) => Promise<RedactionStatus>;
  readonly status: () => Promise<readonly RedactionStatus[]>;
  /**
   * Carries out what was ordered and not completed. To be called when a ledger is opened. Throws
   * `ERR_VAULT_BEHIND` when the vault is older than the orders that the ledger calls completed.
   */
  readonly resume: () => Promise<void>;
};

const MAX_CONFLICTS = 10;
/** How often a write-ahead log that a reader holds is tried again before the order is left waiting. */
const MAX_FORGETS = 40;
const FORGET_RETRY_MS = 50;

/** Creates the erasure worker. */
export function createErasure(parts: {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly views: Views;
  readonly journal: Journal;
  readonly orders: Orders;
  readonly clock: Clock;
}): Erasure {
  const { store, vault, views, journal, orders, clock } = parts;
  const waits = new Map<string, string>();

  /** Appends to this year's erasure stream what is not in it yet. */
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
        if (!isCode(error, 'ERR_VERSION_CONFLICT') || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  async function propose(
    stream: string,
    selection: Selection,
    basis: ErasureBasis,
    request: Request,
  ): Promise<Proposal> {
    const proposedBy = personOf(request);
    const recording = recordingOf(request, '');
    const orderId = (index: number) => followUpCommandId(recording.commandId, `order ${index}`);
    const earlier = await earlierProposal(orderId);
    if (earlier !== null) {
      return earlier;
    }
    const opened = await journal.open(stream);
    const readable = readableFields(opened, orders.pendingFor(stream));
    const candidates = opened.map(({ header }, index) => ({
      id: header.id,
      type: header.type,
      fields: readable[index] ?? {},
    }));
    const { orders: split, leftElsewhere } = chooseTargets(candidates, selection);
    await record(async () => {
      const state = await orders.all();
      return split.flatMap((targets, index) => {
        const data = { order: orderId(index), stream, targets: [...targets], basis, proposedBy };
        return erasure.decide({ type: 'ProposeRedaction', data }, state);
      });
    }, recording);
    return {
      orders: split.map((_, index) => orderId(index)),
      targets: split.flat(),
      leftElsewhere,
    };
  }

  /** What the same command proposed before: by then its fields may read as redacted. */
  async function earlierProposal(orderId: (index: number) => string): Promise<Proposal | null> {
    const state = await orders.all();
    const proposed: Redaction['proposed'][] = [];
    for (let next = state.get(orderId(0)); next !== undefined; ) {
      proposed.push(next.proposed);
      next = state.get(orderId(proposed.length));
    }
    return proposed.length === 0
      ? null
      : {
          orders: proposed.map(({ order }) => order),
          targets: proposed.flatMap(({ targets }) => targets),
          leftElsewhere: null,
        };
  }

  async function order(id: string, request: Request): Promise<RedactionStatus> {
    const approvedBy = personOf(request);
    await record(
      async () => {
        const data = { order: id, approvedBy };
        return erasure.decide({ type: 'OrderRedaction', data }, await orders.all());
      },
      recordingOf(request, ''),
    );
    await orders.refresh();
    for (const pending of orders.pending()) {
      if (pending.order === id) {
        await complete(pending);
      }
    }
    const redaction = (await orders.all()).get(id);
    assert(redaction !== undefined, 'an order just recorded is there');
    return statusOf(id, redaction);
  }

  /** Steps 2 to 5 of an erasure; each finds out by itself whether it was done before. */
  async function complete(pending: PendingOrder): Promise<void> {
    const { order: id, stream } = pending;
    waits.delete(id);
    const opened = await reseal(pending);
    if (!['fsync', 'replicated', 'memory'].includes(store.capabilities.durability)) {
      waits.set(
        id,
        `an engine that keeps what it acknowledges (this one: ${store.capabilities.durability})`,
      );
      return;
    }
    if (!vault.isShredded(id)) {
      await vault.shred(await shredOf(pending, opened, vault));
    }
    if (!(await forgotten(vault.forget))) {
      waits.set(id, 'readers of the vault to end, so that its write-ahead log can be emptied');
      return;
    }
    views.applyErasure(id, stream);
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

  async function reseal(pending: PendingOrder): Promise<readonly OpenedEvent[]> {
    const { order: id, stream } = pending;
    for (let conflicts = 0; ; conflicts += 1) {
      const opened = await journal.open(stream);
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
          keeperRecording(id, id, 'data-protection'),
        );
        return await journal.open(stream);
      } catch (error) {
        if (!isCode(error, 'ERR_VERSION_CONFLICT') || conflicts === MAX_CONFLICTS) {
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
        waits.set(pending.order, error.message);
      }
    }
  }

  function statusOf(id: string, { proposed, ordered, completed }: Redaction): RedactionStatus {
    return {
      order: id,
      state: completed ? 'completed' : ordered === null ? 'proposed' : 'ordered',
      basis: proposed.basis,
      proposedBy: proposed.proposedBy,
      approvedBy: ordered?.approvedBy ?? null,
      targets: proposed.targets,
      waitsFor: waits.get(id) ?? null,
    };
  }

  return {
    propose,
    order,
    resume,
    status: async () => [...(await orders.all())].map(([id, redaction]) => statusOf(id, redaction)),
  };
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

function personOf({ by, user }: Request): string {
  if (by.kind !== 'organisation' || user === null) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected a named person to propose or order a redaction (--as USER@UKPRN), found none',
    );
  }
  return `${user}@${by.ukprn}`;
}
