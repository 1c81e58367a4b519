import { setTimeout as pause } from "node:timers/promises";
import type { Relay } from "../../../templates/runtime/src/outbox/outbox.ts";
import type { MakeRelay } from "./outbox.ts";

const next = "SELECT id, aggregateid, type, payload::text, topic, headers::text FROM outbox ORDER BY position LIMIT 1";
const done = "DELETE FROM outbox WHERE id = $1";
const pollMs = 100;

/** The relay that one writes first: every 100 ms it looks, and sends row by row until nothing is left. */
export const naiveRelay: MakeRelay = (database, broker): Relay => {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { rows } =
        await database.query<Record<"id" | "aggregateid" | "type" | "payload" | "topic" | "headers", string>>(next);
      const [row] = rows;
      if (row === undefined) {
        await pause(pollMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        continue;
      }
      const headers = { eda: row.headers, id: row.id, type: row.type };
      await broker.publish([
        { topic: row.topic, key: row.aggregateid, value: new TextEncoder().encode(row.payload), headers },
      ]);
      await database.query(done, [row.id]);
    }
  }

  return {
    async start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    kick: () => undefined,
  };
};
