import { Counter } from "prom-client";
import type { ConsumerOptions, ExternalHandler } from "../inbox/consumer-options.ts";
import { faultOfHandlers } from "../saga/participant/check-commands.ts";
import { cleanUpParticipant } from "../saga/participant/clean-up.ts";
import { runOwed } from "../saga/participant/owed.ts";
import { createParticipant, type Participant, type ParticipantOptions } from "../saga/participant/participant.ts";
import { taskOf } from "../saga/participant/task.ts";
import { ConfigError, sagaRetentionMs } from "./config.ts";
import type { ServiceConsumer } from "./consumers.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition } from "./definition.ts";
import type { MessagingOptions } from "./messaging.ts";

const CLEAN_UP_EVERY_MS = 3_600_000;
const OWED_EVERY_MS = 60_000;

/** @throws ConfigError when the handlers of commands and the manifest do not match */
export function checkCommands(definition: ServiceDefinition, handlers: Readonly<Record<string, unknown>> = {}): void {
  const fault = faultOfHandlers(definition, handlers);
  if (fault !== undefined) throw new ConfigError(fault);
}

type Parts<State, Command extends NamedCommand, Event extends NamedEvent> = Pick<
  ParticipantOptions<State, Command, Event>,
  "aggregate" | "commands"
> &
  Pick<MessagingOptions, "config" | "database" | "log" | "metrics" | "openings">;

/**
 * The service's side of the sagas that use it: what they ask is done once, and forgotten after a long time. Undefined
 * where no saga does: such a service does not even have the table.
 */
export function openParticipant<State, Command extends NamedCommand, Event extends NamedEvent>({
  aggregate,
  commands,
  config,
  database,
  log,
  metrics,
  openings,
}: Parts<State, Command, Event>): Participant | undefined {
  const { commandsTopic, choreographed = [] } = aggregate.definition;
  if (commandsTopic === undefined && choreographed.length === 0) return undefined;
  const retentionMs = sagaRetentionMs(config);
  const refused = new Counter({
    name: "eda_saga_commands_refused_total",
    help: "Commands of sagas that came after their compensation, or after an operator's tombstone, and were not done.",
    labelNames: ["type"],
    registers: [metrics.registry],
  });
  const stopping = new AbortController();
  const cleanUp = () =>
    cleanUpParticipant(database, retentionMs, stopping.signal).catch((err: unknown) =>
      log.warn({ err }, "old rows of sagas were not deleted"),
    );
  let running = cleanUp();
  const timer = setInterval(() => {
    running = cleanUp();
  }, CLEAN_UP_EVERY_MS);
  openings.add("cleanup of sagas' commands", async () => {
    stopping.abort();
    clearInterval(timer);
    await running;
  });
  const participant = createParticipant({
    aggregate,
    commands,
    log,
    retentionMs,
    observer: {
      refused({ command, sagaId, step, round, cause: { correlationid } }) {
        refused.inc({ type: `${aggregate.definition.name}.${command}` });
        log.info({ correlationid, saga: sagaId, step, round, command }, "a command came too late and is not done");
      },
    },
  });
  if (config.role === "all" || config.role === "consumer") runOwedEveryMinute(participant, database, log, openings);
  return participant;
}

/** At the start and every minute. */
function runOwedEveryMinute(
  participant: Participant,
  database: MessagingOptions["database"],
  log: MessagingOptions["log"],
  openings: MessagingOptions["openings"],
): void {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const run = () => {
    running ??= runOwed({
      participant,
      database,
      signal: stopping.signal,
      failed: ({ command, sagaId, step, cause: { correlationid } }, err) =>
        log.error({ err, correlationid, saga: sagaId, step, command }, "a compensation is due again and failed"),
    })
      .catch((err: unknown) => log.warn({ err }, "compensations that are due again were not looked for"))
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, OWED_EVERY_MS);
  openings.add("compensations that are due again", async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  });
}

/** The consumer of `<service>.commands`; none where no saga sends the service commands. */
export function sagaCommands(
  definition: ServiceDefinition,
  participant: Participant | undefined,
): readonly ServiceConsumer[] {
  const { name, commandsTopic, commands } = definition;
  if (commandsTopic === undefined || participant === undefined) return [];
  const call: ExternalHandler = (message, run) => participant.call(taskOf(definition, message), run);
  const external = Object.keys(commands).filter((command) => participant.isExternal(command));
  return [
    {
      name: `${name}.commands`,
      topics: [commandsTopic],
      handlers: {},
      handleAll: (messages, tx) =>
        participant.run(
          tx,
          messages.map((message) => taskOf(definition, message)),
        ),
      external: Object.fromEntries(external.map((command) => [`${name}.${command}`, call])),
      ...neverBehindAFailedOne,
    },
  ];
}

/** R18: a failing message is tried for at most its step's timeout, and nothing waits behind its letter. */
const neverBehindAFailedOne = {
  keepsOrder: false,
  triedForMs: ({ sagatimeoutms }) => sagatimeoutms,
} as const satisfies Partial<ConsumerOptions>;
