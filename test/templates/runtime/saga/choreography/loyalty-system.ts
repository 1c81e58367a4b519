import { randomUUID } from "node:crypto";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { encodeRecord, newEnvelope } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Message } from "../../../../../templates/runtime/src/message/message.ts";
import type { SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { type Surroundings, surroundings } from "../../service/running.ts";
import { giftsDefinition, repliesTopic, topicOf } from "./services.fixture.ts";

export interface Row extends Record<string, unknown> {
  readonly status: SagaState["status"];
  readonly stuck: boolean;
  readonly state: SagaState;
}

/** What the two services of the loyalty saga run on, and what happened there. */
export interface LoyaltySystem {
  readonly loyalty: Surroundings;
  readonly gifts: Surroundings;
  /** Everything that is on the saga's topics, as far as the test has read it. */
  readonly told: readonly Message[];
  /** Publishes an event about an order as its service would. Answers the message's id. */
  happens(
    event: string,
    orderId: string,
    more?: { readonly id?: string; readonly data?: object; readonly ofStep?: string },
  ): Promise<string>;
  confirm(orderId: string): Promise<string>;
  row(orderId: string): Promise<Row | undefined>;
  /** Waits until the saga's row is as asked. */
  until(orderId: string, condition: (row: Row) => boolean): Promise<Row>;
  log(orderId: string): Promise<readonly string[]>;
  /** What has been told of an order, without the service, in the order in which it was said first; no-ops as such. */
  story(orderId: string): readonly string[];
  /** What has happened to an order at a service, each as often as it has. */
  history(at: Surroundings, orderId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function loyaltySystem(): Promise<LoyaltySystem> {
  const loyalty = await surroundings();
  const gifts = await surroundings(loyalty);
  for (const { options } of [loyalty, gifts])
    for (const template of ["saga", "saga-participant"])
      await cp(`templates/${template}/migrations`, fileURLToPath(options.migrations), { recursive: true });
  await loyalty.broker.ensureTopics(giftsDefinition.topics);
  const topics = [...["orders.", "loyalty.", "gifts."].map(topicOf), repliesTopic];
  const read = await Promise.all(topics.map((topic) => loyalty.messages(topic)));

  const row = async (orderId: string) =>
    (
      await loyalty.database.query<Row>("SELECT status, stuck, state FROM public.saga WHERE id = $1", [
        `loyalty:${orderId}`,
      ])
    ).rows[0];

  const system: LoyaltySystem = {
    loyalty,
    gifts,
    get told() {
      return read.flat();
    },
    async happens(event, orderId, { id = randomUUID(), data = { orderId }, ofStep } = {}) {
      const service = event.slice(0, event.indexOf("."));
      const envelope = newEnvelope({
        id,
        type: event,
        source: `/${service}`,
        subject: orderId,
        correlationid: `c-${orderId}`,
        ...(ofStep === undefined
          ? {}
          : { saganame: "loyalty", sagaid: `loyalty:${orderId}`, sagastep: ofStep, sagadirection: "forward" }),
      });
      await loyalty.broker.publish([encodeRecord(envelope, topicOf(event), orderId, data)]);
      return id;
    },
    confirm: (orderId) =>
      system.happens("orders.OrderConfirmed", orderId, { data: { orderId, customerId: `customer of ${orderId}` } }),
    row,
    until: (orderId, condition) =>
      eventually(() => row(orderId), {
        until: (found) => found !== undefined && condition(found),
        what: `${orderId}: ${condition}`,
        withinMs: 30_000,
      }) as Promise<Row>,
    async log(orderId) {
      const { rows } = await loyalty.database.query<{ what: string }>(
        `SELECT concat_ws(' ', what, step, CASE direction WHEN 'compensation' THEN direction END) AS what
         FROM public.saga_log WHERE saga_id = $1 ORDER BY seq`,
        [`loyalty:${orderId}`],
      );
      return rows.map(({ what }) => what);
    },
    story: (orderId) => [
      ...new Set(
        read
          .flat()
          .filter(({ correlationid }) => correlationid === `c-${orderId}`)
          .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
          .map(({ type, saganoop }) => `${type.slice(type.indexOf(".") + 1)}${saganoop ? " noop" : ""}`),
      ),
    ],
    async history(at, orderId) {
      const { rows } = await at.database.query<{ state: string[] }>(
        "SELECT state FROM public.aggregates WHERE id = $1",
        [orderId],
      );
      return rows[0]?.state ?? [];
    },
    async close() {
      await gifts.close();
      await loyalty.close();
    },
  };
  return system;
}
