import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { commandNamed } from "../../../generators/_command/registry.ts";
import { saidOf, typedOf } from "../../../generators/_command/said.ts";
import { inSandbox } from "../../support/sandbox.ts";

const service = commandNamed("service");

describe("What was said", () => {
  it("is refused where a flag is there twice, which Yeoman gives as a list", () =>
    assert.throws(() => saidOf(service, ["x"], { events: ["A", "B"] }), /--events is there twice/));

  it("is the argument, the flags, and behind them the answers file", () =>
    inSandbox(({ write, path }) => {
      write("answers.yaml", "name: rooms\ncontext: hotel\nevents: [A, B]\n");
      assert.deepEqual(saidOf(service, ["keys"], { answers: path("answers.yaml"), context: "desk", defaults: true }), {
        name: "keys",
        context: "desk",
        events: "A,B",
      });
      assert.deepEqual(saidOf(service, [], { answers: path("answers.yaml") }).name, "rooms");
    }));

  it("can be typed again", () => {
    const said = { name: "rooms", commands: "BookRoom", key: "-x" };
    assert.deepEqual(typedOf(service, said, ["defaults"]), [
      "add",
      "service",
      "--key=-x",
      "--commands=BookRoom",
      "--defaults",
      "--",
      "rooms",
    ]);
    assert.deepEqual(typedOf(commandNamed("app"), {}, []), ["new"]);
  });
});
