import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database, DatabaseOptions } from "../../../../templates/runtime/src/database/database.ts";
import type { OutboxMessage } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { migrateService } from "../../../support/service-migrations.ts";

export interface OutboxDatabase extends Database {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own with the tables of inbox and outbox; on the tests' server unless another one is given. */
export async function outboxDatabase(
  options: Omit<DatabaseOptions, "url"> = {},
  server?: TestDatabase,
): Promise<OutboxDatabase> {
  const given = server ?? (await testDatabase());
  const database = createDatabase({ url: given.url, ...options });
  await migrateService(database);
  return {
    ...database,
    url: given.url,
    async drop() {
      await database.close();
      await given.drop();
    },
  };
}

/** Makes `relay` the owner of every shard, for an hour and with the token 1. */
export async function ownEveryShard(database: Database, relay: string): Promise<void> {
  await database.query(
    "UPDATE outbox_shard SET owner = $1, token = 1, lease_until = clock_timestamp() + interval '1 hour'",
    [relay],
  );
  await database.query(
    "INSERT INTO outbox_relay (name, alive_until) VALUES ($1, 'infinity') ON CONFLICT (name) DO NOTHING",
    [relay],
  );
}

/** `key` has happened for the `version`-th time. */
export function happened(key: string, version: number, topic = "orders.order.events"): OutboxMessage {
  return {
    topic,
    key,
    aggregateType: "Order",
    envelope: {
      type: "orders.OrderChanged",
      source: "/orders",
      subject: key,
      correlationid: "c",
      aggregateversion: String(version),
    },
    data: { orderId: key, version },
  };
}
