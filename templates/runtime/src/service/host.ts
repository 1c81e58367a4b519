import type { Logger } from "pino";
import { compileContracts } from "../aggregate/contracts.ts";
import { type Aggregate, executeCommand } from "../aggregate/execute.ts";
import { stateTable } from "../aggregate/state-table.ts";
import type { ConsumerRetry } from "../inbox/consumer-options.ts";
import { insertMessages } from "../outbox/insert.ts";
import { choreographyConsumer } from "../saga/choreography/consume.ts";
import { refuseToStrand } from "../saga/orchestrator/definitions.ts";
import { tracedInsert } from "../telemetry/messaging-spans.ts";
import { openSpans } from "../telemetry/open-spans.ts";
import { createAdminApp } from "./admin.ts";
import { adminVerbs } from "./admin-verbs.ts";
import { checkConfig, type ServiceConfig } from "./config.ts";
import type { NamedCommand, NamedEvent, ServiceDefinition, ServiceImplementation } from "./definition.ts";
import { createHealth } from "./health.ts";
import { listen } from "./listen.ts";
import { createLogger } from "./logger.ts";
import { openMessaging } from "./messaging.ts";
import { createMetrics } from "./metrics.ts";
import { openPublicInterface } from "./public-interface.ts";
import { checkReactions, react } from "./reactions.ts";
import { checkCommands, openParticipant, sagaCommands } from "./saga-commands.ts";
import { sagaVerbs } from "./saga-verbs.ts";
import { createSagas } from "./sagas.ts";
import { createOpenings } from "./shutdown.ts";
import { applyMigrations, openDatabase } from "./storage.ts";

/** A service that can be started once and stopped once. */
export interface Service {
  /** Resolves when requests and messages are taken. Rejects, with everything closed again, when it cannot start. */
  start(): Promise<void>;
  /** Lets running requests and handlers end, in reverse order of opening. Rejects when the limit is exceeded. */
  stop(): Promise<void>;
  /** Where it listens, once started: `http://127.0.0.1:4001`. No `http` in a process that is only relay or consumer. */
  readonly addresses: { readonly http?: string; readonly admin: string };
  /** Rejects when a running service cannot go on, such as a consumer that has lost its place; never resolves. */
  readonly failed: Promise<never>;
}

export interface ServiceOptions {
  /** Folder of the service's `.sql` files. Default: `../migrations/` from the program that was started. */
  readonly migrations?: URL;
  /** Default: JSON lines on standard output. */
  readonly logger?: Logger;
  /** How often a reaction that fails is tried before its message goes to the dead letters. */
  readonly retry?: ConsumerRetry;
}

/**
 * Puts a service together from what is derived (`definition`), what its author wrote (`implementation`) and how it
 * runs (`config`). Opens nothing yet.
 *
 * @throws ConfigError when the configuration is refused, or handlers do not match subscriptions and commands
 */
export function createService<State, Command extends NamedCommand, Event extends NamedEvent>(
  definition: ServiceDefinition,
  implementation: ServiceImplementation<State, Command, Event>,
  config: ServiceConfig,
  options: ServiceOptions = {},
): Service {
  checkConfig(config);
  checkReactions(definition, implementation.reactions);
  checkCommands(definition, implementation.commands);
  const contracts = compileContracts(definition);
  const log = options.logger ?? createLogger(definition.name, config.logLevel);
  const metrics = createMetrics(definition.name);
  const health = createHealth();
  const openings = createOpenings(log);
  const failure = Promise.withResolvers<never>();
  // Whoever runs the service listens to `failed`; nobody listening must not end the process.
  failure.promise.catch(() => {});
  const addresses: { http?: string; admin: string } = { admin: "" };
  const { decider } = implementation;
  const does = (role: ServiceConfig["role"]) => config.role === "all" || config.role === role;

  async function open(): Promise<void> {
    const spans = await openSpans(config.telemetry, definition.name, log);
    // Opened first, so closed last: the spans of what is closed before are exported too.
    openings.add("telemetry", () => spans.close());
    const aggregate: Aggregate<State, Command, Event> = {
      definition,
      contracts,
      decider,
      persistence: stateTable(definition.aggregate, decider.initialState),
      insertMessages: tracedInsert(spans, insertMessages),
    };
    const database = openDatabase(definition, config, health, openings);
    // The relay is opened after all that may wake it.
    let kick = () => {};
    const sagas = createSagas({
      definition,
      config,
      database,
      log,
      metrics,
      openings,
      insertMessages: tracedInsert(spans, insertMessages),
      spans,
      kick: () => kick(),
    });
    const verbs = adminVerbs(
      definition,
      database,
      sagas && sagaVerbs(definition, { database, ...sagas }, () => kick()),
    );
    const admin = await createAdminApp({ log, metrics, health, token: config.adminToken, verbs });
    addresses.admin = await listen(
      admin,
      "admin interface",
      config.adminHost,
      config.adminPort,
      "ADMIN_PORT",
      openings,
    );
    await applyMigrations(database, options.migrations, log);
    await (sagas === undefined ? refuseToStrand(database) : sagas.store());
    metrics.watch({
      outbox: () => verbs.outbox.status(),
      deadLetters: async () => (await verbs.deadLetters.list({}, { limit: 1 })).total,
    });
    const { commands } = implementation;
    const participant = openParticipant({ aggregate, commands, config, database, log, metrics, openings });
    const messaging = await openMessaging({
      definition,
      config,
      database,
      log,
      metrics,
      health,
      openings,
      spans,
      react: (message, tx) =>
        react(
          {
            definition,
            contracts,
            reactions: implementation.reactions,
            log,
            execute: (open, command, cause) => executeCommand(aggregate, open, command, cause),
          },
          message,
          tx,
        ),
      consumers: [
        ...sagaCommands(definition, participant),
        ...choreographyConsumer(definition, participant).map((consumer) =>
          config.sagaFrom === undefined ? consumer : { ...consumer, from: config.sagaFrom },
        ),
        ...(sagas?.consumers ?? []),
      ],
      ...(sagas === undefined ? {} : { relayed: sagas }),
      failed: failure.reject,
      retry: options.retry,
    });
    kick = messaging.kick;
    if (does("consumer")) await sagas?.start();
    if (does("http"))
      addresses.http = await openPublicInterface({
        aggregate,
        implementation,
        config,
        database,
        log,
        metrics,
        health,
        spans,
        openings,
        committed: messaging.kick,
      });
  }

  return {
    addresses,
    failed: failure.promise,

    async start() {
      try {
        await open();
      } catch (error) {
        health.setPhase("stopping");
        await openings
          .closeAll(config.shutdownTimeoutMs)
          .catch((err: unknown) => log.error({ err }, "could not close"));
        throw error;
      }
      health.setPhase("running");
      if (does("http") && config.auth === undefined)
        log.warn(
          { host: config.host },
          "AUTH_JWKS_URL is not set: nobody is asked for a token, and only this machine is answered",
        );
      log.info({ role: config.role, ...addresses }, "started");
    },

    async stop() {
      log.info("stopping");
      health.setPhase("stopping");
      await openings.closeAll(config.shutdownTimeoutMs);
      log.info("stopped");
    },
  };
}
