import assert from "node:assert/strict";
import fs from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox, type Ran, type Sandbox, treeOf } from "../../support/sandbox.ts";

const project = fileURLToPath(new URL("../../../", import.meta.url));

/** Whether the user that `yo` becomes can read this checkout. If not, `yo` is told that it is that user already. */
function isReadableByOthers(folder: string): boolean {
  const above = dirname(folder);
  return (fs.statSync(folder).mode & 0o005) === 0o005 && (above === folder || isReadableByOthers(above));
}
const asRoot = isReadableByOthers(project) ? [] : ["--import", "data:text/javascript,process.getuid=()=>1000"];

/** The real `yo`. As root it becomes another user, who must be able to write to its home and to the target. */
async function withYo(use: (yo: (cwd: string, ...words: string[]) => Promise<Ran>, sandbox: Sandbox) => Promise<void>) {
  assert.ok(fs.existsSync(`${project}dist/generators/app/index.js`), "yo loads dist: run `npm run build` first");
  await inSandbox(async (sandbox) => {
    const { path, run, root } = sandbox;
    fs.chmodSync(root, 0o777);
    for (const folder of ["home", "work", "node_modules"]) fs.mkdirSync(path(folder));
    for (const folder of ["home", "work"]) fs.chmodSync(path(folder), 0o777);
    fs.symlinkSync(project, path("node_modules/generator-eda"), "junction");
    const bin = `${project}node_modules/yo/lib/cli.js`;
    const env = { HOME: path("home"), NO_UPDATE_NOTIFIER: "1", NO_COLOR: "1" };
    await use((cwd, ...words) => run(process.execPath, [...asRoot, bin, ...words], { cwd, env }), sandbox);
  });
}

describe("yo", () => {
  it("runs eda, eda:service, eda:outbox and eda:outbox-migration", () =>
    withYo(async (yo, { read, path }) => {
      const made = await yo("work", "eda", "shop", "--defaults", "--skip-install", "--generator", "0.1.0");
      assert.equal(made.code, 0, made.stdout + made.stderr);
      assert.match(made.stdout, /Next:\n {2}cd shop\n/);
      const service = await yo("work/shop/docs", "eda:service", "Rooms", "--defaults", "--events", "RoomBooked");
      assert.equal(service.code, 0, service.stdout + service.stderr);
      assert.match(service.stdout, /rooms publishes events, so it gets an outbox/);
      const outbox = await yo("work/shop", "eda:outbox", "orders", "--defaults");
      assert.equal(outbox.code, 0, outbox.stdout + outbox.stderr);
      assert.match(outbox.stdout, /There is no service orders yet, so it is made/);
      const before = treeOf(path("work"));
      assert.equal((await yo("work/shop", "eda:outbox-migration", "orders", "--defaults")).code, 0);
      assert.deepEqual(treeOf(path("work")), before);
      assert.match(read("work/shop/eda.yaml"), /outboxes:\n {2}rooms: .*\n {2}orders: /);
    })).timeout(120_000);

  it("says what is refused in one or two plain lines, exits with 1, and leaves every byte", () =>
    withYo(async (yo, { path }) => {
      const refused = await yo("work", "eda:service", "rooms", "--defaults");
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /There is no eda\.yaml here or in a folder above\n {2}Make a repository with/);
      const named = await yo("work", "eda", "a b", "--defaults");
      assert.equal(named.code, 1);
      assert.match(named.stderr, /"a b" cannot be a system: it has a space/);
      assert.doesNotMatch(refused.stderr + named.stderr, /^\s+at /m);
      assert.deepEqual(fs.readdirSync(path("work")), []);
    })).timeout(120_000);

  it("is not misled by a foreign .yo-rc.json above", () =>
    withYo(async (yo, { write, read, path }) => {
      write("work/.yo-rc.json", '{"generator-other": {}}');
      fs.mkdirSync(path("work/deep"));
      fs.chmodSync(path("work/deep"), 0o777);
      const made = await yo("work/deep", "eda", "shop", "--defaults", "--skip-install", "--generator", "0.1.0");
      assert.equal(made.code, 0, made.stdout + made.stderr);
      assert.match(read("work/deep/shop/eda.yaml"), /^name: shop$/m);
      assert.equal(read("work/.yo-rc.json"), '{"generator-other": {}}');
    })).timeout(120_000);
});
