import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, treeOf } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const rooms = { name: "rooms", commands: "BookRoom", events: "RoomBooked" };

describe("eda add", () => {
  it("adds from any folder below the root", () =>
    inSandbox(async ({ eda, shop, read }) => {
      await shop();
      const words = ["add", "service", "RoomKeys", "--commands", "cut-key", "--events", "KeyCut", "--defaults"];
      const ran = await eda(words, { cwd: "shop/packages/runtime" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(
        read("shop/eda.yaml"),
        /room-keys:\n {4}context: room-keys\n {4}aggregate: RoomKey\n {4}key: roomKeyId/,
      );
      assert.match(read("shop/eda.yaml"), /CutKey: \{ fields: \{ roomKeyId: uuid \}, emits: \[KeyCut\] \}/);
      assert.match(ran.stdout, /room-keys publishes events, so it gets an outbox/);
    }));

  it("outside a repository says how to make one", () =>
    inSandbox(async ({ eda }) => {
      assertPlainError(await eda(["add", "service", "rooms", "--defaults"]), 1, /no eda\.yaml here.*\n.*eda new NAME/);
    }));

  it("without a terminal and defaults, names every missing answer at once and writes nothing", () =>
    inSandbox(async ({ eda, shop, root }) => {
      await shop();
      const before = treeOf(root);
      const ran = await eda(["add", "service", "rooms", "--context", "rooms"], { cwd: "shop" });
      assertPlainError(ran, 1, /--aggregate, --key, --commands, --events, --persistence/);
      const nameless = await eda(["add", "service", "--defaults"], { cwd: "shop" });
      assertPlainError(nameless, 1, /needs <name>, for which there is no default/);
      assert.deepEqual(treeOf(root), before);
    }));

  it("takes answers from a file, and flags before it", () =>
    inSandbox(async ({ eda, shop, write, read }) => {
      await shop();
      write(
        "shop/answers.yaml",
        "context: stay\naggregate: Room\nkey: roomId\ncommands: [BookRoom]\nevents: RoomBooked\n",
      );
      const words = [
        "add",
        "service",
        "rooms",
        "--answers",
        "answers.yaml",
        "--persistence",
        "state",
        "--context",
        "hotel",
      ];
      const ran = await eda(words, { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(read("shop/eda.yaml"), /rooms:\n {4}context: hotel\n {4}aggregate: Room\n/);
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: decided/, "nothing was assumed");
    }));

  for (const [what, text, says] of [
    ["an unknown key", "contxt: a\n", /unknown key "contxt"\n.*context/],
    ["a list", "- a\n", /is not a map of keys/],
    ["nothing", "", /is empty/],
    ["a map under a key", "context: { a: 1 }\n", /something other than text/],
    ["null under a key", "context:\n", /something other than text/],
    ["no YAML", "a: [", /answers\.yaml:1:5: error .*not readable YAML/],
    ["a key twice", "context: a\ncontext: b\n", /answers\.yaml:2:1: error .*there twice/],
    ["a prototype", "__proto__: { name: x }\n", /__proto__ cannot be a key/],
    ["a bad name", "context: a b\n", /"a b" cannot be a context/],
  ] as const) {
    it(`refuses an answers file with ${what}`, () =>
      inSandbox(async ({ eda, shop, write, root }) => {
        await shop();
        write("answers.yaml", text);
        const before = treeOf(root);
        const ran = await eda(["add", "service", "x", "--answers", "../answers.yaml", "--defaults"], { cwd: "shop" });
        assertPlainError(ran, 1, says);
        assert.deepEqual(treeOf(root), before);
      }));
  }

  it("refuses an answers file that is not there, or a folder", () =>
    inSandbox(async ({ eda, shop }) => {
      await shop();
      const ran = (file: string) => eda(["add", "service", "x", "--answers", file, "--defaults"], { cwd: "shop" });
      assertPlainError(await ran("nope.yaml"), 1, /nope\.yaml cannot be read: there is no such file/);
      assertPlainError(await ran("docs"), 1, /docs cannot be read: it is a folder/);
    }));

  it("changes nothing when it is run again with the same answers", () =>
    inSandbox(async ({ eda, shop, add, root }) => {
      await shop();
      await add("service", rooms);
      await add("outbox-migration", { service: "rooms" });
      const before = treeOf(root);
      const words = ["add", "service", "rooms", "--commands", "BookRoom", "--events", "RoomBooked", "--defaults"];
      const ran = await eda(words, { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /Nothing to do/);
      const outbox = await eda(["add", "outbox", "rooms", "--defaults"], { cwd: "shop" });
      assert.match(outbox.stdout, /rooms has an outbox: .*0020-outbox\.sql/);
      assert.match(outbox.stdout, /Nothing to do/);
      assert.deepEqual(treeOf(root), before);
    }));

  it("with other answers extends the entry and takes nothing away", () =>
    inSandbox(async ({ shop, add, read }) => {
      await shop();
      await add("service", { ...rooms, context: "hotel" });
      await add("service", { name: "rooms", commands: "CancelRoom", events: "RoomCancelled" });
      const manifest = read("shop/eda.yaml");
      assert.match(manifest, /BookRoom: \{ fields: \{ roomId: uuid \}, emits: \[RoomBooked\] \}/);
      assert.match(manifest, /CancelRoom: \{ fields: \{ roomId: uuid \}, emits: \[RoomCancelled\] \}/);
      assert.match(manifest, /rooms:\n {4}context: hotel\n/);
    }));

  it("under --dry-run shows the difference in the manifest, and writes nothing", () =>
    inSandbox(async ({ eda, shop, add, root }) => {
      await shop();
      await add("service", rooms);
      const before = treeOf(root);
      const words = ["add", "service", "rooms", "--events", "RoomLost", "--defaults", "--dry-run"];
      const ran = await eda(words, { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /^create {4}contracts\/rooms\/RoomLost\.v1\.json +\d+ B$/m);
      assert.match(ran.stdout, /^--- a\/eda\.yaml\n\+\+\+ b\/eda\.yaml$/m);
      assert.match(ran.stdout, /^\+\+\+ b\/services\/rooms\/src\/generated\/messages\.ts$/m);
      assert.doesNotMatch(ran.stdout, /^--- \/dev\/null$/m, "what is new is listed only");
      assert.match(ran.stdout, /^\+ {6}RoomLost: \{ fields: \{ roomId: uuid \} \}$/m);
      assert.deepEqual(treeOf(root), before);
    }));

  it("refuses what would bring an error into the system, and leaves every byte", () =>
    inSandbox(async ({ eda, shop, add, root }) => {
      await shop();
      await add("service", rooms);
      const before = treeOf(root);
      const ran = await eda(["add", "service", "rooms", "--key", "number", "--defaults"], { cwd: "shop" });
      assertPlainError(ran, 1, /Refused, nothing was written: .*has no field number, the key of service rooms/);
      assert.match(ran.stderr, /EDA-M02/);
      assert.deepEqual(treeOf(root), before);
    }));

  it("is not blocked by warnings, nor by errors that were there before", () =>
    inSandbox(async ({ eda, shop, add, read, write }) => {
      await shop();
      await add("service", rooms);
      write(
        "shop/eda.yaml",
        read("shop/eda.yaml").replace("persistence: state", "persistence: state\n    subscribes: [orders.OrderPlaced]"),
      );
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 1);
      const ran = await eda(["add", "service", "keys", "--events", "KeyCut", "--defaults"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      const said = await eda(["validate"], { cwd: "shop" });
      assert.match(said.stdout, /EDA-M04 .*RoomBooked/);
    }));

  it("leaves a derived file that was changed by hand, unless it is forced, and says which it overwrote", () =>
    inSandbox(async ({ eda, shop, add, read, write, root }) => {
      await shop();
      await add("service", rooms);
      write("shop/docs/system.md", "mine\n");
      const before = treeOf(root);
      const words = ["add", "service", "rooms", "--events", "RoomLost", "--defaults"];
      assertPlainError(await eda(words, { cwd: "shop" }), 1, /changed by hand.*docs\/system\.md\n.*--force/);
      assert.deepEqual(treeOf(root), before);
      const forced = await eda([...words, "--force"], { cwd: "shop" });
      assert.equal(forced.code, 0, forced.stderr);
      assert.match(forced.stdout, /overwrote the changes made by hand in docs\/system\.md/);
      assert.match(read("shop/docs/system.md"), /RoomLost/);
    }));

  it("refuses what this version cannot make yet, in a flag and in the manifest", () =>
    inSandbox(async ({ eda, shop, add, read, write, root }) => {
      await shop();
      await add("service", rooms);
      const before = treeOf(root);
      const run = (...words: string[]) => eda([...words, "--defaults"], { cwd: "shop" });
      assertPlainError(await run("add", "service", "x", "--persistence", "event-sourced"), 1, /--persistence state/);
      assertPlainError(await run("add", "outbox", "rooms", "--relay", "cdc"), 1, /--relay polling/);
      assert.deepEqual(treeOf(root), before);
      write("shop/eda.yaml", read("shop/eda.yaml").replace("persistence: state", "persistence: event-sourced"));
      assertPlainError(
        await eda(["sync"], { cwd: "shop" }),
        1,
        /services\.rooms is event-sourced.*\n.*persistence: state/,
      );
    }));

  it("asks nothing and says so in one line where the manifest cannot be read", () =>
    inSandbox(async ({ eda, write, root }) => {
      write("shop/eda.yaml", "eda: 1\nname: shop\nservises: {}\n");
      const words = ["add", "service", "x", "--defaults"];
      assertPlainError(await eda(words, { cwd: "shop" }), 1, /eda\.yaml:3:1: error .*servises.*\n.*services/);
      write("shop/eda.yaml", "eda: [");
      assertPlainError(await eda(words, { cwd: "shop" }), 2, /eda\.yaml:1:\d+: error .*not readable YAML/);
      assert.deepEqual(fs.readdirSync(`${root}/shop`), ["eda.yaml"]);
    }));
});
