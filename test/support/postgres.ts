import { randomBytes } from "node:crypto";
import pg from "pg";
import type { RunningPostgres } from "../../templates/runtime/src/embedded/postgres.ts";
import { startTemporaryPostgres } from "../../templates/runtime/src/embedded/temporary.ts";

export interface TestDatabase {
  /** Of a superuser, with this database selected. */
  readonly url: string;
  /** Ends the sessions in it and drops it. Not needed at the end of a run: the server goes as a whole. */
  drop(): Promise<void>;
}

let server: Promise<RunningPostgres> | undefined;

/**
 * A fresh, empty database on one server for the whole mocha process, which starts with the first call and stops after
 * the last test. `EDA_TEST_POSTGRES_URL` names a server to use instead.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const superuser = await testServerUrl();
  const name = `test_${process.pid}_${randomBytes(5).toString("hex")}`;
  await run(superuser, `CREATE DATABASE "${name}"`);
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(superuser, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}

/** The server itself, for tests of roles and of other databases. Shared: leave nothing behind that others could meet. */
export async function testServerUrl(): Promise<string> {
  const given = process.env.EDA_TEST_POSTGRES_URL;
  if (given) return given;
  server ??= startTemporaryPostgres();
  return (await server).url;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

// A root hook: this file is first imported while mocha loads test files, outside of any `describe`.
after(async () => {
  await (await server)?.stop();
});
