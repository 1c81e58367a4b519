import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { faultOfMutation } from "./mutate.ts";
import { parts } from "./parts.ts";

const root = join(import.meta.dirname, "..", "..");

// That each is caught is shown by `npm run test:mutants`: it takes minutes.
describe("seeded faults can still be made", () => {
  for (const { name, sources, tests, mutants } of parts) {
    it(name, () => {
      for (const mutant of mutants) {
        const text = readFileSync(join(root, sources, mutant.file), "utf8");
        assert.equal(faultOfMutation(mutant, text), undefined, mutant.fault);
        assert.ok(existsSync(join(root, tests, mutant.test)), `${mutant.fault}: there is no ${mutant.test}`);
      }
      assert.equal(new Set(mutants.map(({ fault }) => fault)).size, mutants.length, "two have one name");
    });
  }
});
