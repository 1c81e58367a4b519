import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Decider } from "../aggregate/decider.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";

/** What is derived from the manifest about one service: names, topics, ports and contracts. Holds no behaviour. */
export interface ServiceDefinition {
  /** `orders`: name of the folder, the consumer group, the database and its role. */
  readonly name: string;
  /** `Order`. */
  readonly aggregate: string;
  /** `orderId`: the field of each command and event that carries the aggregate's id. */
  readonly key: string;
  /** Port of the public HTTP interface; `PORT` overrides it. */
  readonly port: number;
  /** Port of the admin interface; `ADMIN_PORT` overrides it. */
  readonly adminPort: number;
  /** `orders.order.events`. */
  readonly eventsTopic: string;
  /** Every topic that the service writes or reads, with its number of partitions. */
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly commands: Readonly<Record<string, CommandContract>>;
  readonly events: Readonly<Record<string, EventContract>>;
  readonly subscriptions: readonly { readonly topic: string; readonly type: string }[];
  readonly outbox?: { readonly relay: "polling" | "cdc"; readonly retention: string };
}

export interface CommandContract {
  /** JSON Schema 2020-12 of the command's data. */
  readonly schema: object;
  /** Success first, then business failures. */
  readonly emits: readonly string[];
  /** Whether `POST /commands/<name in kebab-case>` exists. */
  readonly http: boolean;
}

export interface EventContract {
  readonly version: number;
  /** JSON Schema 2020-12 of the event's data. */
  readonly schema: object;
}

export interface NamedCommand {
  readonly type: string;
  readonly data: object;
}

export interface NamedEvent {
  readonly type: string;
  readonly data: object;
}

/** What the author of a service writes. */
export interface ServiceImplementation<State, Command extends NamedCommand, Event extends NamedEvent> {
  readonly decider: Decider<State, Command, Event>;
  /** One a subscription, named by the event's type: `inventory.StockReserved`. */
  readonly reactions: Readonly<Record<string, Reaction<Command, Event>>>;
  /** Routes beside those of the commands; they read, and have no transaction to publish from. */
  readonly routes?: (app: FastifyInstance, context: { readonly database: Database }) => void;
}

/** Runs once for each message, in one transaction with the inbox's mark; a throw rolls back and is retried. */
// biome-ignore lint/suspicious/noExplicitAny: each reaction narrows the data to its own event's
export type Reaction<Command extends NamedCommand, Event extends NamedEvent, Data = any> = (
  message: Message<Data>,
  context: ReactionContext<Command, Event>,
) => Promise<void>;

export interface ReactionContext<Command extends NamedCommand, Event extends NamedEvent> {
  /** For the author's own tables. */
  readonly tx: Transaction;
  /** Loads the aggregate under a row lock, decides, stores the state and puts the events into the outbox. */
  execute(command: Command): Promise<Outcome<Event>>;
  /** Carries the correlation id. */
  readonly log: Logger;
}

export interface Outcome<Event extends NamedEvent> {
  readonly events: readonly Event[];
  /** `orders/Order/<id>@<version>`: for reading your own writes. */
  readonly token: string;
}
