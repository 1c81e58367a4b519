import { kebab, pascal } from "../_system/names.ts";
import type { NodePath } from "../_system/place.ts";
import { adminPortOf } from "../_system/ports.ts";
import type { Service, System, Topic } from "../_system/system.ts";

/** A name or a number that one thing of the system takes for itself. */
export interface Claim {
  /** What is taken: `the port`, `the message or type of service orders`. */
  readonly what: string;
  readonly value: string | number;
  /** Two claims of one scope with the same key collide. */
  readonly scope: string;
  readonly key: string;
  /** Who takes it: `service orders`. */
  readonly by: string;
  readonly at: NodePath;
  /** Where `at` is a list: the text of the item in it. */
  readonly item?: string;
  readonly part: "key" | "value";
  /** What to write instead. */
  readonly hint: string;
}

/** Everything that a system's parts claim: one pass, in the order service, read model, stream application. */
export function* claimsOf(system: System): Iterable<Claim> {
  yield* deployableNames(system);
  yield* entryNames(system);
  yield* ports(system);
  yield* topics(system);
  for (const service of system.services) yield* messageTypes(service);
}

function* deployableNames(system: System): Iterable<Claim> {
  const kinds = [
    { section: "services", kind: "service", entries: system.services },
    { section: "readModels", kind: "read model", entries: system.readModels },
    { section: "streamsApps", kind: "stream application", entries: system.streamsApps },
  ] as const;
  for (const { section, kind, entries } of kinds) {
    for (const { name } of entries) {
      yield {
        what: "the database, container and consumer group",
        value: name,
        scope: "process",
        key: kebab(name),
        by: `${kind} ${name}`,
        at: [section, name],
        part: "key",
        hint: "Give one of them another name",
      };
    }
  }
}

function* entryNames(system: System): Iterable<Claim> {
  const hint = "Give one of them another name";
  for (const { name } of system.contexts) {
    const at = ["contexts", name];
    yield {
      what: "the context",
      value: name,
      scope: "context",
      key: kebab(name),
      by: `context ${name}`,
      at,
      part: "key",
      hint,
    };
  }
  for (const { name, definition } of system.sagas) {
    const by = `saga ${name}`;
    yield {
      what: "the saga",
      value: name,
      scope: "saga",
      key: kebab(name),
      by,
      at: ["sagas", name],
      part: "key",
      hint,
    };
    yield {
      what: "the definition",
      value: definition,
      scope: "definition",
      key: definition.toLowerCase(),
      by,
      at: ["sagas", name, "definition"],
      part: "value",
      hint: "Give each saga a definition of its own",
    };
  }
}

function* ports(system: System): Iterable<Claim> {
  const listeners = [
    ...system.services.map(({ name, port }) => ({ section: "services", by: `service ${name}`, name, port })),
    ...system.readModels.map(({ name, port }) => ({ section: "readModels", by: `read model ${name}`, name, port })),
  ];
  for (const { section, by, name, port } of listeners) {
    const at = [section, name, "port"];
    const shared = { what: "the port", scope: "port", by, at, part: "value" } as const;
    const hint = "Write a free port; an admin endpoint listens 10000 above it";
    yield { ...shared, value: port, key: String(port), hint };
    const admin = adminPortOf(port);
    yield { ...shared, value: admin, key: String(admin), hint };
  }
}

function* topics(system: System): Iterable<Claim> {
  for (const { name, owner, kind } of system.topics) {
    const { writer, section } = writerOf[kind];
    yield {
      what: "the topic",
      value: name,
      scope: "topic",
      // Kafka refuses a topic that differs from another in . and _ only, since their metrics would share a name.
      key: name.toLowerCase().replaceAll("_", "."),
      by: `${writer} ${owner}`,
      ...(kind === "stream"
        ? { at: [section, owner, "routesTo"], item: name, part: "value" }
        : { at: [section, owner], part: "key" }),
      hint: "Give one of them another name: a topic has one writer",
    };
  }
}

const writerOf = {
  events: { writer: "service", section: "services" },
  commands: { writer: "service", section: "services" },
  replies: { writer: "saga", section: "sagas" },
  stream: { writer: "stream application", section: "streamsApps" },
} as const satisfies Record<Topic["kind"], object>;

function* messageTypes({ name: service, commands, events, types }: Service): Iterable<Claim> {
  const kinds = [
    { section: "commands", kind: "command", entries: commands },
    { section: "events", kind: "event", entries: events },
    { section: "types", kind: "type", entries: types },
  ] as const;
  for (const { section, kind, entries } of kinds) {
    for (const { name } of entries) {
      const type = pascal(name);
      yield {
        what: `the type and contract of service ${service} named`,
        value: type,
        scope: `types of ${service}`,
        key: type.toLowerCase(),
        by: `${kind} ${name}`,
        at: ["services", service, section, name],
        part: "key",
        hint: "Give one of them another name: each becomes a type and a file, and letter case makes no difference there",
      };
    }
  }
}
