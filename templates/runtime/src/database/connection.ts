import pg from "pg";
import { type ConnectionTarget, DatabaseUnavailableError, errorCode, isStalePlan } from "./errors.ts";

/** Reads what error messages may show of a `postgres://` URL. */
export function connectionTarget(url: string): ConnectionTarget {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Error("the database URL is not one: expected postgres://role:password@host:port/database");
  }
  return {
    host: parsed.hostname || parsed.searchParams.get("host") || "localhost",
    port: Number(parsed.port || "5432"),
    database: decodeURIComponent(parsed.pathname.slice(1)) || decodeURIComponent(parsed.username),
    role: decodeURIComponent(parsed.username),
  };
}

/** int8 as bigint: a position beyond 2^53 must not become another one. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (format !== "binary" && oid === pg.types.builtins.INT8) return BigInt;
    if (format !== "binary" && oid === INT8_ARRAY) return (text: string) => parseTextArray(text).map(toBigint);
    return pg.types.getTypeParser(oid, format);
  }) as typeof pg.types.getTypeParser,
};

const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;
const parseTextArray = pg.types.getTypeParser(TEXT_ARRAY as never, "text") as (text: string) => (string | null)[];
const toBigint = (text: string | null) => (text === null ? null : BigInt(text));

/** Turns an error that says the connection is gone into a plain one; leaves every other as it is. */
export function describeFailure(error: unknown, target: ConnectionTarget): unknown {
  if (error instanceof DatabaseUnavailableError) return error;
  const reason = unavailableReason(error, target);
  return reason === undefined ? error : new DatabaseUnavailableError(target, reason, error);
}

/** Whether a connection on which this error came up can serve nobody any more. */
export function isConnectionUnusable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return error.severity === "FATAL" || isStalePlan(error);
  return true;
}

function unavailableReason(error: unknown, target: ConnectionTarget): string | undefined {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return known;
  if (code === "3D000") return `there is no database ${target.database}`;
  if (code === "28P01" || code === "28000") return `role ${target.role} was refused: wrong password, or no such role`;
  if (code?.startsWith("08") && code !== "08P01") return message;
  if (message.startsWith("Connection terminated") || message.startsWith("Client was closed")) {
    return "the connection was lost";
  }
  if (message.startsWith("Client has encountered a connection error")) return "the connection was lost";
  if (message === "Query read timeout") return "a statement was not answered in time";
  if (message.startsWith("timeout exceeded when trying to connect")) {
    return "no connection became free in time: transactions are too long, too many, or nested";
  }
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there; start the server or correct the URL",
  ECONNRESET: "the connection was lost",
  EPIPE: "the connection was lost",
  ENOTFOUND: "the host's name is unknown",
  EAI_AGAIN: "the host's name could not be looked up",
  ENOENT: "there is no such socket; start the server or correct the URL",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "the host cannot be reached",
  "25P03": "the transaction was idle for too long and the server closed it",
  "53300": "the server has no connection left for this role",
  "57P01": "the server is shutting down, or an administrator closed the connection",
  "57P02": "the server has crashed and restarts",
  "57P03": "the server is starting up or shutting down",
};
