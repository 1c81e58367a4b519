import type { Command, Invocation } from "../_command/command.ts";
import { eventRefs, kebabName, oneOf, pascalName, pascalNames } from "../_command/parse.ts";
import { aggregateOf, keyOf } from "../_system/aggregate-names.ts";
import { defaults } from "../_system/build.ts";
import type { ManifestDocument } from "../_system/document.ts";
import { EdaError } from "../_system/errors.ts";
import { camel, parseName } from "../_system/names.ts";
import { freePort, portsOf } from "../_system/ports.ts";
import type { Persistence, Service, System } from "../_system/system.ts";
import { assignEvents } from "./assign-events.ts";

export interface ServiceAnswers {
  readonly name: string;
  readonly context: string;
  readonly aggregate: string;
  readonly key: string;
  readonly commands: readonly string[];
  readonly events: readonly string[];
  readonly subscribes?: readonly string[];
  readonly persistence: Persistence;
}

export const command: Command<ServiceAnswers> = {
  name: "service",
  summary: "Adds a service, or extends one that is there",
  argument: "name",
  phase: "requirements",
  options: [
    {
      key: "name",
      flag: "<name>",
      describe: "name of the service",
      parse: kebabName("a service"),
      required: true,
      question: { message: "What is the service called?", default: () => "" },
    },
    {
      key: "context",
      flag: "--context <name>",
      describe: "bounded context that it belongs to",
      parse: kebabName("a context"),
      decides: "requirements",
      question: {
        message: "Which bounded context does it belong to?",
        default: ({ name }, system) => existing(name, system)?.context ?? name ?? "",
        stands,
      },
    },
    {
      key: "aggregate",
      flag: "--aggregate <Name>",
      describe: "what it decides about, one at a time",
      parse: pascalName("an aggregate"),
      decides: "requirements",
      question: {
        message: "What does it decide about, one at a time (its aggregate)?",
        default: ({ name = "" }, system) => existing(name, system)?.aggregate ?? aggregateOf(name),
        stands,
      },
    },
    {
      key: "key",
      flag: "--key <field>",
      describe: "field that identifies the aggregate",
      parse: (text) => camel(parseName(text, "a field")),
      question: {
        message: "Which field identifies it?",
        default: ({ name, aggregate = "" }, system) => existing(name, system)?.key ?? keyOf(aggregate),
        stands,
      },
    },
    {
      key: "commands",
      flag: "--commands <A,B>",
      describe: "commands that it handles",
      parse: pascalNames("a command"),
      decides: "requirements",
      question: {
        message: "Which commands does it handle, such as PlaceOrder, CancelOrder?",
        default: () => "",
        stands,
      },
    },
    {
      key: "events",
      flag: "--events <X,Y>",
      describe: "events that it publishes",
      parse: pascalNames("an event"),
      decides: "requirements",
      question: {
        message: "Which events does it publish, such as OrderPlaced, OrderCancelled?",
        default: () => "",
        stands,
      },
    },
    {
      key: "subscribes",
      flag: "--subscribes <service.Event,…>",
      describe: "events of other services that it reacts to",
      parse: eventRefs,
      decides: "requirements",
      question: {
        message: "Which events of other services does it react to, such as orders.OrderPlaced?",
        when: (_answers, system) => system?.services.some(({ events }) => events.length > 0) === true,
        default: () => "",
        stands,
      },
    },
    {
      key: "persistence",
      flag: "--persistence <how>",
      describe: "what is kept of an aggregate: state (event-sourced comes in a later version)",
      parse: persistence,
      decides: "event-sourcing",
      question: {
        message: "What is kept of each aggregate?",
        choices: [{ value: "state", name: "its current state" }],
        default: () => "state",
        stands,
      },
    },
  ],

  edit({ manifest, answers }) {
    const { name, context, aggregate, key, persistence } = answers;
    const at = ["services", name] as const;
    const { system } = manifest;
    const before = existing(name, system);
    if (manifest.get(["contexts", context]) === undefined) manifest.set(["contexts", context], {});
    if (!before) {
      const port = freePort(defaults.servicePort, portsOf([...system.services, ...system.readModels]));
      manifest.set(at, { context, aggregate, key, port, persistence });
    } else {
      for (const part of ["context", "aggregate", "key"] as const) {
        if (before[part] !== answers[part]) manifest.set([...at, part], answers[part]);
      }
    }
    const fields = { [key]: keyType(manifest, before) };
    addMissing(manifest, [...at, "commands"], answers.commands, { fields, emits: [] });
    addMissing(manifest, [...at, "events"], answers.events, { fields });
    if (answers.subscribes?.length) manifest.extend([...at, "subscribes"], answers.subscribes);
    for (const [command, events] of newEmissions(answers, before)) {
      manifest.extend([...at, "commands", command, "emits"], events);
    }
  },

  brings({ manifest, answers }): readonly Invocation[] {
    const service = manifest.system.services.find(({ name }) => name === answers.name);
    if (!service || service.events.length === 0 || service.outbox) return [];
    return [
      {
        command: "outbox-migration",
        said: { service: answers.name },
        because: `${answers.name} publishes events, so it gets an outbox with a polling relay.`,
      },
    ];
  },

  next: ({ name }) => [
    "npm install         # notes a new service in package-lock.json",
    "npx eda sync        # after giving commands and events their fields in eda.yaml",
    `npm test -w services/${name}`,
  ],
};

function addMissing(manifest: ManifestDocument, at: readonly string[], names: readonly string[], entry: object): void {
  for (const name of names) {
    if (manifest.get([...at, name]) === undefined) manifest.set([...at, name], entry);
  }
}

/** The type that the key has in the service's events already. */
function keyType(manifest: ManifestDocument, before: Service | undefined): string {
  const types = (before?.events ?? []).map(({ name }) =>
    manifest.get(["services", before!.name, "events", name, "fields", before!.key]),
  );
  return types.find((type) => typeof type === "string") ?? "uuid";
}

/**
 * Which command emits which of the events named that no command emits yet. The first commands of a service also take
 * the events that it has: until then nobody could.
 */
function newEmissions({ commands, events }: ServiceAnswers, before: Service | undefined) {
  const own = before?.commands ?? [];
  const emitted = new Set(own.flatMap(({ emits }) => emits));
  const waiting = own.length === 0 ? (before?.events ?? []).map(({ name }) => name) : [];
  const homeless = new Set([...waiting, ...events].filter((event) => !emitted.has(event)));
  return assignEvents([...new Set([...own.map(({ name }) => name), ...commands])], [...homeless]);
}

function stands({ name }: Partial<ServiceAnswers>, system: System | undefined): boolean {
  return existing(name, system) !== undefined;
}

function existing(name: string | undefined, system: System | undefined): Service | undefined {
  return system?.services.find((service) => service.name === name);
}

function persistence(text: string): Persistence {
  const value = oneOf("persistence", ["state", "event-sourced"])(text);
  if (value === "state") return value;
  throw new EdaError("This version keeps the state of an aggregate, not yet its events", {
    hint: "Leave --persistence out, or say --persistence state",
  });
}
