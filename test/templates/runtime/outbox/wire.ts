import type { Broker, OutgoingRecord } from "../../../../templates/runtime/src/broker/broker.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import { memoryBroker, sentVersions } from "./memory-broker.ts";

/** What several processes have sent, in the order in which it became durable. */
export async function layWire(database: Pick<Database, "query">): Promise<void> {
  await database.query(
    "CREATE TABLE wire (seq bigint GENERATED ALWAYS AS IDENTITY, id uuid NOT NULL, name text NOT NULL)",
  );
}

/** A broker that sends record by record, as slowly as the worst one. */
export function wireBroker(
  database: Pick<Database, "query">,
  afterEach: (record: OutgoingRecord) => Promise<void> = async () => undefined,
): Broker {
  return {
    ...memoryBroker(),
    async publish(records) {
      for (const record of records) {
        await database.query("INSERT INTO wire (id, name) VALUES ($1, $2)", [
          record.headers.id,
          sentVersions([record])[0],
        ]);
        await afterEach(record);
      }
    },
  };
}

export type Sending = { readonly id: string; readonly name: string };

export async function onWire(database: Pick<Database, "query">): Promise<readonly Sending[]> {
  return (await database.query<Sending>("SELECT id, name FROM wire ORDER BY seq")).rows;
}

/** The first sending of each message: what a consumer with an inbox handles. */
export function firstSendings(sendings: readonly Sending[]): readonly string[] {
  // A map keeps the place of a key's first insertion.
  return [...new Map(sendings.map(({ id, name }) => [id, name])).values()];
}
