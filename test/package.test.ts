import assert from "node:assert/strict";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox, type Ran, runProcess } from "./support/sandbox.ts";

const project = fileURLToPath(new URL("../", import.meta.url));
const npm = (words: readonly string[], cwd: string): Promise<Ran> =>
  runProcess(process.platform === "win32" ? "npm.cmd" : "npm", words, { cwd });

/** Paths in a tarball that npm has made, sorted. */
async function contentOf(tarball: string): Promise<readonly string[]> {
  const { stdout } = await runProcess("tar", ["-tzf", tarball], { cwd: project });
  return stdout
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
}

async function packed(folder: string): Promise<string> {
  assert.ok(fs.existsSync(`${project}dist/generators/_cli/bin.js`), "run `npm run build` first");
  const { stdout, code, stderr } = await npm(
    ["pack", "--ignore-scripts", "--json", "--pack-destination", folder],
    project,
  );
  assert.equal(code, 0, stderr);
  return `${folder}/${(JSON.parse(stdout) as [{ filename: string }])[0].filename}`;
}

/** Files of a folder of this project that git would hold, sorted, from the project's root. */
function filesBelow(folder: string): readonly string[] {
  return fs
    .readdirSync(`${project}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(project.length).replaceAll("\\", "/"))
    .filter((path) => !path.includes("/node_modules/"))
    .sort();
}

describe("The package", () => {
  it("holds what a user needs and nothing else", () =>
    inSandbox(async ({ root }) => {
      const files = await contentOf(await packed(root));
      const topFiles = files.filter((path) => !path.includes("/"));
      assert.deepEqual(topFiles, ["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
      assert.deepEqual(
        [...new Set(files.map((path) => path.split("/")[0]))].filter((top) => !topFiles.includes(top!)).sort(),
        ["dist", "docs", "templates"],
      );
      assert.deepEqual(
        files.filter(
          (path) =>
            path.startsWith("dist/") &&
            !/^dist\/(published$|(generators|templates\/runtime\/src)\/.*\.js(\.map)?$)/.test(path),
        ),
        filesBelow("generators")
          .filter((path) => path.endsWith(".json"))
          .map((path) => `dist/${path}`),
      );
      assert.deepEqual(
        files.filter((path) => path.startsWith("templates/")),
        filesBelow("templates"),
        "templates whole, also those that npm would read as its own: gitignore, package.json",
      );
      for (const path of ["templates/repository/gitignore", "templates/repository/.github/workflows/ci.yml"]) {
        assert.ok(files.includes(path), path);
      }
      assert.deepEqual(
        files.filter(
          (path) =>
            /\.tgz$|\.test\.|(^|\/)test\/support|\.env$|\.npmrc$|\.data\//.test(path) && !path.startsWith("templates/"),
        ),
        [],
      );
    })).timeout(60_000);

  it("installs from its tarball, makes a repository, and puts itself into it", () =>
    inSandbox(async ({ root, path, run, read }) => {
      const tarball = await packed(root);
      fs.mkdirSync(path("home"));
      fs.writeFileSync(path("home/package.json"), "{}");
      const installed = await npm(["install", "--no-fund", "--no-audit", tarball], path("home"));
      assert.equal(installed.code, 0, installed.stderr);
      const bin = path("home/node_modules/generator-eda/dist/generators/_cli/bin.js");
      const eda = (cwd: string, ...words: string[]) => run(process.execPath, [bin, ...words], { cwd });

      const made = await eda(".", "new", "shop", "--example", "order-management", "--defaults", "--skip-install");
      assert.equal(made.code, 0, made.stderr);
      assert.match(made.stdout, /^\+ packages\/runtime\/ \(\d+ files\)$/m);
      assert.equal(JSON.parse(read("shop/package.json")).devDependencies["generator-eda"], "file:.eda/generator.tgz");
      assert.deepEqual(await contentOf(path("shop/.eda/generator.tgz")), await contentOf(tarball));
      for (const words of [
        ["validate", "--strict"],
        ["sync", "--check"],
        ["phases", "--strict"],
      ]) {
        const ran = await eda("shop", ...words);
        assert.equal(ran.code, 0, ran.stdout + ran.stderr);
      }
      const added = await eda("shop/services", "add", "service", "shipping", "--events", "OrderShipped", "--defaults");
      assert.equal(added.code, 0, added.stderr);
    })).timeout(300_000);
});
