import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { reachableDataDir } from "../../../../templates/runtime/src/embedded/data-folder.ts";

const user = { uid: 65_534, gid: 65_534 };

describe("the folder of PostgreSQL's data", () => {
  let folder: string;
  let temporary: string | undefined;
  const closed = (name: string) => {
    mkdirSync(path.join(folder, name), { mode: 0o700 });
    return path.join(folder, name, "postgres");
  };
  const said: string[] = [];
  const where = (dataDir: string) => reachableDataDir(dataDir, user, (line) => said.push(line));

  beforeEach(function () {
    if (process.platform === "win32") this.skip();
    folder = mkdtempSync(path.join(os.tmpdir(), "eda-data-"));
    chmodSync(folder, 0o711);
    temporary = process.env.TMPDIR;
    process.env.TMPDIR = path.join(folder, "tmp");
    mkdirSync(process.env.TMPDIR, { mode: 0o711 });
    said.length = 0;
  });
  afterEach(() => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    rmSync(folder, { recursive: true, force: true });
  });

  it("is the one asked for when the server's user can reach it, or is whoever runs this", () => {
    const open = path.join(folder, "postgres");
    assert.equal(where(open), open);
    const own = closed("own");
    assert.equal(reachableDataDir(own, undefined, assert.fail), own);
    assert.deepEqual(said, []);
  });

  it("is a temporary one, the same each time, when a folder above is closed", () => {
    const first = where(closed("repository"));
    assert.ok(first.startsWith(path.join(folder, "tmp", "eda-postgres-")));
    assert.equal(where(path.join(folder, "repository", "postgres")), first);
  });

  it("is another one when the temporary one has gone, and that is said", () => {
    const dataDir = closed("repository");
    const first = where(dataDir);
    rmSync(path.dirname(first), { recursive: true });
    assert.notEqual(where(dataDir), first);
    assert.match(said.join("\n"), /where PostgreSQL's data was, is gone: starting from nothing/);
  });

  it("goes when its repository has gone, and not before", () => {
    const kept = where(closed("kept"));
    const orphan = where(closed("removed"));
    for (const each of [kept, orphan]) utimesSync(path.dirname(each), 0, 0);
    rmSync(path.join(folder, "removed"), { recursive: true });
    where(closed("another"));
    assert.deepEqual(
      [kept, orphan].map((each) => existsSync(path.dirname(each))),
      [true, false],
    );
  });
});
