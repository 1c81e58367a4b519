import { setTimeout as delay } from "node:timers/promises";
import type { Database, Session } from "../database/database.ts";
import { MigrationEditedError, MigrationFailedError, MigrationLockedError } from "./errors.ts";
import type { MigrationFile } from "./migration-file.ts";
import { readMigrations } from "./read-migrations.ts";

export interface MigrateOptions {
  /** Where the table `eda_migrations` lies. Default: `public`. */
  readonly schema?: string;
  /** How long to wait for another process that migrates, in milliseconds. Default 600,000. */
  readonly waitMs?: number;
}

export interface MigrateResult {
  /** Names of the files applied by this call, in order. */
  readonly applied: readonly string[];
  /** Lines for the log: what is odd and yet no reason to stop. */
  readonly warnings: readonly string[];
}

/**
 * Applies every file of `source` (a folder of `.sql` files, or the files themselves) that the database has not
 * recorded, in the order of their names: also one that sorts before those already applied. Each runs in one
 * transaction with its record. Any number of processes may call this at once; one works, the others wait for it.
 *
 * A file that was edited after it had been applied stops everything before anything is applied
 * (`MigrationEditedError`); one that fails leaves those before it applied (`MigrationFailedError`).
 */
export async function migrate(
  database: Database,
  source: string | URL | readonly MigrationFile[],
  options: MigrateOptions = {},
): Promise<MigrateResult> {
  const files =
    typeof source === "string" || source instanceof URL ? await readMigrations(source) : [...source].sort(byName);
  const table = `${quoteIdentifier(options.schema ?? "public")}.eda_migrations`;
  return database.session(async (session) => {
    // An index on a large table takes longer than a request may.
    await session.query("SET statement_timeout = 0");
    await acquireLock(session, table, options.waitMs ?? TEN_MINUTES_MS);
    await session.query(createTable(table));
    const recorded = await readRecorded(session, table);
    refuseEdited(files, recorded);
    const applied: string[] = [];
    for (const file of files) {
      if (recorded.has(file.name)) continue;
      await apply(session, table, file);
      applied.push(file.name);
    }
    return { applied, warnings: [...missing(files, recorded), ...(await invalidIndexes(session))] };
  });
}

/**
 * Held by the session to its end. Polled, not waited for: a statement that waits keeps a snapshot, and CREATE INDEX
 * CONCURRENTLY in the session that holds the lock would wait for that snapshot, for ever.
 */
async function acquireLock(session: Session, table: string, waitMs: number): Promise<void> {
  const end = performance.now() + waitMs;
  for (;;) {
    const { rows } = await session.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(${LOCK_KEY}) AS locked`, [
      table,
    ]);
    if (rows[0]?.locked === true) return;
    if (performance.now() >= end) {
      const holder = await session.query<{ pid: number }>(LOCK_HOLDER, [table]);
      throw new MigrationLockedError(waitMs, holder.rows[0]?.pid);
    }
    await delay(LOCK_POLL_MS);
  }
}

const TEN_MINUTES_MS = 600_000;
const LOCK_POLL_MS = 50;

const LOCK_KEY = "hashtextextended($1, 0)";
const LOCK_HOLDER = `
  SELECT pid FROM pg_locks
   WHERE locktype = 'advisory' AND granted AND objsubid = 1
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (classid::int8 << 32) | objid::int8 = ${LOCK_KEY}`;

const createTable = (table: string) => `
  CREATE TABLE IF NOT EXISTS ${table} (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
  )`;

async function readRecorded(session: Session, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await session.query<{ name: string; sha256: string }>(`SELECT name, sha256 FROM ${table}`);
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function refuseEdited(files: readonly MigrationFile[], recorded: ReadonlyMap<string, string>): void {
  const edited = files.filter((file) => recorded.has(file.name) && recorded.get(file.name) !== file.sha256);
  if (edited.length > 0) throw new MigrationEditedError(edited.map((file) => file.name));
}

function missing(files: readonly MigrationFile[], recorded: ReadonlyMap<string, string>): string[] {
  const present = new Set(files.map((file) => file.name));
  return [...recorded.keys()]
    .filter((name) => !present.has(name))
    .sort()
    .map((name) => `migration ${name} has been applied to this database, and its file is gone`);
}

/** What an interrupted CREATE INDEX CONCURRENTLY leaves behind: it costs every write and serves no query. */
async function invalidIndexes(session: Session): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE NOT i.indisvalid AND c.relkind = 'i' AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1`,
  );
  return rows.map(({ name }) => `index ${name} is invalid: drop it and create it again`);
}

async function apply(session: Session, table: string, file: MigrationFile): Promise<void> {
  const record = `INSERT INTO ${table} (name, sha256) VALUES ($1, $2)`;
  try {
    if (file.inTransaction) {
      await session.transaction(async (tx) => {
        await tx.query(file.sql);
        await tx.query(record, [file.name, file.sha256]);
      });
    } else {
      await session.query(file.sql);
      await session.query(record, [file.name, file.sha256]);
    }
  } catch (error) {
    throw new MigrationFailedError(file, error);
  }
}

function byName(a: MigrationFile, b: MigrationFile): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
