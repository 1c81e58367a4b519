import { scalarNames } from "../_system/field-types.ts";
import type { NodePath } from "../_system/place.ts";
import type { EventRef, Field, FieldType } from "../_system/system.ts";
import { type Declarations, declarationsOf } from "./declarations.ts";
import type { RuleContext } from "./rule.ts";

/** One name in the manifest that must be declared elsewhere in it. */
export interface Reference {
  /** What names it, as a sentence begins: `Service orders`. */
  readonly from: string;
  readonly kind: "context" | "service" | "event" | "command" | "type" | "topic";
  readonly name: string;
  readonly exists: boolean;
  readonly at: NodePath;
  /** Where `at` is a list: the text of the item in it. */
  readonly item?: string;
  readonly part?: "key";
  /** Where the missing thing would be declared. */
  readonly home: string;
  /** The names that would have been right: asked for only when this one is wrong. */
  candidates(): Iterable<string>;
}

type DeclarationsByService = ReadonlyMap<string, Declarations>;

/** Every reference of a system, sound and broken: one pass over the system, whatever its size. */
export function* referencesOf({ system, manifest }: RuleContext): Iterable<Reference> {
  const declarations = declarationsOf(system);
  const contexts = new Set(system.contexts.map((context) => context.name));
  for (const known of declarations.values()) {
    yield contextReference(known, contexts);
    yield* commandReferences(known);
    yield* typeReferences(known);
    const { service } = known;
    for (const ref of service.subscribes) {
      yield eventReference(declarations, `Service ${service.name}`, ref, ["services", service.name, "subscribes"]);
    }
  }
  for (const name of keysOf(manifest.get(["outboxes"]))) {
    yield { ...serviceReference(declarations, "An outbox", name, ["outboxes", name]), part: "key" };
  }
  for (const saga of system.sagas) {
    yield serviceReference(declarations, `Saga ${saga.name}`, saga.service, ["sagas", saga.name, "service"]);
  }
  for (const { name, from } of system.readModels) {
    for (const ref of from) yield eventReference(declarations, `Read model ${name}`, ref, ["readModels", name, "from"]);
  }
  for (const { name, from, join } of system.streamsApps) {
    const app = `Stream application ${name}`;
    for (const ref of from) yield eventReference(declarations, app, ref, ["streamsApps", name, "from"]);
    if (join) {
      const { item: _, ...reference } = eventReference(declarations, app, join, ["streamsApps", name, "join"]);
      yield reference;
    }
  }
  yield* topicReferences(keysOf(manifest.get(["topics"])), new Set(system.topics.map((topic) => topic.name)));
}

function contextReference({ service }: Declarations, contexts: ReadonlySet<string>): Reference {
  return {
    from: `Service ${service.name}`,
    kind: "context",
    name: service.context,
    exists: contexts.has(service.context),
    at: ["services", service.name, "context"],
    home: "contexts",
    candidates: () => contexts,
  };
}

function* commandReferences({ service, commands, events }: Declarations): Iterable<Reference> {
  const at = ["services", service.name];
  for (const command of service.commands) {
    const from = `Command ${service.name}.${command.name}`;
    for (const name of command.emits) {
      yield {
        from,
        kind: "event",
        name,
        exists: events.has(name),
        at: [...at, "commands", command.name, "emits"],
        item: name,
        home: `services.${service.name}.events`,
        candidates: () => events.keys(),
      };
    }
    if (command.undoes !== undefined) {
      yield {
        from,
        kind: "command",
        name: command.undoes,
        exists: commands.has(command.undoes),
        at: [...at, "commands", command.name, "undoes"],
        home: `services.${service.name}.commands`,
        candidates: () => commands,
      };
    }
  }
}

function* typeReferences({ service, types }: Declarations): Iterable<Reference> {
  const fieldsOf = function* (what: string, section: string, named: { name: string; fields: readonly Field[] }) {
    for (const field of named.fields) {
      const name = recordIn(field.type);
      if (name === undefined) continue;
      const at = ["services", service.name, section, named.name];
      yield {
        from: `Field ${field.name} of ${what} ${service.name}.${named.name}`,
        kind: "type",
        name,
        exists: types.has(name),
        // A record's fields stand directly below its name, a message's below `fields`.
        at: section === "types" ? [...at, field.name] : [...at, "fields", field.name],
        home: `services.${service.name}.types`,
        candidates: () => [...types, ...scalarNames],
      } satisfies Reference;
    }
  };
  for (const command of service.commands) yield* fieldsOf("command", "commands", command);
  for (const event of service.events) yield* fieldsOf("event", "events", event);
  for (const type of service.types) yield* fieldsOf("type", "types", type);
}

function recordIn(type: FieldType): string | undefined {
  switch (type.kind) {
    case "record":
      return type.name;
    case "list":
    case "optional":
      return recordIn(type.of);
    case "scalar":
    case "enum":
      return undefined;
  }
}

function eventReference(
  declarations: DeclarationsByService,
  from: string,
  ref: EventRef,
  at: NodePath,
): Reference & { item: string } {
  const name = `${ref.service}.${ref.event}`;
  const known = declarations.get(ref.service);
  return {
    from,
    kind: known ? "event" : "service",
    name: known ? name : ref.service,
    exists: known?.events.has(ref.event) ?? false,
    at,
    item: name,
    home: known ? `services.${ref.service}.events` : "services",
    candidates: known
      ? () => Array.from(known.events.keys(), (event) => `${ref.service}.${event}`)
      : () => declarations.keys(),
  };
}

function serviceReference(declarations: DeclarationsByService, from: string, name: string, at: NodePath): Reference {
  const exists = declarations.has(name);
  return { from, kind: "service", name, exists, at, home: "services", candidates: () => declarations.keys() };
}

function* topicReferences(configured: readonly string[], topics: ReadonlySet<string>): Iterable<Reference> {
  for (const name of configured) {
    yield {
      from: "The section topics",
      kind: "topic",
      name,
      exists: topics.has(name),
      at: ["topics", name],
      part: "key",
      home: "a service, a saga or a stream application that writes to it",
      candidates: () => topics,
    };
  }
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
