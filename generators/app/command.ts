import type { Command } from "../_command/command.ts";
import { kebabName, numberFrom, oneOf, retention } from "../_command/parse.ts";
import type { Platform } from "../_system/system.ts";

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
        message: "Where will events travel in production? (Here, an embedded broker runs)",
        choices: [
          { value: "kafka", name: "Kafka: the default; order per key, replay, Kafka Streams" },
          { value: "redpanda", name: "Redpanda: Kafka's protocol in one binary" },
          { value: "pulsar", name: "Pulsar: many tenants and topics, tiered storage (its broker comes later)" },
          { value: "nats", name: "NATS JetStream: small and quick to run (its broker comes later)" },
        ],
        when: undecided,
        default: () => "kafka",
      },
    },
    load("peak", "messages per second at the busiest moment", "How many messages a second at the busiest moment?", 100),
    load("size", "bytes of an average message", "How many bytes has an average message?", 600),
    {
      key: "growth",
      flag: "--growth <factor>",
      describe: "factor by which the load grows in a year",
      parse: numberFrom(0.1, "growth factor", false),
      decides: "stream",
      question: { message: "By what factor does that grow in a year?", when: undecided, default: () => "2" },
    },
    load(
      "partitions",
      "partitions of a topic",
      "How many partitions has a topic (consumers in parallel, at most)?",
      12,
    ),
    load("replication", "replicas of a partition", "On how many brokers is each message kept?", 3),
    {
      key: "retention",
      flag: "--retention <time>",
      describe: "how long topics keep messages: 7d, or forever",
      parse: retention,
      decides: "stream",
      question: { message: "How long do topics keep messages?", when: undecided, default: () => "7d" },
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

function load(key: "peak" | "size" | "partitions" | "replication", describe: string, message: string, usual: number) {
  return {
    key,
    flag: `--${key} <n>`,
    describe,
    parse: numberFrom(1, `number of ${describe}`),
    decides: "stream",
    question: { message, when: undecided, default: () => String(usual) },
  } as const;
}
