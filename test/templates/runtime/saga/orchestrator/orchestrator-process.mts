import type { Broker } from "../../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { host, paymentSaga } from "./saga-host.ts";

/**
 * A host of the payment saga in a process of its own, to be killed and paused. Right before the first statement that
 * contains HOLD_BEFORE and has HOLD_FOR among its values it says `holding`, and goes on only when it is told so; then
 * it says `refused` when the database does not carry it out. Right before the statement that contains KILL_BEFORE for the
 * KILL_AT-th time, it kills itself; `broker.publish` is what its relay publishes. Its clock is CLOCK_AHEAD_MS ahead.
 */
const {
  DATABASE_URL = "",
  BROKER_URL = "",
  HOLD_BEFORE,
  HOLD_FOR = "",
  INSTANCE = "child",
  TIMERS,
  IDLE_MS,
  KILL_BEFORE,
  KILL_AT,
  CLOCK_AHEAD_MS,
} = process.env;
if (CLOCK_AHEAD_MS !== undefined) {
  const RealDate = Date;
  const now = () => RealDate.now() + Number(CLOCK_AHEAD_MS);
  globalThis.Date = new Proxy(RealDate, {
    construct: (of, given) => Reflect.construct(of, given.length === 0 ? [now()] : given),
    get: (of, name) => (name === "now" ? now : Reflect.get(of, name)),
  });
}
const goOn = new Promise<void>((resolve) => process.once("message", () => resolve()));
const plain = createDatabase({
  url: DATABASE_URL,
  ...(IDLE_MS === undefined ? {} : { idleInTransactionTimeoutMs: Number(IDLE_MS) }),
});
let held = false;
let met = 0;
function mayKill(text: string): void {
  if (KILL_BEFORE === undefined || !text.includes(KILL_BEFORE)) return;
  met += 1;
  if (met === Number(KILL_AT)) process.kill(process.pid, "SIGKILL");
}
const database: Database = {
  ...plain,
  query(text, values) {
    mayKill(text);
    return plain.query(text, values);
  },
  transaction: (work, options) =>
    plain.transaction(
      (tx) =>
        work({
          async query<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]) {
            mayKill(text);
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
const plainBroker = await createEmbeddedBroker({ url: BROKER_URL, leaseMs: 500 });
const broker: Broker = {
  ...plainBroker,
  publish(records) {
    mayKill("broker.publish");
    return plainBroker.publish(records);
  },
};
const running = await host(
  { database: plain, broker },
  { database, definition: paymentSaga(), instance: INSTANCE, ...(TIMERS === "off" ? { timers: false } : {}) },
);
process.send?.("started");
process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
