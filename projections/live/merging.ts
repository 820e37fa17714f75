import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import type { MergeEvent } from '../../domain/learner/merge/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Point } from './point.js';

/** What a ULN's own stream says of its merges: as the master of others, as superseded, and whether it is used. */
export type PlrMerging = {
  /** Those it answers for, by the id of the merge. */
  readonly merged: readonly {
    readonly key: string;
    readonly uln: Uln;
    readonly since: Instant;
  }[];
  /** Who answers for it; `null` while it answers for itself. */
  readonly supersededBy: {
    readonly mergeId: string;
    readonly master: Uln;
    readonly since: Instant;
  } | null;
  /** Since when and why the ULN is not used any more; `null` while it is. */
  readonly retired: {
    readonly cause: LearnerEventData<'UlnRetired'>['cause'];
    readonly since: Instant;
  } | null;
};

/** Never merged, and in use. */
export const NEVER_MERGED: PlrMerging = { merged: [], supersededBy: null, retired: null };

/** For projections that merges change nothing in. */
export const mergesIgnored = {
  LearnersMerged: 'ignored',
  LearnersUnmerged: 'ignored',
  LearnerSuperseded: 'ignored',
  SupersessionEnded: 'ignored',
  UlnRetired: 'ignored',
} as const satisfies Record<MergeEvent['type'], 'ignored'>;

/** For projections that keep what a stream says of its merges among other things. */
export const mergesKept = {
  LearnersMerged: withMerging,
  LearnersUnmerged: withMerging,
  LearnerSuperseded: withMerging,
  SupersessionEnded: withMerging,
  UlnRetired: withMerging,
} as const satisfies Record<MergeEvent['type'], unknown>;

/**
 * What a stream says of its merges by the instant of a point. That two ULNs are of one person was so
 * before it was found out, so the date of a question (`validAt`) leaves no merge out.
 */
export function mergingAt(
  events: readonly Recorded<LearnerEvent>[],
  { asAt, version }: Point,
): PlrMerging {
  return events
    .filter((one) => asAt === null || one.recordedAt <= asAt)
    .filter((one) => version === null || one.version <= version)
    .reduce<PlrMerging>(
      (merging, { event, recordedAt }) => after(merging, event, recordedAt),
      NEVER_MERGED,
    );
}

function withMerging<State extends { readonly merging: PlrMerging }>(
  state: State,
  { event, recordedAt }: Pick<Recorded<LearnerEvent>, 'event' | 'recordedAt'>,
): State {
  return { ...state, merging: after(state.merging, event, recordedAt) };
}

function after(merging: PlrMerging, event: LearnerEvent, since: Instant): PlrMerging {
  const others = (mergeId: string) => merging.merged.filter(({ key }) => key !== mergeId);
  switch (event.type) {
    case 'LearnersMerged': {
      const { mergeId: key, superseded: uln } = event.data;
      return { ...merging, merged: [...others(key), { key, uln, since }] };
    }
    case 'LearnersUnmerged':
      return { ...merging, merged: others(event.data.mergeId) };
    case 'LearnerSuperseded':
      return { ...merging, supersededBy: { ...event.data, since } };
    case 'SupersessionEnded':
      return merging.supersededBy?.mergeId === event.data.mergeId
        ? { ...merging, supersededBy: null }
        : merging;
    case 'UlnRetired':
      return { ...merging, retired: { cause: event.data.cause, since } };
    default:
      return merging;
  }
}
