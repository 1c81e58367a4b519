import { printFieldType } from "../_system/field-types.ts";
import { sampleMessage } from "../_system/sample.ts";
import type { Command, EventType, Field, Service } from "../_system/system.ts";
import { braces, type Code, literal, property } from "./layout.ts";

/** The event that a stub lets come of a command: its success. */
export function successOf(service: Service, command: Command): EventType | undefined {
  return service.events.find(({ name }) => name === command.emits[0]);
}

/** `{ type: "OrderPlaced", data: command.data }`. */
export function eventCode(service: Service, command: Command, event: EventType): Code {
  return braces([`type: ${JSON.stringify(event.name)}`, ["data: ", data(service, command, event)]]);
}

/** A stub decides for success; what else may happen is said in front of it. */
export function otherwise({ emits }: Command): readonly string[] {
  return emits.length < 2 ? [] : [`// Or, for a reason of yours: ${emits.slice(1).join(", ")}.`];
}

/** The event's data: taken from the command where it has a field of that name and type. */
function data(service: Service, command: Command, event: EventType): Code {
  if (same(command.fields, event.fields)) return "command.data";
  const samples = sampleMessage(event.fields, service.types);
  const given = new Map(command.fields.map((field) => [field.name, field]));
  return braces(
    event.fields.flatMap((field): readonly Code[] => {
      const from = given.get(field.name);
      const own = `command.data.${field.name}`;
      const member = `${property(field.name)}: ${own}`;
      const isCarried = from !== undefined && same([from], [field]);
      const isOptional = field.type.kind === "optional";
      // Every object inherits a toString: that there is none of one's own cannot be seen, so there is to be one.
      if (isOptional && !(field.name in Object.prototype)) {
        // An optional property is left out: to set it to undefined is something else.
        return isCarried ? [[`...(${own} !== undefined && `, braces([member]), ")"]] : [];
      }
      if (isCarried && !isOptional) return [member];
      return [["// TODO: the command does not say.", `${property(field.name)}: `, literal(samples[field.name])]];
    }),
  );
}

function same(a: readonly Field[], b: readonly Field[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, type }, at) => name === b[at]!.name && printFieldType(type) === printFieldType(b[at]!.type))
  );
}
