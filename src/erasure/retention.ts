import { strict as assert } from 'node:assert';
import { type Disposal, type Disposals, disposal } from '../../domain/erasure/disposal.js';
import type { DisposalBasis } from '../../domain/erasure/disposalEvents.js';
import { DomainError } from '../../domain/errors.js';
import type { ImportEvent } from '../../domain/imports/events.js';
import {
  importsDecidedBefore,
  type RetentionPolicy,
} from '../../domain/learner/retention/policy.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { decidedImports, selectDecidedImports } from '../../projections/views/decidedImports.js';
import type { Clock } from '../clock.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Orders, ProposedBy } from '../journal/orders.js';
import { ulnOf } from '../keptViews/keptViews.js';
import type { Learners } from '../learners/learners.js';
import { type Request, recordingOf } from '../request/request.js';
import { importFacts, isChangedSince, personFacts } from './disposalFacts.js';
import { type DueQuery, type DueTask, dueTasks } from './due.js';
import { orderRecording, personOf } from './erasure.js';
import type { ErasureWorker } from './parts.js';

/** What proposing led to: an order for each stream of the person. Ordering one of them orders all. */
export type DisposalProposal = {
  /** The order of the stream of the ULN that was named. */
  readonly order: string;
  readonly orders: readonly { readonly order: string; readonly stream: string }[];
};

/** How far a disposal has come. */
export type DisposalStatus = Disposal & {
  readonly order: string;
  /** The orders of the same person, itself among them. */
  readonly together: readonly string[];
  /** What an ordered disposal waits for; the record reads as disposed of meanwhile. */
  readonly waitsFor: string | null;
};

/**
 * How long records are kept, and the end of them. Reviews, legal holds and deaths are commands to the
 * learner's record, see `handle`. The policy is given with every question that needs it.
 */
export type Retention = {
  /** Persons to review and persons whose time has come, each once, the oldest first. */
  readonly due: (query: DueQuery, policy: RetentionPolicy) => Promise<readonly DueTask[]>;
  /**
   * Proposes to dispose of a learner's whole record, of every ULN that merges make one with it, under
   * whose ids another person can order it. Throws `ERR_LEGAL_HOLD`, `ERR_RETENTION_NOT_ENDED`, `ERR_RECORD_DISPOSED`.
   */
  readonly propose: (
    uln: Uln,
    basis: DisposalBasis,
    policy: RetentionPolicy,
    request: Request,
  ) => Promise<DisposalProposal>;
  /**
   * Orders what another person proposed, for all streams of the learner at once, and carries it out.
   * Throws what `propose` does, and `ERR_PROPOSER_APPROVES`, `ERR_PROPOSAL_NOT_FOUND`, and
   * `ERR_PERSON_CHANGED` where the learner was merged, taken apart or active since.
   */
  readonly order: (
    order: string,
    policy: RetentionPolicy,
    request: Request,
  ) => Promise<DisposalStatus>;
  /** Disposes of the rows of imports that were decided 30 days ago and more. Only the keeper can. */
  readonly disposeImports: (limit: number, request: Request) => Promise<readonly DisposalStatus[]>;
  readonly status: () => Promise<readonly DisposalStatus[]>;
};

