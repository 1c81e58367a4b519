import { join } from "node:path";
import { styleText } from "node:util";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { eventually } from "../../templates/runtime/src/testing/eventually.ts";
import { isEnded, type Ledger, readLedger } from "./ledger.ts";
import { type Kind, newOrder, type Order, place } from "./orders.ts";
import { eda, type RunningDemo, startDev, temporaryFolder } from "./system.ts";
import { type Watch, watchTopics } from "./watch.ts";

/** `npm run demo`: makes the order-management example, runs it, kills services in the middle, and counts. */

const topics = ["orders.order.events", "inventory.reservation.events", "payments.payment.events"];
const orderCount = 300;
const killAfter = { inventory: 0.3, orders: 0.6 } as const;

const began = performance.now();
const heading = (text: string) =>
  console.log(`\n${styleText("bold", `[${seconds()}] ${text}`, { stream: process.stdout })}`);
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s`;

const folder = temporaryFolder();
const closings: (() => unknown)[] = [folder.remove];
try {
  process.exitCode = await tell();
} finally {
  for (const close of closings.reverse()) await close();
}

async function tell(): Promise<number> {
  heading("eda new order-management --example order-management");
  await eda(["new", "order-management", "--example", "order-management", "--defaults"], folder.path);
  const root = join(folder.path, "order-management");

  heading("npm run dev: PostgreSQL, the embedded broker and three services");
  const dev = await startDev(root, join(folder.path, "dev.log"));
  closings.push(() => dev.stop());
  for (const { name, url, pid } of dev.now().services) console.log(`  ${name.padEnd(10)} ${url}  (process ${pid})`);
  const watch = await watchTopics(dev.now().brokerUrl, topics);
  closings.push(() => watch.close());

  const limit = AbortSignal.timeout(240_000);
  heading("One order travels: from orders' outbox to inventory and payments, and back");
  const confirmed = await showTravel(dev, watch, "plain", limit);
  heading("Another, whose payment is declined: its stock comes back");
  const cancelled = await showTravel(dev, watch, "too dear", limit);

  heading(`${orderCount} orders, while inventory and orders are killed with kill -9`);
  const orders = [confirmed, cancelled, ...(await placeMany(dev, limit))];

  heading("The ledger");
  const ended = () => orders.filter((order) => isEnded(watch.seen, order)).length;
  await eventually(ended, {
    until: (count) => count === orders.length,
    withinMs: 60_000,
    what: "the end of every order",
  })
    // Orders that never end are lost; the ledger says how many.
    .catch((error: unknown) => console.log(`  ${(error as Error).message}`));
  const inventory = createDatabase({ url: urlOf(dev, "inventory", "databaseUrl") });
  closings.push(() => inventory.close());
  const ledger = await settledLedger(watch, orders, inventory);
  printLedger(ledger);
  heading("Stopping everything");
  return ledger.lost + ledger.appliedTwice === 0 && ledger.stockDifference === 0 ? 0 : 1;
}

/** Places one order and prints each of its messages as it passes the broker. */
async function showTravel(dev: RunningDemo, watch: Watch, kind: Kind, limit: AbortSignal): Promise<Order> {
  const order = newOrder(kind);
  const from = performance.now();
  watch.onMessage(({ key, type, topic, source, causationid }) => {
    if (key !== order.orderId) return;
    const cause = watch.seen.find(({ id }) => id === causationid)?.type ?? "POST /commands/place-order";
    const at = `${(performance.now() - from).toFixed(0).padStart(4)} ms`;
    console.log(`  ${at}  ${source.padEnd(11)} ${type.padEnd(27)} on ${topic.padEnd(29)} because of ${cause}`);
  });
  await place(() => urlOf(dev, "orders", "url"), order, limit);
  const back = kind === "plain" ? "orders.OrderConfirmed" : "inventory.StockReleased";
  await eventually(() => watch.seen.some(({ key, type }) => key === order.orderId && type === back), { what: back });
  watch.onMessage(undefined);
  return order;
}

/** Places orders, some at once, and kills two services on the way. Gives back every order that was accepted. */
async function placeMany(dev: RunningDemo, limit: AbortSignal): Promise<readonly Order[]> {
  const kinds: readonly Kind[] = ["plain", "plain", "plain", "too dear", "plain", "out of stock"];
  const orders = Array.from({ length: orderCount }, (_, index) => newOrder(kinds[index % kinds.length]!));
  const waiting = [...orders];
  let accepted = 0;
  let repeated = 0;
  const client = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const { tries } = await place(() => urlOf(dev, "orders", "url"), order, limit);
      accepted += 1;
      repeated += tries - 1;
      for (const [name, share] of Object.entries(killAfter)) {
        if (accepted === Math.round(orderCount * share)) kill(dev, name);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  console.log(`  ${accepted} orders accepted; ${repeated} requests were sent again, each with its Idempotency-Key`);
  return orders;
}

function kill(dev: RunningDemo, name: string): void {
  const pid = dev.now().services.find((service) => service.name === name)?.pid;
  if (!pid) throw new Error(`${name} does not run, so it cannot be killed`);
  process.kill(pid, "SIGKILL");
  console.log(`  kill -9 ${pid} (${name}); npm run dev starts it again`);
}

/** Cancelled orders give their stock back after their end: reads until the warehouse agrees, or time is up. */
async function settledLedger(watch: Watch, orders: readonly Order[], inventory: ReturnType<typeof createDatabase>) {
  let ledger = await readLedger(watch.seen, orders, inventory);
  await eventually(
    async () => {
      ledger = await readLedger(watch.seen, orders, inventory);
      return ledger.stockDifference;
    },
    { until: (difference) => difference === 0, what: "a warehouse that agrees with the orders" },
  ).catch((error: unknown) => console.log(`  ${(error as Error).message}`));
  return ledger;
}

function printLedger(ledger: Ledger): void {
  const rows: readonly (readonly [string, number])[] = [
    ["orders sent", ledger.sent],
    ["  confirmed", ledger.confirmed],
    ["  cancelled, stock and payment undone", ledger.cancelled],
    ["effects applied", ledger.effects],
    ["sent twice by a relay, kept out", ledger.duplicates],
    ["stock missing in the warehouse", ledger.stockDifference],
  ];
  for (const [what, count] of rows) console.log(`  ${what.padEnd(38)} ${String(count).padStart(6)}`);
  console.log(`\n  lost ${ledger.lost}, applied twice ${ledger.appliedTwice}`);
}

function urlOf(dev: RunningDemo, name: string, which: "url" | "databaseUrl"): string {
  const service = dev.now().services.find((each) => each.name === name);
  if (!service) throw new Error(`there is no service ${name}`);
  return service[which];
}
