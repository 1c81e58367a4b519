import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { afterEach, before, describe, it } from "mocha";
import { inSandbox, treeOf, uninstalled } from "../../support/sandbox.ts";
import { atTerminal, closeTerminals, hasPseudoTerminal, keys } from "../../support/terminal.ts";

const bin = fileURLToPath(new URL("../../../generators/_cli/bin.ts", import.meta.url));
const eda = (...words: string[]) => [process.execPath, bin, ...words];

describe("An interview at a terminal", () => {
  before(function () {
    if (!hasPseudoTerminal) this.skip();
  });

  afterEach(closeTerminals);

  it("asks for a service, shows what will be written, and writes it", () =>
    inSandbox(async ({ shop, read, path }) => {
      await shop();
      const terminal = atTerminal(eda("add", "service"), { cwd: path("shop") });
      await terminal.says(/called\?/);
      terminal.type(`a b${keys.enter}`);
      await terminal.says(/it has a space/);
      terminal.type(`\u0015rooms${keys.enter}`);
      await terminal.says(/context.*\(rooms\)/);
      terminal.type(`hotel${keys.enter}`);
      await terminal.says(/aggregate.*\(Room\)/);
      terminal.type(keys.enter);
      await terminal.says(/identifies it\? \(roomId\)/);
      terminal.type(keys.enter);
      await terminal.says(/Which commands.*\?/);
      terminal.type(`BookRoom, CancelRoom${keys.enter}`);
      await terminal.says(/Which events.*\?/);
      terminal.type(`RoomBooked, RoomCancelled${keys.enter}`);
      await terminal.says(/\+ {4}context: hotel[\s\S]*\+ services\/rooms\/ \(\d+ files\)[\s\S]*Write this\?/);
      terminal.type(keys.enter);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 0, screen);
      assert.match(screen, /Written: .*\d+ create[\s\S]*Next:/);
      assert.match(read("shop/eda.yaml"), /BookRoom: \{ fields: \{ roomId: uuid \}, emits: \[RoomBooked\] \}/);
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: decided/);
    })).timeout(60_000);

  it("writes nothing when the last question is answered with no", () =>
    inSandbox(async ({ shop, root, path }) => {
      await shop();
      const before = treeOf(root);
      const all = ["--context", "a", "--aggregate", "A", "--key", "aId", "--commands", "", "--events", ""];
      const terminal = atTerminal(eda("add", "service", "rooms", ...all), { cwd: path("shop") });
      await terminal.says(/Write this\?/);
      terminal.type(`n${keys.enter}`);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 0, screen);
      assert.match(screen, /Nothing was written/);
      assert.deepEqual(treeOf(root), before);
    })).timeout(60_000);

  it("ends at Ctrl-C with 130 and one line, and has written nothing", () =>
    inSandbox(async ({ shop, root, path }) => {
      await shop();
      const before = treeOf(root);
      const terminal = atTerminal(eda("add", "service", "rooms"), { cwd: path("shop") });
      await terminal.says(/context.*\?/);
      terminal.type(keys.ctrlC);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 130, screen);
      assert.match(screen, /Stopped; nothing was written\./);
      assert.doesNotMatch(screen, /^\s+at |ExitPromptError/m);
      assert.deepEqual(treeOf(root), before);
    })).timeout(60_000);

  it("asks before it makes what another command needs, and assumes nothing that it did not show", () =>
    inSandbox(async ({ shop, root, path }) => {
      await shop();
      const before = treeOf(root);
      const terminal = atTerminal(eda("add", "outbox", "orders"), { cwd: path("shop") });
      for (const phase of ["requirements", "event sourcing", "CQRS"]) {
        await terminal.says(new RegExp(`Undecided yet: ${phase}[\\s\\S]*\\?`));
        terminal.type(keys.enter);
      }
      await terminal.says(/There is no service orders yet[\s\S]*Go on\?/);
      terminal.type(`n${keys.enter}`);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 1, screen);
      assert.match(screen, /eda add service orders has to come first/);
      assert.deepEqual(treeOf(root), before);
    })).timeout(60_000);

  it("asks whether a saga in an empty system may start from the checkout, and takes no for an answer", () =>
    inSandbox(async ({ shop, root, path }) => {
      await shop();
      const before = treeOf(root);
      const terminal = atTerminal(eda("add", "saga", "payment"), { cwd: path("shop") });
      for (const phase of ["requirements", "event sourcing"]) {
        await terminal.says(new RegExp(`Undecided yet: ${phase}[\\s\\S]*\\?`));
        terminal.type(keys.enter);
      }
      await terminal.says(/Who leads\?/);
      terminal.type(keys.enter);
      await terminal.says(/shop has no events yet[\s\S]*Go on\?/);
      terminal.type(`n${keys.enter}`);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 1, screen);
      assert.match(screen, /eda add service orders/);
      assert.deepEqual(treeOf(root), before);
    })).timeout(60_000);

  it("asks for a saga step by step, choices in lists, and shows its file before it is written", () =>
    inSandbox(async ({ shop, add, read, write, path, eda: run }) => {
      await shop();
      await add("service", { name: "rooms", commands: "BookRoom", events: "RoomBooked" });
      await add("service", {
        name: "doors",
        key: "roomId",
        commands: "OpenDoor,LockDoor",
        events: "DoorOpened,DoorLocked",
      });
      write("shop/eda.yaml", read("shop/eda.yaml").replace("LockDoor: {", "LockDoor: { undoes: OpenDoor,"));
      assert.equal((await run(["sync"], { cwd: "shop" })).code, 0);
      const terminal = atTerminal(eda("add", "saga", "arrival"), { cwd: path("shop") });
      const answer = async (question: RegExp, typed = "") => {
        await terminal.says(question);
        terminal.type(typed + keys.enter);
      };
      await answer(/Who leads\?/);
      await answer(/Which event starts it\?[\s\S]*❯ rooms\.RoomBooked/);
      await answer(/Which service hosts it\? \(rooms\)/);
      await answer(/Step 1: which command\?[\s\S]*❯ doors\.OpenDoor/);
      await answer(/what kind of step is doors\.OpenDoor\?[\s\S]*❯ compensatable/);
      await answer(/takes OpenDoor back\?[\s\S]*❯ LockDoor/);
      await answer(/Step 2: which command\?[\s\S]*❯ no more steps/);
      await answer(/tells that all is done/);
      await answer(/tells that it was undone/);
      await answer(/\+ sagas\/arrival\.saga\.yaml[\s\S]*Write this\?/);
      const { code, screen } = await terminal.ended();
      assert.equal(code, 0, screen);
      assert.match(read("shop/sagas/arrival.saga.yaml"), /command: doors\.OpenDoor[\s\S]*command: doors\.LockDoor/);
      assert.match(read("shop/eda.yaml"), /cqrs-sagas: \{ status: decided/);
    })).timeout(60_000);

  it("asks nothing under --defaults, at a terminal too", () =>
    inSandbox(async ({ write, path, root }) => {
      write("notes.txt", "mine");
      const refused = await atTerminal(eda("new", "--defaults", ...uninstalled), { cwd: root }).ended();
      assert.equal(refused.code, 1, refused.screen);
      const made = await atTerminal(eda("new", "shop", "--defaults", ...uninstalled), { cwd: root }).ended();
      assert.equal(made.code, 0, made.screen);
      assert.doesNotMatch(made.screen, /\?/);
      const added = await atTerminal(eda("add", "outbox", "orders", "--defaults"), { cwd: path("shop") }).ended();
      assert.equal(added.code, 0, added.screen);
    })).timeout(60_000);

  it("has colours at a terminal, and none under NO_COLOR", () =>
    inSandbox(async ({ shop, path }) => {
      await shop();
      const phases = (env: Record<string, string>) => atTerminal(eda("phases"), { cwd: path("shop"), env }).ended();
      const red = "\u001b[31m";
      assert.ok((await phases({ TERM: "xterm-256color" })).raw.includes(`${red}open`));
      assert.ok(!(await phases({ TERM: "xterm-256color", NO_COLOR: "1" })).raw.includes("\u001b"));
    })).timeout(60_000);
});
