import type { Logger } from "pino";
import type { Aggregate } from "../../aggregate/execute.ts";
import type { Transaction } from "../../database/database.ts";
import { type ExternalRun, GiveUpError } from "../../inbox/consumer-options.ts";
import type {
  CommandHandler,
  ExternalCommand,
  NamedCommand,
  NamedEvent,
  ServiceImplementation,
} from "../../service/definition.ts";
import { externalRunner } from "./external.ts";
import { plainRunner } from "./plain.ts";
import type { LockedRows } from "./row.ts";
import { nameOf, type SagaTask } from "./task.ts";

/**
 * A service's side of sagas (R5, R18, R19): wraps what its author wrote, so that each command is done once, in an order
 * that its compensation can rely on. The tasks come from commands by topic, or from a choreography's events.
 */
export interface Participant {
  /** Whether it calls something outside the database: then `call` has it, else `run`. */
  isExternal(command: string): boolean;
  /** Does tasks, in order and in the caller's transaction, which also holds the marks of their messages. */
  run(tx: Transaction, tasks: readonly SagaTask[]): Promise<void>;
  /** Does one task that calls something outside, in transactions of its own. */
  call(task: SagaTask, run: ExternalRun): Promise<void>;
}

export interface ParticipantOptions<State, Command extends NamedCommand, Event extends NamedEvent> {
  readonly aggregate: Aggregate<State, Command, Event>;
  readonly commands: ServiceImplementation<State, Command, Event>["commands"];
  readonly log: Logger;
  /** So long the rows are kept: an older command goes to the dead letters (R20). */
  readonly retentionMs: number;
  readonly observer?: ParticipantObserver;
}

export interface ParticipantObserver {
  /** A command that is never to be done any more, and gets no reply. */
  refused?(task: SagaTask): void;
}

/** What the runners share. */
export interface Parts<State, Command extends NamedCommand, Event extends NamedEvent>
  extends ParticipantOptions<State, Command, Event> {
  handlerOf(command: string): CommandHandler<Command, Event> | undefined;
  externalOf(command: string): ExternalCommand<Event> | undefined;
  /** Whether the provider of a step's forward call can refuse a key, or tell what became of it. */
  canRefuseForwardOf(task: SagaTask): boolean;
  /** @throws GiveUpError for a task that can never be done, whatever its row says */
  check(task: SagaTask, locked: LockedRows): void;
}

export function createParticipant<State, Command extends NamedCommand, Event extends NamedEvent>(
  options: ParticipantOptions<State, Command, Event>,
): Participant {
  const { definition, contracts } = options.aggregate;
  const written = (command: string) =>
    options.commands !== undefined && Object.hasOwn(options.commands, command) ? options.commands[command] : undefined;
  const parts: Parts<State, Command, Event> = {
    ...options,
    handlerOf(command) {
      const handler = written(command);
      return typeof handler === "function" ? handler : undefined;
    },
    externalOf(command) {
      const handler = written(command);
      return typeof handler === "object" ? handler : undefined;
    },
    canRefuseForwardOf({ command }) {
      // What is no call itself reaches no provider.
      if (definition.commands[command]?.external !== true) return false;
      const forward = definition.commands[command]?.undoes;
      return forward === undefined || parts.externalOf(forward)?.canRefuse !== false;
    },
    check(task, locked) {
      const { now } = locked;
      const name = `${definition.name}.${task.command}`;
      // R20: its row may have been there and be gone, so that it would be done twice. Of no time: nobody can tell.
      if (!(now - Date.parse(task.time) <= options.retentionMs))
        throw new GiveUpError(
          `${name} of ${task.time} is older than what this service remembers of sagas: ${nameOf(task)}`,
        );
      // Nor may the step of a saga that was stuck for so long be taken for one that was never asked for.
      if (task.since !== undefined && locked.isNew(task) && !(now - Date.parse(task.since) <= options.retentionMs))
        throw new GiveUpError(
          `${name} is of a step that was first asked for at ${task.since}, and this service has forgotten what came of it: ` +
            `look at its own records, then complete ${nameOf(task)}`,
        );
      // It is not to be done: an operator may skip what can never be done as well.
      if (task.purpose === "tombstone") return;
      if (!Object.hasOwn(definition.commands, task.command)) throw new GiveUpError(`there is no command ${name}`);
      const violation = contracts.command(task.command, task.data);
      if (violation !== undefined)
        throw new GiveUpError(`${name} breaks its contract at ${violation.pointer}: ${violation.detail}`);
    },
  };
  const run = plainRunner(parts);
  return {
    isExternal: (command) => definition.commands[command]?.external === true,
    run,
    call: externalRunner(parts, run),
  };
}
