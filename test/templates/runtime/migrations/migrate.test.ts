import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import { migrate } from "../../../../templates/runtime/src/migrations/migrate.ts";
import { migrationFile } from "../../../../templates/runtime/src/migrations/migration-file.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";

describe("migrate", () => {
  let server: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    server = await testDatabase();
    database = createDatabase({ url: server.url });
  });
  afterEach(async () => {
    await database.close();
    await server.drop();
  });

  const create = (table: string) => migrationFile(`${table}.sql`, `CREATE TABLE ${table} (id int PRIMARY KEY);\n`);
  const tables = async () =>
    (
      await database.query<{ name: string }>(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'eda_migrations' ORDER BY 1",
      )
    ).rows.map((row) => row.name);

  it("applies the files of a folder by name, once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "migrations-"));
    await writeFile(join(folder, "020-b.sql"), "ALTER TABLE a ADD b int;");
    await writeFile(join(folder, "010-a.sql"), "CREATE TABLE a (id int);");
    await writeFile(join(folder, "notes.txt"), "not SQL");
    assert.deepEqual(await migrate(database, folder), { applied: ["010-a.sql", "020-b.sql"], warnings: [] });
    assert.deepEqual(await migrate(database, folder), { applied: [], warnings: [] });
    await rm(folder, { recursive: true });
  });

  it("applies a file that sorts before those already applied", async () => {
    await migrate(database, [create("b")]);
    assert.deepEqual((await migrate(database, [create("a"), create("b")])).applied, ["a.sql"]);
  });

  it("records the checksum and the time", async () => {
    await migrate(database, [create("a")]);
    const { rows } = await database.query("SELECT name, sha256, applied_at IS NOT NULL AS timed FROM eda_migrations");
    assert.deepEqual(rows, [{ name: "a.sql", sha256: create("a").sha256, timed: true }]);
  });

  // Red without `refuseEdited` in migrate.ts.
  it("refuses a file that was edited after it was applied, and applies nothing then", async () => {
    await migrate(database, [create("b")]);
    const edited = migrationFile("b.sql", "CREATE TABLE b (id bigint);");
    await assert.rejects(migrate(database, [create("a"), edited]), {
      name: "MigrationEditedError",
      message: /^b\.sql: edited after it was applied to this database\. Put back/,
    });
    assert.deepEqual(await tables(), ["b"]);
  });

  it("takes other line ends and a byte order mark for no edit", async () => {
    await migrate(database, [migrationFile("a.sql", "CREATE TABLE a (\n id int\n);\n")]);
    assert.deepEqual(await migrate(database, [migrationFile("a.sql", "\uFEFFCREATE TABLE a (\r\n id int\r\n);\r\n")]), {
      applied: [],
      warnings: [],
    });
  });

  it("warns of an applied file that is gone", async () => {
    await migrate(database, [create("a"), create("b")]);
    const { warnings } = await migrate(database, [create("b")]);
    assert.deepEqual(warnings, ["migration a.sql has been applied to this database, and its file is gone"]);
  });

  it("leaves nothing of a file that fails, names file and line, and keeps those before it", async () => {
    const bad = migrationFile("b.sql", "CREATE TABLE b (id int);\n\nSELEC 1;");
    await assert.rejects(migrate(database, [create("a"), bad, create("c")]), {
      name: "MigrationFailedError",
      message: /^b\.sql:3: syntax error at or near "SELEC"\. Nothing of this file was applied/,
    });
    assert.deepEqual(await tables(), ["a"]);
    const good = migrationFile("b.sql", "CREATE TABLE b (id int);");
    assert.deepEqual((await migrate(database, [create("a"), good, create("c")])).applied, ["b.sql", "c.sql"]);
  });

  // Red without `acquireLock` in migrate.ts: the second meets a table that exists already.
  it("lets several processes start at once: one works, all succeed", async () => {
    const files = [migrationFile("0.sql", "CREATE TABLE t (id int); SELECT pg_sleep(0.2);"), create("a"), create("b")];
    const others = [1, 2, 3].map(() => createDatabase({ url: server.url }));
    const results = await Promise.all(others.map((other) => migrate(other, files)));
    await Promise.all(others.map((other) => other.close()));
    assert.deepEqual(results.map((result) => result.applied.length).sort(), [0, 0, 3]);
  });

  // Red when acquireLock waits in pg_advisory_lock: the waiter's snapshot and the index wait for each other.
  it("builds an index concurrently while another process waits its turn", async () => {
    const index = migrationFile(
      "b.sql",
      "-- eda: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_n ON a (n);",
    );
    const table = migrationFile("a.sql", "CREATE TABLE a (n int); INSERT INTO a SELECT generate_series(1, 200000);");
    const other = createDatabase({ url: server.url });
    await Promise.all([migrate(database, [table, index]), migrate(other, [table, index])]);
    await other.close();
    const { rows } = await database.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_n'::regclass");
    assert.deepEqual(rows, [{ indisvalid: true }]);
  });

  it("names the session that it has waited for in vain", async () => {
    const slow = migrationFile("a.sql", "SELECT pg_advisory_lock(7)");
    const other = createDatabase({ url: server.url });
    await database.session(async (session) => {
      const { rows } = await session.query<{ pid: number }>("SELECT pg_backend_pid() AS pid, pg_advisory_lock(7)");
      const migrating = migrate(other, [slow]);
      const holder = async () =>
        (
          await database.query<{ pid: number }>(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid <> $1",
            [rows[0]!.pid],
          )
        ).rows[0]?.pid;
      let pid = await holder();
      while (pid === undefined) pid = await holder();
      await assert.rejects(migrate(database, [slow], { waitMs: 0 }), {
        name: "MigrationLockedError",
        message: new RegExp(`^the session with pid ${pid} `),
      });
      await session.query("SELECT pg_advisory_unlock(7)");
      await migrating;
    });
    await other.close();
  });

  it("warns of an index that was left invalid", async () => {
    const table = migrationFile("a.sql", "CREATE TABLE a (n int); INSERT INTO a VALUES (1), (1);");
    const unique = migrationFile("b.sql", "-- eda: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n);");
    await assert.rejects(migrate(database, [table, unique]), { message: /may have left something behind/ });
    assert.deepEqual((await migrate(database, [table])).warnings, [
      "index a_n is invalid: drop it and create it again",
    ]);
  });

  it("keeps its records in another schema when told so", async () => {
    await database.query('CREATE SCHEMA "odd ""name"');
    const files = [migrationFile("a.sql", "SELECT 1")];
    await migrate(database, files, { schema: 'odd "name' });
    assert.deepEqual((await migrate(database, files, { schema: 'odd "name' })).applied, []);
    assert.deepEqual(await tables(), []);
  });

  it("says so when the folder does not exist", async () => {
    await assert.rejects(migrate(database, join(tmpdir(), "no-such-folder")), { name: "MigrationFolderError" });
  });
});
