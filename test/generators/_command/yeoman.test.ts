import assert from "node:assert/strict";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox, type RunOptions, type Sandbox, treeOf, uninstalled } from "../../support/sandbox.ts";
import type { Wanted } from "./environment.mts";

const script = fileURLToPath(new URL("environment.mts", import.meta.url));
const yeoman = ({ run }: Sandbox, wanted: Wanted, options?: RunOptions) =>
  run(process.execPath, [script, JSON.stringify(wanted)], options);

const silent = { defaults: true, skipInstall: true, generator: "0.1.0" };

describe("The generators in a Yeoman environment", () => {
  it("make the system that the eda bin makes, byte for byte", () =>
    inSandbox(async (sandbox) => {
      const { eda, path } = sandbox;
      fs.mkdirSync(path("by-yeoman"));
      fs.mkdirSync(path("by-bin"));
      const run: Wanted["run"] = [
        ["eda:app", ["shop"], silent],
        ["eda:saga", ["Payment"], { ...silent }],
        ["eda:service", ["Rooms"], { ...silent, commands: "BookRoom", events: "RoomBooked" }],
        ["eda:outbox", ["desk"], { ...silent }],
      ];
      for (const [index, wanted] of run.entries()) {
        const cwd = index === 0 ? "by-yeoman" : "by-yeoman/shop";
        const ran = await yeoman(sandbox, { run: [wanted] }, { cwd });
        assert.equal(ran.code, 0, ran.stderr);
      }
      await eda(["new", "shop", "--defaults", ...uninstalled], { cwd: "by-bin" });
      await eda(["add", "saga", "Payment", "--defaults"], { cwd: "by-bin/shop" });
      const flags = ["--commands", "BookRoom", "--events", "RoomBooked", "--defaults"];
      await eda(["add", "service", "Rooms", ...flags], { cwd: "by-bin/shop" });
      await eda(["add", "outbox", "desk", "--defaults"], { cwd: "by-bin/shop" });
      assert.deepEqual(treeOf(path("by-yeoman")), treeOf(path("by-bin")));
    })).timeout(60_000);

  it("composed by somebody else's generator are one plan and one write, beside its own files", () =>
    inSandbox(async (sandbox) => {
      const { shop, read } = sandbox;
      await shop();
      const ran = await yeoman(sandbox, { run: [["foreign:app", [], {}]] }, { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(ran.stdout.match(/^~ eda\.yaml$/gm)?.length, 1, "one write");
      assert.match(
        read("shop/eda.yaml"),
        /keys:[\s\S]*sagas:\n {2}arrival: [\s\S]*outboxes:\n {2}rooms: .*\n {2}keys: /,
      );
      assert.match(
        read("shop/sagas/arrival.saga.yaml"),
        /command: doors\.OpenDoor\n {4}input: \{ roomId: \$\.trigger\.roomId \}/,
      );
      assert.equal(read("shop/theirs.txt"), "written by Yeoman\n");
    }));

  it("composed, have everything in the manifest at the first write, so that a killed run is finished by the next", () =>
    inSandbox(async (sandbox) => {
      const { shop, read, path, eda } = sandbox;
      await shop();
      // The saga's file comes before the manifest that names it.
      const env = { EDA_TEST_STOP_AT_WRITE: "3" };
      const ran = await yeoman(sandbox, { run: [["foreign:app", [], {}]] }, { cwd: "shop", env });
      assert.equal(ran.code, null, "killed");
      assert.match(
        read("shop/eda.yaml"),
        /services:\n {2}rooms:[\s\S]*\n {2}keys:[\s\S]*outboxes:\n {2}rooms: .*\n {2}keys: /,
      );
      assert.equal(fs.existsSync(path("shop/services/rooms")), false);
      assert.ok(fs.existsSync(path("shop/sagas/arrival.saga.yaml")));
      assert.equal((await eda(["sync"], { cwd: "shop" })).code, 0);
      assert.ok(fs.existsSync(path("shop/services/keys/migrations/0020-outbox.sql")));
    }));

  it("run one after the other in one environment, each write what they were told", () =>
    inSandbox(async (sandbox) => {
      const { shop, read } = sandbox;
      await shop();
      const run: Wanted["run"] = [
        ["eda:service", ["rooms"], silent],
        ["eda:service", ["keys"], silent],
      ];
      const ran = await yeoman(sandbox, { run }, { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(read("shop/eda.yaml"), /\n {2}rooms:[\s\S]*\n {2}keys:/);
    }));

  it("ask what is not answered, in the order of the description, and write only what is agreed to", () =>
    inSandbox(async (sandbox) => {
      const { shop, read, root } = sandbox;
      await shop();
      const answers = { name: "Rooms", context: "hotel", commands: "BookRoom", events: "RoomBooked", agreed: false };
      const before = treeOf(root);
      const refused = await yeoman(sandbox, { run: [["eda:service", [], {}]], answers }, { cwd: "shop" });
      assert.equal(refused.code, 0, refused.stderr);
      assert.match(refused.stdout, /Nothing was written/);
      assert.deepEqual(treeOf(root), before);

      const ran = await yeoman(
        sandbox,
        { run: [["eda:service", [], {}]], answers: { ...answers, agreed: true } },
        { cwd: "shop" },
      );
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual(ran.stdout.match(/^\? .*$/gm), [
        "? What is the service called? Rooms",
        "? Which bounded context does it belong to? hotel",
        "? What does it decide about, one at a time (its aggregate)? Room",
        "? Which field identifies it? roomId",
        "? Which commands does it handle, such as PlaceOrder, CancelOrder? BookRoom",
        "? Which events does it publish, such as OrderPlaced, OrderCancelled? RoomBooked",
        "? Write this? true",
      ]);
      assert.match(read("shop/eda.yaml"), /rooms:\n {4}context: hotel\n {4}aggregate: Room\n {4}key: roomId/);
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: decided/);
    }));

  it("end with one or two plain lines for what is refused", () =>
    inSandbox(async (sandbox) => {
      const { shop, root } = sandbox;
      await shop();
      const before = treeOf(root);
      const ran = await yeoman(sandbox, { run: [["eda:service", ["../x"], silent]] }, { cwd: "shop" });
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, /^"\.\.\/x" cannot be a service: .*\n {2}A name has letters/);
      assert.deepEqual(treeOf(root), before);
    }));
});
