/** What an operator knows a connection by. Holds no password, so that no message can print one. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
}

/** The server cannot be reached, refuses the role, or has closed the connection. The statement may be tried again. */
export class DatabaseUnavailableError extends Error {
  /** SQLSTATE or Node's error code, where there is one. */
  readonly code: string | undefined;

  constructor(target: ConnectionTarget, reason: string, cause: unknown) {
    super(
      `no connection to PostgreSQL at ${target.host}:${target.port} (database ${target.database}, role ${target.role}): ${reason}`,
      { cause },
    );
    this.name = "DatabaseUnavailableError";
    this.code = errorCode(cause);
  }
}

/** Whether the server or the way to it failed, and not what was asked of it. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof DatabaseUnavailableError && error.code !== IDLE_IN_TRANSACTION;
}

/** The transaction was open, and waited for something else, for longer than the server lets it. */
const IDLE_IN_TRANSACTION = "25P03";

/** A statement failed, its error was caught inside the transaction, and so PostgreSQL answered COMMIT with a rollback. */
export class TransactionRolledBackError extends Error {
  constructor(cause: unknown) {
    super(
      "nothing was committed: a statement of the transaction had failed and its error was caught. " +
        "Let the error through, or put the statement behind a SAVEPOINT.",
      { cause },
    );
    this.name = "TransactionRolledBackError";
  }
}

/** A statement was run on a transaction or session after its end. */
export class ConnectionEndedError extends Error {
  constructor(what: "transaction" | "session") {
    super(`this ${what} has ended: await every statement before its function returns`);
    this.name = "ConnectionEndedError";
  }
}

/** SQLSTATE of a server's error, or Node's code of a socket's. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether the same transaction may succeed when it runs again: serialization failure, deadlock, stale prepared plan. */
export function mayBeRetried(error: unknown): boolean {
  const code = errorCode(firstCause(error));
  return code === "40001" || code === "40P01" || isStalePlan(error);
}

/** A table was altered after this connection had prepared the statement. Only a new connection forgets the plan. */
export function isStalePlan(error: unknown): boolean {
  const origin = firstCause(error);
  return errorCode(origin) === "0A000" && origin instanceof Error && origin.message.startsWith("cached plan must not");
}

function firstCause(error: unknown): unknown {
  return error instanceof TransactionRolledBackError ? error.cause : error;
}
