import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { migrate } from "../../../../../templates/runtime/src/migrations/migrate.ts";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { JsonObject } from "../../../../../templates/runtime/src/saga/definition.ts";
import {
  createOrchestrator,
  type SetOrchestrator,
} from "../../../../../templates/runtime/src/saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../../../../../templates/runtime/src/saga/orchestrator/definitions.ts";
import type { HearNews, SagaNews } from "../../../../../templates/runtime/src/saga/orchestrator/news.ts";
import type { SagaSource } from "../../../../../templates/runtime/src/saga/source.ts";
import type { SagaInput, SagaReply } from "../../../../../templates/runtime/src/saga/transition.ts";
import { testDatabase } from "../../../../support/postgres.ts";
import { migrateService } from "../../../../support/service-migrations.ts";

/** Reserve, take the money (the pivot, without a way back), ship what was paid for. */
export const delivery = compileSaga(
  {
    saga: "delivery",
    version: 3,
    style: "orchestration",
    trigger: "orders.OrderPlaced",
    key: "$.trigger.orderId",
    deadline: "15m",
    retry: { attempts: 1, initial: "1s" },
    timeout: "30s",
    steps: [
      {
        id: "reserve",
        command: "stock.Reserve",
        input: { orderId: "$.trigger.orderId" },
        success: "stock.Reserved",
        failure: "stock.Rejected",
        compensation: {
          command: "stock.Release",
          input: { orderId: "$.trigger.orderId" },
          success: "stock.Released",
          failure: "stock.NotReleased",
        },
      },
      {
        id: "pay",
        kind: "pivot",
        command: "payments.Pay",
        input: { orderId: "$.trigger.orderId" },
        success: "payments.Paid",
        failure: "payments.Declined",
      },
      {
        id: "ship",
        kind: "retriable",
        command: "shipping.Ship",
        input: { orderId: "$.trigger.orderId", paymentId: "$.steps.pay.paymentId" },
        success: "shipping.Shipped",
        failure: "shipping.NotShipped",
      },
    ],
    completed: {
      command: "orders.Confirm",
      input: { orderId: "$.trigger.orderId" },
      success: "orders.Confirmed",
      failure: "orders.NotConfirmed",
    },
  } satisfies SagaSource,
  "orders",
);

/** No orchestrator moves it. */
export const loyalty = compileSaga(
  {
    saga: "loyalty",
    version: 1,
    style: "choreography",
    service: "loyalty",
    trigger: "orders.OrderConfirmed",
    key: "$.trigger.orderId",
    deadline: "1h",
    timeout: "5m",
    steps: [
      {
        id: "earn",
        on: "orders.OrderConfirmed",
        command: "loyalty.Earn",
        input: { orderId: "$.on.orderId" },
        success: "loyalty.Earned",
        compensation: "none",
        reason: "points are never taken back",
      },
    ],
  } satisfies SagaSource,
  "loyalty",
);

/** A database with the tables of a service that hosts `delivery`, and its orchestrator. */
export interface Operated {
  readonly database: Database;
  readonly orchestrator: SetOrchestrator;
  /** What has been told of operators' changes. */
  readonly news: SagaNews[];
  readonly hear: HearNews;
  /** Begins one and gives it these replies, in order. Answers its id. */
  begin(key: string, ...replies: readonly SagaInput[]): Promise<string>;
  /** What an orchestrator would get next. */
  move(id: string, ...inputs: readonly SagaInput[]): Promise<void>;
  /** Begins one with a definition of a choreography, of which only the row matters here. */
  watch(key: string): Promise<string>;
  close(): Promise<void>;
}

export async function operated(): Promise<Operated> {
  const { url, drop } = await testDatabase();
  const database = createDatabase({ url });
  await migrateService(database);
  await migrate(database, "templates/saga/migrations");
  const definitions = createDefinitions([delivery, loyalty]);
  await definitions.store(database);
  const news: SagaNews[] = [];
  const orchestrator = createOrchestrator({ service: "orders", definitions });

  async function start(saga: string, key: string): Promise<string> {
    await database.transaction((tx) =>
      orchestrator.begin(tx, [
        {
          saga,
          key,
          data: { orderId: key },
          messageId: crypto.randomUUID(),
          correlationid: `correlation of ${key}`,
          traceparent: undefined,
        },
      ]),
    );
    return `${saga}:${key}`;
  }

  async function move(id: string, ...inputs: readonly SagaInput[]): Promise<void> {
    for (const input of inputs) await database.transaction((tx) => orchestrator.apply(tx, { id, input }));
  }

  return {
    database,
    orchestrator,
    news,
    hear: (heard) => void news.push(...heard),
    move,
    async begin(key, ...replies) {
      const id = await start("delivery", key);
      await move(id, ...replies);
      return id;
    },
    watch: (key) => start("loyalty", key),
    async close() {
      await database.close();
      await drop();
    },
  };
}

export function succeeded(step: string, data: JsonObject = {}): SagaReply {
  return { type: "reply", step, direction: "forward", round: 1, outcome: "success", data };
}

export function failed(step: string, direction: "forward" | "compensation" = "forward"): SagaReply {
  return { type: "reply", step, direction, round: 1, outcome: "failure", data: { reason: "not today" } };
}

/** An attempt of `step` is not answered in time; its only one, in `delivery`. */
export function unanswered(step: string): SagaInput {
  return { type: "timer", timer: { kind: "timeout", step, direction: "forward", round: 1, attempt: 1 } };
}

/** Where replies leave a `delivery`. */
export const stuckInPay = [succeeded("reserve"), unanswered("pay")];
export const stuckInShip = [succeeded("reserve"), succeeded("pay", { paymentId: "p-1" }), failed("ship")];
export const stuckInRelease = [succeeded("reserve"), failed("pay"), failed("reserve", "compensation")];
export const completedDelivery = [
  succeeded("reserve"),
  succeeded("pay", { paymentId: "p-1" }),
  succeeded("ship"),
  succeeded("completed"),
];
