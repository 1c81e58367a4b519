import type { Transaction } from "../database/database.ts";
import type { InsertMessages, OutboxMessage } from "../outbox/outbox.ts";
import type { NamedCommand, NamedEvent, Outcome, ServiceDefinition } from "../service/definition.ts";
import { aggregateIdIn, ID_RULE } from "./aggregate-id.ts";
import type { Contracts } from "./contracts.ts";
import type { Decider } from "./decider.ts";
import type { AggregatePersistence, Loaded } from "./persistence.ts";

/** What a command follows from: carried on into the events that it leads to. */
export interface Cause {
  readonly correlationid: string;
  /** Id of the message that led to the command; none for an HTTP request. */
  readonly causationid?: string;
  readonly traceparent?: string;
  /** Of a step of a choreography: its events tell which one they come of. */
  readonly saganame?: string;
  readonly sagaid?: string;
  readonly sagastep?: string;
  readonly sagadirection?: "forward" | "compensation";
  readonly sagasince?: string;
}

export interface Aggregate<State, Command extends NamedCommand, Event extends NamedEvent> {
  readonly definition: ServiceDefinition;
  readonly contracts: Contracts;
  readonly decider: Decider<State, Command, Event>;
  readonly persistence: AggregatePersistence<State, Event>;
  readonly insertMessages: InsertMessages;
}

/** The service's own code did what its contract does not allow. Nothing is stored and nothing leaves. */
export class ContractError extends Error {
  override readonly name = "ContractError";
}

/**
 * Runs a command on its aggregate, in the caller's transaction: lock, decide, evolve, store, events into the outbox.
 * A command without events writes nothing.
 *
 * @throws ContractError when the command has no aggregate id, or an event is not what the contracts say
 */
export async function executeCommand<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
  tx: Transaction,
  command: Command,
  cause: Cause,
): Promise<Outcome<Event>> {
  const id = aggregateId(aggregate.definition, command);
  const loaded = await aggregate.persistence.load(tx, id);
  return happen(aggregate, tx, id, loaded, command, aggregate.decider.decide(command, loaded.state), cause);
}

/**
 * Records what has happened outside, as the answer of a payment provider says: the decider is not asked, `evolve` is.
 *
 * @throws ContractError when an event is not what the contracts say of what `command` leads to
 */
export async function recordEvent<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
  tx: Transaction,
  command: NamedCommand,
  event: Event,
  cause: Cause,
): Promise<Outcome<Event>> {
  const id = aggregateId(aggregate.definition, event);
  const loaded = await aggregate.persistence.load(tx, id);
  return happen(aggregate, tx, id, loaded, command, [event], cause);
}

async function happen<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
  tx: Transaction,
  id: string,
  loaded: Loaded<State>,
  command: NamedCommand,
  events: readonly Event[],
  cause: Cause,
): Promise<Outcome<Event>> {
  const { definition, persistence } = aggregate;
  const { version, state } = evolved(aggregate, id, loaded, command, events);
  if (events.length === 0) {
    await persistence.release(tx, id, loaded);
  } else {
    await persistence.store(tx, id, { from: loaded.version, to: version, state, events });
    // After the lock: rows of one aggregate get their outbox positions in the order of its versions.
    await aggregate.insertMessages(tx, messagesOf(definition, id, loaded.version, events, cause));
  }
  return { events, token: tokenOf(definition, id, version) };
}

/**
 * The aggregate after `events`, which the contracts must allow.
 * @throws ContractError
 */
export function evolved<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
  id: string,
  loaded: Loaded<State>,
  command: NamedCommand,
  events: readonly Event[],
): Loaded<State> {
  for (const event of events) checkEvent(aggregate, id, command, event);
  return {
    version: loaded.version + BigInt(events.length),
    state: events.reduce((before, event) => aggregate.decider.evolve(before, event), loaded.state),
  };
}

/** Path of an event's contract, with its version. */
export function dataschemaOf(definition: ServiceDefinition, type: string): string {
  return `contracts/${definition.name}/${type}/${definition.events[type]?.version}`;
}

/** `orders/Order/4711@3` */
export function tokenOf(definition: ServiceDefinition, id: string, version: bigint): string {
  return `${definition.name}/${definition.aggregate}/${id}@${version}`;
}

/** The messages of events that happened to an aggregate after its version `after`. */
export function messagesOf(
  definition: ServiceDefinition,
  id: string,
  after: bigint,
  events: readonly NamedEvent[],
  cause: Cause,
): readonly OutboxMessage[] {
  return events.map((event, index) => message(definition, id, event, after + BigInt(index + 1), cause));
}

function message(
  definition: ServiceDefinition,
  id: string,
  event: NamedEvent,
  version: bigint,
  cause: Cause,
): OutboxMessage {
  return {
    topic: definition.eventsTopic,
    key: id,
    aggregateType: definition.aggregate,
    envelope: {
      type: `${definition.name}.${event.type}`,
      source: `/${definition.name}`,
      subject: id,
      dataschema: dataschemaOf(definition, event.type),
      aggregateversion: String(version),
      ...cause,
    },
    data: event.data,
  };
}

/**
 * The id of the aggregate that a command is for, or an event happened to.
 * @throws ContractError when it has none
 */
export function aggregateId(definition: ServiceDefinition, { type, data }: NamedCommand | NamedEvent): string {
  const id = aggregateIdIn(definition, data);
  if (id === undefined)
    throw new ContractError(
      `${definition.name}.${type} does not say which ${definition.aggregate} it is for: ${definition.key} ${ID_RULE}`,
    );
  return id;
}

function checkEvent<State, Command extends NamedCommand, Event extends NamedEvent>(
  { definition, contracts }: Aggregate<State, Command, Event>,
  id: string,
  command: NamedCommand,
  event: Event,
): void {
  const name = `${definition.name}.${event.type}`;
  if (definition.commands[command.type]?.emits.includes(event.type) !== true)
    throw new ContractError(
      `${command.type} led to ${name}, which it does not declare: add ${event.type} to its emits in eda.yaml`,
    );
  const violation = contracts.event(event.type, event.data);
  if (violation !== undefined)
    throw new ContractError(`${name} breaks its contract at ${violation.pointer}: ${violation.detail}`);
  if (aggregateIdIn(definition, event.data) !== id)
    throw new ContractError(
      `${name} carries another ${definition.key} than the ${definition.aggregate} it happened to`,
    );
}
