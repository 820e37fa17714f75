import type { LearnerFacts } from '../../domain/access/request.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Handling, Learner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { ReadRecord } from './records.js';

/** The learner that its events make. */
export function foldLearner(events: readonly Recorded<LearnerEvent>[]): Learner {
  return events.reduce((state, { event }) => learner.evolve(state, event), learner.initialState);
}

/**
 * What the rules need of a learner, of all the ULNs that were merged; `null` for one of whom nothing is
 * known. Of opt-outs and handling the stricter counts.
 */
export function learnerFactsOf(
  states: readonly Learner[],
  identityMatches: boolean | null,
): LearnerFacts | null {
  const issued = states.flatMap((state) => (state.status === 'issued' ? [state] : []));
  const [first] = issued;
  if (first === undefined) {
    return states.some(({ status }) => status === 'disposed') ? DISPOSED : null;
  }
  const optedOutSince = issued
    .flatMap((state) => state.optedOutSince ?? [])
    .sort()
    .at(0);
  const entries = issued.flatMap((state) => [...state.entries.values()]);
  return {
    optedOutSince: optedOutSince ?? null,
    handling: strictest(issued.map(({ handling }) => handling)) ?? first.handling,
    connections: issued.flatMap(({ connections }) => [...connections.values()]),
    sources: [...new Set(entries.map(({ reference }) => reference.submittedBy))],
    identityMatches,
  };
}

/** What is left of a learner whose record was disposed of: nobody is linked, and nobody is a source. */
const DISPOSED: LearnerFacts = {
  optedOutSince: null,
  handling: { level: 'standard', authorised: [], reviewDate: null },
  connections: [],
  sources: [],
  identityMatches: null,
};

/** The one restricted handling, of which only those pass who are authorised by all; `undefined` where none is. */
function strictest(handlings: readonly Handling[]): Handling | undefined {
  const restricted = handlings.filter(({ level }) => level === 'restricted');
  const [first, ...others] = restricted;
  return first === undefined
    ? undefined
    : {
        ...first,
        authorised: first.authorised.filter((one) =>
          others.every(({ authorised }) =>
            authorised.some(({ ukprn, user }) => ukprn === one.ukprn && user === one.user),
          ),
        ),
      };
}

/** True where a learner, under any of the merged ULNs, is handled as restricted. */
export function isRestricted({ events, merged }: Pick<ReadRecord, 'events' | 'merged'>): boolean {
  return [events, ...merged.map((other) => other.events)].some((one) => {
    const state = foldLearner(one);
    return state.status === 'issued' && state.handling.level === 'restricted';
  });
}
