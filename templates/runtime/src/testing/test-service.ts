import { randomUUID } from "node:crypto";
import type { Broker } from "../broker/broker.ts";
import { createEmbeddedBroker } from "../broker/embedded/create-embedded-broker.ts";
import { decodeRecord, encodeRecord, newEnvelope } from "../message/codec.ts";
import type { Envelope, Message } from "../message/message.ts";
import { idempotencyKey, sagaId } from "../saga/definition.ts";
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
   * Publishes an event that the service subscribes to, or that starts a step of it, `inventory.StockReserved`, as its
   * owner would.
   * @returns the message's id: what it leads to carries it as `causationid`
   */
  receive(type: string, data: object, key?: string): Promise<string>;
  /**
   * Sends a command as a saga would: forward, in its first round, of a saga and a step of its own, its outcomes the
   * first two events that it emits. `envelope` says what is otherwise.
   * @returns the message's id: events and reply carry it as `causationid`
   */
  send(command: string, data: object, envelope?: Partial<Envelope>): Promise<string>;
  /** What it has answered to the commands that were sent, in a list that grows. */
  readonly replies: readonly Message[];
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
    await broker.ensureTopics([...definition.topics, { name: repliesTopic, partitions: 1 }]);
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
      // A service without events has no topic of its own.
      published: definition.topics.some(({ name }) => name === definition.eventsTopic)
        ? await everythingOn(broker, definition.eventsTopic)
        : [],
      replies: await everythingOn(broker, repliesTopic),
      command: (name, data, headers = {}) =>
        fetch(`${http}/commands/${kebabCase(name)}`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(data),
        }),
      receive: (type, data, key = randomUUID()) => publishTo(definition, broker, { type, data, key }),
      send: (command, data, envelope = {}) => sendTo(definition, broker, command, data, envelope),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function everythingOn(broker: Broker, topic: string): Promise<readonly Message[]> {
  const seen: Message[] = [];
  await broker.subscribe({ group: `test ${randomUUID()}`, topics: [topic], from: "earliest" }, async ({ records }) => {
    seen.push(...records.map(decodeRecord));
  });
  return seen;
}

/** The saga that sends a test's commands. */
const saga = "test";
const repliesTopic = `${saga}.replies`;

async function sendTo(
  { name, commands, commandsTopic }: ServiceDefinition,
  broker: Broker,
  command: string,
  data: object,
  given: Partial<Envelope>,
): Promise<string> {
  if (commandsTopic === undefined) throw new Error(`no saga sends ${name} commands: it has no topic for them`);
  const [success, failure] = commands[command]?.emits ?? [];
  const {
    sagaid = sagaId(saga, randomUUID()),
    sagastep = "step",
    sagadirection = "forward",
    saground = 1,
    ...more
  } = given;
  const envelope = newEnvelope({
    type: `${name}.${command}`,
    source: "/test",
    subject: sagaid,
    saganame: saga,
    sagaid,
    sagastep,
    sagadirection,
    saground,
    sagaattempt: 1,
    idempotencykey: idempotencyKey(sagaid, sagastep, sagadirection, saground),
    ...(success === undefined ? {} : { sagasuccess: `${name}.${success}` }),
    ...(failure === undefined ? {} : { sagafailure: `${name}.${failure}` }),
    ...more,
  });
  await broker.publish([encodeRecord(envelope, commandsTopic, sagaid, data)]);
  return envelope.id;
}

async function publishTo(
  { name, subscriptions, choreographed = [] }: ServiceDefinition,
  broker: Broker,
  { type, data, key }: { readonly type: string; readonly data: object; readonly key: string },
): Promise<string> {
  const heard = [...subscriptions, ...choreographed.map(({ on, topic }) => ({ type: on, topic }))];
  const subscription = heard.find((candidate) => candidate.type === type);
  if (!subscription) {
    const all = heard.map((candidate) => candidate.type).join(", ") || "nothing";
    throw new Error(`${name} does not subscribe to ${type}, but to ${all}`);
  }
  const envelope = newEnvelope({ type, source: `/${type.split(".")[0]}`, subject: key });
  await broker.publish([encodeRecord(envelope, subscription.topic, key, data)]);
  return envelope.id;
}
