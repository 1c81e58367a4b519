import { join } from "node:path";
import { styleText } from "node:util";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { eventually } from "../../templates/runtime/src/testing/eventually.ts";
import { isEnded, type Ledger, readLedger } from "./ledger.ts";
import { type Kind, newOrder, type Order, place } from "./orders.ts";
import { follow, kill, killFraudAfterItsDecision, killOrchestratorBetweenSteps, type Scene } from "./stories.ts";
import { eda, serviceOf, startDev, temporaryFolder } from "./system.ts";
import { type Watch, watchTopics } from "./watch.ts";

/**
 * `npm run demo`: makes the order-management example, runs it, tells five stories of its saga, two of them with a kill
 * in the middle, then kills services under load, and counts.
 */

const events = ["orders.order", "inventory.reservation", "fraud.screening", "payments.payment"].map(
  (of) => `${of}.events`,
);
const messages = ["orders.commands", "inventory.commands", "fraud.commands", "payments.commands", "payment.replies"];
const orderCount = 300;
const killAfter = { inventory: 0.25, payments: 0.5, orders: 0.75 } as const;

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

  heading("npm run dev: PostgreSQL, the embedded broker and four services");
  const dev = await startDev(root, join(folder.path, "dev.log"));
  closings.push(() => dev.stop());
  for (const { name, url, pid } of dev.now().services) console.log(`  ${name.padEnd(10)} ${url}  (process ${pid})`);
  const watch = await watchTopics(dev.now().brokerUrl, [...events, ...messages]);
  closings.push(() => watch.close());
  const scene: Scene = { dev, watch, signal: AbortSignal.timeout(300_000) };

  heading("1. An order goes through: stock, fraud, payment, confirmation");
  const told = [await follow(scene, "plain")];
  heading("2. Fraud blocks the payment: the stock comes back, the order is cancelled");
  told.push(await follow(scene, "blocked"));
  heading("3. The payment is declined: the same");
  told.push(await follow(scene, "too dear"));
  heading("4. Fraud is killed after it has decided, before its answer has left: no money moves all the same");
  told.push(await killFraudAfterItsDecision(scene));
  heading("5. The orchestrator is killed between two steps: the saga goes on");
  told.push(await killOrchestratorBetweenSteps(scene));

  heading(`${orderCount} orders, while ${Object.keys(killAfter).join(", ")} are killed with kill -9`);
  const orders = [...told, ...(await placeMany(scene))];

  heading("The ledger");
  const ended = () => orders.filter((order) => isEnded(watch.seen, order)).length;
  await eventually(ended, {
    until: (count) => count === orders.length,
    withinMs: 60_000,
    what: "the end of every order",
  })
    // Orders that never end are lost; the ledger says how many.
    .catch((error: unknown) => console.log(`  ${(error as Error).message}`));
  const inventory = createDatabase({ url: serviceOf(dev, "inventory").databaseUrl });
  closings.push(() => inventory.close());
  const ledger = await settledLedger(watch, orders, inventory);
  printLedger(ledger);
  heading("Stopping everything");
  const { lost, appliedTwice, stockDifference, paidWrongly } = ledger;
  return lost === 0 && appliedTwice === 0 && stockDifference === 0 && paidWrongly === 0 ? 0 : 1;
}

/** Places orders, some at once, and kills two services on the way. Gives back every order that was accepted. */
async function placeMany({ dev, signal }: Scene): Promise<readonly Order[]> {
  const kinds: readonly Kind[] = ["plain", "plain", "blocked", "too dear", "plain", "out of stock"];
  const orders = Array.from({ length: orderCount }, (_, index) => newOrder(kinds[index % kinds.length]!));
  const waiting = [...orders];
  let accepted = 0;
  let repeated = 0;
  const client = async () => {
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      const { tries } = await place(() => serviceOf(dev, "orders").url, order, signal);
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

/** Cancelled orders give their stock back after their end: reads until the warehouse agrees, or time is up. */
async function settledLedger(watch: Watch, orders: readonly Order[], inventory: ReturnType<typeof createDatabase>) {
  let ledger = await readLedger(eventsIn(watch), orders, inventory);
  await eventually(
    async () => {
      ledger = await readLedger(eventsIn(watch), orders, inventory);
      return ledger.stockDifference;
    },
    { until: (difference) => difference === 0, what: "a warehouse that agrees with the orders" },
  ).catch((error: unknown) => console.log(`  ${(error as Error).message}`));
  return ledger;
}

function eventsIn({ seen }: Watch) {
  return seen.filter(({ topic }) => events.includes(topic));
}

function printLedger(ledger: Ledger): void {
  const rows: readonly (readonly [string, number])[] = [
    ["orders sent", ledger.sent],
    ["  confirmed", ledger.confirmed],
    ["  cancelled, what was done undone", ledger.cancelled],
    ["effects applied", ledger.effects],
    ["sent twice by a relay, kept out", ledger.duplicates],
    ["stock missing in the warehouse", ledger.stockDifference],
    ["paid and not confirmed, or the reverse", ledger.paidWrongly],
  ];
  for (const [what, count] of rows) console.log(`  ${what.padEnd(38)} ${String(count).padStart(6)}`);
  console.log(`\n  lost ${ledger.lost}, applied twice ${ledger.appliedTwice}`);
}
