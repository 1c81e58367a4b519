import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import { createRelay } from "../../../../templates/runtime/src/outbox/relay.ts";
import { wireBroker } from "./wire.ts";

/**
 * A relay in a process of its own, to be killed and paused. After it has sent the message named by HOLD_AFTER it says
 * `holding` and sends on only when it is told so.
 */
const url = process.env.DATABASE_URL!;
const database = createDatabase({ url });
const goOn = new Promise<void>((resolve) => process.once("message", () => resolve()));
const broker = wireBroker(createDatabase({ url }), async (record) => {
  if (`${record.key}${JSON.parse(new TextDecoder().decode(record.value)).version}` !== process.env.HOLD_AFTER) return;
  process.send!("holding");
  await goOn;
});
const relay = createRelay({
  database,
  broker,
  leaseMs: Number(process.env.LEASE_MS),
  observer: { published: () => process.send!("marked") },
});
await relay.start();
