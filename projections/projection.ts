import type { LearnerEvent } from '../domain/learner/events.js';
import type { Recorded } from '../domain/recorded.js';

/** An event of any family: what every table of a projection is over. */
type AnyEvent = { readonly type: string; readonly data: unknown };

/**
 * A view as plain data: a total table from every event of a family to a function, or to `'ignored'`. A
 * new event type does not compile until every projection has decided what it means there.
 */
export type Projection<State, Event extends AnyEvent = LearnerEvent> = {
  readonly name: string;
  /** Raised when the same events give another state. */
  readonly version: number;
  readonly initialState: State;
  readonly on: {
    readonly [Type in Event['type']]:
      | ((state: State, recorded: Recorded<Extract<Event, { type: Type }>>) => State)
      | 'ignored';
  };
};

/** The state after one more event. */
export function apply<State, Event extends AnyEvent>(
  projection: Projection<State, Event>,
  state: State,
  recorded: Recorded<Event>,
): State {
  const on = projection.on[recorded.event.type as Event['type']];
  // Sound: the table gives each type a function of exactly that type's events.
  return on === 'ignored'
    ? state
    : (on as (state: State, recorded: Recorded<Event>) => State)(state, recorded);
}

/** The state after all events, from the initial state or from one folded before. */
export function fold<State, Event extends AnyEvent>(
  projection: Projection<State, Event>,
  events: Iterable<Recorded<Event>>,
  from: State = projection.initialState,
): State {
  let state = from;
  for (const recorded of events) {
    state = apply(projection, state, recorded);
  }
  return state;
}
