import { strict as assert } from 'node:assert';
import { recordDisposed } from '../../domain/erasure/disposal.js';
import { erasure, type Redaction } from '../../domain/erasure/erasure.js';
import type { RedactionTarget } from '../../domain/erasure/events.js';
import { DomainError } from '../../domain/errors.js';
import type { ErasureBasis } from '../../domain/redaction.js';
import { disposedBy } from '../journal/disposals.js';
import { tableOf } from '../journal/eventTables.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Recording } from '../journal/recording.js';
import { readableFields } from '../journal/redactions.js';
import { type Request, recordingOf } from '../request/request.js';
import type { ErasureParts, ErasureWorker } from './parts.js';
import { chooseTargets, type Selection } from './targets.js';

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
  /** Proposes to redact fields of an event of a learner or of an import. The person must be named. */
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

/** Creates the door to redaction. */
export function createErasure(
  { journal, orders }: Pick<ErasureParts, 'journal' | 'orders'>,
  worker: ErasureWorker,
): Erasure {
  const { record } = worker;

  async function propose(
    stream: string,
    selection: Selection,
    basis: ErasureBasis,
    request: Request,
  ): Promise<Proposal> {
    const proposedBy = personOf(request);
    const recording = recordingOf(request, '');
    const table = tableOf(stream);
    if (!table.sealed) {
      throw new DomainError('ERR_INPUT_INVALID', 'expected a sealed stream, found one in clear');
    }
    const { caller, commandId } = recording;
    const orderId = (index: number) =>
      followUpCommandId(commandId, `order ${index} of ${caller} on ${stream}`);
    const earlier = await earlierProposal(orderId);
    if (earlier !== null) {
      return earlier;
    }
    const opened = await journal.open(stream);
    if (disposedBy(opened, orders.disposalFor(stream)) !== null) {
      throw recordDisposed();
    }
    const readable = readableFields(opened, orders.pendingFor(stream));
    const candidates = opened.map(({ header }, index) => ({
      id: header.id,
      type: header.type,
      fields: readable[index] ?? {},
    }));
    const { orders: split, leftElsewhere } = chooseTargets(table, candidates, selection);
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
      orderRecording(request, id),
    );
    await orders.refresh();
    for (const pending of orders.pending()) {
      if (pending.order === id) {
        await worker.complete(pending);
      }
    }
    const redaction = (await orders.all()).get(id);
    assert(redaction !== undefined, 'an order just recorded is there');
    return statusOf(id, redaction);
  }

  function statusOf(id: string, { proposed, ordered, completed }: Redaction): RedactionStatus {
    return {
      order: id,
      state: completed ? 'completed' : ordered === null ? 'proposed' : 'ordered',
      basis: proposed.basis,
      proposedBy: proposed.proposedBy,
      approvedBy: ordered?.approvedBy ?? null,
      targets: proposed.targets,
      waitsFor: worker.waitsFor(id),
    };
  }

  return {
    propose,
    order,
    resume: worker.resume,
    status: async () => [...(await orders.all())].map(([id, redaction]) => statusOf(id, redaction)),
  };
}

/** How a request is recorded that may carry out several orders: the event of each has an id of its own. */
export function orderRecording(request: Request, order: string): Recording {
  const recording = recordingOf(request, '');
  return { ...recording, commandId: followUpCommandId(recording.commandId, `order ${order}`) };
}

/** The person who proposes or orders an erasure, as it is recorded. Throws `ERR_NOT_PERMITTED` where none is named. */
export function personOf({ by, user }: Request): string {
  if (by.kind !== 'organisation' || user === null) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected a named person to propose or order an erasure (--as USER@UKPRN), found none',
    );
  }
  return `${user}@${by.ukprn}`;
}
