import type { LearnerEvent } from '../domain/learner/events.js';
import type { Recorded } from '../domain/recorded.js';

/**
 * A view as plain data: a total table from every learner event to a function, or to `'ignored'`. A
 * new event type does not compile until every projection has decided what it means there.
 */
export type Projection<State> = {
  readonly name: string;
  /** Raised when the same events give another state. */
  readonly version: number;
  readonly initialState: State;
  readonly on: {
    readonly [Type in LearnerEvent['type']]:
      | ((state: State, recorded: Recorded<Extract<LearnerEvent, { type: Type }>>) => State)
      | 'ignored';
  };
};

/** The state after one more event. */
export function apply<State>(
  projection: Projection<State>,
  state: State,
  recorded: Recorded<LearnerEvent>,
): State {
  const on = projection.on[recorded.event.type];
  // Sound: the table gives each type a function of exactly that type's events.
  return on === 'ignored'
    ? state
    : (on as (state: State, recorded: Recorded<LearnerEvent>) => State)(state, recorded);
}

/** The state after all events, from the initial state or from one folded before. */
export function fold<State>(
  projection: Projection<State>,
  events: Iterable<Recorded<LearnerEvent>>,
  from: State = projection.initialState,
): State {
  let state = from;
  for (const recorded of events) {
    state = apply(projection, state, recorded);
  }
  return state;
}
