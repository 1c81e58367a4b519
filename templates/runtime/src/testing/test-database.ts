import { randomBytes } from "node:crypto";
import pg from "pg";
import type { RunningPostgres } from "../embedded/postgres.ts";
import { startTemporaryPostgres } from "../embedded/temporary.ts";

export interface TestDatabase {
  /** Of a superuser, with this database selected. */
  readonly url: string;
  /** Ends the sessions in it and drops it. */
  drop(): Promise<void>;
}

let server: Promise<RunningPostgres> | undefined;

/** A fresh, empty database on the server of `testServerUrl`. */
export async function testDatabase(): Promise<TestDatabase> {
  const superuser = await testServerUrl();
  const name = `test_${process.pid}_${randomBytes(5).toString("hex")}`;
  await run(superuser, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(superuser, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  };
}

/**
 * The server of `EDA_TEST_POSTGRES_URL`, which `npm test` sets, else one for this process alone: started at the first
 * call. It does not hold up the end of this process, and is stopped by it, however it comes.
 */
export async function testServerUrl(): Promise<string> {
  const given = process.env.EDA_TEST_POSTGRES_URL;
  if (given) return given;
  server ??= startTemporaryPostgres();
  const started = await server;
  started.unref();
  return started.url;
}

/** Stops the server of this process, if it has one. Not needed where the process ends anyway. */
export async function stopTestServer(): Promise<void> {
  const started = server;
  server = undefined;
  await (await started)?.stop();
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