/** Creates the door to retention and disposal. */
export function createRetention(parts: {
  readonly journal: Journal;
  readonly orders: Orders;
  readonly worker: ErasureWorker;
  readonly runner: Runner;
  readonly learners: Learners;
  readonly clock: Clock;
}): Retention {
  const { journal, orders, worker, runner, learners, clock } = parts;

  /** What the rules need to know of the person whose streams orders name, as proposed and as now. */
  async function factsOf(ids: readonly string[], state: Disposals, policy: RetentionPolicy) {
    const named = ids.flatMap((id) => state.get(id)?.stream ?? []);
    const [first] = named;
    const uln = first === undefined ? null : await ulnOf(journal, first);
    if (uln === null) {
      return { isDisposed: true, isHeld: false, hasEnded: false, isChanged: true };
    }
    const { streams } = await learners.personOf(uln);
    const position = (await orders.proposals()).get(ids[0] ?? '')?.position ?? '';
    const isChanged = isChangedSince({ position, named }, streams);
    return { ...personFacts(streams, policy, clock()), isChanged };
  }

  async function propose(
    uln: Uln,
    basis: DisposalBasis,
    policy: RetentionPolicy,
    request: Request,
  ): Promise<DisposalProposal> {
    const proposedBy = personOf(request);
    const recording = recordingOf(request, '');
    const { caller, commandId } = recording;
    const orderOf = (stream: string) =>
      followUpCommandId(commandId, `disposal of ${stream} by ${caller}`);
    const order = orderOf(await learners.streamOf(uln));
    await worker.record(async () => {
      const state = await orders.disposals();
      const { asked, streams } = await learners.personOf(uln);
      // What the command proposed before stays what it was, whatever became of the person since.
      if (state.has(order)) {
        return [];
      }
      const record = { ...personFacts(streams, policy, clock()), isChanged: false };
      const others = streams.filter(({ stream }) => stream !== asked.stream);
      return [asked, ...others].flatMap(({ stream }) => {
        const data = { order: orderOf(stream), stream, basis, proposedBy };
        return disposal.decide({ type: 'ProposeDisposal', data, record }, state);
      });
    }, recording);
    const state = await orders.disposals();
    const together = proposedWith(order, state, await orders.proposals());
    return {
      order,
      orders: together.map((one) => ({ order: one, stream: state.get(one)?.stream ?? '' })),
    };
  }

  async function order(
    id: string,
    policy: RetentionPolicy,
    request: Request,
  ): Promise<DisposalStatus> {
    const approvedBy = personOf(request);
    await worker.record(
      async () => {
        const state = await orders.disposals();
        const together = proposedWith(id, state, await orders.proposals());
        const record = await factsOf(together, state, policy);
        // In one append: no crash leaves half of a person ordered.
        const others = together.filter(
          (other) => other !== id && state.get(other)?.state === 'proposed',
        );
        return [id, ...others].flatMap((one) => {
          const data = { order: one, approvedBy };
          return disposal.decide({ type: 'OrderDisposal', data, record }, state);
        });
      },
      orderRecording(request, id),
    );
    return carryOut(id);
  }

  async function disposeImports(
    limit: number,
    request: Request,
  ): Promise<readonly DisposalStatus[]> {
    if (request.by.kind !== 'keeper') {
      throw new DomainError(
        'ERR_NOT_PERMITTED',
        'expected the keeper to dispose of imports by its rule, found someone else',
      );
    }
    const before = importsDecidedBefore(clock());
    const streams = await runner.read(decidedImports, (database, names) =>
      selectDecidedImports(database, names, { before, limit }),
    );
    const recording = recordingOf(request, '');
    const statuses: DisposalStatus[] = [];
    for (const stream of streams) {
      const id = followUpCommandId(recording.commandId, `disposal of ${stream}`);
      await worker.record(
        async () => {
          const { events } = await journal.read<ImportEvent>(stream);
          const record = importFacts(events, clock());
          const data = { order: id, stream };
          return disposal.decide({ type: 'OrderByRule', data, record }, await orders.disposals());
        },
        orderRecording(request, id),
      );
      statuses.push(await carryOut(id));
    }
    return statuses;
  }

  async function carryOut(id: string): Promise<DisposalStatus> {
    await orders.refresh();
    const ordered = orders.pending().find(({ order: one }) => one === id);
    for (const pending of orders.pending()) {
      const isWith =
        pending.kind === 'disposal' &&
        ordered?.kind === 'disposal' &&
        pending.command === ordered.command;
      if (isWith) {
        await worker.complete(pending);
      }
    }
    const known = (await statuses()).find(({ order: one }) => one === id);
    assert(known !== undefined, 'an order just recorded is there');
    return known;
  }

  async function statuses(): Promise<readonly DisposalStatus[]> {
    const state = await orders.disposals();
    const proposals = await orders.proposals();
    const all: DisposalStatus[] = [];
    for (const [order, known] of state) {
      const together = proposals.has(order) ? proposedWith(order, state, proposals) : [order];
      all.push({ ...known, order, together, waitsFor: worker.waitsFor(order) });
    }
    return all;
  }

  return {
    due: (query, policy) => dueTasks(parts, query, policy),
    propose,
    order,
    disposeImports,
    status: statuses,
  };
}

/** The orders that one command proposed together with another, for the streams of one person. */
function proposedWith(
  id: string,
  state: Disposals,
  proposals: ReadonlyMap<string, ProposedBy>,
): readonly string[] {
  const command = proposals.get(id)?.command;
  const isWith = (other: string) =>
    command !== undefined &&
    proposals.get(other)?.command === command &&
    state.get(other)?.proposedBy === state.get(id)?.proposedBy;
  return [...proposals.keys()].filter(isWith);
}
