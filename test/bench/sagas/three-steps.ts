import { compileSaga } from "../../../templates/runtime/src/saga/compile.ts";
import type {
  NamedCommand,
  NamedEvent,
  ServiceDefinition,
  ServiceImplementation,
} from "../../../templates/runtime/src/service/definition.ts";

/** A saga of three steps, each in a service of its own, as they are generated; nothing in them takes time. */
export const triggerTopic = "orders.order.events";
export const triggerType = "orders.OrderPlaced";
const sagaName = "payment";

const partitions = 12;
const participants = [
  { name: "inventory", does: "ReserveStock", done: "StockReserved", undoes: "ReleaseStock", undone: "StockReleased" },
  { name: "fraud", does: "ScreenPayment", done: "PaymentCleared", undoes: "ForgetPayment", undone: "PaymentForgotten" },
  { name: "payments", does: "CapturePayment", done: "PaymentCaptured", undoes: "Refund", undone: "PaymentRefunded" },
] as const;

const saga = compileSaga(
  {
    saga: sagaName,
    version: 1,
    style: "orchestration",
    trigger: triggerType,
    key: "$.trigger.orderId",
    deadline: "15m",
    timeout: "30s",
    steps: participants.map(({ name, does, done, undoes, undone }, at) => ({
      id: name,
      kind: at === 2 ? ("pivot" as const) : ("compensatable" as const),
      command: `${name}.${does}`,
      input: { orderId: "$.trigger.orderId" },
      success: `${name}.${done}`,
      compensation: {
        command: `${name}.${undoes}`,
        input: { orderId: "$.trigger.orderId" },
        success: `${name}.${undone}`,
      },
    })),
  },
  "orders",
);

const data = {
  type: "object",
  properties: { orderId: { type: "string" } },
  required: ["orderId"],
  additionalProperties: false,
};
const outbox = { relay: "polling", retention: "0s" } as const;
const repliesTopic = `${sagaName}.replies`;
const commandTopics = participants.map(({ name }) => `${name}.commands`);
const topics = (...names: readonly string[]) => names.map((name) => ({ name, partitions }));

export const hostDefinition: ServiceDefinition = {
  name: "orders",
  aggregate: "Order",
  key: "orderId",
  port: 0,
  adminPort: 0,
  eventsTopic: triggerTopic,
  topics: topics(triggerTopic, repliesTopic, ...commandTopics),
  commands: {},
  events: {},
  subscriptions: [],
  outbox,
  sagas: [{ definition: saga, eventTopics: { [triggerType]: triggerTopic }, repliesTopic }],
};

export const participantDefinitions: readonly ServiceDefinition[] = participants.map((of) => ({
  name: of.name,
  aggregate: "Thing",
  key: "orderId",
  port: 0,
  adminPort: 0,
  eventsTopic: `${of.name}.thing.events`,
  commandsTopic: `${of.name}.commands`,
  topics: topics(`${of.name}.thing.events`, `${of.name}.commands`, repliesTopic),
  commands: {
    [of.does]: { schema: data, emits: [of.done], http: false },
    [of.undoes]: { schema: data, emits: [of.undone], http: false, undoes: of.does },
  },
  events: { [of.done]: { version: 1, schema: data }, [of.undone]: { version: 1, schema: data } },
  subscriptions: [],
  outbox,
}));

/** Each command leads to its event. */
export function implementationOf({ commands }: ServiceDefinition): Implementation {
  return {
    decider: {
      initialState: () => ({}),
      decide: ({ type, data }) => (commands[type]?.emits ?? []).map((event) => ({ type: event, data })),
      evolve: (state) => state,
    },
    reactions: {},
  };
}

type Implementation = ServiceImplementation<object, NamedCommand, NamedEvent>;
