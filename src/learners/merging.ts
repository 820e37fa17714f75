import { strict as assert } from 'node:assert';
import { DomainError } from '../../domain/errors.js';
import type { LearnerEventData } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import { MAX_CHAIN_ULNS, obstacleTo } from '../../domain/learner/merge/chains.js';
import { mergeCommands } from '../../domain/learner/merge/commands.js';
import { standingMergeWith } from '../../domain/learner/merge/state.js';
import type { IssuedLearner } from '../../domain/learner/state.js';
import type { CalendarDate } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { type MergeRow, merges, selectMerges } from '../../projections/views/merges.js';
import type { Clock } from '../clock.js';
import { followUpCommandId, tagOf } from '../journal/identifiers.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import { keepStricter, type Meanwhile, recordedMeanwhile } from './apart.js';
import type { Outcome } from './deciding.js';
import { createMergeWorker, inLogOrder, type MergeParts, stateOf } from './mergeWorker.js';
import { readChanges, type UlnChange } from './ulnChanges.js';

/** What a merge, or undoing one, led to. */
export type MergeOutcome = Outcome & {
  readonly mergeId: string;
  /** `merged`; `pending` while the other stream has not followed yet; or why the two are apart. */
  readonly state: 'merged' | 'pending' | LearnerEventData<'LearnersUnmerged'>['cause'];
};

/** What undoing a merge led to, and what the desk has to look at: whose it is may be the other's. */
export type UnmergeOutcome = MergeOutcome & { readonly meanwhile: readonly Meanwhile[] };

/** One merge in a list, by its streams: no ULN and no name. */
export type MergeStatus = Omit<MergeRow, 'pending' | 'position'> & {
  readonly state: 'merged' | 'pending' | 'ended';
  /** The error that has kept a pending one from being finished, where one has; else `null`. */
  readonly waitsFor: string | null;
};

/** Merging two ULNs of one person, and undoing it. */
export type Merging = {
  /**
   * Makes a ULN the master of another one: from then on it answers for both, and each stream stays as
   * it is. Throws `ERR_LEARNER_NOT_FOUND`, `ERR_MERGE_SELF`, `ERR_MERGE_TOO_LONG`,
   * `ERR_ULN_SUPERSEDED`, `ERR_ULN_RETIRED` and `ERR_NOT_PERMITTED`. Where another process decided
   * otherwise at the same moment, the outcome's state says so.
   */
  readonly merge: (
    master: Uln,
    merge: {
      readonly superseded: Uln;
      readonly reason: string;
      readonly evidenceReference?: string | null;
    },
    request: Request,
  ) => Promise<MergeOutcome>;
  /**
   * Undoes a merge. Each ULN keeps what protected the person: see `keepStricter`. Throws `ERR_MERGE_NOT_FOUND` and
   * `ERR_NOT_PERMITTED`.
   */
  readonly unmerge: (
    master: Uln,
    merge: { readonly mergeId: string; readonly reason: string },
    request: Request,
  ) => Promise<UnmergeOutcome>;
  /** Every merge, oldest first. */
  readonly list: () => Promise<readonly MergeStatus[]>;
  /** Those that have to be finished; `null` where the views know of no merge and were not asked to look. */
  readonly unfinished: () => Promise<readonly MergeStatus[] | null>;
  /** Looks through the ledger and finishes what a crash cut short. Returns what is left unfinished. */
  readonly resume: () => Promise<readonly MergeStatus[]>;
  /** ULNs merged, unmerged and retired on the days of a period, both of its ends included. */
  readonly changes: (period: {
    readonly from: CalendarDate;
    readonly to: CalendarDate;
  }) => Promise<readonly UlnChange[]>;
};

