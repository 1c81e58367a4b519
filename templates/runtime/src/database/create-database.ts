import pg from "pg";
import { connectionTarget, describeFailure, isConnectionUnusable, types } from "./connection.ts";
import type { Database, DatabaseOptions, Session, Transaction } from "./database.ts";
import { ConnectionEndedError, DatabaseUnavailableError, isStalePlan, TransactionRolledBackError } from "./errors.ts";
import { withRetries } from "./retry.ts";
import { createStatementNames } from "./statement-names.ts";

const ATTEMPTS = 5;
const CONNECT_TIMEOUT_MS = 10_000;

type Query = Transaction["query"];

/**
 * A pool of connections to one PostgreSQL database. Connects at the first statement. A statement that has values runs
 * prepared; one that has none may consist of several, separated by semicolons.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const target = connectionTarget(options.url);
  const nameOf = createStatementNames();
  const { statementTimeoutMs = 30_000 } = options;
  // The server ends a statement; when it cannot even say so, the line is dead, and TCP would wait for many minutes.
  const answerMs = statementTimeoutMs + (options.answerMs ?? 5_000);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs ?? 30_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types,
    ...(options.applicationName === undefined ? {} : { application_name: options.applicationName }),
  });
  // A connection that breaks while nobody waits on it must not end the process; its next statement tells.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw describeFailure(error, target);
    }
  }

  /** @param answerMs what the answer may take; none for what takes as long as it takes */
  function queryOn(client: pg.PoolClient, answerMs?: number): Query {
    return async <Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) => {
      try {
        const name = values === undefined ? undefined : nameOf(text);
        const result = await client.query<Row>({
          text,
          ...(values === undefined ? {} : { values: [...values] }),
          ...(name === undefined ? {} : { name }),
          ...(answerMs === undefined ? {} : { query_timeout: answerMs }),
        } as pg.QueryConfig);
        return { rows: result.rows, count: result.rowCount ?? 0 };
      } catch (error) {
        throw describeFailure(error, target);
      }
    };
  }

  async function commit(client: pg.PoolClient, query_timeout: number | undefined): Promise<string> {
    try {
      return (await client.query({ text: "COMMIT", query_timeout } as pg.QueryConfig)).command;
    } catch (error) {
      throw describeFailure(error, target);
    }
  }

  /** Rejects as soon as the connection is lost, also while `work` waits for something else, or for ever. */
  async function whileConnected<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const onError = (error: unknown) => reject(describeFailure(error, target));
    client.once("error", onError);
    try {
      return await Promise.race([work(), lost]);
    } finally {
      client.off("error", onError);
    }
  }

  /** Begins, works, commits. The caller rolls back. */
  async function inTransaction<T>(
    client: pg.PoolClient,
    work: (tx: Transaction) => Promise<T>,
    answer?: number,
  ): Promise<T> {
    const run = queryOn(client, answer);
    let ended = false;
    let failure: unknown;
    const query: Query = async (text, values) => {
      if (ended) throw new ConnectionEndedError("transaction");
      try {
        return await run(text, values);
      } catch (error) {
        failure ??= error;
        throw error;
      }
    };
    try {
      await run("BEGIN ISOLATION LEVEL READ COMMITTED");
      const result = await whileConnected(client, () => work({ query }));
      ended = true;
      // PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement had failed: that is no success.
      if ((await commit(client, answer)) !== "COMMIT") throw new TransactionRolledBackError(failure);
      return result;
    } finally {
      ended = true;
    }
  }

  async function attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const client = await connect();
    try {
      const result = await inTransaction(client, work, answerMs);
      client.release();
      return result;
    } catch (error) {
      client.release(await rollBack(client, error));
      throw error;
    }
  }

  async function single<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) {
    const client = await connect();
    let unusable = false;
    try {
      return await queryOn(client, answerMs)<Row>(text, values);
    } catch (error) {
      unusable = isConnectionUnusable(error);
      throw error;
    } finally {
      client.release(unusable);
    }
  }

  return {
    transaction: (work, { attempts = ATTEMPTS } = {}) => withRetries(attempts, () => attempt(work)),

    query: (text, values) => withRetries(ATTEMPTS, () => single(text, values)),

    async session<T>(work: (session: Session) => Promise<T>): Promise<T> {
      const client = await connect();
      const run = queryOn(client);
      let ended = false;
      const query: Query = async (text, values) => {
        if (ended) throw new ConnectionEndedError("session");
        return run(text, values);
      };
      const transaction: Session["transaction"] = async (inner) => {
        try {
          return await inTransaction(client, inner);
        } catch (error) {
          await rollBack(client, error);
          throw error;
        }
      };
      try {
        return await work({ query, transaction });
      } finally {
        ended = true;
        client.release(true);
      }
    },

    close: () => pool.end(),
  };
}

/** Ends a failed transaction. True when the connection must not be used again. */
async function rollBack(client: pg.PoolClient, error: unknown): Promise<boolean> {
  // Nothing would answer. The server rolls back when it sees the connection end.
  if (error instanceof DatabaseUnavailableError) return true;
  try {
    await client.query("ROLLBACK");
    return isStalePlan(error);
  } catch {
    return true;
  }
}
