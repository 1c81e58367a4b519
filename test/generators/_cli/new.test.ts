import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, treeOf, uninstalled } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const defaults = ["--defaults", ...uninstalled];

describe("eda new", () => {
  it("makes ./name, in kebab-case whatever case was typed", () =>
    inSandbox(async ({ eda, read, root }) => {
      const ran = await eda(["new", "BookShop", ...defaults]);
      assert.equal(ran.code, 0, ran.stderr);
      assert.deepEqual(fs.readdirSync(root), ["book-shop"]);
      assert.match(read("book-shop/eda.yaml"), /^name: book-shop$/m);
    }));

  it("without a name takes the folder's, whatever the folder is called", () =>
    inSandbox(async ({ eda, read, path }) => {
      fs.mkdirSync(path("12 Über Läden!"));
      const ran = await eda(["new", ...defaults], { cwd: "12 Über Läden!" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(read("12 Über Läden!/eda.yaml"), /^name: ber-l-den$/m);
      assert.doesNotMatch(ran.stdout, /^ {2}cd /m, "one is there already");
    }));

  it("takes the flags of the stream, and marks as decided what nobody had to assume", () =>
    inSandbox(async ({ eda, read }) => {
      const figures = ["--peak", "2000", "--size", "300", "--growth", "1.5", "--partitions", "24"];
      const all = ["--stream", "redpanda", ...figures, "--replication", "1", "--retention", "forever"];
      const ran = await eda(["new", "shop", ...all, ...uninstalled]);
      assert.equal(ran.code, 0, ran.stderr);
      const manifest = read("shop/eda.yaml");
      assert.match(manifest, /platform: redpanda\n {2}partitions: 24\n {2}replication: 1\n {2}retention: forever/);
      assert.match(manifest, /expected: \{ peakPerSecond: 2000, averageBytes: 300, growthPerYear: 1.5 \}/);
      assert.match(manifest, /stream: \{ status: decided/);
    }));

  it("refuses a folder that is not empty", () =>
    inSandbox(async ({ eda, write, root }) => {
      write("notes.txt", "mine");
      assertPlainError(await eda(["new", ...defaults]), 1, /not empty\n.*eda new NAME/);
      write("shop/notes.txt", "mine");
      assertPlainError(await eda(["new", "shop", ...defaults]), 1, /shop is there already/);
      write("cafe", "a file");
      assertPlainError(await eda(["new", "cafe", ...defaults]), 1, /cafe is there already/);
      assert.deepEqual(Object.keys(treeOf(root)), ["cafe", "notes.txt", "shop/notes.txt"]);
    }));

  it("works in a folder that is empty but for git, a README and a licence, and keeps them", () =>
    inSandbox(async ({ eda, write, read, add, path }) => {
      write("shop/.git/HEAD", "ref: refs/heads/main\n");
      write("shop/README.md", "# The shop\n\nOurs.\n");
      write("shop/LICENSE", "MIT");
      const ran = await eda(["new", ...defaults], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal(read("shop/LICENSE"), "MIT");
      assert.deepEqual(fs.readdirSync(path("shop/.git")), ["HEAD"]);
      assert.match(read("shop/README.md"), /^# The shop\n\nOurs\.\n\n<!-- eda:system .*-->\nThere is no service yet/);

      await add("service", { name: "orders" });
      assert.match(
        read("shop/README.md"),
        /^# The shop\n\nOurs\.\n\n<!-- eda:system .*-->\n\| service \|[\s\S]*\| 4001 \|/,
      );
      write("shop/README.md", "# The shop\n");
      await add("service", { name: "payments" });
      assert.equal(read("shop/README.md"), "# The shop\n", "whoever takes the part out wants it no more");
    }));

  it("at the root of a repository is eda sync", () =>
    inSandbox(async ({ eda, shop, root, path }) => {
      await shop();
      const before = treeOf(root);
      fs.rmSync(path("shop/docs/system.md"));
      const ran = await eda(["new"], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /so this is `eda sync`/);
      assert.deepEqual(treeOf(root), before);
      assert.equal((await eda(["new", "shop", ...defaults])).code, 0, "from outside by its name, too");
      assert.deepEqual(treeOf(root), before);
    }));

  it("below the root of a repository, or with a name in it, refuses", () =>
    inSandbox(async ({ eda, shop, root }) => {
      await shop();
      const before = treeOf(root);
      assertPlainError(await eda(["new", ...defaults], { cwd: "shop/docs" }), 1, /inside the repository/);
      assertPlainError(await eda(["new", "other", ...defaults], { cwd: "shop" }), 1, /inside the repository/);
      assert.deepEqual(treeOf(root), before);
    }));

  it("is not misled by a foreign .yo-rc.json above", () =>
    inSandbox(async ({ eda, write, read, root }) => {
      write(".yo-rc.json", '{"generator-other": {}}');
      write("work/README.md", "# Work\n");
      const ran = await eda(["new", "shop", ...defaults], { cwd: "work" });
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(read("work/shop/eda.yaml"), /^name: shop$/m);
      assert.equal(fs.existsSync(`${root}/eda.yaml`), false);
      assert.equal(read(".yo-rc.json"), '{"generator-other": {}}');
    }));

  it("under --dry-run shows files with their sizes and the manifest, under --diff each, and writes nothing", () =>
    inSandbox(async ({ eda, root }) => {
      const ran = await eda(["new", "shop", "--dry-run", ...defaults]);
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stdout, /^create {4}eda\.yaml +\d+ B$/m);
      assert.match(ran.stdout, /^create {4}packages\/runtime\/ \(\d+ files\) +\d+\.\d kB$/m);
      assert.match(ran.stdout, /^\+name: shop$/m);
      assert.match(ran.stdout, /nothing was written\. --diff shows what is in the new files\.\n$/);
      assert.doesNotMatch(ran.stdout, /b\/README\.md/);
      const full = await eda(["new", "shop", "--diff", ...defaults]);
      assert.match(full.stdout, /^\+\+\+ b\/README\.md$/m);
      assert.match(full.stdout, /nothing was written\.\n$/);
      assert.deepEqual(fs.readdirSync(root), []);
    }));

  it("without a terminal and defaults, names every missing answer at once", () =>
    inSandbox(async ({ eda, root }) => {
      const ran = await eda(["new", "shop", "--stream", "kafka", "--peak", "5"]);
      assertPlainError(ran, 1, /--size, --growth, --partitions, --replication, --retention/);
      assert.doesNotMatch(ran.stderr, /--peak|--stream/);
      assert.deepEqual(fs.readdirSync(root), []);
    }));

  it("names the examples there are, and renders one whose rules all hold", () =>
    inSandbox(async ({ eda, root }) => {
      assertPlainError(await eda(["new", "shop", "--example", "nope", ...defaults]), 1, /"nope"\n.*order-management/);
      assert.deepEqual(fs.readdirSync(root), []);
      const ran = await eda(["new", "shop", "--example", "order-management", ...uninstalled]);
      assert.equal(ran.code, 0, "an example has taken every decision itself");
      const validated = await eda(["validate", "--strict"], { cwd: "shop" });
      assert.equal(validated.code, 0, validated.stdout);
      assert.equal((await eda(["phases", "--strict"], { cwd: "shop" })).code, 0);
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));
});
