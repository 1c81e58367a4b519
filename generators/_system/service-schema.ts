import Joi from "joi";
import {
  choice,
  closed,
  event,
  fieldName,
  fieldNames,
  kebabName,
  list,
  named,
  noted,
  pascalName,
  pascalNames,
  text,
  wholeNumber,
  yesOrNo,
} from "./described.ts";
import { fieldTypeNotation, fieldTypePattern } from "./field-types.ts";

/** The admin interface listens 10,000 above, and that is a port too. */
export const port = wholeNumber("TCP port", 1, 55_535, 4001);

function fieldsOf(what: string): Joi.ObjectSchema {
  const type = noted(Joi.string().pattern(fieldTypePattern), {
    what: `Type of a field: ${fieldTypeNotation}`,
    expected: "a field type",
    example: "string",
    fieldType: true,
  });
  return named(what, "{ orderId: uuid }", fieldNames, fieldName, type);
}

const command = closed("A command that the service handles", "{ fields: { orderId: uuid }, emits: [OrderPlaced] }", {
  fields: fieldsOf("Fields of the command"),
  emits: list(
    "Events of this service that come of the command: success first, then business failures",
    "[OrderPlaced]",
    text("An event of this service", "the name of an event of this service", "OrderPlaced", pascalName),
  ),
  http: yesOrNo("Whether the command has an HTTP route; true unless told, and never for an external one"),
  external: yesOrNo("Whether it calls something outside the database, such as a payment provider"),
  undoes: text("The command of this service that it undoes", "the name of a command", "PlaceOrder", pascalName),
});

const eventType = closed("An event that the service publishes", "{ fields: { orderId: uuid } }", {
  version: wholeNumber("Version of the event's fields; 1 unless told", 1, 100_000, 1),
  fields: fieldsOf("Fields of the event; the service's key is one of them"),
  external: yesOrNo("Whether it is consumed outside this system"),
});

/** A service: its aggregate, its messages and their fields. */
export const service = closed("A service", "{ context: ordering }", {
  context: text("The bounded context that it belongs to", "the name of a context", "ordering", kebabName),
  aggregate: text("The one aggregate of the service", "a name in PascalCase", "Order", pascalName),
  key: text(
    "Field that identifies the aggregate; <aggregate>Id unless told",
    "the name of a field",
    "orderId",
    fieldName,
  ),
  port: port.description("Port of the service's HTTP interface"),
  persistence: choice("Whether the aggregate is kept as its state or as its events", ["state", "event-sourced"]),
  snapshotEvery: wholeNumber("Events between two snapshots of an event-sourced aggregate", 1, 1_000_000, 100),
  commands: named(
    "Commands that the service handles",
    "{ PlaceOrder: { fields: { orderId: uuid } } }",
    pascalNames,
    pascalName,
    command,
  ),
  events: named(
    "Events that the service publishes",
    "{ OrderPlaced: { fields: { orderId: uuid } } }",
    pascalNames,
    pascalName,
    eventType,
  ),
  types: named(
    "Records that fields may use by name",
    "{ OrderLine: { sku: string, quantity: int } }",
    pascalNames,
    pascalName,
    fieldsOf("A record: its fields"),
  ),
  subscribes: list(
    "Events of other services that it reacts to, outside any saga",
    "[orders.OrderPlaced]",
    event("An event"),
  ),
});
