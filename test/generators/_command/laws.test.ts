import assert from "node:assert/strict";
import fs from "node:fs";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { openExisting } from "../../../generators/_command/opened.ts";
import { openSession } from "../../../generators/_command/session.ts";
import { readRecord } from "../../../generators/_render/write.ts";
import { EdaError } from "../../../generators/_system/errors.ts";
import { inSandbox, outputInto, type Sandbox, treeOf } from "../../support/sandbox.ts";

interface Run {
  readonly command: "service" | "outbox-migration" | "saga";
  readonly said: Readonly<Record<string, string>>;
}

const names = ["orders", "constructor", "room-keys"];
const verbs = fc.subarray(["Place", "Cancel", "Move"]);

const service = (name: string): fc.Arbitrary<Run> =>
  fc.record({ commands: verbs, events: verbs, subject: fc.constantFrom("Order", "Thing") }).map((parts) => ({
    command: "service",
    said: {
      name,
      commands: parts.commands.map((verb) => verb + parts.subject).join(","),
      events: parts.events.map((verb) => `${parts.subject}${verb}d`).join(","),
    },
  }));
const outbox = (name: string): fc.Arbitrary<Run> =>
  fc.constant({ command: "outbox-migration", said: { service: name } } as const);

/** Sagas over the two services that are there from the start; each is told all that it needs to be. */
const saga = (name: string): fc.Arbitrary<Run> =>
  fc.constantFrom("bills.DropBill:pivot", "bills.SendBill:retriable").map((steps) => ({
    command: "saga",
    said: { name, service: "stock", style: "orchestration", trigger: "stock.GoodsAdded", steps },
  }));

/** At most one run of each command for each name: two runs for one service may share events out differently. */
const runs: fc.Arbitrary<readonly Run[]> = fc
  .tuple(
    ...names.flatMap((name) => [fc.option(service(name)), fc.option(outbox(name))]),
    ...["refill", "billing"].map((name) => fc.option(saga(name))),
  )
  .map((some) => some.filter((run) => run !== null))
  .filter((some) => some.length > 0);

async function carryOut(cwd: string, some: readonly Run[]): Promise<void> {
  for (const { command, said } of some) {
    const session = openSession({ cwd, output: outputInto([]), defaults: true, force: false, dryRun: false });
    await session.add({ command, said });
    await session.commit();
  }
}

async function sync(cwd: string): Promise<void> {
  const session = openSession({ cwd, output: outputInto([]), defaults: true, force: false, dryRun: false });
  await session.add({ command: "app", said: {} });
  await session.commit();
}

describe("The laws of a run, over random systems", () => {
  let base: Sandbox;
  let finish: () => void;
  let sandboxed: Promise<void>;
  let count = 0;

  before(async () => {
    const ready = Promise.withResolvers<Sandbox>();
    const done = Promise.withResolvers<void>();
    sandboxed = inSandbox(async (sandbox) => {
      await sandbox.shop();
      await sandbox.add("service", { name: "stock", commands: "AddGoods", events: "GoodsAdded", key: "goodsId" });
      await sandbox.add("service", {
        name: "bills",
        commands: "SendBill,DropBill",
        events: "BillSent,BillDropped",
        key: "goodsId",
      });
      ready.resolve(sandbox);
      await done.promise;
    });
    base = await ready.promise;
    finish = done.resolve;
  });

  after(async () => {
    finish();
    await sandboxed;
  });

  /** A repository of its own, as it was made by `eda new`, with what was run in it. */
  async function grown(some: readonly Run[]): Promise<string> {
    const folder = base.path(`copy-${count++}`);
    fs.cpSync(base.path("shop"), folder, { recursive: true });
    await carryOut(folder, some);
    return folder;
  }

  const gone = (...folders: readonly string[]) => {
    for (const folder of folders) fs.rmSync(folder, { recursive: true });
  };

  it("twice changes nothing", () =>
    fc.assert(
      fc.asyncProperty(runs, async (some) => {
        const folder = await grown(some);
        const once = treeOf(folder);
        await carryOut(folder, some);
        assert.deepEqual(treeOf(folder), once);
        gone(folder);
      }),
      { numRuns: 12 },
    )).timeout(120_000);

  it("order does not matter, to the System and to every file but the manifest", () =>
    fc.assert(
      fc.asyncProperty(
        runs.chain((some) => fc.tuple(fc.constant(some), fc.shuffledSubarray([...some], { minLength: some.length }))),
        async ([some, shuffled]) => {
          // Ports follow the order in which services come; here they all come first, in one order.
          const bare = names.map((name): Run => ({ command: "service", said: { name } }));
          const folders = [await grown([...bare, ...some]), await grown([...bare, ...shuffled])] as const;
          const [one, other] = folders.map((folder) => openExisting(folder).manifest.system);
          assert.deepEqual(one, other);
          const [files, others] = folders.map(treeOf).map(({ "eda.yaml": _, ...rest }) => rest);
          assert.deepEqual(files, others);
          gone(...folders);
        },
      ),
      { numRuns: 12 },
    )).timeout(120_000);

  it("what a run leaves is what eda sync makes of a fresh checkout, also where everything derived is missing", () =>
    fc.assert(
      fc.asyncProperty(runs, async (some) => {
        const folder = await grown(some);
        const left = treeOf(folder);
        fs.rmSync(`${folder}/.eda/lock`, { force: true });
        await sync(folder);
        assert.deepEqual(treeOf(folder), left);
        for (const [path, { kind }] of readRecord(folder)) if (kind === "derived") fs.rmSync(`${folder}/${path}`);
        await sync(folder);
        assert.deepEqual(treeOf(folder), left);
        gone(folder);
      }),
      { numRuns: 12 },
    )).timeout(120_000);

  it("a refused run leaves every byte", () =>
    fc.assert(
      fc.asyncProperty(
        runs,
        fc.constantFrom<Record<string, string>>(
          { key: "somethingElse" },
          { context: "a b" },
          { events: "A,,B" },
          { commands: "Same", events: "Same" },
          { persistence: "event-sourced" },
        ),
        async (some, wrong) => {
          const folder = await grown([...some, { command: "service", said: { name: "orders", events: "OrderSent" } }]);
          const left = treeOf(folder);
          await assert.rejects(
            carryOut(folder, [{ command: "service", said: { name: "orders", ...wrong } }]),
            EdaError,
          );
          assert.deepEqual(treeOf(folder), left);
          gone(folder);
        },
      ),
      { numRuns: 12 },
    )).timeout(120_000);
});
