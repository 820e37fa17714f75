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
import { ulnOf } from '../keptViews/keptViews.js';
import type { Persons } from '../learners/persons.js';
import { type Request, recordingOf } from '../request/request.js';
import type { ErasureParts, ErasureWorker } from './parts.js';
import { type Candidate, chooseTargets, type Searched, type Selection } from './targets.js';

/** What proposing led to: the ids under which a second person can order it. */
export type Proposal = {
  readonly orders: readonly string[];
  readonly targets: readonly RedactionTarget[];
  /** In how many further fields the same values stand and were left, under any ULN of the person; `null` for a repeated command. */
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
  /**
   * Proposes to redact fields of an event of a learner, under any ULN that merges make one with the
   * stream's, or of an import. The person who proposes must be named.
   */
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
  {
    journal,
    orders,
    persons,
  }: Pick<ErasureParts, 'journal' | 'orders'> & { readonly persons: Persons },
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
    const orderId = (of: string, index: number) =>
      followUpCommandId(commandId, `order ${index} of ${caller} on ${of}`);
    const streams = await streamsOf(stream);
    const earlier = await earlierProposal(streams, orderId);
    if (earlier !== null) {
      return earlier;
    }
    const searched: Searched[] = [];
    for (const one of streams) {
      searched.push({ stream: one, events: await candidatesIn(one) });
    }
    const { orders: split, leftElsewhere } = chooseTargets(table, searched, selection);
    const proposed = split.map(({ stream: of, targets }, index) => {
      const first = split.findIndex((other) => other.stream === of);
      return {
        ...{ order: orderId(of, index - first), stream: of, targets: [...targets] },
        ...{ basis, proposedBy },
      };
    });
    await record(async () => {
      const state = await orders.all();
      return proposed.flatMap((data) => erasure.decide({ type: 'ProposeRedaction', data }, state));
    }, recording);
    return {
      orders: proposed.map((one) => one.order),
      targets: proposed.flatMap(({ targets }) => targets),
      leftElsewhere,
    };
  }

  /** The stream, and the others of the same person where it is a learner's. */
  async function streamsOf(stream: string): Promise<readonly string[]> {
    const uln = stream.startsWith('learner-') ? await ulnOf(journal, stream) : null;
    const streams = uln === null ? [] : (await persons.of(uln)).streams;
    return [stream, ...streams.flatMap((one) => (one.stream === stream ? [] : one.stream))];
  }

  async function candidatesIn(stream: string): Promise<readonly Candidate[]> {
    const opened = await journal.open(stream);
    if (disposedBy(opened, orders.disposalFor(stream)) !== null) {
      throw recordDisposed();
    }
    const readable = readableFields(opened, orders.pendingFor(stream));
    return opened.map(({ header }, index) => ({
      id: header.id,
      type: header.type,
      fields: readable[index] ?? {},
    }));
  }

  /** What the same command proposed before: by then its fields may read as redacted. */
  async function earlierProposal(
    streams: readonly string[],
    orderId: (stream: string, index: number) => string,
  ): Promise<Proposal | null> {
    const state = await orders.all();
    const proposed = streams.flatMap((stream) => {
      const own: Redaction['proposed'][] = [];
      for (let next = state.get(orderId(stream, 0)); next !== undefined; ) {
        own.push(next.proposed);
        next = state.get(orderId(stream, own.length));
      }
      return own;
    });
    return proposed.length === 0
      ? null
      : {
          orders: proposed.map((one) => one.order),
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
