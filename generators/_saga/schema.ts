import Joi from "joi";
import {
  choice,
  closed,
  durationOf,
  event,
  kebabName,
  kebabNames,
  list,
  messageRef,
  noted,
  text,
  wholeNumber,
} from "../_system/described.ts";

/**
 * The one description of a saga's definition, `sagas/<name>.saga.yaml`: Joi checks with it, and the JSON Schema for
 * editors is made of it. What no schema can say is in content-problems.ts.
 */

const keyPath = /^\$\.trigger(?:\.[A-Za-z0-9_-]+)+$/;

/** The one schema for what fits `is`, the other for the rest; each tells its own errors. */
function either(is: Joi.Schema, one: Joi.Schema, other: Joi.Schema): Joi.AlternativesSchema {
  // biome-ignore lint/suspicious/noThenProperty: it is Joi's word
  return Joi.alternatives().conditional(is, { then: one, otherwise: other });
}

const retry = closed(
  "How often an attempt without an answer is made again, and how long each waits",
  "{ attempts: 5, initial: 500ms, multiplier: 2, max: 30s, jitter: full }",
  {
    attempts: wholeNumber("Attempts, the first counted", 1, 1_000_000, 5).required(),
    initial: durationOf("Wait before the second attempt", "500ms"),
    multiplier: noted(Joi.number().min(1).max(1_000_000), {
      what: "Factor by which each wait is longer than the one before",
      expected: "a number of at least 1",
      example: "2",
    }),
    max: durationOf("The longest wait", "30s"),
    jitter: choice("Whether a wait is drawn at random from zero to its length", ["full", "none"]),
  },
);

const timeout = durationOf("How long one attempt waits for its answer", "30s");
const startedBy = event("In a choreography: the event at which it starts");

const sent = {
  command: text(
    "The command that is sent",
    "a command as service.Command",
    "service.Command, such as inventory.ReserveStock",
    messageRef,
  ).required(),
  input: noted(Joi.object().unknown(), {
    what: "What the command's fields are filled with: a path such as $.trigger.orderId, or a literal",
    expected: "a map of the command's fields",
    example: "{ orderId: $.trigger.orderId }",
  }),
  success: event("The event that says that it is done").required(),
  failure: event("The event that says that the business refused"),
  timeout,
  retry,
};

const commandExample = "{ command: orders.CancelOrder, success: orders.OrderCancelled }";
const ending = (what: string) => closed(what, commandExample, sent);

const compensation = noted(
  either(
    Joi.string(),
    noted(Joi.string().valid("none"), {
      what: "Nothing is to be taken back; the step's reason says why",
      expected: "none, or a map with a command",
      example: "none",
    }),
    closed("What takes the step back", "{ command: inventory.ReleaseStock, success: inventory.StockReleased }", {
      ...sent,
      on: startedBy,
    }),
  ),
  { what: "What takes the step back, or none", expected: "none, or a map with a command", example: "none" },
);

const step = closed(
  "A step",
  "{ id: reserve-stock, command: inventory.ReserveStock, success: inventory.StockReserved }",
  {
    id: text("Name of the step", `a name ${kebabNames.are}`, "reserve-stock", kebabName).required(),
    kind: choice("compensatable (the default), the pivot (the point of no return), or retriable (after it)", [
      "compensatable",
      "pivot",
      "retriable",
    ]),
    ...sent,
    compensation,
    reason: noted(Joi.string().max(500), {
      what: "Why there is nothing to take back",
      expected: "a sentence of at most 500 characters",
      example: "changes nothing",
    }),
    on: startedBy,
  },
);

const stepOrGroup = either(
  Joi.object({ parallel: Joi.exist() }).unknown(),
  closed("Steps that run side by side", "{ parallel: [ … ] }", {
    parallel: list("Steps that run side by side; all settle before the saga goes on", "[ … ]", step).min(1).required(),
  }),
  step,
);

const sections = {
  saga: text("Name of the saga", `a name ${kebabNames.are}`, "payment", kebabName).required(),
  version: wholeNumber("Version of the definition: a published one is never changed", 1, 1_000_000, 1).required(),
  description: noted(Joi.string().max(1000), {
    what: "What the saga does, in a sentence",
    expected: "a text of at most 1,000 characters",
    example: "Reserves stock, takes the money, confirms.",
  }),
  style: choice("Whether an orchestrator leads, or each step starts at an event", [
    "orchestration",
    "choreography",
  ]).required(),
  service: text("The service that hosts it; the manifest says it too", "the name of a service", "orders", kebabName),
  trigger: event("The event that starts the saga").required(),
  key: text(
    "Field of the trigger that identifies the saga: the same key starts no second one",
    "a field of the trigger",
    "$.trigger.orderId",
    keyPath,
  ).required(),
  deadline: durationOf("How long the whole saga may take", "15m").required(),
  retry,
  timeout,
  steps: list("The steps, in order", "[ … ]", stepOrGroup).min(1).required(),
  completed: ending("The last command once every step has succeeded"),
  compensated: ending("The last command once everything is taken back"),
};

export const sagaSchema: Joi.ObjectSchema = noted(Joi.object(sections), {
  what: "A saga: its trigger, its steps, and what takes each of them back",
  expected: "a map",
  example: "saga: payment",
  keys: Object.keys(sections),
});

/** The JSON Schema (2020-12) of a definition, made from the description that Joi checks with: saga.schema.json. */
export function describedSagaSchema(): Record<string, unknown> {
  const schema = sagaSchema["~standard"].jsonSchema.input({ target: "draft-2020-12" });
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "A saga's definition", ...schema };
}