/** Creates the door to merging. */
export function createMerging(parts: MergeParts & { readonly clock: Clock }): {
  readonly merging: Merging;
  /** Finishes what a crash cut short, where merges are known of; stops nobody. */
  readonly resumeAtOpening: () => Promise<void>;
} {
  const { journal, runner, learners, handleAny, clock } = parts;
  const worker = createMergeWorker(parts);
  const isKnown = () => runner.generations.get(merges, 'active') !== null;

  async function list(pendingOnly: boolean): Promise<readonly MergeStatus[]> {
    const rows = await runner.read(merges, (database, names) =>
      selectMerges(database, names, { pendingOnly }),
    );
    return inLogOrder(rows).map(({ pending, position: _, ...row }) => ({
      ...row,
      state: pending ? 'pending' : row.endedAt === null ? 'merged' : 'ended',
      waitsFor: pending ? worker.waitsFor(row.mergeId) : null,
    }));
  }

  /** What would make the worker undo the merge at once, asked before anything is recorded. */
  async function requireMergeable(
    { uln: master }: IssuedLearner,
    { mergeId, superseded }: { readonly mergeId: string; readonly superseded: Uln },
  ): Promise<void> {
    const other = stateOf(await learners.read(superseded));
    const by = { kind: 'keeper' } as const;
    learner.decide({ type: 'Supersede', data: { mergeId, master }, by, at: clock() }, other);
    const edge = { master, superseded };
    const obstacle = obstacleTo(edge, await worker.edgesAround(edge, []));
    if (obstacle === 'cycle') {
      throw new DomainError(
        'ERR_ULN_SUPERSEDED',
        'expected a master that answers for itself, found one that was superseded meanwhile',
      );
    }
    if (obstacle !== null) {
      throw new DomainError(
        'ERR_MERGE_TOO_LONG',
        `expected a chain of at most ${MAX_CHAIN_ULNS} ULNs, found a longer one; undo a merge in it and merge with the master instead`,
      );
    }
  }

  async function stateAfter(
    master: Uln,
    { mergeId, superseded }: { readonly mergeId: string; readonly superseded: Uln },
  ): Promise<Pick<MergeOutcome, 'mergeId' | 'state'>> {
    const { merging } = stateOf(await learners.read(master));
    // Where the two were merged before, by another command, that merge is the one that stands.
    const id = merging.merges.has(mergeId) ? mergeId : standingMergeWith(merging, superseded);
    const cause = merging.merges.get(id ?? mergeId)?.ended ?? null;
    const { supersessions } = stateOf(await learners.read(superseded)).merging;
    const isApplied = supersessions.get(id ?? mergeId)?.ended === false;
    const isPending = isApplied !== (cause === null);
    return { mergeId: id ?? mergeId, state: isPending ? 'pending' : (cause ?? 'merged') };
  }

  const merge: Merging['merge'] = async (master, asked, request) => {
    const stream = await learners.streamOf(master);
    const { caller, commandId } = recordingOf(request, tagOf(stream));
    const mergeId = followUpCommandId(commandId, `merge by ${caller} into ${stream}`);
    const data = parseInput(mergeCommands.MergeLearner, { ...asked, mergeId });
    // The view is there, and earlier merges are finished, before this one is decided.
    await worker.settle();
    const before = stateOf(await learners.read(master));
    const command = { type: 'MergeLearner', data } as const;
    if (learner.decide({ ...command, by: request.by, at: clock() }, before).length > 0) {
      await requireMergeable(before, data);
    }
    const outcome = await handleAny(master, command, request);
    await worker.settleQuietly();
    return { ...outcome, ...(await stateAfter(master, data)) };
  };

  const unmerge: Merging['unmerge'] = async (master, asked, request) => {
    const data = parseInput(mergeCommands.UnmergeLearner, asked);
    await worker.settle();
    const before = stateOf(await learners.read(master));
    const command = { type: 'UnmergeLearner', data } as const;
    const [ends] = learner.decide({ ...command, by: request.by, at: clock() }, before);
    recordingOf(request, '');
    if (ends?.type === 'LearnersUnmerged') {
      await keepStricter(parts, { ...ends.data, master }, request);
    }
    const outcome = await handleAny(master, command, request);
    await worker.settleQuietly();
    const { merges: known } = stateOf(await learners.read(master)).merging;
    const undone = known.get(data.mergeId);
    assert(undone !== undefined, 'a merge that was undone is there');
    const pair = { ...undone, mergeId: data.mergeId };
    const meanwhile = await recordedMeanwhile(learners, { ...pair, master });
    return { ...outcome, ...(await stateAfter(master, pair)), meanwhile };
  };

  const merging: Merging = {
    merge,
    unmerge,
    list: () => list(false),
    unfinished: async () => (isKnown() ? list(true) : null),
    resume: async () => {
      await worker.settle();
      return list(true);
    },
    changes: (period) => readChanges(runner, journal, period),
  };
  return {
    merging,
    resumeAtOpening: async () => {
      if (isKnown()) {
        await worker.settleQuietly();
      }
    },
  };
}
