import { deepEqual } from "node:assert/strict";
import { messagesNamedIn } from "../../../generators/_rules/saga-traffic.ts";
import { loadSaga } from "../../../generators/_saga/load.ts";

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
    deepEqual(messagesNamedIn(draftIn(definition)), {
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

  it("are taken wherever they stand, in a definition that is not sound, too", () => {
    const draft = draftIn(
      "triger: orders.OrderPlaced\nsteps:\n  - { id: a, on: orders.OrderCancelled, command: none }\n",
    );
    deepEqual(messagesNamedIn(draft).consumes, ["orders.OrderPlaced", "orders.OrderCancelled"]);
  });
});

function draftIn(text: string) {
  return loadSaga(text, "payment.saga.yaml").draft;
}
