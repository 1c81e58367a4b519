import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, type Sandbox, treeOf } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const file = "shop/sagas/payment.saga.yaml";

/** A repository with the small checkout in a folder `shop`. */
async function withCheckout(use: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  await inSandbox(async (sandbox) => {
    await sandbox.shop();
    await sandbox.add("saga", { name: "payment" });
    await use(sandbox);
  });
}

describe("eda add saga", () => {
  it("refuses what it cannot take in one or two lines, and changes nothing", () =>
    withCheckout(async ({ eda, root }) => {
      const before = treeOf(root);
      for (const [words, code, says] of [
        [["it's"], 1, /cannot be a saga/],
        [["x'; DROP TABLE saga; --"], 1, /cannot be a saga/],
        [["../../x"], 1, /cannot be a saga/],
        [["&anchor"], 1, /cannot be a saga/],
        [["zahlung-ü"], 1, /cannot be a saga/],
        [["a".repeat(300)], 1, /longer than 40/],
        [[""], 1, /it is empty/],
        [[], 1, /needs <name>/],
        [["payment", "more"], 2, /too many arguments/],
        [["payment", "--nonsense", "x"], 2, /unknown option/],
        [["payment", "--deadline", "20m", "--deadline", "30m"], 2, /--deadline is there twice/],
        [["payment", "--steps", "orders.CancelOrder", "--steps", "a.B"], 2, /--steps is there twice\n.*one list/],
        [["payment", "--deadline", ""], 1, /is no duration/],
        [["payment", "--style", ""], 1, /is no style/],
        [["payment", "--service", "nope"], 1, /nope, which does not exist/],
        [["payment", "--completed", "x';--"], 1, /names no command/],
        [["payment", "--answers", "."], 1, /it is a folder/],
        [["payment", "--answers", ""], 1, /answers file "" cannot be read/],
      ] as const) {
        assertPlainError(await eda(["add", "saga", ...words, "--defaults"], { cwd: "shop" }), code, says);
        assert.deepEqual(treeOf(root), before, words.join(" "));
      }
    })).timeout(120_000);

  // Red without the look at what lies there: a pipe was waited for, a link was "changed while this was running".
  it("reads and writes its definition only where that is a file of the repository's own", () =>
    withCheckout(async ({ eda, path, write }) => {
      const words = ["add", "saga", "payment", "--deadline", "20m", "--defaults"];
      for (const [says, put] of [
        [/symbolic link that leads out/, () => fs.symlinkSync(path("elsewhere"), path(file))],
        [/is a folder/, () => fs.mkdirSync(path(file))],
        ...(process.platform === "win32"
          ? []
          : [[/not a regular file/, () => execFileSync("mkfifo", [path(file)])] as const]),
      ] as const) {
        write("elsewhere", "mine\n");
        fs.rmSync(path(file), { recursive: true });
        put();
        const manifest = fs.readFileSync(path("shop/eda.yaml"), "utf8");
        assertPlainError(await eda(words, { cwd: "shop" }), 1, says);
        assert.equal(fs.readFileSync(path("shop/eda.yaml"), "utf8"), manifest);
        assert.equal(fs.readFileSync(path("elsewhere"), "utf8"), "mine\n");
        assertPlainError(await eda(["validate"], { cwd: "shop" }), 2, /payment\.saga\.yaml is not a file/);
      }
    })).timeout(60_000);

  it("keeps line ends and a byte order mark", () =>
    withCheckout(async ({ eda, read, write }) => {
      write(file, `\ufeff${read(file).replaceAll("\n", "\r\n")}`);
      const ran = await eda(["add", "saga", "payment", "--deadline", "20m", "--defaults"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      const text = read(file);
      assert.match(text, /^\ufeff# yaml-language-server[\s\S]*\r\ndeadline: 20m/);
      assert.doesNotMatch(text, /[^\r]\n/);
    })).timeout(60_000);

  it("lets two at once write one after the other", () =>
    withCheckout(async ({ eda, read }) => {
      const [longer, other] = await Promise.all([
        eda(["add", "saga", "payment", "--deadline", "20m", "--defaults"], { cwd: "shop" }),
        eda(["add", "service", "rooms", "--commands", "BookRoom", "--events", "RoomBooked", "--defaults"], {
          cwd: "shop",
        }),
      ]);
      assert.deepEqual([longer.code, other.code], [0, 0], longer.stderr + other.stderr);
      assert.match(read(file), /^deadline: 20m/m);
      assert.match(read("shop/eda.yaml"), /BookRoom/);
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    })).timeout(60_000);
});

describe("eda validate of a hostile definition", () => {
  it("says in one line what is wrong, where", () =>
    withCheckout(async ({ eda, read, write }) => {
      const text = read(file);
      for (const [from, to, code, says] of [
        [/^saga: payment/m, "saga: ../x", 1, /:3:7: error EDA-S01 saga is "\.\.\/x"/],
        [/^key: .*/m, "key: $.trigger.'; DROP TABLE x", 1, /EDA-S01 key is/],
        [/^key: .*/m, "key: *k", 2, /:8:6: error .* no anchor &k/],
        [/^description: .*/m, "description: !!js/function x", 2, /Unresolved tag/],
        [/^saga: payment/m, "---\nsaga: payment\n---", 2, /It holds several documents/],
        [/^saga: /m, "__proto__: {}\nsaga: ", 2, /__proto__ cannot be a key/],
        [/^trigger: .*/m, `trigger: orders.${"A".repeat(3000)}`, 1, /EDA-S01 trigger is "orders\.A{53}…"/],
        [/^ {2}- id/m, "\t- id", 2, /Tabs are not allowed/],
        [/^steps:/m, `x: ${"[".repeat(10_000)}\nsteps:`, 2, /nests deeper than 100 levels/],
      ] as const) {
        assert.match(text, from);
        write(file, text.replace(from, to));
        const ran = await eda(["validate"], { cwd: "shop" });
        assert.equal(ran.code, code, ran.stdout + ran.stderr);
        assert.match(code === 2 ? ran.stderr : ran.stdout, says);
        for (const line of (ran.stdout + ran.stderr).split("\n")) assert.ok(line.length < 250, line);
      }
    })).timeout(60_000);
});
