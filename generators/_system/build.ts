import { aggregateOf, keyOf } from "./aggregate-names.ts";
import { parseFieldType } from "./field-types.ts";
import type {
  CommandEntry,
  Entries,
  Fields,
  Manifest,
  ReadModelEntry,
  ServiceEntry,
  StreamsAppEntry,
} from "./manifest.ts";
import { adminPortOf, freePort, portsOf } from "./ports.ts";
import {
  type Command,
  type Context,
  type EventRef,
  type EventType,
  type Field,
  type FieldType,
  type Outbox,
  type Persistence,
  type Phase,
  type PhaseName,
  type Platform,
  phaseNames,
  type ReadModel,
  type RecordType,
  type SagaEntry,
  type Service,
  type Stream,
  type StreamsApp,
  type System,
} from "./system.ts";
import { topicsOf } from "./topics.ts";

/** What holds where the manifest says nothing. */
export const defaults = {
  platform: "kafka" satisfies Platform as Platform,
  partitions: 12,
  replication: 3,
  retention: "7d",
  persistence: "state" satisfies Persistence as Persistence,
  relay: "polling" satisfies Outbox["relay"] as Outbox["relay"],
  staleness: "5s",
  servicePort: 4001,
  readModelPort: 4101,
} as const;

/** Field types read so far: a large system writes few of them often. They are frozen, so they can be shared. */
const knownTypes = new Map<string, FieldType>();

function fieldType(text: string): FieldType {
  const known = knownTypes.get(text);
  if (known !== undefined) return known;
  const type = deepFreeze(parseFieldType(text));
  knownTypes.set(text, type);
  return type;
}

/**
 * The system that a manifest describes, with every default decided; deeply frozen.
 * @param manifest Value of a manifest without schema problems.
 */
export function buildSystem(manifest: unknown): System {
  const given = manifest as Manifest;
  const stream: Stream = {
    platform: given.stream?.platform ?? defaults.platform,
    partitions: given.stream?.partitions ?? defaults.partitions,
    replication: given.stream?.replication ?? defaults.replication,
    retention: given.stream?.retention ?? defaults.retention,
    ...(given.stream?.expected && { expected: given.stream.expected }),
  };
  const takenPorts = portsOf([...Object.values(given.services ?? {}), ...Object.values(given.readModels ?? {})]);
  const outboxes = new Map(Object.entries(given.outboxes ?? {}));
  const services = sorted(given.services).map(([name, entry]) => service(name, entry, outboxes.get(name), takenPorts));
  const sagas = sorted(given.sagas).map(
    ([name, saga]): SagaEntry => ({
      name,
      definition: saga.definition ?? `sagas/${name}.saga.yaml`,
      service: saga.service,
    }),
  );
  const streamsApps = sorted(given.streamsApps).map(([name, app]) => streamsApp(name, app));
  const parts = { stream, services, sagas, streamsApps };
  return deepFreeze({
    name: given.name,
    ...(given.example !== undefined && { example: given.example }),
    ...parts,
    contexts: contexts(given, services),
    readModels: sorted(given.readModels).map(([name, model]) => readModel(name, model, takenPorts)),
    topics: topicsOf(parts, new Map(Object.entries(given.topics ?? {}))),
    phases: phases(given),
  });
}

function service(name: string, entry: ServiceEntry, outbox: Partial<Outbox> | undefined, taken: Set<number>): Service {
  const aggregate = entry.aggregate ?? aggregateOf(name);
  return {
    name,
    context: entry.context ?? name,
    aggregate,
    key: entry.key ?? keyOf(aggregate),
    port: entry.port ?? takePort(defaults.servicePort, taken),
    persistence: entry.persistence ?? defaults.persistence,
    ...(entry.snapshotEvery !== undefined && { snapshotEvery: entry.snapshotEvery }),
    ...messages(entry),
    ...(outbox && {
      outbox: { relay: outbox.relay ?? defaults.relay, retention: outbox.retention ?? defaults.retention },
    }),
  };
}

