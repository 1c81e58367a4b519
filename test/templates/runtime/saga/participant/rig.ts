import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { compileContracts } from "../../../../../templates/runtime/src/aggregate/contracts.ts";
import { stateTable } from "../../../../../templates/runtime/src/aggregate/state-table.ts";
import type { IncomingRecord } from "../../../../../templates/runtime/src/broker/broker.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import type { ConsumerOptions } from "../../../../../templates/runtime/src/inbox/consumer-options.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { letterReplayer } from "../../../../../templates/runtime/src/inbox/replay.ts";
import { encodeRecord } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Envelope } from "../../../../../templates/runtime/src/message/message.ts";
import { migrate } from "../../../../../templates/runtime/src/migrations/migrate.ts";
import { insertMessages } from "../../../../../templates/runtime/src/outbox/insert.ts";
import { idempotencyKey } from "../../../../../templates/runtime/src/saga/definition.ts";
import { createParticipant } from "../../../../../templates/runtime/src/saga/participant/participant.ts";
import type { SagaTask } from "../../../../../templates/runtime/src/saga/participant/task.ts";
import type { ServiceImplementation } from "../../../../../templates/runtime/src/service/definition.ts";
import { sagaCommands } from "../../../../../templates/runtime/src/service/saga-commands.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { memoryBroker } from "../../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../../outbox/outbox-database.ts";
import { type ShopCommand, type ShopEvent, type ShopState, shopDecider, shopDefinition } from "./shop.fixture.ts";

const DAY_MS = 24 * 3_600_000;

/** What a saga asks the shop, in as few words as a test needs. */
export interface Asked {
  readonly step?: string;
  readonly direction?: "forward" | "compensation";
  readonly round?: number;
  readonly attempt?: number;
  readonly purpose?: "tombstone";
  readonly command?: ShopCommand["type"];
  readonly quantity?: number;
  readonly timeoutMs?: number;
  /** Of the message, where it comes again. */
  readonly id?: string;
  readonly time?: Date;
  /** When its step was first asked for. */
  readonly since?: Date;
}

const outcomes: Record<ShopCommand["type"], readonly [success: ShopEvent["type"], failure?: ShopEvent["type"]]> = {
  ReserveStock: ["StockReserved", "StockRejected"],
  ReleaseStock: ["StockReleased"],
  PackOrder: ["OrderPacked"],
  CapturePayment: ["PaymentCaptured", "PaymentDeclined"],
  RefundPayment: ["PaymentRefunded"],
};

let offset = 0n;

/** The record of a command for an order, as the saga `buying` would have sent it. */
export function asks(order: string, asked: Asked = {}): IncomingRecord {
  const { step = "reserve", direction = "forward", round = 1, attempt = 1, command = "ReserveStock" } = asked;
  const sagaid = `buying:${order}`;
  const [success, failure] = outcomes[command];
  const envelope: Envelope = {
    id: asked.id ?? randomUUID(),
    type: `shop.${command}`,
    source: "/orders",
    subject: sagaid,
    time: (asked.time ?? new Date()).toISOString(),
    correlationid: `c-${order}`,
    saganame: "buying",
    sagaid,
    sagastep: step,
    sagadirection: direction,
    saground: round,
    sagaattempt: attempt,
    idempotencykey: idempotencyKey(sagaid, step, direction, round),
    sagasuccess: `shop.${success}`,
    ...(failure === undefined ? {} : { sagafailure: `shop.${failure}` }),
    sagatimeoutms: asked.timeoutMs ?? 10_000,
    ...(asked.purpose === undefined ? {} : { sagapurpose: asked.purpose }),
    ...(asked.since === undefined ? {} : { sagasince: asked.since.toISOString() }),
  };
  const data = { orderId: order, ...(asked.quantity === undefined ? {} : { quantity: asked.quantity }) };
  return {
    ...encodeRecord(envelope, "shop.commands", sagaid, data),
    partition: 0,
    offset: offset++,
    timestamp: new Date(),
  };
}

export const releases = (order: string, asked: Asked = {}) =>
  asks(order, { direction: "compensation", command: "ReleaseStock", ...asked });
export const captures = (order: string, asked: Asked = {}) =>
  asks(order, { step: "capture", command: "CapturePayment", ...asked });
export const refunds = (order: string, asked: Asked = {}) =>
  asks(order, { step: "capture", direction: "compensation", command: "RefundPayment", ...asked });

export interface Sent {
  readonly topic: string;
  readonly key: string;
  readonly type: string;
  readonly data: unknown;
  readonly envelope: Envelope;
}

export type ShopImplementation = ServiceImplementation<ShopState, ShopCommand, ShopEvent>;

/** A shop with a database, and nothing between it and a test: what it is handed, and what it has put into its outbox. */
export async function shopRig() {
  const database: OutboxDatabase = await outboxDatabase({ max: 20 });
  await migrate(
    database,
    fileURLToPath(new URL("../../../../../templates/saga-participant/migrations", import.meta.url)),
  );
  await database.query("CREATE TABLE public.parcel (order_id text NOT NULL)");
  const refused: SagaTask[] = [];

  const participant = (implementation: ShopImplementation) =>
    createParticipant({
      aggregate: {
        definition: shopDefinition,
        contracts: compileContracts(shopDefinition),
        decider: implementation.decider,
        persistence: stateTable("Order", shopDecider.initialState),
        insertMessages,
      },
      commands: implementation.commands,
      log: pino({ level: "silent" }),
      retentionMs: 90 * DAY_MS,
      observer: { refused: (task) => void refused.push(task) },
    });

  function consumer(
    implementation: ShopImplementation,
    more: Partial<ConsumerOptions> = {},
    own: Database = database,
  ): ConsumerOptions {
    return {
      ...sagaCommands(shopDefinition, participant(implementation))[0]!,
      database: own,
      broker: memoryBroker(),
      retry: { attempts: 3, initialMs: 1 },
      ...more,
    };
  }

  const sent = async (order: string): Promise<readonly Sent[]> => {
    const { rows } = await database.query<{
      topic: string;
      key: string;
      type: string;
      data: unknown;
      envelope: Envelope;
    }>(
      `SELECT topic, aggregateid AS key, type, payload AS data, headers AS envelope FROM public.outbox
       WHERE aggregateid IN ($1, 'buying:' || $1) ORDER BY position`,
      [order],
    );
    return rows;
  };

  return {
    database,
    /** Tasks that were refused without a reply. */
    refused,
    participant,
    consumer,
    /** Hands records to the shop as one batch. */
    handle: (implementation: ShopImplementation, records: readonly IncomingRecord[], more?: Partial<ConsumerOptions>) =>
      batchHandler(consumer(implementation, more))(batchOf(records)),
    replay: (implementation: ShopImplementation) =>
      letterReplayer(consumer(implementation))(new AbortController().signal),
    sent,
    /** Events as `StockReserved`, replies as `StockReserved success 1` or `StockReleased success 1 noop`. */
    async told(order: string) {
      return (await sent(order)).map(({ topic, type, envelope }) => {
        const name = type.replace("shop.", "");
        if (topic !== "buying.replies") return name;
        return `${name} ${envelope.sagaoutcome} ${envelope.saground}${envelope.saganoop === true ? " noop" : ""}`;
      });
    },
    async state(order: string): Promise<readonly string[]> {
      const { rows } = await database.query<{ state: string[] }>("SELECT state FROM public.aggregates WHERE id = $1", [
        order,
      ]);
      return rows[0]?.state ?? [];
    },
    drop: database.drop,
  };
}
