import assert from "node:assert/strict";
import type { Decider } from "../aggregate/decider.ts";

interface Named {
  readonly type: string;
}

/**
 * A decider's test as a sentence: given what happened, when a command comes, then this happens.
 *
 *     given(decider, [placed]).when({ type: "CancelOrder", data }).then([cancelled]);
 */
export function given<State, Command, Event extends Named>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
): { when(command: Command): Then<Event> } {
  return {
    when: (command) => {
      const state = history.reduce((before, event) => decider.evolve(before, event), decider.initialState());
      return expecting(() => decider.decide(command, state));
    },
  };
}

export interface Then<Event> {
  /** These events, in this order and with this data. None: the command changes nothing. */
  then(expected: readonly Event[]): void;
  /** Events of these types, whatever their data. */
  thenTypes(...expected: readonly string[]): void;
  /** The decision throws: for a command that should never have been sent. A business failure is an event. */
  thenThrows(expected: RegExp): void;
}

function expecting<Event extends Named>(decide: () => readonly Event[]): Then<Event> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: it is the word of the field, and an `await` is told off below
    then(expected) {
      if (typeof expected === "function") throw new Error("given … when … then is not a promise: leave out the await");
      assert.deepEqual(decide(), expected);
    },
    thenTypes(...expected) {
      const events = decide();
      assert.deepEqual(
        events.map((event) => event.type),
        expected,
      );
    },
    thenThrows(expected) {
      assert.throws(decide, expected);
    },
  };
}
