import { DomainError } from '../../errors.js';
import type { LearnerCommand, LearnerCommandOf } from '../commands.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner, Learner } from '../state.js';
import { isSuperseded, standingMergeWith } from './state.js';

/** Decides that this ULN answers for another one too. A merge that stands already records nothing. */
export function decideMerge(
  { data, by }: LearnerCommandOf<'MergeLearner'>,
  { uln, merging }: IssuedLearner,
): readonly LearnerEvent[] {
  refuseTheLearner(by, 'merge ULNs');
  if (merging.merges.has(data.mergeId)) {
    return [];
  }
  if (data.superseded === uln) {
    throw new DomainError('ERR_MERGE_SELF', 'expected two ULNs to merge, found one and the same');
  }
  if (isSuperseded(merging)) {
    throw new DomainError(
      'ERR_ULN_SUPERSEDED',
      'expected a master that answers for itself, found one that is superseded; merge with its master instead',
    );
  }
  return standingMergeWith(merging, data.superseded) === null
    ? [{ type: 'LearnersMerged', data }]
    : [];
}

/** Undoes a merge. Where it is undone already nothing is recorded. */
export function decideUnmerge(
  { data, by }: LearnerCommandOf<'UnmergeLearner'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  refuseTheLearner(by, 'undo a merge');
  return endMerge({ ...data, cause: 'reversed' }, state);
}

/** Ends a merge that cannot be carried out: the other ULN, or the chain it would make, does not allow it. */
export function decideRefuseMerge(
  { data, by }: LearnerCommandOf<'RefuseMerge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  requireKeeper(by);
  return endMerge(data, state);
}

/** Says in the other ULN's stream which master answers for it: one at a time. */
export function decideSupersede(
  { data, by }: LearnerCommandOf<'Supersede'>,
  { uln, merging }: IssuedLearner,
): readonly LearnerEvent[] {
  requireKeeper(by);
  if (merging.supersessions.has(data.mergeId)) {
    return [];
  }
  if (data.master === uln) {
    throw new DomainError('ERR_MERGE_SELF', 'expected two ULNs to merge, found one and the same');
  }
  if (isSuperseded(merging)) {
    throw new DomainError(
      'ERR_ULN_SUPERSEDED',
      'expected a ULN that answers for itself, found one that another master answers for; undo that merge, or merge the two masters',
    );
  }
  return [{ type: 'LearnerSuperseded', data }];
}

/** Says in the other ULN's stream that it answers for itself again. */
export function decideEndSupersession(
  { data, by }: LearnerCommandOf<'EndSupersession'>,
  { merging }: IssuedLearner,
): readonly LearnerEvent[] {
  requireKeeper(by);
  const supersession = merging.supersessions.get(data.mergeId);
  return supersession === undefined || supersession.ended
    ? []
    : [{ type: 'SupersessionEnded', data: { ...data, master: supersession.master } }];
}

/** Takes a ULN out of use. One that answers for others cannot go: their records would go with it. */
export function decideRetire(
  { data, by }: LearnerCommandOf<'RetireUln'>,
  { merging }: IssuedLearner,
): readonly LearnerEvent[] {
  requireKeeper(by);
  if (merging.retired) {
    return [];
  }
  if ([...merging.merges.values()].some(({ ended }) => ended === null)) {
    throw new DomainError(
      'ERR_MERGE_STANDS',
      'expected a ULN that answers for no other, found a master; undo its merges first',
    );
  }
  return [{ type: 'UlnRetired', data }];
}

/** What ends what was begun before. */
const ENDING: readonly LearnerCommand['type'][] = [
  'UnmergeLearner',
  'RefuseMerge',
  'EndSupersession',
  'RetireUln',
];
/** What brings something new onto a ULN; all else acts on what is there, or on who may see it. */
const NEW: readonly LearnerCommand['type'][] = [
  'AmendLearnerDetails',
  'RecordParticipation',
  'RecordAchievement',
  'SubmitParticipation',
  'SubmitAchievement',
  'EstablishConnection',
  'CreateConfiguredView',
  'MergeLearner',
  'Supersede',
];

/**
 * Refuses what is new on a ULN that is not used any more. What was begun before can still be ended; and
 * while a master answers for it, what it holds is part of the master's record, and can be acted on.
 */
export function refuseRetired(command: LearnerCommand, { merging }: IssuedLearner): void {
  const isAllowed =
    ENDING.includes(command.type) || (isSuperseded(merging) && !NEW.includes(command.type));
  if (merging.retired && !isAllowed) {
    throw new DomainError(
      'ERR_ULN_RETIRED',
      'expected a ULN in use, found one that was retired: nothing new is recorded on it',
    );
  }
}

/** What whoever writes to this learner should know: a superseded ULN takes events, its master answers. */
export function supersessionWarnings(state: Learner): readonly string[] {
  return state.status === 'issued' && isSuperseded(state.merging)
    ? [
        'WSRC0022 master record substituted for the learner: this ULN is superseded, and its master answers for what is recorded here',
      ]
    : [];
}

function endMerge(
  data: Omit<Extract<LearnerEvent, { type: 'LearnersUnmerged' }>['data'], 'superseded'>,
  { merging }: IssuedLearner,
): readonly LearnerEvent[] {
  const merge = merging.merges.get(data.mergeId);
  if (merge === undefined) {
    throw new DomainError(
      'ERR_MERGE_NOT_FOUND',
      'expected the id of a merge of which this ULN is the master, found another',
    );
  }
  return merge.ended === null
    ? [{ type: 'LearnersUnmerged', data: { ...data, superseded: merge.superseded } }]
    : [];
}

function refuseTheLearner(by: LearnerCommand['by'], deed: string): void {
  if (by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      `expected an organisation or the keeper to ${deed}, found the learner, who can raise a challenge`,
    );
  }
}

function requireKeeper(by: LearnerCommand['by']): void {
  if (by.kind !== 'keeper') {
    throw new DomainError('ERR_NOT_PERMITTED', 'expected the keeper, found somebody else');
  }
}
