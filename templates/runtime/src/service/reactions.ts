import type { Logger } from "pino";
import type { Contracts } from "../aggregate/contracts.ts";
import { type Cause, ContractError } from "../aggregate/execute.ts";
import type { Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import { ConfigError } from "./config.ts";
import type { NamedCommand, NamedEvent, Outcome, Reaction, ServiceDefinition } from "./definition.ts";

export interface ReactionRun<Command extends NamedCommand, Event extends NamedEvent> {
  readonly definition: ServiceDefinition;
  readonly contracts: Contracts;
  readonly reactions: Readonly<Record<string, Reaction<Command, Event>>>;
  readonly log: Logger;
  execute(tx: Transaction, command: Command, cause: Cause): Promise<Outcome<Event>>;
}

/** Gives a message to its reaction, in the transaction that holds the inbox's mark. */
export async function react<Command extends NamedCommand, Event extends NamedEvent>(
  { definition, contracts, reactions, log, execute }: ReactionRun<Command, Event>,
  message: Message,
  tx: Transaction,
): Promise<void> {
  const reaction = reactions[message.type];
  if (reaction === undefined) return;
  const cause: Cause = {
    correlationid: message.correlationid,
    causationid: message.id,
    // The handling's own span: messaging.ts gives each message that.
    ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
  };
  await reaction(message, {
    tx,
    log: log.child({ correlationid: message.correlationid, message: message.id, type: message.type }),
    async execute(command) {
      const violation = contracts.command(command.type, command.data);
      if (violation !== undefined)
        throw new ContractError(
          `${definition.name}.${command.type} breaks its contract at ${violation.pointer}: ${violation.detail}`,
        );
      return execute(tx, command, cause);
    },
  });
}

/**
 * @throws ConfigError when a subscription has no reaction, or a reaction no subscription: its messages would be
 * passed over without a word
 */
export function checkReactions(definition: ServiceDefinition, reactions: Readonly<Record<string, unknown>>): void {
  const subscribed = new Set(definition.subscriptions.map(({ type }) => type));
  const without = [...subscribed].find((type) => reactions[type] === undefined);
  if (without !== undefined)
    throw new ConfigError(`service ${definition.name} subscribes to ${without} and has no reaction of that name.`);
  const stray = Object.keys(reactions).find((type) => !subscribed.has(type));
  if (stray !== undefined)
    throw new ConfigError(
      `service ${definition.name} has a reaction to ${stray} and does not subscribe to it: add it to subscribes in eda.yaml.`,
    );
}
