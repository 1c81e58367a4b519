import assert from "node:assert/strict";
import { pastPointOfNoReturn } from "../../../../templates/runtime/src/saga/point-of-no-return.ts";
import { storyOf } from "./story.ts";
import { sagaOf } from "./variants.ts";

describe("the point of no return (R16)", () => {
  for (const [steps, endings, point] of [
    [["a", "P"], true, 1],
    [["a", "P~", "r+"], true, 2],
    [["a", "b", "r+", "t+"], true, 2],
    [["a", "b"], true, 2],
    [["a", "b"], false, 2],
  ] as const) {
    it(`of ${steps.join(", ")}${endings ? "" : " without endings"} is passed by ${point} successes, not by fewer`, () => {
      const definition = sagaOf(steps, { endings });
      const saga = storyOf(definition);
      const ids = definition.groups.flat().map(({ id }) => id);
      for (let successes = 0; successes <= ids.length; successes++) {
        assert.equal(pastPointOfNoReturn(definition, saga.state), successes >= point, `${successes}`);
        if (successes < ids.length) saga.succeed(ids[successes]!);
      }
    });
  }

  it("is behind a saga no more whose pivot was refused", () => {
    const definition = sagaOf(["a", "P"]);
    assert.equal(pastPointOfNoReturn(definition, storyOf(definition).succeed("a").fail("P").state), false);
  });
});
