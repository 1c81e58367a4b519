import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { eventually } from "../../templates/runtime/src/testing/eventually.ts";
import { testDatabase } from "../support/postgres.ts";
import { writeExampleServices } from "./example-services.ts";
import { type VariantName, variants } from "./example-variants.ts";
import { startPaymentProvider } from "./payment-provider.ts";
import { type CrashedSystem, faultsOf, isQuiet, stockOf } from "./saga-crash-ledger.ts";
import { retryStuck } from "./saga-crash-operator.ts";
import { expectedOf, type Story } from "./saga-crash-stories.ts";

/** A statement, and how often it has come. */
export interface CrashStatement {
  readonly statement: string;
  readonly occurrence: number;
}

/** Before which statement the process ends: by its name, or by its number alone. */
export type CrashPoint = CrashStatement | { readonly nth: number };

export interface WorkerSettings {
  readonly root: string;
  /** Database URL by service. */
  readonly services: Readonly<Record<string, string>>;
  readonly brokerUrl: string;
  /** From the first statement on. */
  readonly crashAt?: CrashPoint;
}

/** `arm` begins to count anew. Both are answered with the statements so far. */
export type WorkerRequest = { readonly type: "arm"; readonly point?: CrashPoint } | { readonly type: "report" };

export interface Run {
  /** How many of its crash points were reached. */
  readonly crashes: number;
  readonly faults: readonly string[];
  /** Of the last process, since the order was placed or, after a crash, since its start. */
  readonly statements: readonly string[];
}

/** One system whose only process is killed and started again, order after order. */
export interface Lane {
  /**
   * Places an order, as a client that asks again until it has an answer; the process ends at the first point, the one
   * that is started after it at the second. Where the story has its saga stuck, an operator retries it. Waits until
   * nothing goes on any more, and looks at what was done.
   */
  run(story: Story, points?: readonly CrashPoint[]): Promise<Run>;
  close(): Promise<void>;
}

const names = ["orders", "inventory", "fraud", "payments"] as const;
const WORKER = path.join(import.meta.dirname, "saga-crash-worker.mts");
const WITHIN_MS = 90_000;

/** @param variant of the example; only the stories that belong to it can be run */
export async function openLane(variant: VariantName): Promise<Lane> {
  const { edits, habits } = variants[variant];
  const root = writeExampleServices(edits);
  const provider = await startPaymentProvider(habits);
  let ground = await openGround();
  let worker: Worker | undefined;

  const start = async (crashAt?: CrashPoint) => {
    const { services, brokerUrl } = ground;
    const settings = { root, services, brokerUrl, ...(crashAt === undefined ? {} : { crashAt }) };
    worker = await startWorker(settings, provider.url);
  };

  return {
    async run(story, points = []) {
      const { system } = ground;
      if (worker === undefined || worker.isGone()) await start();
      const stockBefore = await stockOf(system);
      const order = newOrder(story);
      const left = [...points];
      let crashes = 0;
      await worker!.ask({ type: "arm", ...(left.length > 0 && { point: left.shift()! }) });
      let accepted = false;
      const step = async () => {
        if (worker!.isGone()) {
          await start(left.shift());
          crashes += 1;
        }
        if (!accepted) {
          accepted = await worker!.place(order);
          return false;
        }
        const { stuck = [] } = expectedOf[story];
        if (stuck.length > 0) await worker!.retry(`payment:${order.orderId}`, stuck);
        return isQuiet(system, order.orderId);
      };
      const stalled = await eventually(step, { withinMs: WITHIN_MS, what: "the end" }).then(
        () => [],
        (error: Error) => [error.message],
      );
      const faults = [...stalled, ...(await faultsOf(system, story, order.orderId, provider.calls, stockBefore))];
      const statements = worker!.isGone() ? [] : await worker!.ask({ type: "arm" });
      if (faults.length > 0) {
        // What is left of it must not spoil those that follow.
        await worker!.kill();
        await ground.drop();
        ground = await openGround();
      }
      return { crashes, faults, statements };
    },

    async close() {
      await worker?.kill();
      provider.close();
      await ground.drop();
    },
  };
}

