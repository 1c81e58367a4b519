import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, treeOf } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const rooms = { name: "rooms", commands: "BookRoom", events: "RoomBooked" };

describe("eda sync", () => {
  it("renders what follows from a manifest edited by hand, and --check fails until then", () =>
    inSandbox(async ({ eda, shop, add, read, write, root }) => {
      await shop();
      await add("service", rooms);
      const edited = read("shop/eda.yaml").replace(
        "{ fields: { roomId: uuid } }",
        "{ fields: { roomId: uuid, nights: int } }",
      );
      write("shop/eda.yaml", edited);
      const before = treeOf(root);
      const check = await eda(["sync", "--check"], { cwd: "shop" });
      assert.equal(check.code, 1);
      assert.match(check.stdout, /^change {4}contracts\/rooms\/RoomBooked\.v1\.json$/m);
      assert.match(check.stdout, /Stale: run `eda sync`/);
      const dry = await eda(["sync", "--dry-run"], { cwd: "shop" });
      assert.match(dry.stdout, /^\+.*"nights"/m);
      assert.deepEqual(treeOf(root), before, "neither wrote anything");

      const ran = await eda(["sync"], { cwd: "shop/contracts" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(read("shop/contracts/rooms/RoomBooked.v1.json"), /"nights"/);
      assert.match(read("shop/services/rooms/src/generated/messages.ts"), /nights: number/);
      assert.equal(read("shop/eda.yaml"), edited, "the manifest is the author's");
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));

  it("takes the derived files of an entry that was removed, and names what it leaves", () =>
    inSandbox(async ({ eda, shop, add, read, write, path }) => {
      await shop();
      const before = read("shop/eda.yaml");
      await add("service", rooms);
      write("shop/eda.yaml", before);
      const ran = await eda(["sync"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(fs.existsSync(path("shop/contracts/rooms")), false);
      assert.equal(fs.existsSync(path("shop/services/rooms/src/generated")), false);
      assert.match(
        ran.stdout,
        /^No longer part of the system, and left to you: .*\n {2}services\/rooms\/ \(\d+ files\)$/m,
      );
      assert.match(ran.stdout, /^The database rooms and the topics of rooms stay too/m);
      assert.deepEqual(fs.readdirSync(path("shop/services/rooms")), ["migrations", "package.json"]);
    }));

  it("takes a handler that nobody has written into along with its subscription, and leaves one that somebody has", () =>
    inSandbox(async ({ eda, shop, add, read, write, path }) => {
      await shop();
      await add("service", { ...rooms, events: "RoomBooked,RoomFreed" });
      await add("service", { name: "desk", subscribes: "rooms.RoomBooked,rooms.RoomFreed" });
      const handler = (event: string) => `shop/services/desk/src/handlers/rooms-room-${event}.ts`;
      write(handler("freed"), `${read(handler("freed"))}// mine\n`);
      write("shop/eda.yaml", read("shop/eda.yaml").replace("subscribes: [rooms.RoomBooked, rooms.RoomFreed]", ""));
      const ran = await eda(["sync"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(fs.existsSync(path(handler("booked"))), false);
      assert.match(read(handler("freed")), /mine/);
      assert.match(ran.stdout, /^ {2}services\/desk\/src\/handlers\/rooms-room-freed\.ts$/m);
      assert.doesNotMatch(ran.stdout, /The database/);
    }));

  it("says the same as JSON for machines", () =>
    inSandbox(async ({ eda, shop, read, write }) => {
      await shop();
      write("shop/eda.yaml", `${read("shop/eda.yaml")}services:\n  rooms: { subscribes: [gone.Gone] }\n`);
      const json = async (...words: string[]) => {
        const ran = await eda(["sync", ...words, "--format", "json"], { cwd: "shop" });
        return { code: ran.code, ...JSON.parse(ran.stdout) };
      };
      const stale = { path: "docs/system.md", action: "change" };
      for (const [words, expected] of [
        ["--check", 1],
        ["--dry-run", 0],
      ] as const) {
        const seen = await json(words);
        assert.equal(seen.code, expected);
        assert.deepEqual(
          seen.stale.find(({ path }: typeof stale) => path === stale.path),
          stale,
        );
      }
      const { code, written, findings } = await json();
      assert.equal(code, 0);
      assert.ok(written.includes("services/rooms/src/main.ts"));
      assert.deepEqual(
        findings.map(({ rule }: { rule: string }) => rule),
        ["EDA-M02"],
      );
      assert.deepEqual(await json("--check"), { code: 0, stale: [] });
    }));

  it("--check says of a hand edit how to get out of it", () =>
    inSandbox(async ({ eda, shop, read, write }) => {
      await shop();
      write("shop/docs/system.md", `${read("shop/docs/system.md")}mine\n`);
      const check = await eda(["sync", "--check"], { cwd: "shop" });
      assert.equal(check.code, 1);
      assert.match(check.stdout, /^edited {4}docs\/system\.md$/m);
      assert.match(check.stdout, /make the change in eda\.yaml instead, then run `eda sync --force`/);
      assert.equal((await eda(["sync", "--force"], { cwd: "shop" })).code, 0);
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));

  it("does not stumble over a reference that leads nowhere: eda validate speaks of it", () =>
    inSandbox(async ({ eda, shop, add, read, write }) => {
      await shop();
      await add("service", rooms);
      write(
        "shop/eda.yaml",
        read("shop/eda.yaml").replace(
          "persistence: state",
          "persistence: state\n    subscribes: [desk.KeyCut, rooms.Nothing]",
        ),
      );
      const ran = await eda(["sync"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /^eda\.yaml has 2 errors: see `eda validate`\.$/m);
      const said = await eda(["validate"], { cwd: "shop" });
      assert.equal(said.code, 1);
      assert.equal(said.stdout.match(/EDA-M02/g)?.length, 2);
    }));

  it("outside a repository, or with a manifest that does not fit the schema, says so", () =>
    inSandbox(async ({ eda, write }) => {
      assertPlainError(await eda(["sync"]), 1, /no eda\.yaml here/);
      write("eda.yaml", "eda: 1\nname: Shop\nservices: []\n");
      assertPlainError(await eda(["sync"]), 1, /^eda\.yaml:2:7: error .*\n.*and 1 more: `eda validate`/);
    }));
});
