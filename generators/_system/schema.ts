import Joi from "joi";
import {
  choice,
  closed,
  durationOf,
  event,
  fieldName,
  kebabName,
  kebabNames,
  list,
  named,
  names,
  noted,
  positive,
  text,
  wholeNumber,
} from "./described.ts";
import { formatVersion } from "./format-version.ts";
import { port, service } from "./service-schema.ts";
import { phaseNames } from "./system.ts";

/**
 * The one description of `eda.yaml`: Joi checks with it, and the JSON Schema for editors is made of it. It says what
 * may be written, not what is meant where nothing is: defaults are `buildSystem`'s.
 */

const topicName = /^(?=.{1,249}$)[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/;
const retention = /^(?:[1-9][0-9]{0,8}(?:ms|s|m|h|d)|forever)$/;
const filePath = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/;
const extension = /^x-/;

const topicNames = names("letters, digits, - and _, parted by dots, such as orders.commands", topicName, () => "");

function retentionOf(what: string): Joi.StringSchema {
  return text(what, "a duration such as 12h or 7d, or forever", "7d", retention);
}

const partitions = wholeNumber("Number of partitions", 1, 10_000, 12);
const replication = wholeNumber("Number of copies of each partition", 1, 9, 3);
const stream = closed(
  "The event stream: platform and what holds for every topic that says nothing else",
  "{ platform: kafka }",
  {
    platform: choice("The event stream's platform", ["kafka", "redpanda", "pulsar", "nats"]),
    partitions: partitions.description("Partitions of a topic"),
    replication: replication.description("Copies of each partition"),
    retention: retentionOf("How long a topic keeps its messages"),
    expected: closed("Expected load", "{ peakPerSecond: 200, averageBytes: 600, growthPerYear: 2 }", {
      peakPerSecond: positive("Messages per second at the busiest moment, over the whole system", 200).required(),
      averageBytes: positive("Size of a message in bytes", 600).required(),
      growthPerYear: positive("Factor by which the load grows in a year", 2).required(),
    }),
  },
);

const context = closed("A bounded context", "{ purpose: Takes orders }", {
  purpose: noted(Joi.string().max(500), {
    what: "What the context is for, in one sentence",
    expected: "a sentence of at most 500 characters",
    example: "Takes orders",
  }),
});

const saga = closed("A saga", "{ definition: sagas/payment.saga.yaml, service: orders }", {
  definition: text(
    "File of its definition, from the repository's root",
    "a path of a file",
    "sagas/payment.saga.yaml",
    filePath,
  ),
  service: text("The service that hosts it", "the name of a service", "orders", kebabName).required(),
});

const outbox = closed("The outbox of the service of this name", "{ relay: polling }", {
  relay: choice("How rows leave the table", ["polling", "cdc"]),
  retention: durationOf("How long published rows are kept", "7d"),
});

const sources = list("Events that it reads", "[orders.OrderPlaced]", event("An event")).min(1).required();
const keyField = text(
  "Field of its events by which it is keyed",
  "the name of a field",
  "orderId",
  fieldName,
).required();

const streamsApp = closed("A Kafka Streams application", "{ from: [orders.OrderPlaced], key: customerId }", {
  from: sources,
  key: keyField,
  join: event("The event whose latest value by key is joined to each input"),
  window: durationOf("Length of its windows", "1h"),
  grace: durationOf("How late an event may come into its window", "5m"),
  routesTo: list(
    "Topics among which it routes",
    "[orders.large]",
    text("A topic", "the name of a topic", "orders.large", topicName),
  ),
});

const readModel = closed("A read model", "{ key: orderId, from: [orders.OrderPlaced] }", {
  key: keyField,
  from: sources,
  staleness: durationOf("How far it may be behind", "5s"),
  port: port.description("Port of its query endpoint"),
});

const topic = closed("What differs from the default in the topic of this name", "{ retention: forever }", {
  retention: retentionOf("How long it keeps its messages"),
  partitions: partitions.description("Its partitions"),
  replication: replication.description("Copies of each of its partitions"),
});

const phase = closed("A phase", "{ status: decided, decision: docs/decisions/0001-requirements.md }", {
  status: choice("Whether the phase is decided, or assumed by defaults", ["open", "assumed", "decided"]).required(),
  decision: text("File of its decision record", "a path of a file", "docs/decisions/0001-requirements.md", filePath),
});

const phaseKeys = Object.fromEntries(phaseNames.map((name) => [name, phase.description(`Phase ${name}`)]));

/** The top-level keys, in the order in which the generators write them. */
const sections = {
  eda: noted(Joi.number().valid(formatVersion).required(), {
    what: "Version of the manifest's format",
    expected: `${formatVersion}`,
    example: `${formatVersion}`,
  }),
  name: text("Name of the system", `a name ${kebabNames.are}`, "order-management", kebabName).required(),
  example: text(
    "The worked example whose domain code stands in place of the stubs",
    "the name of an example",
    "order-management",
    kebabName,
  ),
  stream,
  contexts: named("Bounded contexts", "{ ordering: { purpose: Takes orders } }", kebabNames, kebabName, context),
  services: named("Services", "{ orders: { context: ordering } }", kebabNames, kebabName, service),
  sagas: named("Sagas", "{ payment: { service: orders } }", kebabNames, kebabName, saga),
  outboxes: named("Outboxes by service", "{ orders: { relay: polling } }", kebabNames, kebabName, outbox),
  streamsApps: named("Kafka Streams applications", "{ totals: { … } }", kebabNames, kebabName, streamsApp),
  readModels: named("Read models", "{ order-summary: { … } }", kebabNames, kebabName, readModel),
  topics: named(
    "Topics that differ from the default",
    "{ orders.commands: { partitions: 6 } }",
    topicNames,
    topicName,
    topic,
  ),
  phases: closed("Where the five phases stand", "{ requirements: { status: decided } }", phaseKeys),
};

/** Keys that begin with `x-` are the user's own, for anchors and notes. */
export const manifestSchema: Joi.ObjectSchema = noted(Joi.object(sections).pattern(extension, Joi.any()), {
  what: "The manifest of an event-driven system: its contexts, services, messages, sagas and read models",
  expected: "a map",
  example: "eda: 1",
  keys: Object.keys(sections),
});

/** The JSON Schema (2020-12) of `eda.yaml`, made from the description that Joi checks with: manifest.schema.json. */
export function describedJsonSchema(): Record<string, unknown> {
  const standard = manifestSchema["~standard"];
  const schema = standard.jsonSchema.input({ target: "draft-2020-12" });
  return { $schema: "https://json-schema.org/draft/2020-12/schema", title: "eda.yaml", ...schema };
}
