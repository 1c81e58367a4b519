import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { isRunning } from "./is-running.ts";

/** What a PostgreSQL server says of itself in the `postmaster.pid` of its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** The server that the data folder names, if its process number is in use; it may be another program's by now. */
export function postmasterOf(dataDir: string): Postmaster | undefined {
  const file = path.join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 && isRunning(pid) ? { pid, port } : undefined;
}

export type Claim =
  /** Nobody else's: this session holds the server until it ends, however its process does. */
  | { readonly outcome: "claimed"; readonly session: pg.Client }
  | { readonly outcome: "in use"; readonly by: string }
  | { readonly outcome: "no answer"; readonly error: Error };

/** Any number will do, as long as every version of this file uses it. */
const CLAIM_LOCK = 4_711_000_815n;

/**
 * Asks to be the one process that starts and stops this server. An advisory lock of a session that stays open tells
 * owners from leftovers better than a file with a process number: it ends with its owner, by `kill -9` too, and an
 * owner that is merely paused keeps it.
 *
 * @param minimumAgeMs a server that has been up for less is left to the process that has just started it
 */
export async function claim(url: string, dataDir: string, minimumAgeMs = 0): Promise<Claim> {
  const session = new pg.Client({
    connectionString: url,
    application_name: `eda owner ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  session.on("error", () => undefined);
  try {
    await session.connect();
    const { rows } = await session.query<{ folder: string; age: number }>(
      `SELECT current_setting('data_directory') AS folder,
              extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 * 1000 AS age`,
    );
    if (rows[0] === undefined || path.relative(rows[0].folder, dataDir) !== "") {
      throw new Error(`the server at that port serves ${rows[0]?.folder}`);
    }
    const owner = await ownerOf(session);
    if (owner !== undefined) throw new InUse(owner);
    if (rows[0].age < minimumAgeMs) throw new Error("it has only just started");
    const { rows: locks } = await session.query<{ taken: boolean }>("SELECT pg_try_advisory_lock($1) AS taken", [
      CLAIM_LOCK,
    ]);
    if (!locks[0]?.taken) throw new InUse((await ownerOf(session)) ?? "another process");
    return { outcome: "claimed", session };
  } catch (error) {
    await session.end().catch(() => undefined);
    if (error instanceof InUse) return { outcome: "in use", by: error.message };
    return { outcome: "no answer", error: error as Error };
  }
}

class InUse extends Error {}

/** `process 4711`, or none. */
async function ownerOf(session: pg.Client): Promise<string | undefined> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity JOIN pg_locks USING (pid)
     WHERE locktype = 'advisory' AND (classid::bigint << 32) + objid::bigint = $1 AND granted`,
    [CLAIM_LOCK],
  );
  return rows[0]?.name.replace("eda owner", "process");
}
