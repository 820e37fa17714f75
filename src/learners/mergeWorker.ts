import { strict as assert } from 'node:assert';
import { recordDisposed } from '../../domain/erasure/disposal.js';
import { DomainError } from '../../domain/errors.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { type MergeEdge, obstacleTo } from '../../domain/learner/merge/chains.js';
import type { IssuedLearner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { type MergeRow, merges, selectMerges } from '../../projections/views/merges.js';
import { orderOf } from '../../streams/position.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Request } from '../request/request.js';
import type { Outcome } from './deciding.js';
import { foldLearner } from './facts.js';
import type { Learners, StreamRequest } from './learners.js';
import type { Records } from './records.js';

/** What merging works on. */
export type MergeParts = {
  readonly journal: Journal;
  readonly runner: Runner;
  readonly learners: Learners;
  readonly records: Records;
  readonly handleAny: (uln: Uln, command: StreamRequest, request: Request) => Promise<Outcome>;
};

/** What carries decided merges out, in steps that can be cut anywhere. */
export type MergeWorker = {
  /** Brings the view of merges up to date and finishes every merge that has to be, in the log's order. */
  readonly settle: () => Promise<void>;
  /** As `settle`, where failing must not stop somebody else's work: what is left stays unfinished. */
  readonly settleQuietly: () => Promise<void>;
  /** What a merge waits for; `null` where carrying it out has not failed. */
  readonly waitsFor: (mergeId: string) => string | null;
  /** The merges that hold among the ULNs around one, and those given. */
  readonly edgesAround: (
    edge: MergeEdge,
    pending: readonly MergeEdge[],
  ) => Promise<readonly MergeEdge[]>;
};

/** A decision and what follows from it, each of which may have to be undone when another process is between. */
const MAX_STEPS = 8;
/** Whatever is decided while the first pass runs is found by the second. */
const MAX_PASSES = 3;

/** Creates the worker. Any number of them may work on one ledger at the same time. */
export function createMergeWorker(parts: MergeParts): MergeWorker {
  const { journal, runner, learners, records, handleAny } = parts;
  const waits = new Map<string, string>();

  async function settle(): Promise<void> {
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const pending = await runner.read(merges, (database, names) =>
        selectMerges(database, names, { pendingOnly: true }),
      );
      if (!(await finishAll(inLogOrder(pending)))) {
        return;
      }
    }
  }

  /** True where something was done. A decision meets all earlier ones as carried out, or as still to be. */
  async function finishAll(pending: readonly MergeRow[]): Promise<boolean> {
    const unfinished: MergeEdge[] = [];
    let done = false;
    for (const row of pending) {
      waits.delete(row.mergeId);
      let edge: MergeEdge | null = null;
      try {
        edge = await edgeOf(row);
        await finish(row.mergeId, edge, unfinished);
        done = true;
      } catch (error) {
        if (!hasCode(error)) {
          throw error;
        }
        // One merge that cannot be carried out must not stop all others.
        waits.set(row.mergeId, error.code);
        unfinished.push(...(edge === null ? [] : [edge]));
      }
    }
    return done;
  }

  async function edgeOf({ mergeId, master, superseded }: MergeRow): Promise<MergeEdge> {
    const { events } = await journal.read<LearnerEvent>(master ?? superseded ?? '');
    const { uln, merging } = stateOf(events);
    const decided = merging.merges.get(mergeId);
    const applied = merging.supersessions.get(mergeId);
    if (decided !== undefined) {
      return { master: uln, superseded: decided.superseded };
    }
    assert(applied !== undefined, 'a stream in the view of merges has the merge');
    return { master: applied.master, superseded: uln };
  }

  /** Makes the other stream say what the master's does. Each step finds out by itself whether it was done. */
  async function finish(
    mergeId: string,
    edge: MergeEdge,
    earlier: readonly MergeEdge[],
  ): Promise<void> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const events = await learners.read(edge.master);
      // A record that was disposed of says nothing of any merge, so none holds with it.
      const decided = mergingOf(events)?.merges.get(mergeId)?.ended === null;
      const other = mergingOf(await learners.read(edge.superseded));
      const applied = other?.supersessions.get(mergeId)?.ended;
      if (decided === (applied === false)) {
        return;
      }
      const request = (what: string) => requestFor(mergeId, what, events);
      if (!decided) {
        const command = { type: 'EndSupersession', data: { mergeId } } as const;
        await handleAny(edge.superseded, command, request('ended'));
        continue;
      }
      const refusal =
        other === null
          ? DISPOSED
          : applied === undefined
            ? await apply(mergeId, edge, earlier, request)
            : ENDED_BEFORE;
      if (refusal !== null) {
        const command = { type: 'RefuseMerge', data: { mergeId, ...refusal } } as const;
        await handleAny(edge.master, command, request('refused'));
      }
    }
  }

  /** Has the other ULN superseded; why not, where it cannot be. */
  async function apply(
    mergeId: string,
    edge: MergeEdge,
    earlier: readonly MergeEdge[],
    request: (what: string) => Request,
  ): Promise<{ cause: 'refused' | 'cycle' | 'too-long'; reason: string | null } | null> {
    const obstacle = obstacleTo(edge, await edgesAround(edge, earlier));
    if (obstacle !== null) {
      return { cause: obstacle, reason: null };
    }
    const data = { mergeId, master: edge.master };
    try {
      await handleAny(edge.superseded, { type: 'Supersede', data }, request('superseded'));
      return null;
    } catch (error) {
      if (error instanceof DomainError) {
        return { cause: 'refused', reason: error.code };
      }
      throw error;
    }
  }

  async function edgesAround(
    edge: MergeEdge,
    pending: readonly MergeEdge[],
  ): Promise<readonly MergeEdge[]> {
    const edges = [...pending];
    for (const uln of [edge, ...pending].flatMap((one) => [one.master, one.superseded])) {
      const { merged } = await records.readRecord(uln);
      edges.push(...merged.map((one) => ({ master: one.into, superseded: one.uln })));
    }
    return edges;
  }

  return {
    settle,
    settleQuietly: async () => {
      try {
        await settle();
      } catch (error) {
        if (!hasCode(error)) {
          throw error;
        }
      }
    },
    waitsFor: (mergeId) => waits.get(mergeId) ?? null,
    edgesAround,
  };
}

