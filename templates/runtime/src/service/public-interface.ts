import type { Logger } from "pino";
import { type Aggregate, executeCommand } from "../aggregate/execute.ts";
import type { Database } from "../database/database.ts";
import { durationMs } from "../duration.ts";
import { openRequestJournal } from "../journal/request-journal.ts";
import type { Spans } from "../telemetry/spans.ts";
import type { ServiceConfig } from "./config.ts";
import type { NamedCommand, NamedEvent, ServiceImplementation } from "./definition.ts";
import type { Health } from "./health.ts";
import { listen } from "./listen.ts";
import type { Metrics } from "./metrics.ts";
import { createPublicApp } from "./public-app.ts";
import { aggregateRoute, commandRoutes, type RouteContext } from "./routes.ts";
import type { Openings } from "./shutdown.ts";
import { forgetAnswersHourly } from "./storage.ts";

export interface PublicInterfaceParts<State, Command extends NamedCommand, Event extends NamedEvent> {
  readonly aggregate: Aggregate<State, Command, Event>;
  readonly implementation: Pick<ServiceImplementation<State, Command, Event>, "routes">;
  readonly config: ServiceConfig;
  readonly database: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly spans: Spans;
  readonly openings: Openings;
  /** Called after a commit that has put events into the outbox. */
  readonly committed: () => void;
}

/** Opens the interface for clients: commands, each journaled and answered once, and aggregates. Answers its address. */
export async function openPublicInterface<State, Command extends NamedCommand, Event extends NamedEvent>(
  parts: PublicInterfaceParts<State, Command, Event>,
): Promise<string> {
  const { aggregate, implementation, config, database, log, metrics, health, spans, openings, committed } = parts;
  const { definition, contracts } = aggregate;
  forgetAnswersHourly(database, log, openings);
  const requests = openRequestJournal(database, durationMs(definition.outbox?.retention ?? "7d"), log);
  openings.add("journal of requests", () => requests.close());
  const app = await createPublicApp({
    log,
    metrics,
    health,
    spans,
    definition,
    auth: config.auth,
    routes(guarded, clientOf, traceparentOf) {
      const context: RouteContext = {
        definition,
        contracts,
        database,
        clientOf,
        traceparentOf,
        // The route has checked the data against this command's contract.
        execute: (tx, command, cause) => executeCommand(aggregate, tx, command as Command, cause),
        read: (id) => aggregate.persistence.read(database, id),
        answered: requests.note,
        committed,
      };
      commandRoutes(guarded, context);
      aggregateRoute(guarded, context);
      implementation.routes?.(guarded, { database });
    },
  });
  return listen(app, "public interface", config.host, config.port, "PORT", openings);
}
