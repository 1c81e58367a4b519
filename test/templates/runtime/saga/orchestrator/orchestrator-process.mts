import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { host, paymentSaga } from "./saga-host.ts";

/**
 * A host of the payment saga in a process of its own, to be killed and paused. Right before the first statement that
 * contains HOLD_BEFORE and has HOLD_FOR among its values it says `holding`, and goes on only when it is told so; then
 * it says `refused` when the database does not carry it out.
 */
const {
  DATABASE_URL = "",
  BROKER_URL = "",
  HOLD_BEFORE,
  HOLD_FOR = "",
  INSTANCE = "child",
  TIMERS,
  IDLE_MS,
} = process.env;
const goOn = new Promise<void>((resolve) => process.once("message", () => resolve()));
const plain = createDatabase({
  url: DATABASE_URL,
  ...(IDLE_MS === undefined ? {} : { idleInTransactionTimeoutMs: Number(IDLE_MS) }),
});
let held = false;
const database: Database = {
  ...plain,
  transaction: (work, options) =>
    plain.transaction(
      (tx) =>
        work({
          async query<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) {
            if (!held && HOLD_BEFORE && text.includes(HOLD_BEFORE) && JSON.stringify(values).includes(HOLD_FOR)) {
              held = true;
              process.send?.("holding");
              await goOn;
              return await tx.query<Row>(text, values).catch((error: unknown) => {
                process.send?.("refused");
                throw error;
              });
            }
            return tx.query<Row>(text, values);
          },
        }),
      options,
    ),
};
// JSON has no bigint, and a statement's values may.
Object.assign(BigInt.prototype, { toJSON: String });
const broker = await createEmbeddedBroker({ url: BROKER_URL, leaseMs: 500 });
const running = await host(
  { database: plain, broker },
  { database, definition: paymentSaga(), instance: INSTANCE, ...(TIMERS === "off" ? { timers: false } : {}) },
);
process.send?.("started");
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