const DISPOSED = { cause: 'refused', reason: 'ERR_RECORD_DISPOSED' } as const;
const ENDED_BEFORE = { cause: 'refused', reason: 'SupersessionEnded' } as const;

/** What a learner's stream says of merges; `null` where the record was disposed of. */
function mergingOf(events: readonly Recorded<LearnerEvent>[]): IssuedLearner['merging'] | null {
  const state = foldLearner(events);
  return state.status === 'issued' ? state.merging : null;
}

/** The state of a learner who has a ULN. Throws `ERR_RECORD_DISPOSED` where the record was disposed of. */
export function stateOf(events: readonly Recorded<LearnerEvent>[]): IssuedLearner {
  const state = foldLearner(events);
  if (state.status === 'disposed') {
    throw recordDisposed();
  }
  assert(state.status === 'issued', 'a stream begins with the ULN');
  return state;
}

/** True for a refusal or a failure that has a name; anything else is a bug. */
function hasCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Rows by where their merges were decided. */
export function inLogOrder(rows: readonly MergeRow[]): readonly MergeRow[] {
  return rows.toSorted((one, other) => orderOf(one.position) - orderOf(other.position));
}

/** A step's request: the same from whichever process takes it. */
function requestFor(
  mergeId: string,
  what: string,
  master: readonly Recorded<LearnerEvent>[],
): Request {
  const decision = master.find(
    ({ event }) => event.type === 'LearnersMerged' && event.data.mergeId === mergeId,
  );
  return {
    by: { kind: 'keeper' },
    user: null,
    purpose: 'data-correction',
    commandId: followUpCommandId(mergeId, what),
    correlation: decision?.commandId ?? mergeId,
  };
}
