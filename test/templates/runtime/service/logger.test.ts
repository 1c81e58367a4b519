import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

describe("a service's log", () => {
  it("is written at once, so that a process that exits leaves its lines whole and in order", () => {
    const logger = new URL("../../../../templates/runtime/src/service/logger.ts", import.meta.url).href;
    const program = `
      import { writeSync } from "node:fs";
      import { createLogger } from ${JSON.stringify(logger)};
      const log = createLogger("orders", "info");
      for (let line = 0; line < 100; line += 1) {
        log.info("logged");
        writeSync(1, '{"msg":"written"}\\n');
      }
      log.info("stopped");
      process.exit(0);
    `;
    const written = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    const said = written.split("\n", 201).map((line) => (JSON.parse(line) as { msg: string }).msg);
    // Removed once: the destination's `sync` in logger.ts.
    assert.deepEqual(said, [...Array.from({ length: 100 }, () => ["logged", "written"]).flat(), "stopped"]);
  });
});
