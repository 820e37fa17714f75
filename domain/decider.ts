/**
 * The shape of every decision in the domain: plain functions, no clock, no ids, no I/O. A command
 * that is already true returns no events; one that is refused throws a `DomainError`.
 */
export type Decider<State, Command, Event> = {
  readonly initialState: State;
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
};
