import { fileURLToPath } from "node:url";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import { migrate } from "../../../../templates/runtime/src/migrations/migrate.ts";
import type { OutboxMessage } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";

const migrations = ["service", "outbox-migration"].map((template) =>
  fileURLToPath(new URL(`../../../../templates/${template}/migrations`, import.meta.url)),
);

export interface OutboxDatabase extends Database {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own with the tables of inbox and outbox. */
export async function outboxDatabase(): Promise<OutboxDatabase> {
  const server: TestDatabase = await testDatabase();
  const database = createDatabase({ url: server.url });
  for (const folder of migrations) await migrate(database, folder);
  return {
    ...database,
    url: server.url,
    async drop() {
      await database.close();
      await server.drop();
    },
  };
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
