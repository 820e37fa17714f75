import type { Uln } from '../../values/uln.js';
import type { LearnerEvent } from '../events.js';
import type { mergeEvents, UnmergeCause } from './events.js';

/** What the rules know of a ULN's merges: as the master, as the one superseded, and whether it is used at all. */
export type Merging = {
  /** By merge id, those undone too; `ended` is `null` while the merge stands. */
  readonly merges: ReadonlyMap<
    string,
    { readonly superseded: Uln; readonly ended: UnmergeCause | null }
  >;
  /** By merge id, those ended too. */
  readonly supersessions: ReadonlyMap<string, { readonly master: Uln; readonly ended: boolean }>;
  readonly retired: boolean;
};

/** An event about merges or retirement. */
export type MergeEvent = Extract<LearnerEvent, { type: keyof typeof mergeEvents }>;

/** Never merged, and in use. */
export const UNMERGED: Merging = { merges: new Map(), supersessions: new Map(), retired: false };

/** What is known after one more event. */
export function evolveMerging(merging: Merging, event: MergeEvent): Merging {
  switch (event.type) {
    case 'LearnersMerged':
    case 'LearnersUnmerged': {
      const { mergeId, superseded } = event.data;
      const ended = event.type === 'LearnersUnmerged' ? event.data.cause : null;
      return { ...merging, merges: new Map(merging.merges).set(mergeId, { superseded, ended }) };
    }
    case 'LearnerSuperseded':
    case 'SupersessionEnded': {
      const { mergeId, master } = event.data;
      const supersession = { master, ended: event.type === 'SupersessionEnded' };
      const supersessions = new Map(merging.supersessions).set(mergeId, supersession);
      return { ...merging, supersessions };
    }
    case 'UlnRetired':
      return { ...merging, retired: true };
  }
}

/** True where the ULN's own stream says that another answers for it. */
export function isSuperseded({ supersessions }: Merging): boolean {
  return [...supersessions.values()].some(({ ended }) => !ended);
}

/** The id of the merge that stands of a master and another ULN; `null` where none does. */
export function standingMergeWith({ merges }: Merging, uln: Uln): string | null {
  const found = [...merges].find(
    ([, { superseded, ended }]) => superseded === uln && ended === null,
  );
  return found?.[0] ?? null;
}
