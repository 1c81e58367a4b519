import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { participantMutants } from "./saga-participant.ts";

const root = join(import.meta.dirname, "..", "..");

describe("the seeded faults of participants and their inbox", () => {
  for (const { fault, file, line, replacement, test } of participantMutants) {
    it(`can still be made: ${fault}`, () => {
      const text = readFileSync(join(root, "templates/runtime/src/saga", file), "utf8");
      assert.equal(text.split(line).length, 2, `the line is not once in ${file}`);
      assert.notEqual(line, replacement);
      assert.ok(existsSync(join(root, "test/templates/runtime/saga", test)));
    });
  }
});
