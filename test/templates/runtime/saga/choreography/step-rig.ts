import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { compileContracts } from "../../../../../templates/runtime/src/aggregate/contracts.ts";
import { stateTable } from "../../../../../templates/runtime/src/aggregate/state-table.ts";
import type { IncomingRecord } from "../../../../../templates/runtime/src/broker/broker.ts";
import type { ConsumerOptions } from "../../../../../templates/runtime/src/inbox/consumer-options.ts";
import { listDeadLetters } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { letterReplayer } from "../../../../../templates/runtime/src/inbox/replay.ts";
import { encodeRecord } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Envelope } from "../../../../../templates/runtime/src/message/message.ts";
import { insertMessages } from "../../../../../templates/runtime/src/outbox/insert.ts";
import { choreographyConsumer } from "../../../../../templates/runtime/src/saga/choreography/consume.ts";
import { createParticipant } from "../../../../../templates/runtime/src/saga/participant/participant.ts";
import type { SagaTask } from "../../../../../templates/runtime/src/saga/participant/task.ts";
import type { ChoreographedStep, ServiceDefinition } from "../../../../../templates/runtime/src/service/definition.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { memoryBroker } from "../../outbox/memory-broker.ts";
import { type ShopImplementation, shopRig } from "../participant/rig.ts";
import { shopDecider, shopDefinition } from "../participant/shop.fixture.ts";

const topic = "web.order.events";
const orderId = { orderId: { path: { from: "on", at: ["orderId"] } } } as const;

function step(
  on: string,
  name: string,
  direction: ChoreographedStep["direction"],
  command: string,
  outcomes: Pick<ChoreographedStep, "success" | "failure" | "timeoutMs">,
): ChoreographedStep {
  const quantity = { path: { from: "on", at: ["quantity"] } } as const;
  const input = command === "ReserveStock" ? { ...orderId, quantity } : orderId;
  const from = { on: `web.${on}`, topic, key: "orderId" };
  return { saga: "buying", step: name, direction, ...from, command, input, ...outcomes };
}

const timeoutMs = 10_000;
const reserve = { success: "shop.StockReserved", failure: "shop.StockRejected", timeoutMs };
const capture = { success: "shop.PaymentCaptured", failure: "shop.PaymentDeclined", timeoutMs };

/** The shop, which nobody leads here: what it does starts at what happens on the web. */
const choreographedShop: ServiceDefinition = {
  ...shopDefinition,
  choreographed: [
    step("Placed", "reserve", "forward", "ReserveStock", reserve),
    step("Cancelled", "reserve", "compensation", "ReleaseStock", { success: "shop.StockReleased", timeoutMs }),
    step("Paid", "capture", "forward", "CapturePayment", capture),
    step("Returned", "capture", "compensation", "RefundPayment", { success: "shop.PaymentRefunded", timeoutMs }),
    // One event, three steps: in the database, by a handler of the author's, and outside.
    step("Rushed", "reserve", "forward", "ReserveStock", reserve),
    step("Rushed", "pack", "forward", "PackOrder", { success: "shop.OrderPacked", timeoutMs }),
    step("Rushed", "capture", "forward", "CapturePayment", capture),
  ],
};

let offset = 0n;

/** Something that has happened to an order on the web. */
export function happens(
  type: string,
  order: string | undefined,
  more: {
    readonly quantity?: number;
    readonly id?: string;
    readonly time?: Date;
    readonly envelope?: Partial<Envelope>;
  } = {},
): IncomingRecord {
  const { quantity, id = randomUUID(), time = new Date() } = more;
  const data = { ...(order === undefined ? {} : { orderId: order }), ...(quantity === undefined ? {} : { quantity }) };
  const envelope = {
    id,
    type: `web.${type}`,
    source: "/web",
    subject: order ?? "?",
    time: time.toISOString(),
    correlationid: `c-${order}`,
    ...more.envelope,
  };
  return {
    ...encodeRecord(envelope, topic, order ?? "?", data),
    partition: 0,
    offset: offset++,
    timestamp: new Date(),
  };
}

export async function choreographyRig() {
  const { database, sent, told, state, drop } = await shopRig();
  const refused: SagaTask[] = [];

  function consumer({ commands }: ShopImplementation): ConsumerOptions {
    const participant = createParticipant({
      aggregate: {
        definition: choreographedShop,
        contracts: compileContracts(choreographedShop),
        decider: shopDecider,
        persistence: stateTable("Order", shopDecider.initialState),
        insertMessages,
      },
      commands,
      log: pino({ level: "silent" }),
      retentionMs: 90 * 86_400_000,
      observer: { refused: (task) => void refused.push(task) },
    });
    const [given] = choreographyConsumer(choreographedShop, participant);
    return { ...given!, database, broker: memoryBroker(), retry: { attempts: 3, initialMs: 1 } };
  }

  return {
    database,
    sent,
    told,
    state,
    drop,
    refused,
    consumer,
    handle: (implementation: ShopImplementation, ...records: readonly IncomingRecord[]) =>
      batchHandler(consumer(implementation))(batchOf(records)),
    replay: (implementation: ShopImplementation) =>
      letterReplayer(consumer(implementation))(new AbortController().signal),
    letters: async () => (await listDeadLetters(database)).map(({ error, attempts }) => `${attempts} ${error}`),
  };
}
