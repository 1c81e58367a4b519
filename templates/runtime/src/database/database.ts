/**
 * What code above the database layer may hold: a transaction that is open. Statements run through it belong to it;
 * there is no other way to a connection from a handler.
 */
export interface Transaction {
  /** Runs one statement with `$1` parameters. `bigint` columns come back as JavaScript bigints. */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
}

export interface Database {
  /**
   * Runs `work` in one transaction (read committed). Rolls back when it throws. Serialization failures and deadlocks
   * (SQLSTATE 40001, 40P01) run `work` again, at most `attempts` times (default 5): it must have no other effects.
   * Rejects as soon as the connection is lost, even if `work` goes on: it can do nothing in it any more.
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { readonly attempts?: number }): Promise<T>;
  /** One statement in a transaction of its own. */
  query: Transaction["query"];
  /**
   * Lends one connection for what belongs to a session: advisory locks, settings. It is closed afterwards, not reused,
   * so that nothing of the session outlives `work`.
   */
  session<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One connection to itself. Its statements commit one by one, unless they run in its `transaction`. */
export interface Session {
  query: Transaction["query"];
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

export interface DatabaseOptions {
  /** `postgres://role:password@127.0.0.1:5432/orders`. */
  readonly url: string;
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** Default 30,000. */
  readonly statementTimeoutMs?: number;
  /** A connection on which nothing has come for so long after the statement's timeout is given up. Default 5,000. */
  readonly answerMs?: number;
  /** Default 30,000. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
}
