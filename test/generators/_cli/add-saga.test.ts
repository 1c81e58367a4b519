import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, type Sandbox, treeOf } from "../../support/sandbox.ts";
import { hostileTexts } from "../_command/hostile-text.ts";
import { travel, trip } from "../saga/travel.ts";
import { assertPlainError } from "./plain-error.ts";

/** The travel system as a repository, its phases assumed. */
async function agency(
  { shop, read, write, eda }: Sandbox,
  edit: (text: string) => string = (text) => text,
): Promise<void> {
  await shop();
  const manifest = edit(travel().toString());
  write("shop/eda.yaml", `${read("shop/eda.yaml").trimEnd()}\n${manifest.replace(/^eda: 1\nname: \w+\n/, "")}`);
  assert.equal((await eda(["sync"], { cwd: "shop" })).code, 0);
}

const words = (...more: string[]) => ["add", "saga", "trip", ...more];

describe("eda add saga", () => {
  it("writes the saga that is typed, registers it, and says the same again without a change", () =>
    inSandbox(async (sandbox) => {
      const { eda, read, root } = sandbox;
      await agency(sandbox);
      const typed = words(
        "--style",
        "orchestration",
        "--service",
        "trips",
        "--trigger",
        "trips.TripBooked",
        "--steps",
        trip,
      );
      const open = await eda(typed, { cwd: "shop" });
      assertPlainError(open, 1, /comes after a decision on requirements, event-sourcing/);
      const ran = await eda([...typed, "--defaults"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(
        read("shop/eda.yaml"),
        /sagas:\n {2}trip: \{ definition: sagas\/trip\.saga\.yaml, service: trips \}/,
      );
      assert.match(
        read("shop/sagas/trip.saga.yaml"),
        /^# yaml-language-server: \$schema=\.\.\/\.eda\/saga\.schema\.json\n/,
      );
      assert.ok(fs.existsSync(`${root}/shop/.eda/saga.schema.json`));
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 0);
      const before = treeOf(root);
      for (const again of [typed, words("--defaults"), [...typed, "--defaults"]]) {
        const { code, stdout, stderr } = await eda(again, { cwd: "shop" });
        assert.equal(code, 0, stderr);
        assert.match(stdout, /Nothing to do/);
      }
      assert.deepEqual(treeOf(root), before);
    })).timeout(60_000);

  it("proposes it where nothing is said, and marks that as assumed", () =>
    inSandbox(async (sandbox) => {
      const { eda, read } = sandbox;
      await agency(sandbox);
      const ran = await eda(words("--defaults"), { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      const saga = read("shop/sagas/trip.saga.yaml");
      assert.match(saga, /ReserveRoom[\s\S]*BuySeat[\s\S]*SendTicket[\s\S]*\ncompleted:[\s\S]*\ncompensated:/);
      assert.match(read("shop/eda.yaml"), /cqrs-sagas: \{ status: assumed/);
    }));

  it("takes from an answers file what words cannot say", () =>
    inSandbox(async (sandbox) => {
      const { eda, write, read } = sandbox;
      await agency(sandbox);
      write(
        "shop/answers.yaml",
        `style: orchestration
trigger: trips.TripBooked
service: trips
steps:
  - parallel:
      - hotels.ReserveRoom
      - { command: flights.BuySeat, timeout: 10s, compensation: { command: flights.RefundSeat, timeout: 1m } }
  - { command: mail.SendTicket, kind: pivot, input: { note: "with thanks" } }
completed: { command: trips.ConfirmTrip }
deadline: 2h
`,
      );
      const ran = await eda(words("--answers", "answers.yaml", "--defaults"), { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      const saga = read("shop/sagas/trip.saga.yaml");
      assert.match(
        saga,
        / {2}- parallel: .*\n {6}- id: reserve-room\n[\s\S]* {8}timeout: 10s\n[\s\S]* {10}timeout: 1m\n/,
      );
      assert.match(saga, /note: with thanks/);
      assert.match(saga, /deadline: 2h/);
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 0);
    }));

  it("adds to a saga that is there, and shows the difference under --dry-run", () =>
    inSandbox(async (sandbox) => {
      const { eda, read } = sandbox;
      await agency(sandbox);
      const [room] = trip.split(",");
      await eda(words("--trigger", "trips.TripBooked", "--steps", room!, "--defaults"), { cwd: "shop" });
      const before = read("shop/sagas/trip.saga.yaml");
      const more = words("--steps", "flights.BuySeat:pivot", "--defaults");
      const shown = await eda([...more, "--dry-run"], { cwd: "shop" });
      assert.match(shown.stdout, /^\+ {2}- id: buy-seat$/m);
      assert.equal(read("shop/sagas/trip.saga.yaml"), before);
      assert.equal((await eda(more, { cwd: "shop" })).code, 0);
      const after = read("shop/sagas/trip.saga.yaml");
      assert.ok(after.startsWith(before.slice(0, before.indexOf("completed:"))), after);
      assert.match(after, / {2}- id: buy-seat\n {4}kind: pivot/);
    }));

  // Red without withFreeVersion: refused, with version: 2 to be written by hand first.
  it("gives what is published a new version when it changes it, and says so", () =>
    inSandbox(async (sandbox) => {
      const { eda, read } = sandbox;
      await agency(sandbox);
      const [room] = trip.split(",");
      await eda(words("--trigger", "trips.TripBooked", "--steps", room!, "--defaults"), { cwd: "shop" });
      const versionNow = () => /^version: (\d+)/m.exec(read("shop/sagas/trip.saga.yaml"))?.[1];
      const more = ["--steps", "flights.BuySeat:pivot", "--defaults"];
      assert.doesNotMatch((await eda(words(...more, "--dry-run"), { cwd: "shop" })).stdout, /is published/);
      assert.equal((await eda(["publish"], { cwd: "shop" })).code, 0);
      for (const [said, version] of [
        [["--defaults"], "1"],
        [more, "2"],
        [more, "2"],
        [["--deadline", "2h", "--defaults"], "2"],
      ] as const) {
        const before = versionNow();
        const ran = await eda(words(...said), { cwd: "shop" });
        assert.equal(ran.code, 0, ran.stderr);
        assert.equal(versionNow(), version);
        const isSaid = /^Version 1 of the saga trip is published, so this is version 2: /m.test(ran.stdout);
        assert.equal(isSaid, before !== version, ran.stdout);
      }
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 0);
      assert.equal((await eda(["publish"], { cwd: "shop" })).code, 0);
      const moved = await eda(words("--service", "flights", "--defaults"), { cwd: "shop" });
      assert.equal(moved.code, 0, moved.stderr);
      assert.equal(versionNow(), "3");
    })).timeout(60_000);

  // Red while every file that is no longer rendered was called deletable.
  it("keeps the migrations of a host that it takes a saga from, and says what to wait for", () =>
    inSandbox(async (sandbox) => {
      const { eda, read } = sandbox;
      await agency(sandbox);
      await eda(words("--defaults"), { cwd: "shop" });
      assert.match(
        read("shop/sagas/trip.saga.yaml"),
        /^# What the orchestrator runs is this file\./m,
        "whoever hosts it",
      );
      const moved = await eda(words("--service", "flights", "--defaults"), { cwd: "shop" });
      assert.equal(moved.code, 0, moved.stderr);
      const kept = /^No longer needed, and to be kept: .*\n {2}services\/trips\/migrations\/0030-saga\.sql\n/m;
      assert.match(moved.stdout, kept);
      assert.doesNotMatch(moved.stdout, /delete it/);
      assert.match(
        moved.stdout,
        /^trips does not host the saga trip any more, and refuses to start while .*\n.*let all end/m,
      );
      assert.ok(read("shop/services/trips/migrations/0030-saga.sql"));
      const again = await eda(["sync"], { cwd: "shop" });
      assert.match(again.stdout, kept);
      assert.doesNotMatch(again.stdout, /any more/);
    })).timeout(60_000);

  it("registers a definition that was written by hand, as it is", () =>
    inSandbox(async (sandbox) => {
      const { eda, read, write } = sandbox;
      await agency(sandbox);
      await eda(words("--defaults"), { cwd: "shop" });
      const mine = `${read("shop/sagas/trip.saga.yaml").replace("saga: trip", "saga: voyage")}# mine\n`;
      write("shop/sagas/voyage.saga.yaml", mine);
      const ran = await eda(["add", "saga", "voyage", "--defaults"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(read("shop/sagas/voyage.saga.yaml"), mine);
      assert.match(read("shop/eda.yaml"), /voyage: \{ definition: sagas\/voyage\.saga\.yaml, service: trips \}/);
    }));

  it("makes the host that is not there yet", () =>
    inSandbox(async (sandbox) => {
      const { eda, read } = sandbox;
      await agency(sandbox);
      const { code, stdout, stderr } = await eda(words("--service", "desk", "--defaults"), { cwd: "shop" });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /There is no service desk yet, so it is made/);
      assert.match(stdout, /desk takes part in the saga trip, so it gets an outbox/);
      assert.match(read("shop/eda.yaml"), /trip: \{ definition: .*, service: desk \}/);
    }));

  it("shows how to type one where none can be derived, for the very system", () =>
    inSandbox(async (sandbox) => {
      const { eda, root } = sandbox;
      await agency(sandbox, (text) =>
        text
          .replaceAll("nights: int }, emits: [Room", "days: int }, emits: [Room")
          .replace(/ {2}flights:[\s\S]*?(?=\n {2}mail)/, ""),
      );
      const before = treeOf(root);
      const ran = await eda(words("--defaults"), { cwd: "shop" });
      assertPlainError(
        ran,
        1,
        /No saga can be derived .*: hotels\.ReserveRoom wants days, which trips\.TripBooked does not carry\n.*eda add saga trip --trigger trips\.TripBooked --steps hotels\.ReserveRoom,mail\.SendTicket:pivot/,
      );
      assert.deepEqual(treeOf(root), before);
    }));

  it("without a terminal and defaults, names what is missing; closing commands are nobody's duty", () =>
    inSandbox(async (sandbox) => {
      const { eda, read, write } = sandbox;
      await agency(sandbox);
      const decided = ["0001-requirements", "0003-event-sourcing"].map(
        (name) => `\n  ${name.slice(5)}: { status: decided, decision: docs/decisions/${name}.md }`,
      );
      write("shop/eda.yaml", read("shop/eda.yaml").replace("\nphases:", `\nphases:${decided.join("")}`));
      const missing = await eda(words(), { cwd: "shop" });
      assertPlainError(
        missing,
        1,
        /needs an answer for --style, --trigger, --service, --steps, and there is no terminal/,
      );
      const all = ["--style", "orchestration", "--service", "trips", "--trigger", "trips.TripBooked", "--steps", trip];
      const ran = await eda(words(...all), { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.doesNotMatch(read("shop/sagas/trip.saga.yaml"), /^completed|^compensated/m);
      assert.match(read("shop/eda.yaml"), /cqrs-sagas: \{ status: decided/);
    }));

  for (const text of hostileTexts.filter((each, at) => at % 5 === 1 && !each.includes("\u0000"))) {
    it(`refuses ${JSON.stringify(text.slice(0, 30))} in every flag, in a line, and writes nothing`, () =>
      inSandbox(async (sandbox) => {
        const { shop, root, add } = sandbox;
        await shop();
        await add("service", { name: "trips", commands: "BookTrip", events: "TripBooked" });
        const before = treeOf(root);
        const usual = { name: "trip", trigger: "trips.TripBooked", steps: "trips.BookTrip:pivot" };
        for (const key of ["name", "style", "trigger", "service", "steps", "completed", "compensated", "deadline"]) {
          const value = ["trigger", "steps", "completed", "compensated"].includes(key) ? `trips.${text}` : text;
          await assert.rejects(add("saga", { ...usual, [key]: value }), /./, key);
        }
        assert.deepEqual(treeOf(root), before);
      })).timeout(60_000);
  }
});

describe("The small checkout", () => {
  it("fills in services of its names that hold nothing yet, and leaves the others", () =>
    inSandbox(async ({ shop, add, read, eda, root }) => {
      await shop();
      await add("outbox-migration", { service: "orders" });
      await add("service", { name: "payments", context: "money" });
      await add("service", { name: "reports" });
      const said = await add("saga", { name: "payment" });
      assert.match(said.join("\n"), /shop has no events yet, so it starts from a small checkout/);
      // Red where an example's file in place of a stub is `started`: what is there would be the user's then.
      assert.match(read("shop/services/orders/src/domain/order.ts"), /case "ConfirmOrder":/);
      assert.match(read("shop/services/payments/src/domain/payment.ts"), /the amount is above the limit/);
      assert.match(read("shop/eda.yaml"), /payments:\n {4}context: money/);
      assert.ok(fs.existsSync(`${root}/shop/services/inventory/src/domain/reservation.ts`));
      assert.match(read("shop/services/reports/src/domain/report.ts"), /status: "none"/);
      const { code, stdout } = await eda(["validate", "--strict"], { cwd: "shop" });
      assert.equal(code, 0, stdout);
    }));

  it("leaves a file that somebody has edited, and says so", () =>
    inSandbox(async ({ shop, add, read, write }) => {
      await shop();
      await add("service", { name: "orders" });
      write("shop/services/orders/src/domain/order.ts", `${read("shop/services/orders/src/domain/order.ts")}// mine\n`);
      const said = await add("saga", { name: "payment" });
      assert.match(read("shop/services/orders/src/domain/order.ts"), /\/\/ mine\n$/);
      assert.match(said.join("\n"), /these are yours.*\n {2}services\/orders\/src\/domain\/order\.ts/);
    }));

  it("is refused where a service of its name has a command of its own", () =>
    inSandbox(async ({ shop, add, root }) => {
      await shop();
      await add("service", { name: "orders", commands: "ShipOrder" });
      const before = treeOf(root);
      await assert.rejects(add("saga", { name: "payment" }), /orders has a command of its own, ShipOrder/);
      assert.deepEqual(treeOf(root), before);
    }));

  it("is not made where nobody agreed to it", () =>
    inSandbox(async ({ shop, eda, root, add }) => {
      await shop();
      await add("outbox-migration", { service: "orders" });
      const before = treeOf(root);
      const ran = await eda(["add", "saga", "payment", "--style", "orchestration"], { cwd: "shop" });
      assertPlainError(ran, 1, /comes after a decision|has no events yet[\s\S]*eda add service orders/);
      assert.deepEqual(treeOf(root), before);
    }));
});
