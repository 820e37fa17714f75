import { strict as assert } from 'node:assert';
import { type Disposal, disposal } from '../../domain/erasure/disposal.js';
import type { DisposalBasis } from '../../domain/erasure/disposalEvents.js';
import { DomainError } from '../../domain/errors.js';
import type { ImportEvent } from '../../domain/imports/events.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import {
  importsDecidedBefore,
  nextReviewOn,
  openHolds,
  type RetentionPolicy,
  retentionEndsOn,
} from '../../domain/learner/retention/policy.js';
import { type CalendarDate, dateOf } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { decidedImports, selectDecidedImports } from '../../projections/views/decidedImports.js';
import { type DueRecord, retention, selectDue } from '../../projections/views/retention.js';
import type { Clock } from '../clock.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import type { Learners } from '../learners/learners.js';
import { type Request, recordingOf } from '../request/request.js';
import { importFacts, learnerFacts } from './disposalFacts.js';
import { orderRecording, personOf } from './erasure.js';
import type { ErasureWorker } from './parts.js';

/** A record to review, or one whose time has come. */
export type DueTask = {
  readonly task: 'review' | 'dispose';
  readonly uln: Uln;
  /** Since when it is due. */
  readonly due: CalendarDate;
  readonly retentionEndsOn: CalendarDate;
  readonly lastActivityOn: CalendarDate;
  /** What the last review found; `null` before the first. */
  readonly reviewed: 'keep' | 'dispose' | null;
  /** The ids of the legal holds that run: none of them may be forgotten before a disposal. */
  readonly holds: readonly string[];
  readonly dateOfDeath: CalendarDate | null;
};

/** Which tasks to list: those due by a date. */
export type DueQuery = { readonly by: CalendarDate; readonly limit: number };

/** How far a disposal has come. */
export type DisposalStatus = Disposal & {
  readonly order: string;
  /** What an ordered disposal waits for; the record reads as disposed of meanwhile. */
  readonly waitsFor: string | null;
};

/**
 * How long records are kept, and the end of them. Reviews, legal holds and deaths are commands to the
 * learner's record, see `handle`. The policy is given with every question that needs it.
 */
export type Retention = {
  /** Records to review and records whose time has come, the oldest first. */
  readonly due: (query: DueQuery, policy: RetentionPolicy) => Promise<readonly DueTask[]>;
  /**
   * Proposes to dispose of a learner's whole record; answers the id under which another person can
   * order it. Throws `ERR_LEGAL_HOLD`, `ERR_RETENTION_NOT_ENDED`, `ERR_RECORD_DISPOSED`.
   */
  readonly propose: (
    uln: Uln,
    basis: DisposalBasis,
    policy: RetentionPolicy,
    request: Request,
  ) => Promise<string>;
  /**
   * Orders what another person proposed, and carries it out. Throws what `propose` does, and
   * `ERR_PROPOSER_APPROVES`, `ERR_PROPOSAL_NOT_FOUND`.
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

  async function factsOf(stream: string, policy: RetentionPolicy) {
    const { events } = await journal.read<LearnerEvent>(stream);
    return learnerFacts(events, policy, clock());
  }

  async function propose(
    uln: Uln,
    basis: DisposalBasis,
    policy: RetentionPolicy,
    request: Request,
  ): Promise<string> {
    const proposedBy = personOf(request);
    const stream = await learners.streamOf(uln);
    const recording = recordingOf(request, '');
    const { caller, commandId } = recording;
    const order = followUpCommandId(commandId, `disposal of ${stream} by ${caller}`);
    await worker.record(async () => {
      const data = { order, stream, basis, proposedBy };
      const record = await factsOf(stream, policy);
      return disposal.decide({ type: 'ProposeDisposal', data, record }, await orders.disposals());
    }, recording);
    return order;
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
        const stream = state.get(id)?.stream ?? null;
        const record =
          stream === null
            ? { isDisposed: false, isHeld: false, hasEnded: false }
            : await factsOf(stream, policy);
        const data = { order: id, approvedBy };
        return disposal.decide({ type: 'OrderDisposal', data, record }, state);
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
    for (const pending of orders.pending()) {
      if (pending.order === id) {
        await worker.complete(pending);
      }
    }
    const known = (await orders.disposals()).get(id);
    assert(known !== undefined, 'an order just recorded is there');
    return statusOf(id, known);
  }

  function statusOf(id: string, known: Disposal): DisposalStatus {
    return { ...known, order: id, waitsFor: worker.waitsFor(id) };
  }

  async function due(query: DueQuery, policy: RetentionPolicy): Promise<readonly DueTask[]> {
    const records = await runner.read(retention, (database, names) =>
      selectDue(database, names, { ...query, policy }),
    );
    const tasks = await Promise.all(
      records.map(async (record) => {
        const { events } = await journal.read<LearnerEvent>(record.stream);
        const [issued] = events;
        // One that was disposed of meanwhile is no task any more.
        return issued?.event.type === 'UlnIssued'
          ? [taskOf(record, issued.event.data.uln, query.by, policy)]
          : [];
      }),
    );
    return tasks.flat();
  }

  function taskOf(record: DueRecord, uln: Uln, by: CalendarDate, policy: RetentionPolicy): DueTask {
    const { lastActivityOn, review, holds, dateOfDeath } = record;
    const ends = retentionEndsOn(record, policy);
    const hasEnded = ends <= by;
    return {
      task: hasEnded ? 'dispose' : 'review',
      uln,
      due: hasEnded ? ends : (nextReviewOn(record, policy) ?? by),
      retentionEndsOn: ends,
      lastActivityOn,
      reviewed: review?.outcome ?? null,
      holds: openHolds(holds, dateOf(clock())),
      dateOfDeath,
    };
  }

  return {
    due,
    propose,
    order,
    disposeImports,
    status: async () => [...(await orders.disposals())].map(([id, known]) => statusOf(id, known)),
  };
}
