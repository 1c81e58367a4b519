import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Logger, pino } from "pino";
import type { Broker } from "../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import { decodeRecord } from "../../../../templates/runtime/src/message/codec.ts";
import type { Message } from "../../../../templates/runtime/src/message/message.ts";
import type { ServiceConfig } from "../../../../templates/runtime/src/service/config.ts";
import type { Service, ServiceOptions } from "../../../../templates/runtime/src/service/host.ts";
import { testDatabase } from "../../../support/postgres.ts";

/** Makes the service under test; the same behaviour is asked of every way to keep aggregates. */
export type MakeService = (config: ServiceConfig, options: ServiceOptions) => Service;

export const adminToken = "the-admin-token-of-these-tests";

/** A service's surroundings: its database, a broker, its migrations; both databases are dropped at the end. */
export interface Surroundings {
  readonly database: Database;
  readonly broker: Broker;
  readonly config: ServiceConfig;
  readonly options: Required<Pick<ServiceOptions, "migrations" | "logger">>;
  /** Lines that the services have logged, oldest first. */
  readonly logged: readonly Readonly<Record<string, unknown>>[];
  /** Every message of a topic from its beginning, in a list that grows. */
  messages(topic: string): Promise<readonly Message[]>;
  close(): Promise<void>;
}

/** @param given a broker to share with another service, by its URL */
export async function surroundings(given?: Surroundings): Promise<Surroundings> {
  const own = await testDatabase();
  const brokers = given === undefined ? await testDatabase() : undefined;
  const url = given?.config.broker.url ?? brokers?.url ?? "";
  const migrations = await mkdtemp(path.join(tmpdir(), "eda-migrations-"));
  for (const template of ["service", "outbox-migration"])
    await cp(path.join("templates", template, "migrations"), migrations, { recursive: true });
  const database = createDatabase({ url: own.url });
  const broker = await createEmbeddedBroker({ url, applicationName: "the test" });
  const { logger, logged } = recordingLogger();
  const config: ServiceConfig = {
    role: "all",
    host: "127.0.0.1",
    port: 0,
    adminHost: "127.0.0.1",
    adminPort: 0,
    adminToken,
    databaseUrl: own.url,
    broker: { kind: "embedded", url },
    logLevel: "debug",
    shutdownTimeoutMs: 10_000,
  };
  return {
    database,
    broker,
    config,
    options: { migrations: pathToFileURL(`${migrations}/`), logger },
    logged,
    async messages(topic) {
      const seen: Message[] = [];
      const group = `test of ${topic} ${performance.now()}`;
      await broker.subscribe({ group, topics: [topic], from: "earliest" }, async ({ records }) => {
        seen.push(...records.map(decodeRecord));
      });
      return seen;
    },
    async close() {
      await broker.close();
      await database.close();
      await own.drop();
      await brokers?.drop();
      await rm(migrations, { recursive: true });
    },
  };
}

function recordingLogger(): { logger: Logger; logged: Record<string, unknown>[] } {
  const logged: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => logged.push(JSON.parse(line)) };
  return { logger: pino({ level: "debug" }, stream), logged };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

/** One request; the answer's body parsed where it is JSON. */
export async function ask(
  url: string,
  path: string,
  request: { method?: string; body?: unknown; raw?: string; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const response = await fetch(new URL(path, url), {
    method: request.method ?? (body === undefined ? "GET" : "POST"),
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...request.headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json");
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}
