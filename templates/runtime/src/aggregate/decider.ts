/**
 * An aggregate as two pure functions: `decide` says what happens, `evolve` what that means for the state. They take
 * no clock, no random number and no I/O; what they need of those comes in with the command.
 */
export interface Decider<State, Command, Event> {
  /** The state of an aggregate that nothing has happened to. */
  initialState(): State;
  /** The events that a command leads to, in order. None: the command changes nothing. */
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}
