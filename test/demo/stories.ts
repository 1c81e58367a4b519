import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { eventually } from "../../templates/runtime/src/testing/eventually.ts";
import { isEnded } from "./ledger.ts";
import { type Kind, newOrder, type Order, place } from "./orders.ts";
import { type RunningDemo, serviceOf } from "./system.ts";
import type { Watch } from "./watch.ts";

/** What the stories are told with. */
export interface Scene {
  readonly dev: RunningDemo;
  readonly watch: Watch;
  readonly signal: AbortSignal;
}

/** Places one order and prints each message of its saga as it passes the broker, to its end. */
export async function follow(scene: Scene, kind: Kind, during?: (order: Order) => Promise<void>): Promise<Order> {
  const { dev, watch, signal } = scene;
  const order = newOrder(kind);
  const from = performance.now();
  // Every message that follows from the request carries its correlation id.
  watch.onMessage(({ correlationid, type, source, topic, saganoop }) => {
    if (correlationid !== order.data.orderId) return;
    const at = `${(performance.now() - from).toFixed(0).padStart(5)} ms`;
    console.log(`  ${at}  ${source.padEnd(10)} ${type.padEnd(26)} on ${topic}${saganoop ? " (nothing to undo)" : ""}`);
  });
  await Promise.all([place(() => serviceOf(dev, "orders").url, order, signal), during?.(order)]);
  await eventually(() => isEnded(watch.seen, order), { withinMs: 60_000, what: `the end of order ${kind}` });
  watch.onMessage(undefined);
  return order;
}

/** The fraud service is killed after it has decided and before its answer has left. */
export async function killFraudAfterItsDecision(scene: Scene): Promise<Order> {
  await using fraud = await holdRelay(scene.dev, "fraud");
  return await follow(scene, "blocked", async ({ data }) => {
    await fraud.holds("fraud.PaymentBlocked", data.orderId);
    kill(scene.dev, "fraud", "has decided: blocked. Its event and its reply are still in its outbox");
    await fraud.letGo();
  });
}

/** The orchestrator is killed when it has recorded the first step's reply, and the next command has not left. */
export async function killOrchestratorBetweenSteps(scene: Scene): Promise<Order> {
  await using inventory = await holdRelay(scene.dev, "inventory");
  return await follow(scene, "plain", async ({ data }) => {
    await inventory.holds("inventory.StockReserved", data.orderId);
    await using orders = await holdRelay(scene.dev, "orders");
    await inventory.letGo();
    await orders.holds("fraud.ScreenPayment", data.orderId);
    kill(scene.dev, "orders", "hosts the saga, whose next command is still in its outbox");
    await orders.letGo();
  });
}

/**
 * Keeps a service's relay from its outbox, so that a kill comes in time: another owner takes the shards, as a second
 * relay would.
 */
async function holdRelay(dev: RunningDemo, service: string) {
  const database = createDatabase({ url: serviceOf(dev, service).databaseUrl });
  const letGo = async () => {
    await database.query("UPDATE outbox_shard SET owner = NULL, lease_until = '-infinity' WHERE owner = 'the demo'");
  };
  await database.query(
    `UPDATE outbox_shard
     SET owner = 'the demo', token = token + 1, lease_until = clock_timestamp() + interval '10 minutes'`,
  );
  return {
    letGo,
    /** Resolves once a message waits in the outbox. */
    async holds(type: string, correlationId: string): Promise<void> {
      const look = async () =>
        (
          await database.query("SELECT FROM outbox WHERE type = $1 AND headers->>'correlationid' = $2", [
            type,
            correlationId,
          ])
        ).count > 0;
      await eventually(look, { withinMs: 30_000, what: `${type} in the outbox of ${service}` });
    },
    async [Symbol.asyncDispose]() {
      await letGo();
      await database.close();
    },
  };
}

export function kill(dev: RunningDemo, name: string, why = "had work in hand"): void {
  const { pid } = serviceOf(dev, name);
  if (!pid) throw new Error(`${name} does not run, so it cannot be killed`);
  process.kill(pid, "SIGKILL");
  console.log(`            kill -9 ${pid}: ${name} ${why}; npm run dev starts it again`);
}
