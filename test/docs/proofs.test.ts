import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs/proofs.md"), "utf8");

describe("docs/proofs.md", () => {
  it("names files that are there, and tests that are in them", () => {
    let names = 0;
    for (const [, file = "", after = ""] of page.matchAll(
      /`([\w./-]+\.(?:test|deep)\.ts)`([^`|]*(?:`completed`[^`|]*)*)/g,
    )) {
      const path = join(root, file.startsWith("test/") ? file : join("test/templates/runtime", file));
      assert.ok(existsSync(path), `there is no ${file}`);
      const text = readFileSync(path, "utf8");
      for (const [, name = ""] of after.matchAll(/"([^"]+)"/g)) {
        names += 1;
        assert.ok(text.includes(name), `${file} has no test "${name}"`);
      }
    }
    assert.ok(names > 60, `${names} tests are named`);
  });
});
