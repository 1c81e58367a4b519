import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { removeRunning } from "../../../../templates/runtime/src/embedded/running-file.ts";
import { operate } from "../../../../templates/runtime/src/operate/operate.ts";
import { createAdminApp } from "../../../../templates/runtime/src/service/admin.ts";
import type { SagaVerbs } from "../../../../templates/runtime/src/service/admin-sagas.ts";
import { adminVerbs } from "../../../../templates/runtime/src/service/admin-verbs.ts";
import type { ServiceDefinition } from "../../../../templates/runtime/src/service/definition.ts";
import { createHealth } from "../../../../templates/runtime/src/service/health.ts";
import { createMetrics } from "../../../../templates/runtime/src/service/metrics.ts";
import { noSagas, sagaVerbs } from "../../../../templates/runtime/src/service/saga-verbs.ts";
import {
  completedDelivery,
  delivery,
  failed,
  type Operated,
  operated,
  stuckInPay,
  stuckInRelease,
  succeeded,
  unanswered,
} from "../saga/operator/operated.fixture.ts";
import { runningShop } from "./running-shop.ts";

const TOKEN = "a-token-of-some-length";
const REASON = ["--reason", "the provider is back"];

describe("eda-operate sagas", () => {
  let root: string;
  let sagas: Operated;
  const apps: FastifyInstance[] = [];
  const urls: Record<string, string> = {};

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "eda operate sagas "));
    sagas = await operated();
    const hosting = {
      name: "orders",
      sagas: [{ definition: delivery, eventTopics: {} }],
    } as unknown as ServiceDefinition;
    const real = sagaVerbs(hosting, sagas, () => undefined);
    await serve("orders", real, hosting);
    await serve("stock", noSagas);
    await serve("loyalty", { ...noSagas, list: async () => ({ items: [], total: 0, hosts: ["loyalty"] }) });
  });
  after(async () => {
    for (const app of apps) await app.close();
    await sagas.close();
    rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => running("stock", "orders"));
  afterEach(async () => {
    removeRunning(root);
    await sagas.database.query("TRUNCATE public.saga, public.saga_log, public.saga_timer, public.outbox");
  });

  async function serve(name: string, verbs: SagaVerbs, of = { name } as ServiceDefinition): Promise<void> {
    const app = await createAdminApp({
      log: pino({ level: "silent" }),
      metrics: createMetrics(name),
      health: createHealth(),
      token: TOKEN,
      verbs: adminVerbs(of, sagas.database, verbs),
    });
    apps.push(app);
    urls[name] = await app.listen({ port: 0, host: "127.0.0.1" });
  }

  const statusOf = async (id: string) => JSON.parse((await run("sagas", id, "--format", "json")).out);

  it("lists where each is, asking the one service that hosts sagas, in lines fit for a pipe", async () => {
    await sagas.begin("1", ...stuckInPay);
    await sagas.begin("2");
    await sagas.begin("3", ...completedDelivery);
    const { code, out } = await run("sagas");
    assert.equal(code, 0);
    assert.match(
      out,
      /^status {10}started at {12}id\nrunning, stuck {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}delivery:1\n {2}stuck in pay: no answer, attempt 1\nrunning {9}\S+ \S+ {2}delivery:2\n {2}waits for reserve, attempt 1$/,
    );
    assert.match((await run("sagas", "--stuck")).out, /delivery:1\n[^\n]+$/);
    assert.match((await run("sagas", "--limit", "1")).out, /\n1 of 2; more with --after delivery:1$/);
    assert.match((await run("sagas", "--after", "delivery:1")).out, /delivery:2/);
    assert.match((await run("sagas", "--status", "completed")).out, /delivery:3$/);
    assert.equal((await run("sagas", "--step", "none")).out, "no sagas in orders match");
    await sagas.database.query("TRUNCATE public.saga, public.saga_log, public.saga_timer");
    assert.match(
      (await run("sagas")).out,
      /^no saga is under way in orders; --status ended lists those that have ended$/,
    );
    assert.equal((await run("sagas", "--stuck")).out, "no saga is stuck in orders");
  });

  it("lists those of several hosts under each one's name, and what the others could not say", async () => {
    running("stock", "orders", "loyalty");
    await sagas.begin("1");
    assert.match(
      (await run("sagas")).out,
      /^orders\nstatus[\s\S]+\n\nno saga is under way in loyalty; --status ended lists /,
    );
    const json = JSON.parse((await run("sagas", "--format", "json")).out);
    assert.deepEqual(
      json.services.map(({ service, total }: { service: string; total: number }) => [service, total]),
      [
        ["orders", 1],
        ["loyalty", 0],
      ],
    );
    assert.match((await run("sagas", "--saga", "delivery")).out, /^status/);
    urls.gone = "http://127.0.0.1:1";
    running("orders", "gone");
    const partly = await run("sagas");
    assert.deepEqual([partly.code, /delivery:1/.test(partly.out)], [1, true]);
    assert.match(partly.error, /^gone does not answer at http:\/\/127\.0\.0\.1:1: /);
  });

  it("says so when nobody hosts what is asked for", async () => {
    running("stock");
    assert.deepEqual(await run("sagas"), { code: 1, out: "", error: "stock hosts no saga" });
    assert.match((await run("sagas", "delivery:1")).error, /^stock: there is no saga delivery:1$/);
    running("stock", "orders", "loyalty");
    assert.equal(
      (await run("sagas", "shipping:1")).error,
      "no service that runs here hosts a saga shipping; there are: delivery (orders), loyalty (loyalty)",
    );
    running("stock", "stock");
    assert.equal((await run("sagas")).error, "no service that runs here hosts a saga");
  });

  it("shows one with its steps, timers and log, and what to type", async () => {
    const id = await sagas.begin("o'1 \u001b[2J", ...stuckInPay);
    const { code, out } = await run("sagas", id);
    assert.equal(code, 0);
    assert.equal(out.includes("\u001b"), false);
    assert.match(out, /^saga {12}delivery, version 3, [0-9a-f]{12}$/m);
    assert.match(out, /^steps\n {2}succeeded {2}reserve\n {2}stuck {6}pay {8}its attempts are used up/m);
    assert.match(out, /^ {2}pending {4}ship {7}waits for pay, which is stuck$/m);
    assert.match(out, /^timers\n {2}deadline {2}due \S+ \S+ {2}the saga$/m);
    assert.match(out, /^log\n {2}\S+ \S+ {2}started/m);
    assert.match(
      out,
      /^to see why, in every service: npx eda trace .*\nto try again: npx eda sagas retry 'delivery:o'\\''1 {2}\[2J' --step pay --direction forward --revision 3/m,
    );
  });

  it("says of a choreography where its event may lie, and how to record what was put right", async () => {
    running("orders");
    const id = await sagas.watch("1");
    const timer = { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 } as const;
    await sagas.move(id, { type: "timer", timer });
    const { out } = await run("sagas", id);
    assert.match(
      out,
      /^to find what starts it: npx eda dead-letters list --service loyalty --type orders\.OrderConfirmed\nonce you have put it right by hand: npx eda sagas complete loyalty:1 --step earn --direction forward --revision 2 --reason "…"$/m,
    );
    const done = await run("sagas", "complete", id, ...REASON);
    assert.deepEqual([done.code, done.out], [0, `${id}: complete of earn is recorded; it is completed`]);
  });

  it("retries the one stage that is stuck without being told which", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const { code, out } = await run("sagas", "retry", id, ...REASON);
    assert.deepEqual([code, out], [0, `${id}: retry of pay is recorded; it is running\n  waits for pay, attempt 2`]);
    assert.match((await run("sagas", id)).out, /operator-retried +pay +attempt \d +the provider is back/);
    const again = await run("sagas", "retry", id, ...REASON);
    assert.deepEqual(again, {
      code: 1,
      out: "",
      error: `${id} is running and not stuck; to skip a step that it waits for, name it with --step`,
    });
  });

  it("hands on what the service says: a step that waits, a revision that is past", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const past = await run("sagas", "retry", id, "--revision", "2", ...REASON);
    assert.deepEqual(
      [past.code, past.error],
      [1, `orders: ${id} has moved on from revision 2 to 3: nothing was done; look again`],
    );
    assert.match((await run("sagas", "skip", id, ...REASON)).error, /^orders: delivery:1: pay cannot be skipped/);
    const waiting = await sagas.begin("2");
    assert.match(
      (await run("sagas", "retry", waiting, "--step", "reserve", ...REASON)).error,
      /^orders: delivery:2: reserve is not stuck/,
    );
  });

  it("asks which stage is meant where several are stuck", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    await sagas.database.query(
      `UPDATE public.saga SET state = jsonb_set(state, '{steps,reserve,compensation}',
         '{"status": "waiting", "round": 1, "attempt": 1, "stuck": "unhandled"}')`,
    );
    const { code, error } = await run("sagas", "retry", id, ...REASON);
    assert.equal(code, 1);
    assert.match(error, /say which of those that are stuck: --step pay --direction forward, or --step reserve /);
    assert.equal((await run("sagas", "retry", id, "--step", "pay", ...REASON)).code, 0);
  });

  it("completes with data, fails and skips", async () => {
    const paid = await sagas.begin("1", ...stuckInPay);
    const done = await run("sagas", "complete", paid, "--data", '{"paymentId":"p-1"}', ...REASON);
    assert.match(done.out, /complete of pay is recorded; it is running\n {2}waits for ship/);
    const unpaid = await sagas.begin("2", ...stuckInPay);
    assert.match((await run("sagas", "fail", unpaid, ...REASON)).out, /waits for pay, attempt 2, asked to fail/);
    const kept = await sagas.begin("3", ...stuckInRelease);
    assert.match((await run("sagas", "skip", kept, ...REASON)).out, /the compensation of reserve.*asked to skip/);
    assert.equal((await statusOf(kept)).view.running[0].direction, "compensation");
  });

  it("does nothing in bulk without --yes, and shows the count", async () => {
    await sagas.begin("1", ...stuckInPay);
    await sagas.begin("2", ...stuckInPay);
    const all = ["sagas", "retry", "--all", "--step", "pay", ...REASON];
    assert.deepEqual(await run(...all), {
      code: 1,
      out: "",
      error: "2 sagas of orders are stuck in pay: nothing was done. To retry them, add --yes --count 2",
    });
    assert.match((await run(...all, "--yes", "--count", "3")).error, /^2 sagas of orders are stuck in pay, not 3: /);
    assert.equal((await statusOf("delivery:1")).revision, "3");
    const done = await run(...all, "--saga", "delivery", "--since", "2h", "--yes", "--count", "2");
    assert.deepEqual([done.code, done.out], [0, "retry of pay is recorded for 2 sagas"]);
    assert.equal((await run(...all, "--yes")).out, "no saga of orders is stuck in pay: nothing was done");
    assert.equal((await run(...all)).code, 0);
    assert.match((await run(...all, "--yes", "--count", "2")).error, /^0 sagas of orders are stuck in pay, not 2: /);
  });

  it("tells in bulk of each that refused, beside those that were done, and exits 1", async () => {
    await sagas.begin("1", ...stuckInPay);
    const done = await run("sagas", "complete", "--all", "--step", "pay", "--yes", ...REASON);
    assert.deepEqual([done.code, done.out], [1, "complete of pay is recorded for 0 sagas"]);
    assert.match(done.error, /^delivery:1: the data must give \$\.steps\.pay\.paymentId/);
  });

  it("asks for the direction in bulk only where sagas are stuck in both", async () => {
    await sagas.begin("1", ...stuckInRelease);
    const all = ["sagas", "retry", "--all", "--step", "reserve", ...REASON];
    assert.match((await run(...all)).error, /^1 saga of orders is stuck in the compensation of reserve: /);
    await sagas.begin("2");
    await sagas.move("delivery:2", { type: "parked", step: "reserve", direction: "forward" });
    assert.match(
      (await run(...all)).error,
      /^sagas of orders are stuck in reserve, 1 in its --direction forward, 1 in its --direction compensation: say which$/,
    );
    assert.match((await run(...all, "--direction", "compensation", "--yes")).out, /recorded for 1 saga$/);
  });

  it("asks for the host in bulk where several host sagas", async () => {
    running("orders", "loyalty");
    const all = ["sagas", "retry", "--all", "--step", "pay", ...REASON];
    assert.match((await run(...all)).error, /^several services host sagas; say which .*: orders, loyalty$/);
    assert.equal((await run(...all, "--saga", "delivery")).code, 0);
    assert.equal((await run(...all, "--service", "orders")).code, 0);
  });

  it("shows what failed and what had nothing to undo", async () => {
    const id = await sagas.begin("1", succeeded("reserve"), failed("pay"), {
      ...succeeded("reserve"),
      direction: "compensation",
      noop: true,
    });
    const { out } = await run("sagas", id);
    assert.match(out, /^status {10}compensated$/m);
    assert.match(out, /^because +pay: not today$/m);
    assert.match(out, /^ {2}nothing to undo {2}the compensation of reserve$/m);
    assert.match(out, /^ {2}refused +pay$/m);
    await sagas.move(id, unanswered("pay"));
    assert.equal((await run("sagas", id)).code, 0);
    for (const more of [[], ["--step", "pay"]])
      assert.equal(
        (await run("sagas", "retry", id, ...more, ...REASON)).error,
        `${id} has ended, compensated: nothing was done`,
      );
  });

  // The process itself, once: it needs no repository where EDA_ADMIN_URL names the service.
  it("is the bin's, and ends quietly where its reader has seen enough", async () => {
    await sagas.begin("1", ...stuckInPay);
    const bin = path.resolve("templates/runtime/src/operate/main.ts");
    const env = { ...process.env, EDA_ADMIN_URL: urls.orders, ADMIN_TOKEN: TOKEN };
    const { error, stdout } = await new Promise<{ error: unknown; stdout: string }>((resolve) =>
      execFile(process.execPath, [bin, "sagas", "--stuck"], { env }, (error, stdout) => resolve({ error, stdout })),
    );
    assert.equal(error, null);
    assert.match(stdout, /delivery:1\n {2}stuck in pay/);
  });

  describe("of ten thousand", () => {
    const bin = path.resolve("templates/runtime/src/operate/main.ts");
    const inShell = (command: string, more = {}) => {
      const env = { ...process.env, EDA_ADMIN_URL: urls.orders, ADMIN_TOKEN: TOKEN, NODE: process.execPath, BIN: bin };
      return new Promise<{ out: string; error: string; code: unknown }>((resolve) =>
        execFile("/bin/sh", ["-c", command], { env: { ...env, ...more }, maxBuffer: 1e9 }, (error, out, stderr) =>
          resolve({ out, error: stderr, code: error === null ? 0 : error.code }),
        ),
      );
    };
    beforeEach(async () => {
      await sagas.begin("1", ...stuckInPay);
      await sagas.database.query(
        `INSERT INTO public.saga (id, saga, key, definition_hash, revision, status, stuck, state, trigger_fingerprint,
                                  trigger_id, correlationid, started_at)
         SELECT 'delivery:many' || n, saga, 'many' || n, definition_hash, 9, status, stuck, state, '', trigger_id, 'c',
                started_at + n * interval '1 ms'
         FROM public.saga, generate_series(2, 10000) AS n WHERE id = 'delivery:1'`,
      );
    });

    it("shows each once, page by page, and how many are left", async () => {
      const ids: string[] = [];
      for (let after: string[] = []; ; after = ["--after", ids.at(-1)!]) {
        const { out } = await run("sagas", "--stuck", "--limit", "500", "--format", "json", ...after);
        const { items, total } = JSON.parse(out).services[0];
        assert.equal(total, 10_000);
        if (items.length === 0) break;
        ids.push(...items.map(({ id }: { id: string }) => id));
      }
      assert.deepEqual([ids.length, new Set(ids).size], [10_000, 10_000]);
      assert.match((await run("sagas", "--limit", "500")).out, /\n500 of 10000; more with --after delivery:many500$/);
    });

    // Red when main.ts lets the error of a closed pipe through, and when it takes every error of its output for that.
    it("ends quietly where its reader has seen enough, aloud where a disk is full, without colours in a pipe", async () => {
      for (const format of ["text", "json"]) {
        const { out, error, code } = await inShell(
          `{ "$NODE" "$BIN" sagas --stuck --limit 500 --format ${format}; echo "$?" >&2; } | head -n 1`,
        );
        assert.deepEqual([out.split("\n").length, error, code], [2, "0\n", 0]);
      }
      const coloured = await inShell(`"$NODE" "$BIN" trace delivery:1`, { FORCE_COLOR: "1" });
      assert.match(coloured.out, /stuck/, coloured.error);
      assert.equal(coloured.out.includes("\u001b"), false);
      // Linux has it.
      if (!existsSync("/dev/full")) return;
      const full = await inShell(`"$NODE" "$BIN" sagas --stuck --limit 500 > /dev/full`);
      assert.deepEqual([full.code, /^the output could not be written: /.test(full.error)], [1, true]);
    });
  });

  for (const [args, message] of [
    [["sagas", "frobnicate"], /^`frobnicate` is no id of a saga, such as payment:4711, nor one of retry, skip,/],
    [["sagas", "a:1", "b:2"], /takes one ID or none/],
    [["sagas", "a:1", "--stuck"], /a filter, or the ID of one saga/],
    [["sagas", "--status", "lost"], /one of open, ended, running/],
    [["sagas", "--direction", "forward"], /say which/],
    [["sagas", "--limit", "0"], /--limit is `0`: a whole number from 1 to 500 is expected/],
    [["sagas", "--limit", "1000"], /--limit is `1000`: a whole number from 1 to 500 is expected/],
    [["sagas", "--since", "yesterday"], /--since is `yesterday`: 2h, or a time such as/],
    [["sagas", "--since", "2026-11-24T22:40:12"], /--since is/],
    [["sagas", "--since", "99999999999d"], /--since is/],
    [["sagas", "--since", "2026-99-01"], /--since is/],
    [["sagas", "retry"], /takes ID, or --all, and was given none/],
    [["sagas", "retry", "a:1"], /takes --reason TEXT/],
    [["sagas", "retry", "a:1", "--reason", "r".repeat(10_000)], /1 to 500 characters/],
    [["sagas", "retry", "a:1", "--yes", ...REASON], /with --all alone/],
    [["sagas", "retry", "a:1", "--since", "2h", ...REASON], /with --all alone/],
    [["sagas", "retry", "a:1", "--revision", "x", ...REASON], /a whole number/],
    [["sagas", "retry", "--all", ...REASON], /takes --step/],
    [["sagas", "retry", "--all", "--step", "s", "--revision", "1", ...REASON], /takes no --revision/],
    [["sagas", "retry", "a:1", "--all", "--step", "s", ...REASON], /takes no argument/],
    [["sagas", "retry", "a:1", "--direction", "up", ...REASON], /one of forward, compensation/],
    [["sagas", "retry", "a:1", "--data", "{}", ...REASON], /takes no --data/],
    [["sagas", "complete", "a:1", "--data", "{", ...REASON], /--data is no JSON/],
    [["sagas", "complete", "a:1", "--data", "[1]", ...REASON], /--data is \[1\]: a JSON object is expected/],
    [["sagas", "--tail"], /--tail/],
  ] as const) {
    it(`exits 2 on ${JSON.stringify(args).slice(0, 90)}`, async () => {
      const { code, error, out } = await run(...args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(error, message);
      assert.ok(error.split("\n").length <= 2, error);
    });
  }

  for (const since of ["2026-11-24", "2026-11-24 22:40:12Z", "2026-11-24T22:40+02:00", "30s", "7d"])
    it(`takes --since ${since}`, async () => assert.equal((await run("sagas", "--since", since)).code, 0));

  async function run(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
    const [out, error]: [string[], string[]] = [[], []];
    const terminal = {
      root,
      env: {},
      width: 80,
      out: (text: string) => out.push(text),
      error: (text: string) => error.push(text),
    };
    const code = await operate(args, terminal);
    return { code, out: out.join("\n"), error: error.join("\n") };
  }

  function running(...names: readonly string[]): void {
    runningShop(
      root,
      TOKEN,
      names.map((name) => [name, urls[name] ?? ""]),
    );
  }
});
