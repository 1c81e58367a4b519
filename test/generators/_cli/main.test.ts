import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

describe("eda", () => {
  it("exits with 2 for words that it does not know, and names the near one", () =>
    inSandbox(async ({ eda }) => {
      assertPlainError(await eda(["vaildate"]), 2, /unknown command 'vaildate'\n.*validate/);
      assertPlainError(await eda(["add", "servcie", "x"]), 2, /unknown command 'servcie'\n.*service/);
      assertPlainError(
        await eda(["add", "service", "x", "--comands", "A"]),
        2,
        /unknown option '--comands'\n.*--commands/,
      );
      assertPlainError(await eda(["add", "service", "x", "y"]), 2, /too many arguments/);
      assertPlainError(await eda(["new", "x", "--stream"]), 2, /argument missing/);
    }));

  it("says of what comes later that it does", () =>
    inSandbox(async ({ eda }) => {
      const ran = await eda(["add", "read-model", "order-summary", "--from", "orders.OrderPlaced", "--defaults"]);
      assertPlainError(ran, 1, /cannot add a read-model yet; a later one will\n.*service, saga, outbox/);
      assert.doesNotMatch((await eda(["add", "--help"])).stdout, /read-model/);
    }));

  // Red without the listeners in main.
  it("ends what it began where nobody reads its output any more", () =>
    inSandbox(async ({ run, eda, path, read, shop }) => {
      await shop();
      const bin = fileURLToPath(new URL("../../../generators/_cli/bin.ts", import.meta.url));
      // The parent closes its end of the pipe before the child has said anything.
      const program = `const child = require("node:child_process").spawn(process.execPath, process.argv.slice(1), {
        stdio: ["ignore", "pipe", "inherit"],
      });
      child.stdout.destroy();
      child.once("close", (code) => process.exit(code ?? 1));`;
      const words = ["add", "service", "rooms", "--events", "RoomBooked", "--defaults"];
      const ran = await run(process.execPath, ["-e", program, bin, ...words], { cwd: "shop" });
      assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      assert.match(read("shop/.eda/files"), /services\/rooms/);
      assert.ok(existsSync(path("shop/services/rooms/src/main.ts")));
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));

  it("helps and exits with 0", () =>
    inSandbox(async ({ eda }) => {
      const help = await eda(["--help"]);
      assert.equal(help.code, 0);
      for (const word of ["new", "add", "validate", "sync", "phases", "phase", "explain", "dead-letters"]) {
        assert.match(help.stdout, new RegExp(`^ {2}${word}\\b`, "m"));
      }
      const service = await eda(["add", "service", "--help"]);
      assert.equal(service.code, 0);
      for (const flag of ["--context", "--aggregate", "--persistence", "--commands", "--events", "--key"]) {
        assert.ok(service.stdout.includes(flag), flag);
      }
      for (const flag of ["--defaults", "--answers", "--force", "--skip-install", "--dry-run", "--diff"]) {
        assert.ok(service.stdout.includes(flag), flag);
      }
      assert.match((await eda(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
    }));

  it("shows a stack where DEBUG=eda asks for it, and only there", () =>
    inSandbox(async ({ eda }) => {
      assert.match((await eda(["sync"], { env: { DEBUG: "eda" } })).stderr, /^ {4}at /m);
      assertPlainError(await eda(["sync"]), 1, /no eda\.yaml here/);
    }));

  it("explains every rule it knows, and says which those are", () =>
    inSandbox(async ({ eda }) => {
      const known = await eda(["explain", "EDA-X99"]);
      assertPlainError(known, 2, /no rule "EDA-X99"/);
      const ran = await eda(["explain", "eda-m04"]);
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /^EDA-M04 \(warning\)[\s\S]*An example that fails, and its repair\n/);
      const { id, severity, examples } = JSON.parse((await eda(["explain", "M04", "--format", "json"])).stdout);
      assert.deepEqual([id, severity], ["EDA-M04", "warning"]);
      assert.match(examples[0].repair.manifest, /subscribes: \[orders\.OrderPlaced\]/);
    }));

  it("prints no escape codes into a pipe, and none under NO_COLOR", () =>
    inSandbox(async ({ eda, shop, add }) => {
      await shop();
      await add("service", { name: "rooms", events: "RoomBooked" });
      for (const env of [{}, { NO_COLOR: "1" }]) {
        for (const words of [["validate"], ["phases"], ["sync", "--check"], ["validate", "nope"]]) {
          const { stdout, stderr } = await eda(words, { cwd: "shop", env });
          assert.doesNotMatch(stdout + stderr, /\p{Cc}(?<!\n)/u);
        }
      }
    }));

  it("tells an old Node in one line what it needs, in syntax that it can parse", () =>
    inSandbox(async ({ run, path, write }) => {
      const source = path("bin.mjs");
      const { readFileSync } = await import("node:fs");
      const text = readFileSync(new URL("../../../generators/_cli/bin.ts", import.meta.url), "utf8");
      write("bin.mjs", text.replace("process.versions.node.split", '"20.11.1".split'));
      const ran = await run(process.execPath, [source]);
      assertPlainError(ran, 2, /^eda needs Node 22\.22 or 24\.11 and newer/);
      assert.doesNotMatch(
        text,
        /\?\.|\?\?=|\|\|=|\bawait\b|: (string|number)\b/,
        "nothing that an old Node stumbles over",
      );
    }));
});
