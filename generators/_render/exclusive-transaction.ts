import type { DatabaseSync } from "node:sqlite";

/**
 * Begins an exclusive transaction on a SQLite database that is never written, which stays a file of no bytes. SQLite
 * knows how to lock a file on every system and between the threads and connections of one process; Node itself cannot.
 * On POSIX systems closing any descriptor of a file gives up the process's locks on it: nothing else in this process
 * may open the file.
 *
 * Gives what ends the transaction; undefined where another connection has one. Throws where the file cannot be used.
 */
export function exclusiveTransaction(file: string): (() => void) | undefined {
  const database = new (sqlite())(file);
  try {
    // In memory, since a kill would leave a journal file behind.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    held.add(database);
    return () => {
      held.delete(database);
      database.close();
    };
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return undefined;
    throw error;
  }
}

const busy = 5; // SQLITE_BUSY

/** Open connections: one that nothing refers to would be closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/** Loads node:sqlite when it is first needed, without the one warning that Node 22 prints on loading it. */
function sqlite(): typeof DatabaseSync {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith("SQLite is an experimental feature")) {
      Reflect.apply(emitWarning, process, [warning, ...rest]);
    }
  };
  try {
    return process.getBuiltinModule("node:sqlite").DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}
