import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Decider } from "../aggregate/decider.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import type { SagaCommand, SagaDefinition } from "../saga/definition.ts";

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
  /** `orders.commands`, where sagas send the service commands. */
  readonly commandsTopic?: string;
  /** The sagas that this service hosts. */
  readonly sagas?: readonly HostedSaga[];
  /** Steps of choreographies whose commands are this service's. */
  readonly choreographed?: readonly ChoreographedStep[];
}

export interface HostedSaga {
  readonly definition: SagaDefinition;
  /** Topic of each event type that the saga reads: of its trigger, and, in a choreography, of all its events. */
  readonly eventTopics: Readonly<Record<string, string>>;
  /**
   * `payment.replies`. What a choreography's participants do is seen from its events: there, only compensations that had
   * nothing to undo answer, and a choreography without any compensation has no such topic.
   */
  readonly repliesTopic?: string;
  /** JSON Schema 2020-12 of each event that a stage ends with: what an operator completes it with is checked by it. */
  readonly outcomes?: Readonly<Record<string, object>>;
}

/** A step of a choreography, or its compensation, at the service that does it. */
export interface ChoreographedStep {
  readonly saga: string;
  readonly step: string;
  readonly direction: "forward" | "compensation";
  /** The event at which it starts, and the topic that carries it. */
  readonly on: string;
  readonly topic: string;
  /** Field of every event of the saga that carries its key. */
  readonly key: string;
  /** Without the service: `EarnPoints`. */
  readonly command: string;
  readonly input: SagaCommand["input"];
  readonly success: string;
  readonly failure?: string;
  /** So long a failing one is tried: nobody sends it again. */
  readonly timeoutMs: number;
}

export interface CommandContract {
  /** JSON Schema 2020-12 of the command's data. */
  readonly schema: object;
  /** Success first, then business failures. */
  readonly emits: readonly string[];
  /** Whether `POST /commands/<name in kebab-case>` exists. */
  readonly http: boolean;
  /** Calls something outside the database (R19): handled by an `ExternalCommand`, never by the decider. */
  readonly external?: true;
  /** The command of this service that it undoes. */
  readonly undoes?: string;
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
  /**
   * How the service does what sagas ask of it, by the command's name. One that is not named is given to the decider as
   * it comes; an external one must be named.
   */
  readonly commands?: Readonly<Record<string, CommandHandler<Command, Event> | ExternalCommand<Event>>>;
  /** Routes beside those of the commands; they read, and have no transaction to publish from. */
  readonly routes?: (app: FastifyInstance, context: { readonly database: Database }) => void;
}

/**
 * Does what a saga asks, in one transaction with the row that keeps the command from being done twice; a throw rolls
 * back and is retried. Its outcome is the event among those of `execute` that the saga waits for.
 */
// biome-ignore lint/suspicious/noExplicitAny: each handler narrows it to its own command
export type CommandHandler<Command extends NamedCommand, Event extends NamedEvent, Asked = any> = (
  command: Asked,
  context: ReactionContext<Command, Event>,
) => Promise<Outcome<Event>>;

/**
 * A command that calls something outside the database, such as a payment provider. `call` runs outside any transaction,
 * and again with the same key when its outcome was lost in a crash.
 */
// biome-ignore lint/suspicious/noExplicitAny: each command narrows the data to its own
export interface ExternalCommand<Event extends NamedEvent, Data = any> {
  /**
   * Answers the event that came of it. A command that `undoes` another also gets that one's key, which the provider
   * must refuse from then on; it answers undefined when there was nothing to undo.
   */
  call(command: { readonly type: string; readonly data: Data }, context: ExternalContext): Promise<Event | undefined>;
  /** What one call may take, in milliseconds; its signal is aborted then. Default 30,000. */
  readonly limitMs?: number;
  /** `false`: the provider can neither refuse a key nor tell what became of it: an open outcome makes the saga stuck. */
  readonly canRefuse?: false;
}

export interface ExternalContext {
  /** The same for every call of this command in this round: give it to the provider. */
  readonly idempotencyKey: string;
  /** Of the command that this one undoes. */
  readonly forwardKey?: string;
  readonly signal: AbortSignal;
  /** Carries the correlation id. */
  readonly log: Logger;
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
