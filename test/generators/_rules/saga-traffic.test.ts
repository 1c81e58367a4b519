import { deepEqual, equal } from "node:assert/strict";
import { messagesNamedIn } from "../../../generators/_rules/saga-traffic.ts";

describe("the messages that a saga's definition names", () => {
  it("are its commands and the events of its trigger, outcomes and starts", () => {
    const definition = `
saga: payment
style: orchestration
trigger: orders.OrderPlaced
steps:
  - parallel:
      - id: reserve
        command: inventory.Reserve
        input: { on: calendar.NotAnEvent, command: not.ACommand }
        success: inventory.Reserved
        failure: inventory.Refused
        compensation: { command: inventory.Release, success: inventory.Released }
completed: { command: orders.Confirm, success: orders.Confirmed }
`;
    deepEqual(messagesNamedIn(definition), {
      style: "orchestration",
      sends: ["inventory.Reserve", "inventory.Release", "orders.Confirm"],
      consumes: [
        "orders.OrderPlaced",
        "inventory.Reserved",
        "inventory.Refused",
        "inventory.Released",
        "orders.Confirmed",
      ],
    });
  });

  it("are unknown where a file is no YAML map", () => {
    for (const text of ["", "- a", "a: [", "\u0000", "&a [*a]"]) equal(messagesNamedIn(text), undefined, text);
  });

  it("are unknown where a file is larger than a definition can be", () => {
    equal(messagesNamedIn(`saga: ${"x".repeat(1_000_000)}`), undefined);
  });

  it("are read once from a definition that contains itself", () => {
    deepEqual(messagesNamedIn("a: &a { on: x.Y, again: *a }")?.consumes, ["x.Y"]);
  });
});
