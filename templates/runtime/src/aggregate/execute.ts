import type { Transaction } from "../database/database.ts";
import type { InsertMessages, OutboxMessage } from "../outbox/outbox.ts";
import type { NamedCommand, NamedEvent, Outcome, ServiceDefinition } from "../service/definition.ts";
import { aggregateIdIn, ID_RULE } from "./aggregate-id.ts";
import type { Contracts } from "./contracts.ts";
import type { Decider } from "./decider.ts";
import type { AggregatePersistence } from "./persistence.ts";

/** What a command follows from: carried on into the events that it leads to. */
export interface Cause {
  readonly correlationid: string;
  /** Id of the message that led to the command; none for an HTTP request. */
  readonly causationid?: string;
  readonly traceparent?: string;
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
  const { definition, decider, persistence } = aggregate;
  const id = aggregateId(definition, command);
  const loaded = await persistence.load(tx, id);
  const events = decider.decide(command, loaded.state);
  for (const event of events) checkEvent(aggregate, id, command, event);
  const version = loaded.version + BigInt(events.length);
  if (events.length === 0) {
    await persistence.release(tx, id, loaded);
  } else {
    const state = events.reduce((before, event) => decider.evolve(before, event), loaded.state);
    await persistence.store(tx, id, { from: loaded.version, to: version, state, events });
    // After the lock: rows of one aggregate get their outbox positions in the order of its versions.
    await aggregate.insertMessages(
      tx,
      events.map((event, index) => message(definition, id, event, loaded.version + BigInt(index + 1), cause)),
    );
  }
  return { events, token: `${definition.name}/${definition.aggregate}/${id}@${version}` };
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
      dataschema: `contracts/${definition.name}/${event.type}/${definition.events[event.type]?.version}`,
      aggregateversion: String(version),
      ...cause,
    },
    data: event.data,
  };
}

function aggregateId(definition: ServiceDefinition, command: NamedCommand): string {
  const id = aggregateIdIn(definition, command.data);
  if (id === undefined)
    throw new ContractError(
      `${definition.name}.${command.type} does not say which ${definition.aggregate} it is for: ${definition.key} ${ID_RULE}`,
    );
  return id;
}

function checkEvent<State, Command extends NamedCommand, Event extends NamedEvent>(
  { definition, contracts }: Aggregate<State, Command, Event>,
  id: string,
  command: Command,
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
