import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox, type Sandbox } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const valid = fileURLToPath(new URL("../_saga/valid", import.meta.url));

/** A repository with three sagas in a folder `shop`. */
function inShop(use: (sandbox: Sandbox, edit: Edit) => Promise<void>): Promise<void> {
  return inSandbox(async (sandbox) => {
    cpSync(valid, sandbox.path("shop"), { recursive: true });
    const edit: Edit = (path, from, to) => {
      const text = sandbox.read(path);
      assert.ok(text.includes(from), `${path} has ${from}`);
      sandbox.write(path, text.replace(from, to));
    };
    await use(sandbox, edit);
  });
}
type Edit = (path: string, from: string, to: string) => void;

const payment = "shop/sagas/payment.saga.yaml";

describe("eda validate of sagas", () => {
  it("says how many sagas and steps it has checked", () =>
    inShop(async ({ eda }) => {
      const ran = await eda(["validate"], { cwd: "shop/sagas" });
      assert.deepEqual(ran, { code: 0, stdout: "1 manifest, 3 sagas and 9 steps checked: clean\n", stderr: "" });
      const json = JSON.parse((await eda(["validate", "--format", "json"], { cwd: "shop" })).stdout);
      assert.deepEqual(json, { findings: [], checked: 4, manifests: 1, sagas: 3, steps: 9, skipped: [] });
    }));

  it("shows several findings of several files in reading order, each as it is named from here", () =>
    inShop(async ({ eda }, edit) => {
      edit(payment, "kind: pivot", "kind: pivott");
      edit(payment, "input: { orderId: $.trigger.orderId, lines", "input: { orderId: $.trigger.ordreId, lines");
      edit("shop/sagas/loyalty.saga.yaml", "timeout: 5m", "timeout: 5");
      edit("shop/eda.yaml", "  shipping: { relay: polling }\n", "");
      const { code, stdout } = await eda(["validate"], { cwd: "shop/sagas" });
      assert.equal(code, 1);
      assert.deepEqual(stdout.split("\n"), [
        "../eda.yaml:79:3: error EDA-M06 Service shipping publishes events and has no outbox",
        "  Run eda add outbox shipping, or write shipping: { relay: polling } under outboxes",
        "loyalty.saga.yaml:8:10: error EDA-S11 timeout is 5: expected a duration such as 500ms, 30s, 5m, 1h or 7d",
        "  Write timeout: 30s",
        "payment.saga.yaml:13:23: error EDA-S08 Step reserve-stock reads $.trigger.ordreId, but orders.OrderPlaced has no ordreId there",
        "  Did you mean orderId?",
        'payment.saga.yaml:29:11: error EDA-S01 steps[2].kind is "pivott": expected compensatable or pivot or retriable',
        "  Did you mean pivot?",
        "1 manifest, 3 sagas and 9 steps checked: 4 errors, 0 warnings",
        "",
      ]);
    }));

  it("checks a saga's file within the system that names it, and of that system the file alone", () =>
    inShop(async ({ eda }, edit) => {
      edit(payment, "payments.PaymentCaptured", "payments.PaymentCaptred");
      edit("shop/sagas/parcel.saga.yaml", "deadline: 2d", "deadline: 1s");
      const { code, stdout } = await eda(["validate", payment]);
      assert.equal(code, 1);
      assert.match(
        stdout,
        /^shop\/sagas\/payment\.saga\.yaml:32:14: error EDA-S06 .*PaymentCaptred.*\n.*PaymentCaptured/,
      );
      assert.match(stdout, /\n1 saga and 3 steps checked: 1 error, 0 warnings\n$/);
    }));

  // Red while each path that was typed was a file of its own.
  it("tells of a file once, however often and however it is named", () =>
    inShop(async ({ eda, path }, edit) => {
      edit(payment, "timeout: 30s", "timeout: 30");
      const once = await eda(["validate", "sagas/payment.saga.yaml"], { cwd: "shop" });
      assert.equal(once.code, 1);
      const words = ["sagas/payment.saga.yaml", "./sagas/payment.saga.yaml", path("shop/sagas/payment.saga.yaml")];
      assert.deepEqual(await eda(["validate", ...words], { cwd: "shop" }), once);
      const whole = await eda(["validate"], { cwd: "shop" });
      assert.match(whole.stdout, /\n1 manifest, 3 sagas and 9 steps checked: 1 error, 0 warnings\n$/);
      assert.deepEqual(await eda(["validate", words[1]!, "eda.yaml", words[0]!], { cwd: "shop" }), whole);
    }));

  it("checks a file that no manifest names by what needs none, and says what it has left out", () =>
    inShop(async ({ eda, write, read }) => {
      write("payment.saga.yaml", read(payment));
      write("flow.yaml", read(payment).replace("deadline: 15m\n", ""));
      const alone = await eda(["validate", "payment.saga.yaml"]);
      assert.equal(alone.code, 0);
      assert.match(
        alone.stdout,
        /skipped: EDA-S06, EDA-S07, EDA-S10, EDA-S13, EDA-S14, EDA-S15, the types of EDA-S08\./,
      );
      assert.match(alone.stdout, /\n1 saga and 3 steps checked: clean\n$/);
      const both = await eda(["validate", "payment.saga.yaml", "flow.yaml", "shop/eda.yaml", "--format", "json"]);
      const { findings, checked } = JSON.parse(both.stdout);
      assert.equal(checked, 6);
      assert.deepEqual(
        findings.map(({ rule, file }: Record<string, string>) => `${file} ${rule}`),
        ["flow.yaml EDA-S04"],
      );
    }));

  it("lets warnings pass, but not with --strict", () =>
    inShop(async ({ eda }, edit) => {
      edit(
        "shop/sagas/parcel.saga.yaml",
        "success: shipping.NoticeSent",
        "success: shipping.NoticeSent\n    failure: shipping.Unheard",
      );
      edit("shop/eda.yaml", "emits: [NoticeSent]", "emits: [NoticeSent, Unheard]");
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 0);
      const strict = await eda(["validate", "--strict"], { cwd: "shop" });
      assert.equal(strict.code, 1);
      assert.match(strict.stdout, /warning EDA-S12/);
    }));

  it("is 2 with one plain line for a saga that cannot be read, named or in a system", () =>
    inShop(async ({ eda, write, read, path }) => {
      const text = read(payment);
      const unreadable: readonly (readonly [string, RegExp])[] = [
        ["steps:\n\t- id: a\n", /^error: sagas\/payment\.saga\.yaml|payment\.saga\.yaml:2:1: error/],
        ["steps:\n    - id: a\n  b: c\n", /payment\.saga\.yaml:\d+:\d+: error/],
        [
          "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n".concat(
            ...Array.from(
              { length: 8 },
              (_, n) =>
                `c${n}: &c${n} [${Array(12)
                  .fill(n === 0 ? "*b" : `*c${n - 1}`)
                  .join(", ")}]\n`,
            ),
          ),
          /stand for too much/,
        ],
        [`saga: ${"x".repeat(50 * 1024 * 1024)}`, /larger than/],
        ["saga: \u0000\u0001\n", /a character that text does not have/],
        ["", /is empty/],
        ["- saga\n", /is not a map/],
      ];
      for (const [content, says] of unreadable) {
        write(payment, content);
        assertPlainError(await eda(["validate"], { cwd: "shop" }), 2, says);
        assertPlainError(await eda(["validate", payment]), 2, says);
      }
      write(payment, text);
      assertPlainError(await eda(["validate", "nowhere.saga.yaml"]), 2, /no file nowhere\.saga\.yaml/);
      write("folder.saga.yaml/x", "");
      assertPlainError(await eda(["validate", "folder.saga.yaml"]), 2, /not a file/);
      assert.ok(path("x"));
    })).timeout(120_000);
});
