import type { Command, Invocation } from "../_command/command.ts";
import { kebabName, oneOf, pascalName, pascalNames } from "../_command/parse.ts";
import { EdaError } from "../_system/errors.ts";
import { camel, parseName, pascal } from "../_system/names.ts";
import type { Persistence, Service, System } from "../_system/system.ts";
import { assignEvents } from "./assign-events.ts";

export interface ServiceAnswers {
  readonly name: string;
  readonly context: string;
  readonly aggregate: string;
  readonly key: string;
  readonly commands: readonly string[];
  readonly events: readonly string[];
  readonly persistence: Persistence;
}

const firstPort = 4001;

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
        default: ({ name = "" }, system) => existing(name, system)?.aggregate ?? singular(pascal(name)),
      },
    },
    {
      key: "key",
      flag: "--key <field>",
      describe: "field that identifies the aggregate",
      parse: (text) => camel(parseName(text, "a field")),
      question: {
        message: "Which field identifies it?",
        default: ({ name, aggregate = "" }, system) => existing(name, system)?.key ?? `${camel(aggregate)}Id`,
      },
    },
    {
      key: "commands",
      flag: "--commands <A,B>",
      describe: "commands that it handles",
      parse: pascalNames("a command"),
      decides: "requirements",
      question: { message: "Which commands does it handle (PlaceOrder, CancelOrder)?", default: () => "" },
    },
    {
      key: "events",
      flag: "--events <X,Y>",
      describe: "events that it publishes",
      parse: pascalNames("an event"),
      decides: "requirements",
      question: { message: "Which events does it publish (OrderPlaced, OrderCancelled)?", default: () => "" },
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
      },
    },
  ],

  edit({ manifest, answers }) {
    const { name, context, aggregate, key, commands, events } = answers;
    const at = ["services", name] as const;
    const isNew = manifest.get(at) === undefined;
    if (manifest.get(["contexts", context]) === undefined) manifest.set(["contexts", context], {});
    const keyField = { [key]: "uuid" };
    if (isNew) {
      manifest.set(at, { context, aggregate, key, port: freePort(manifest.system), persistence: answers.persistence });
    } else {
      for (const part of ["context", "aggregate", "key"] as const) {
        if (manifest.get([...at, part]) !== answers[part]) manifest.set([...at, part], answers[part]);
      }
    }
    for (const event of events) {
      if (manifest.get([...at, "events", event]) === undefined)
        manifest.set([...at, "events", event], { fields: keyField });
    }
    const known = Object.keys((manifest.get([...at, "commands"]) as object | undefined) ?? {});
    for (const each of commands) {
      if (!known.includes(each)) manifest.set([...at, "commands", each], { fields: keyField, emits: [] });
    }
    const emitted = new Set(
      Object.values(manifest.system.services.find((s) => s.name === name)?.commands ?? {}).flatMap((c) => c.emits),
    );
    const homeless = events.filter((event) => !emitted.has(event));
    for (const [owner, its] of assignEvents([...new Set([...known, ...commands])], homeless)) {
      manifest.extend([...at, "commands", owner, "emits"], its);
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

  next: ({ name }) => [`npm test -w services/${name}`, "npm run dev"],
};

function existing(name: string | undefined, system: System | undefined): Service | undefined {
  return system?.services.find((service) => service.name === name);
}

/** Simple plurals only; whoever needs another word says so. */
function singular(name: string): string {
  if (/ies$/i.test(name)) return name.replace(/ies$/i, "y");
  return /[^su]s$/i.test(name) ? name.slice(0, -1) : name;
}

function persistence(text: string): Persistence {
  const value = oneOf("persistence", ["state", "event-sourced"])(text);
  if (value === "state") return value;
  throw new EdaError("This version keeps the state of an aggregate, not yet its events", {
    hint: "Leave --persistence out, or say --persistence state",
  });
}

/** The first port from 4001 on that no service has. */
function freePort(system: System): number {
  const taken = new Set(system.services.map(({ port }) => port));
  let port = firstPort;
  while (taken.has(port)) port++;
  return port;
}
