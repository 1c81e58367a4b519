import assert from "node:assert/strict";
import type { Decider } from "../../../../templates/runtime/src/aggregate/decider.ts";
import { given } from "../../../../templates/runtime/src/testing/given.ts";

type Event = { type: "Lit" } | { type: "Dimmed"; data: { by: number } };
const lamp: Decider<boolean, { type: "Dim" | "Break" }, Event> = {
  initialState: () => false,
  decide: (command, lit) => {
    if (command.type === "Break") throw new Error("a lamp is not broken by command");
    return lit ? [{ type: "Dimmed", data: { by: 1 } }] : [];
  },
  evolve: (_, event) => event.type === "Lit",
};

describe("given, when, then", () => {
  it("passes on the events that the decider gives, and on none", () => {
    given(lamp, [{ type: "Lit" }])
      .when({ type: "Dim" })
      .then([{ type: "Dimmed", data: { by: 1 } }]);
    given(lamp, [{ type: "Lit" }])
      .when({ type: "Dim" })
      .thenTypes("Dimmed");
    given(lamp, []).when({ type: "Dim" }).then([]);
    given(lamp, [])
      .when({ type: "Break" })
      .thenThrows(/not broken/);
  });

  it("fails on other data, other types, and a decision that does not throw", () => {
    const dimmed = given(lamp, [{ type: "Lit" }]).when({ type: "Dim" });
    assert.throws(() => dimmed.then([{ type: "Dimmed", data: { by: 2 } }]), assert.AssertionError);
    assert.throws(() => dimmed.thenTypes("Lit"), assert.AssertionError);
    assert.throws(() => dimmed.thenThrows(/./), assert.AssertionError);
  });

  it("says that it is no promise when it is awaited", async () => {
    // TypeScript refuses the plain await already.
    await assert.rejects(Promise.resolve(given(lamp, []).when({ type: "Dim" }) as unknown), /leave out the await/);
  });
});
