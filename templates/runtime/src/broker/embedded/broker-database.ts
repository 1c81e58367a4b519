import { createDatabase } from "../../database/create-database.ts";
import type { Database } from "../../database/database.ts";
import { withIndexScans } from "./planner.ts";

export interface BrokerDatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly leaseMs: number;
  readonly maxConnections?: number | undefined;
}

const LEAST_IDLE_MS = 1_000;

/**
 * The broker's connections. A process that is paused in the middle of joining a group holds that group's lock; the
 * server ends its transaction after a lease's time, so that it holds up others no longer than its lease does.
 */
export function brokerDatabase({ url, applicationName, leaseMs, maxConnections = 6 }: BrokerDatabaseOptions): Database {
  return createDatabase({
    url: withIndexScans(url),
    applicationName,
    max: maxConnections,
    idleInTransactionTimeoutMs: Math.max(LEAST_IDLE_MS, leaseMs),
  });
}
