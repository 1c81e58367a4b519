import { messageSchema } from "../_system/json-schema.ts";
import type { Field, Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";

/** One JSON Schema a message: `contracts/orders/OrderPlaced.v1.json` for events, `…/PlaceOrder.json` for commands. */
export function contractFiles(system: System): readonly RenderedFile[] {
  return system.services.flatMap((service) => [
    ...service.commands.map((command) => contract(service, command.name, command.name, command.fields)),
    ...service.events.map((event) => contract(service, event.name, `${event.name}.v${event.version}`, event.fields)),
  ]);
}

function contract(service: Service, name: string, file: string, fields: readonly Field[]): RenderedFile {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: `${service.name}.${name}`,
    ...messageSchema(fields, service.types),
  };
  return {
    kind: "derived",
    path: `contracts/${service.name}/${file}.json`,
    content: `${JSON.stringify(schema, null, 2)}\n`,
  };
}
