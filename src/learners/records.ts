import type { LearnerEvent } from '../../domain/learner/events.js';
import { MAX_CHAIN_ULNS } from '../../domain/learner/merge/chains.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { type MergedPlr, mergePlrs } from '../../projections/live/mergedPlr.js';
import { mergingAt, type PlrMerging } from '../../projections/live/merging.js';
import { NOW, type Point } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';

/** Which ULN answers for the one asked for, by the merges known at the point of the question. */
export type Resolution = {
  readonly asked: Uln;
  /** The master; the ULN asked for itself where it is not superseded. */
  readonly found: Uln;
  /** From the ULN asked for to the master, one after the other. */
  readonly chain: readonly Uln[];
};

/** The streams that answer a question about one ULN. */
export type ReadRecord = Resolution & {
  /** The events of the ULN found. */
  readonly events: readonly Recorded<LearnerEvent>[];
  /** The ULNs that it answers for, with their events; those of one merged first before those merged into it. */
  readonly merged: readonly {
    readonly uln: Uln;
    /** The ULN that it was merged into, which may be superseded itself. */
    readonly into: Uln;
    readonly mergeId: string;
    /** Since when the other answers for it. */
    readonly since: Instant;
    readonly events: readonly Recorded<LearnerEvent>[];
  }[];
};

/** The record of the ULN found, and what was asked for. */
export type LearnerRecord = MergedPlr & {
  readonly incomingUln: Uln;
  readonly foundUln: Uln;
  /** The service's code where the master answers for another ULN. */
  readonly code: typeof SUBSTITUTED | null;
};

/** Reading learners as one record each, whatever ULN of theirs is asked for. Throws `ERR_LEARNER_NOT_FOUND`. */
export type Records = {
  /** Which ULN answers, at a point (now where none is given). */
  readonly resolve: (uln: Uln, at?: Point) => Promise<Resolution>;
  /** The events of the ULN that answers and of those that it answers for. */
  readonly readRecord: (uln: Uln, at?: Point) => Promise<ReadRecord>;
  /** The one record of the ULN that answers and of those that it answers for. */
  readonly record: (uln: Uln, at?: Point) => Promise<LearnerRecord>;
};

/** "Master record substituted for the learner". Source: the service's codes. */
export const SUBSTITUTED = 'WSRC0022';

/** One ULN as its own stream tells of it. */
type Own = {
  readonly uln: Uln;
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly merging: PlrMerging;
};

/** Creates the reading of records over the reading of streams. */
export function createRecords(
  read: (uln: Uln) => Promise<readonly Recorded<LearnerEvent>[]>,
): Records {
  async function own(uln: Uln, at: Point): Promise<Own> {
    const events = await read(uln);
    return { uln, events, merging: mergingAt(events, at) };
  }

  /** The ULNs from the one asked for up to its master. A merge holds while both streams say so. */
  async function upwards(uln: Uln, at: Point): Promise<readonly [Own, ...Own[]]> {
    const chain: [Own, ...Own[]] = [await own(uln, at)];
    let current = chain[0];
    while (chain.length < MAX_CHAIN_ULNS && current.merging.supersededBy !== null) {
      const { master, mergeId } = current.merging.supersededBy;
      const above = await own(master, at);
      if (!above.merging.merged.some(({ key }) => key === mergeId)) {
        break;
      }
      chain.push(above);
      current = above;
    }
    return chain;
  }

  async function downwards(
    { uln, merging }: Own,
    at: Point,
    depth: number,
  ): Promise<ReadRecord['merged']> {
    const found: ReadRecord['merged'][number][] = [];
    for (const { key: mergeId, uln: below } of depth === 0 ? [] : merging.merged) {
      const other = await own(below, at);
      const { supersededBy } = other.merging;
      if (supersededBy?.mergeId === mergeId && supersededBy.master === uln) {
        const { since } = supersededBy;
        found.push({ uln: below, into: uln, mergeId, since, events: other.events });
        found.push(...(await downwards(other, at, depth - 1)));
      }
    }
    return found;
  }

  async function readRecord(uln: Uln, at: Point = NOW): Promise<ReadRecord> {
    // A version counts the events of one stream: that stream answers alone.
    if (at.version !== null) {
      return { asked: uln, found: uln, chain: [uln], events: await read(uln), merged: [] };
    }
    const chain = await upwards(uln, at);
    const master = chain.at(-1) ?? chain[0];
    return {
      asked: uln,
      found: master.uln,
      chain: chain.map((one) => one.uln),
      events: master.events,
      merged: await downwards(master, at, MAX_CHAIN_ULNS - 1),
    };
  }

  return {
    resolve: async (uln, at = NOW) => {
      const chain = at.version === null ? await upwards(uln, at) : [await own(uln, at)];
      const ulns = chain.map((one) => one.uln);
      return { asked: uln, found: ulns.at(-1) ?? uln, chain: ulns };
    },
    readRecord,
    record: async (uln, at = NOW) => recordOf(await readRecord(uln, at), at),
  };
}

/** The ULNs that answer a question with their events: the one found, and those that it answers for. */
export function ulnsOf({ found, events, merged }: ReadRecord): readonly {
  readonly uln: Uln;
  readonly events: readonly Recorded<LearnerEvent>[];
}[] {
  return [{ uln: found, events }, ...merged];
}

/** The one record of what was read, at the point at which it was read. */
export function recordOf({ asked, found, events, merged }: ReadRecord, at: Point): LearnerRecord {
  const record = mergePlrs(
    { uln: found, plr: plrAt(events, at) },
    merged.map((other) => ({ uln: other.uln, plr: plrAt(other.events, at) })),
  );
  const own = mergingAt(events, at);
  const holding = merged.map(({ uln, mergeId: key, since }) => ({ key, uln, since }));
  return {
    ...record,
    merging: at.version === null ? { ...own, merged: holding, supersededBy: null } : own,
    incomingUln: asked,
    foundUln: found,
    code: asked === found ? null : SUBSTITUTED,
  };
}
