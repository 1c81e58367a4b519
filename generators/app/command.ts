import type { Command, Option } from "../_command/command.ts";
import { kebabName, numberBetween, oneOf, retention } from "../_command/parse.ts";
import type { Platform, Stream, System } from "../_system/system.ts";

export interface AppAnswers {
  readonly name: string;
  readonly example?: string;
  readonly stream: Platform;
  readonly peak: number;
  readonly size: number;
  readonly growth: number;
  readonly partitions: number;
  readonly replication: number;
  readonly retention: string;
  readonly generator?: string;
}

/** An example has decided all of this itself; a flag changes it all the same. */
const undecided = ({ example }: Partial<AppAnswers>) => example === undefined;

export const command: Command<AppAnswers> = {
  name: "app",
  summary: "Makes a repository for an event-driven system",
  argument: "name",
  phase: "requirements",
  options: [
    {
      key: "name",
      flag: "<name>",
      describe: "name of the system; the repository is made in ./<name>",
      parse: kebabName("a system"),
      required: true,
    },
    {
      key: "example",
      flag: "--example <name>",
      describe: "start from a worked example: order-management",
      parse: kebabName("an example"),
    },
    {
      key: "stream",
      flag: "--stream <platform>",
      describe: "where events travel: kafka, redpanda, pulsar or nats",
      parse: oneOf("stream platform", ["kafka", "redpanda", "pulsar", "nats"]),
      decides: "stream",
      question: {
        message: "Where will events travel in production? (On this machine a broker is built in)",
        choices: [
          { value: "kafka", name: "Kafka: the default; order per key, replay, Kafka Streams" },
          { value: "redpanda", name: "Redpanda: Kafka's protocol in one binary" },
          { value: "pulsar", name: "Pulsar: many tenants and topics, tiered storage (its broker comes later)" },
          { value: "nats", name: "NATS JetStream: small and quick to run (its broker comes later)" },
        ],
        when: undecided,
        default: (_answers, system) => system?.stream.platform ?? "kafka",
      },
    },
    figure("peak", "messages per second at the busiest moment, over the whole system", {
      parse: numberBetween(0.001, 1e12, "number of messages per second", false),
      message: "How many messages a second at the busiest moment?",
      usual: ({ expected }) => expected?.peakPerSecond ?? 100,
    }),
    figure("size", "bytes of an average message", {
      parse: numberBetween(1, 1e9, "number of bytes"),
      message: "How many bytes has an average message?",
      usual: ({ expected }) => expected?.averageBytes ?? 600,
    }),
    figure("growth", "factor by which the load grows in a year", {
      parse: numberBetween(0.001, 1e6, "growth factor", false),
      message: "By what factor does the load grow in a year?",
      usual: ({ expected }) => expected?.growthPerYear ?? 2,
    }),
    figure("partitions", "partitions of a topic", {
      parse: numberBetween(1, 10_000, "number of partitions"),
      message: "Into how many partitions is a topic divided?",
      usual: ({ partitions }) => partitions,
    }),
    figure("replication", "brokers that keep a copy of each message", {
      parse: numberBetween(1, 9, "number of brokers"),
      message: "On how many brokers is each message kept?",
      usual: ({ replication }) => replication,
    }),
    {
      key: "retention",
      flag: "--retention <time>",
      describe: "how long topics keep messages: 7d, or forever",
      parse: retention,
      decides: "stream",
      question: {
        message: "How long do topics keep messages, such as 12h, 7d, forever?",
        when: undecided,
        default: (_answers, system) => system?.stream.retention ?? "7d",
      },
    },
    {
      key: "generator",
      flag: "--generator <spec>",
      describe: "what the repository depends on for this generator, as npm understands it",
      parse: (text) => text,
    },
  ],

  edit({ manifest, answers }) {
    const { stream, peak, size, growth } = answers;
    manifest.set(["name"], answers.name);
    if (stream !== undefined) manifest.set(["stream", "platform"], stream);
    for (const key of ["partitions", "replication", "retention"] as const) {
      if (answers[key] !== undefined) manifest.set(["stream", key], answers[key]);
    }
    const expected = { peakPerSecond: peak, averageBytes: size, growthPerYear: growth };
    for (const [key, value] of Object.entries(expected)) {
      if (value !== undefined) manifest.set(["stream", "expected", key], value);
    }
  },

  next: ({ example }) => [
    ...(example ? [] : ["npx eda add service orders --commands PlaceOrder --events OrderPlaced --defaults"]),
    "npm run dev",
    "npm test",
  ],
};

type Figure = "peak" | "size" | "growth" | "partitions" | "replication";

interface FigureText {
  readonly parse: (text: string) => number;
  readonly message: string;
  /** What the manifest says, or else what is usual. */
  readonly usual: (stream: Stream) => number;
}

function figure(key: Figure, describe: string, { parse, message, usual }: FigureText): Option<AppAnswers> {
  const question = {
    message,
    when: undecided,
    default: (_answers: Partial<AppAnswers>, system: System | undefined) =>
      system ? String(usual(system.stream)) : "",
  };
  return { key, flag: `--${key} <n>`, describe, parse, decides: "stream", question };
}
