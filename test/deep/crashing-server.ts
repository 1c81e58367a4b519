import pg from "pg";
import { startTemporaryPostgres } from "../../templates/runtime/src/embedded/temporary.ts";
import type { TestDatabase } from "../support/postgres.ts";

/** A server that keeps what it has committed, also when it crashes. */
export async function ownServer(): Promise<TestDatabase> {
  const server = await startTemporaryPostgres({ settings: { synchronous_commit: "on", wal_writer_delay: "10s" } });
  return { url: server.url, drop: () => server.stop() };
}

/** Kills a server's process with -9: PostgreSQL ends all sessions, and recovers from its log. */
export async function crash(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    process.kill(rows[0]!.pid, "SIGKILL");
  } catch {
    // It is recovering already.
  }
}
