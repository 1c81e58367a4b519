import { messageSchema } from "../_system/json-schema.ts";
import { adminPortOf } from "../_system/ports.ts";
import type { Service, System, Topic } from "../_system/system.ts";
import { eventsTopic } from "../_system/topics.ts";
import type { RenderedFile } from "./file.ts";
import { layOut, literal } from "./layout.ts";
import { sagaParts, sagaTopics } from "./saga-definition.ts";
import { subscriptionsOf } from "./subscriptions.ts";

/** `src/generated/definition.ts`: what the service host needs to know of a service, without any behaviour. */
export function definitionFile(system: System, service: Service): RenderedFile {
  const subscriptions = subscriptionsOf(system, service).map(({ topic, type }) => ({ topic, type }));
  const read = subscriptions.map(({ topic }) => topic);
  const used = new Set([eventsTopic(service), ...read, ...sagaTopics(system, service)]);
  const definition = {
    name: service.name,
    aggregate: service.aggregate,
    key: service.key,
    port: service.port,
    adminPort: adminPortOf(service.port),
    eventsTopic: eventsTopic(service),
    topics: topicsNamed(system, used).map(({ name, partitions }) => ({ name, partitions })),
    commands: Object.fromEntries(
      service.commands.map((command) => [
        command.name,
        {
          http: command.http,
          emits: command.emits,
          ...(command.external && { external: true }),
          ...(command.undoes !== undefined && { undoes: command.undoes }),
          schema: messageSchema(command.fields, service.types),
        },
      ]),
    ),
    events: Object.fromEntries(
      service.events.map((event) => [
        event.name,
        { version: event.version, schema: messageSchema(event.fields, service.types) },
      ]),
    ),
    subscriptions,
    ...(service.outbox && { outbox: service.outbox }),
    ...sagaParts(system, service),
  };
  return {
    kind: "derived",
    path: `services/${service.name}/src/generated/definition.ts`,
    content: [
      'import type { ServiceDefinition } from "eda-runtime";',
      "",
      layOut(["export const definition: ServiceDefinition = ", literal(definition), ";"]),
      "",
    ].join("\n"),
  };
}

/** A system never changes, so its topics are put into a map once: a filter for each service would be quadratic. */
const known = new WeakMap<System, ReadonlyMap<string, readonly Topic[]>>();

function topicsNamed(system: System, names: ReadonlySet<string>): readonly Topic[] {
  const byName = known.get(system) ?? Map.groupBy(system.topics, ({ name }) => name);
  known.set(system, byName);
  return [...names].sort().flatMap((name) => byName.get(name) ?? []);
}
