import { randomUUID } from "node:crypto";
import type { Broker } from "../broker/broker.ts";
import { createEmbeddedBroker } from "../broker/embedded/create-embedded-broker.ts";
import { decodeRecord, encodeRecord, newEnvelope } from "../message/codec.ts";
import type { Message } from "../message/message.ts";
import type { LogLevel } from "../service/config.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition, ServiceImplementation } from "../service/definition.ts";
import { createService } from "../service/host.ts";
import { kebabCase } from "../service/routes.ts";
import { testDatabase } from "./test-database.ts";

export interface TestServiceOptions {
  /** Folder of the service's `.sql` files: `new URL("../migrations/", import.meta.url)`. */
  readonly migrations: URL;
  /** Default fatal: a test's output is the test's. */
  readonly logLevel?: LogLevel;
}

/** A running service with a database and a broker of its own. */
export interface TestService {
  /** Of its public interface. */
  readonly url: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly databaseUrl: string;
  /** The broker, as another service would have it. */
  readonly broker: Broker;
  /** What it has published, in a list that grows: look at it with `eventually`. */
  readonly published: readonly Message[];
  /** `POST`s a command's data to its route. */
  command(name: string, data: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /**
   * Publishes an event that the service subscribes to, `inventory.StockReserved`, as its owner would.
   * @returns the message's id: what it leads to carries it as `causationid`
   */
  receive(type: string, data: object, key?: string): Promise<string>;
  /** Stops the service and drops its databases. */
  stop(): Promise<void>;
}

/** Starts a service for a test, on free ports, with a PostgreSQL and a broker that are as real as in production. */
export async function startTestService<State, Command extends NamedCommand, Event extends NamedEvent>(
  definition: ServiceDefinition,
  implementation: ServiceImplementation<State, Command, Event>,
  options: TestServiceOptions,
): Promise<TestService> {
  const closings: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let close = closings.pop(); close; close = closings.pop()) await close();
  };
  try {
    const [own, shared] = [await testDatabase(), await testDatabase()];
    closings.push(own.drop, shared.drop);
    const broker = await createEmbeddedBroker({ url: shared.url, applicationName: "test" });
    closings.push(() => broker.close());
    await broker.ensureTopics(definition.topics);
    const adminToken = randomUUID();
    const config = {
      role: "all",
      host: "127.0.0.1",
      port: 0,
      adminHost: "127.0.0.1",
      adminPort: 0,
      adminToken,
      databaseUrl: own.url,
      broker: { kind: "embedded", url: shared.url },
      logLevel: options.logLevel ?? "fatal",
      shutdownTimeoutMs: 10_000,
    } as const;
    const service = createService(definition, implementation, config, {
      migrations: options.migrations,
      // A reaction that fails is tried again, as in production, and given up before a test loses its patience.
      retry: { attempts: 3, initialMs: 10 },
    });
    await service.start();
    closings.push(() => service.stop());
    const { http = "", admin } = service.addresses;
    return {
      url: http,
      adminUrl: admin,
      adminToken,
      databaseUrl: own.url,
      broker,
      published: await everythingOn(broker, definition),
      command: (name, data, headers = {}) =>
        fetch(`${http}/commands/${kebabCase(name)}`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(data),
        }),
      receive: (type, data, key = randomUUID()) => publishTo(definition, broker, { type, data, key }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function everythingOn(
  broker: Broker,
  { eventsTopic: topic, topics }: ServiceDefinition,
): Promise<readonly Message[]> {
  const seen: Message[] = [];
  // A service without events has no topic of its own.
  if (!topics.some(({ name }) => name === topic)) return seen;
  await broker.subscribe({ group: `test ${randomUUID()}`, topics: [topic], from: "earliest" }, async ({ records }) => {
    seen.push(...records.map(decodeRecord));
  });
  return seen;
}

async function publishTo(
  { name, subscriptions }: ServiceDefinition,
  broker: Broker,
  { type, data, key }: { readonly type: string; readonly data: object; readonly key: string },
): Promise<string> {
  const subscription = subscriptions.find((candidate) => candidate.type === type);
  if (!subscription) {
    const all = subscriptions.map((candidate) => candidate.type).join(", ") || "nothing";
    throw new Error(`${name} does not subscribe to ${type}, but to ${all}`);
  }
  const envelope = newEnvelope({ type, source: `/${type.split(".")[0]}`, subject: key });
  await broker.publish([encodeRecord(envelope, subscription.topic, key, data)]);
  return envelope.id;
}
