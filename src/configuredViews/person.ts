import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { orderOf } from '../../streams/position.js';
import { foldLearner } from '../learners/facts.js';
import { type Records, ulnsOf } from '../learners/records.js';

type Events = readonly Recorded<LearnerEvent>[];

/** The streams of the ULNs that were merged with the one whose stream this is; none for one alone. */
export async function othersOf(
  records: Pick<Records, 'readRecord'>,
  own: Events,
): Promise<readonly Events[]> {
  const state = foldLearner(own);
  return state.status === 'issued'
    ? ulnsOf(await records.readRecord(state.uln))
        .filter(({ uln }) => uln !== state.uln)
        .map(({ events }) => events)
    : [];
}

/** The same as `isStoppedElsewhere`, of streams that are read now. */
export async function readStopped(
  records: Pick<Records, 'readRecord'>,
  own: Events,
  viewId: string,
): Promise<boolean> {
  return isStoppedElsewhere(own, await othersOf(records, own), viewId);
}

/**
 * True where an opt-out that stands on another ULN of the person was set after a view was made. Those
 * on the view's own ULN are in the state of the view.
 */
export function isStoppedElsewhere(
  own: Events,
  others: readonly Events[],
  viewId: string,
): boolean {
  const made = own.find(
    ({ event }) => event.type === 'ConfiguredViewCreated' && event.data.viewId === viewId,
  );
  return others.some((events) => {
    const state = foldLearner(events);
    const isOptedOut = state.status === 'issued' && state.optedOutSince !== null;
    const set = events.filter(({ event }) => event.type === 'OptOutSet').at(-1);
    return isOptedOut && isBefore(made, set);
  });
}

/** True where one event stands before another in the log; `undefined` is no event, before or after which is none. */
export function isBefore(
  one: Pick<Recorded<unknown>, 'position'> | undefined,
  other: Pick<Recorded<unknown>, 'position'> | undefined,
): boolean {
  return (
    one !== undefined && other !== undefined && orderOf(one.position) < orderOf(other.position)
  );
}
