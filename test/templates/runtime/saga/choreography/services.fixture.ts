import type { Decider } from "../../../../../templates/runtime/src/aggregate/decider.ts";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { SagaCommand } from "../../../../../templates/runtime/src/saga/definition.ts";
import type { SagaSource } from "../../../../../templates/runtime/src/saga/source.ts";
import type {
  ChoreographedStep,
  ServiceDefinition,
  ServiceImplementation,
} from "../../../../../templates/runtime/src/service/definition.ts";
import { loyalty } from "./loyalty.fixture.ts";

/** The services of the loyalty saga, as they would be generated; orders are confirmed by the tests. */
export const topicOf = (event: string) =>
  ({ orders: "orders.order.events", loyalty: "loyalty.points.events", gifts: "gifts.gift.events" })[
    event.slice(0, event.indexOf("."))
  ]!;
export const repliesTopic = "loyalty.replies";
const topics = [...["orders", "loyalty", "gifts"].map((service) => topicOf(`${service}.`)), repliesTopic].map(
  (name) => ({
    name,
    partitions: 3,
  }),
);

const properties = { orderId: { type: "string" }, customerId: { type: "string" }, reason: { type: "string" } };
const schema = { type: "object", properties, required: ["orderId"], additionalProperties: false };
const event = { version: 1, schema };
const command = (...emits: string[]) => ({ schema, emits, http: true });

/** Orders of `poor-…` earn no points, those of `greedy-…` get no gift. */
export interface LoyaltyData {
  readonly orderId: string;
  readonly customerId?: string;
  readonly reason?: string;
}
type Named = { readonly type: string; readonly data: LoyaltyData };

function stepsAt(service: string, source: SagaSource): readonly ChoreographedStep[] {
  const { saga, key, groups } = compileSaga(source, "loyalty");
  const stage = (step: string, direction: ChoreographedStep["direction"], sent: SagaCommand) =>
    sent.command.startsWith(`${service}.`)
      ? [
          {
            saga,
            step,
            direction,
            on: sent.on!,
            topic: topicOf(sent.on!),
            key: key.join("."),
            command: sent.command.slice(service.length + 1),
            input: sent.input,
            success: sent.success,
            ...(sent.failure === undefined ? {} : { failure: sent.failure }),
            timeoutMs: sent.timeoutMs,
          },
        ]
      : [];
  return groups
    .flat()
    .flatMap((step) => [
      ...stage(step.id, "forward", step),
      ...(step.compensation === undefined ? [] : stage(step.id, "compensation", step.compensation)),
    ]);
}

const common = { key: "orderId", port: 0, adminPort: 0, topics, subscriptions: [] } as const;

/** Does its part of the saga, and hosts its watchdog. `changes`: of the saga. */
export function loyaltyDefinition(changes: Partial<SagaSource> = {}): ServiceDefinition {
  const source = { ...loyalty, ...changes };
  const types = [
    source.trigger,
    ...[
      "loyalty.PointsEarned",
      "loyalty.PointsRefused",
      "loyalty.PointsRevoked",
      "gifts.GiftSent",
      "gifts.GiftRefused",
    ],
  ];
  return {
    ...common,
    name: "loyalty",
    aggregate: "Points",
    eventsTopic: topicOf("loyalty."),
    commands: {
      EarnPoints: command("PointsEarned", "PointsRefused"),
      RevokePoints: { ...command("PointsRevoked"), undoes: "EarnPoints" },
    },
    events: { PointsEarned: event, PointsRefused: event, PointsRevoked: event },
    outbox: { relay: "polling", retention: "7d" },
    choreographed: stepsAt("loyalty", source),
    sagas: [
      {
        definition: compileSaga(source, "loyalty"),
        eventTopics: Object.fromEntries(types.map((type) => [type, topicOf(type)])),
        repliesTopic,
      },
    ],
  };
}

export const giftsDefinition: ServiceDefinition = {
  ...common,
  name: "gifts",
  aggregate: "Gift",
  eventsTopic: topicOf("gifts."),
  commands: { SendGift: command("GiftSent", "GiftRefused") },
  events: { GiftSent: event, GiftRefused: event },
  outbox: { relay: "polling", retention: "7d" },
  choreographed: stepsAt("gifts", loyalty),
};

/** Its state are the events that have happened to it, each as often as it has. */
function decider(decide: (command: Named) => Named): Decider<readonly string[], Named, Named> {
  return { initialState: () => [], decide: (asked) => [decide(asked)], evolve: (state, { type }) => [...state, type] };
}

export const loyaltyImplementation: ServiceImplementation<readonly string[], Named, Named> = {
  decider: decider(({ type, data: { orderId } }) =>
    type === "RevokePoints"
      ? { type: "PointsRevoked", data: { orderId } }
      : orderId.startsWith("poor-")
        ? { type: "PointsRefused", data: { orderId, reason: "too little" } }
        : { type: "PointsEarned", data: { orderId } },
  ),
  reactions: {},
  // By a handler of its author's, as one is generated for each command that a saga asks for.
  commands: { EarnPoints: (asked, { execute }) => execute(asked) },
};

export const giftsImplementation: ServiceImplementation<readonly string[], Named, Named> = {
  decider: decider(({ data: { orderId } }) =>
    orderId.startsWith("greedy-")
      ? { type: "GiftRefused", data: { orderId, reason: "sold out" } }
      : { type: "GiftSent", data: { orderId } },
  ),
  reactions: {},
};