type Messages = Pick<Service, "commands" | "events" | "types" | "subscribes">;

/** Messages by the frozen value that they were read from: an edited manifest shares every part that did not change. */
const knownMessages = new WeakMap<ServiceEntry, Messages>();

function messages(entry: ServiceEntry): Messages {
  const known = knownMessages.get(entry);
  if (known !== undefined) return known;
  const read = deepFreeze<Messages>({
    commands: sorted(entry.commands).map(([each, value]) => command(each, value)),
    events: sorted(entry.events).map(
      ([each, value]): EventType => ({
        name: each,
        version: value.version ?? 1,
        fields: fields(value.fields),
        external: value.external ?? false,
      }),
    ),
    types: sorted(entry.types).map(([each, value]): RecordType => ({ name: each, fields: fields(value) })),
    subscribes: (entry.subscribes ?? []).map(eventRef).toSorted(byRef),
  });
  if (Object.isFrozen(entry)) knownMessages.set(entry, read);
  return read;
}

function command(name: string, entry: CommandEntry): Command {
  return {
    name,
    fields: fields(entry.fields),
    emits: entry.emits ?? [],
    // What calls a provider is asked for by a saga, which can wait and undo.
    http: entry.http ?? !entry.external,
    external: entry.external ?? false,
    ...(entry.undoes !== undefined && { undoes: entry.undoes }),
  };
}

function streamsApp(name: string, entry: StreamsAppEntry): StreamsApp {
  return {
    name,
    from: entry.from.map(eventRef).toSorted(byRef),
    key: entry.key,
    ...(entry.join !== undefined && { join: eventRef(entry.join) }),
    ...(entry.window !== undefined && { window: entry.window }),
    ...(entry.grace !== undefined && { grace: entry.grace }),
    routesTo: (entry.routesTo ?? []).toSorted(),
  };
}

function readModel(name: string, entry: ReadModelEntry, taken: Set<number>): ReadModel {
  return {
    name,
    key: entry.key,
    from: entry.from.map(eventRef).toSorted(byRef),
    staleness: entry.staleness ?? defaults.staleness,
    port: entry.port ?? takePort(defaults.readModelPort, taken),
  };
}

/** Contexts declared, and those that services name by default: a service without a context is one of its own. */
function contexts(given: Manifest, services: readonly Service[]): readonly Context[] {
  const declared = new Map(Object.entries(given.contexts ?? {}));
  const all = new Map<string, Context>();
  for (const [name, { purpose }] of declared) all.set(name, { name, ...(purpose !== undefined && { purpose }) });
  for (const { name, context } of services) {
    if (context === name && !all.has(name) && given.services?.[name]?.context === undefined) all.set(name, { name });
  }
  return [...all.values()].sort(byName);
}

function phases(given: Manifest): Record<PhaseName, Phase> {
  const entries = phaseNames.map((name): [PhaseName, Phase] => {
    const entry = given.phases?.[name];
    const decision = entry?.decision;
    return [name, { name, status: entry?.status ?? "open", ...(decision !== undefined && { decision }) }];
  });
  return Object.fromEntries(entries) as Record<PhaseName, Phase>;
}

function fields(given: Fields | undefined): readonly Field[] {
  return Object.entries(given ?? {}).map(([name, type]) => ({ name, type: fieldType(type) }));
}

function eventRef(text: string): EventRef {
  const [service = "", event = ""] = text.split(".");
  return { service, event };
}

function takePort(from: number, taken: Set<number>): number {
  const port = freePort(from, taken);
  taken.add(port).add(adminPortOf(port));
  return port;
}

function sorted<T>(entries: Entries<T> | undefined): [string, T][] {
  return Object.entries(entries ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function byRef(a: EventRef, b: EventRef): number {
  return a.service < b.service ? -1 : a.service > b.service ? 1 : a.event < b.event ? -1 : a.event > b.event ? 1 : 0;
}

/** Freezes a value and all that it holds. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