interface Ground {
  readonly system: CrashedSystem;
  readonly services: Readonly<Record<string, string>>;
  readonly brokerUrl: string;
  drop(): Promise<void>;
}

/** Databases of their own, migrated by a first process that is not disturbed. */
async function openGround(): Promise<Ground> {
  const owned = await Promise.all([...names, "broker"].map(async () => testDatabase()));
  const urls = owned.map(({ url }) => url);
  const open = urls.map((url) => createDatabase({ url, max: 1 }));
  const brokerUrl = urls.at(-1)!;
  return {
    system: { services: Object.fromEntries(names.map((name, at) => [name, open[at]!])), broker: open.at(-1)! },
    services: Object.fromEntries(names.map((name, at) => [name, urls[at]!])),
    brokerUrl,
    async drop() {
      await Promise.all(open.map((database) => database.close()));
      await Promise.all(owned.map((database) => database.drop()));
    },
  };
}

interface Worker {
  isGone(): boolean;
  ask(request: WorkerRequest): Promise<readonly string[]>;
  /** Whether it was accepted; false when no answer came, or the process is not there. */
  place(order: Order): Promise<boolean>;
  /** Retries a saga that is stuck in one of these stages. */
  retry(sagaId: string, stages: readonly string[]): Promise<void>;
  kill(): Promise<void>;
}

/** Answers when the process takes requests, or is gone. */
async function startWorker(settings: WorkerSettings, provider: string): Promise<Worker> {
  const child = fork(WORKER, [JSON.stringify(settings)], {
    env: { PATH: process.env.PATH, PROVIDER: provider, NODE_COMPILE_CACHE: path.join(tmpdir(), "eda-compile-cache") },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const exit = once(child, "exit");
  const heard = <T>(type: string) =>
    new Promise<T>((resolve) => {
      const listener = (message: { readonly type: string }) => {
        if (message.type !== type) return;
        child.off("message", listener);
        resolve(message as T);
      };
      child.on("message", listener);
    });
  const ready = await Promise.race([
    heard<{ readonly http: string; readonly admin: string }>("ready"),
    exit.then(() => undefined),
  ]);
  if (child.exitCode !== null) throw new Error(`the services ended by themselves, code ${child.exitCode}`);
  return {
    isGone,
    async ask(request) {
      const answer = heard<{ readonly statements: readonly string[] }>(request.type);
      send(child, request);
      // It may come to its point only now, when everything is done.
      return (await Promise.race([answer, exit.then(() => ({ statements: [] }))])).statements;
    },
    async place(order) {
      if (ready === undefined) return false;
      const answer = await fetch(`${ready.http}/commands/place-order`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": order.orderId,
          "x-correlation-id": order.orderId,
        },
        body: JSON.stringify(order),
      }).catch(() => undefined);
      // Its end is heard of a moment later than the lost connection, which may have been lost for itself.
      if (answer === undefined) await Promise.race([exit, delay(1_000)]);
      return answer?.status === 200;
    },
    async retry(sagaId, stages) {
      if (ready !== undefined) await retryStuck(ready.admin, sagaId, stages);
    },
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

function send(child: ChildProcess, request: WorkerRequest): void {
  child.send(request, () => undefined);
}

interface Order {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: readonly object[];
  readonly total: object;
}

/** The one customer on the fraud service's list. */
const blockedCustomer = "bad00000-0000-4000-8000-000000000000";

/** Two of tea; what is dear is declined by the provider, and there is no saffron. */
function newOrder(story: Story): Order {
  const price = { amount: story === "compensated" ? 60_000 : 450, currency: "EUR" };
  return {
    orderId: randomUUID(),
    customerId: story === "blocked" || story === "refunded" ? blockedCustomer : randomUUID(),
    lines: [{ sku: story === "rejected" ? "saffron" : "tea", quantity: 2, price }],
    total: { ...price, amount: price.amount * 2 },
  };
}
