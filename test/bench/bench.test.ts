import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

describe("the bench", () => {
  it("runs, writes every table, and leaves nothing behind", function () {
    this.timeout(300_000);
    if (!existsSync(checkout("dist/generators"))) this.skip(); // It measures what `npm run build` has made.
    const temporary = mkdtempSync(join(tmpdir(), "eda-bench-test-"));
    chmodSync(temporary, 0o755); // For the user that yo goes on as, run by root.
    try {
      const out = join(temporary, "performance.md");
      const args = [checkout("test/bench/bench.ts"), "--quick", "--out", out];
      execFileSync(process.execPath, args, { stdio: "pipe", env: { ...process.env, TMPDIR: temporary } });
      assert.deepEqual(readdirSync(temporary), ["performance.md"]);
      const text = readFileSync(out, "utf8");
      assert.match(text, /^<!-- Written by `npm run bench -- --quick`/);
      for (const what of ["processor", "memory", "system", "Node", "generator-eda", "date"]) {
        assert.match(text, new RegExp(`^\\| ${what} \\| \\S`, "m"));
      }
      assert.match(text, /^## A new repository\n[^#]*^\| `eda new` \| \d/m);
      assert.match(
        text,
        /^## A large system\n[^#]*^\| `eda validate` \| 2 \| \d[^#]*^\| `eda add service` \| 5 \| \d/m,
      );
      assert.match(text, /^## Many sagas\n[^#]*^\| 1 \| \d[^#]*^\| 2 \| \d/m);
      assert.match(
        text,
        /^## From outbox to handler\n[^#]*^\| outbox to handler \| \d[^#]*^\| the same with a naive relay \| \d/m,
      );
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });

  it("takes ratios pair by pair, and quantiles between neighbours", () => {
    assert.equal(pairedRatio([1, 20, 3], [2, 10, 3]), 1);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(quantile([10, 20, 30], 0.75), 25);
    assert.throws(() => quantile([], 0.5));
  });
});
