import type { Command, Invocation } from "../_command/command.ts";
import { kebabName, oneOf } from "../_command/parse.ts";
import { EdaError } from "../_system/errors.ts";
import type { Outbox } from "../_system/system.ts";

export interface OutboxAnswers {
  readonly service: string;
  readonly relay: Outbox["relay"];
}

export const command: Command<OutboxAnswers> = {
  name: "outbox-migration",
  summary: "Gives a service an outbox: the migration, and a relay that publishes what is in it",
  argument: "service",
  phase: "consistency",
  options: [
    {
      key: "service",
      flag: "<service>",
      describe: "service that publishes",
      parse: kebabName("a service"),
      required: true,
      question: {
        message: "Which service publishes?",
        default: (_answers, system) => system?.services.find(({ outbox }) => !outbox)?.name ?? "",
      },
    },
    {
      key: "relay",
      flag: "--relay <how>",
      describe: "how rows leave: polling (cdc comes in a later version)",
      parse: relay,
      decides: "consistency",
      question: {
        message: "How do rows leave the outbox?",
        choices: [{ value: "polling", name: "polling: by the service itself, kicked by each commit" }],
        default: () => "polling",
      },
    },
  ],

  needs({ service }, system): readonly Invocation[] {
    if (system.services.some(({ name }) => name === service)) return [];
    return [
      {
        command: "service",
        said: { name: service },
        because: `There is no service ${service} yet, so it is made, with an empty list of commands and events.`,
      },
    ];
  },

  edit({ manifest, answers }) {
    const { service, relay } = answers;
    const at = ["outboxes", service] as const;
    const own = manifest.get(at) as Partial<Outbox> | undefined;
    if (own === undefined) manifest.set(at, { relay, retention: "7d" });
    else if (own.relay !== relay) manifest.set([...at, "relay"], relay);
  },

  says({ service }, system) {
    if (!system.services.some(({ name, outbox }) => name === service && outbox)) return [];
    return [
      `${service} has an outbox: services/${service}/migrations/0020-outbox.sql makes its table, a polling relay empties it.`,
    ];
  },

  next: ({ service }) => [`npm test -w services/${service}`],
};

function relay(text: string): Outbox["relay"] {
  const value = oneOf("relay", ["polling", "cdc"])(text);
  if (value === "polling") return value;
  throw new EdaError("This version has the polling relay; change data capture comes in a later one", {
    hint: "Leave --relay out, or say --relay polling",
  });
}
