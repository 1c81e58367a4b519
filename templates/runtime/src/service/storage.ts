import { fileURLToPath, pathToFileURL } from "node:url";
import type { Logger } from "pino";
import { createDatabase } from "../database/create-database.ts";
import type { Database } from "../database/database.ts";
import { migrate } from "../migrations/migrate.ts";
import { ConfigError, type ServiceConfig } from "./config.ts";
import type { ServiceDefinition } from "./definition.ts";
import type { Health } from "./health.ts";
import { forgetOldAnswers } from "./idempotency.ts";
import type { Openings } from "./shutdown.ts";

const HOUR_MS = 3_600_000;

/** The service's own database; the service is ready only while it answers. */
export function openDatabase(
  definition: ServiceDefinition,
  config: ServiceConfig,
  health: Health,
  openings: Openings,
): Database {
  const database = createDatabase({ url: config.databaseUrl, applicationName: definition.name });
  openings.add("database", () => database.close());
  health.addCheck("the database", async () => {
    await database.query("SELECT 1");
  });
  return database;
}

/** @param folder default `../migrations/` from the program that was started */
export async function applyMigrations(database: Database, folder: URL | undefined, log: Logger): Promise<void> {
  const { applied, warnings } = await migrate(database, fileURLToPath(folder ?? besideTheProgram()));
  for (const warning of warnings) log.warn(warning);
  if (applied.length > 0) log.info({ applied }, "migrations applied");
}

function besideTheProgram(): URL {
  const program = process.argv[1];
  if (program === undefined)
    throw new ConfigError("there is no program to look beside: give the folder of migrations.");
  return new URL("../migrations/", pathToFileURL(program));
}

/** Answers kept for idempotency keys, at the start and every hour. */
export function forgetAnswersHourly(database: Database, log: Logger, openings: Openings): void {
  let running: Promise<void> = Promise.resolve();
  const forget = () => {
    running = forgetOldAnswers(database).catch((err: unknown) => log.warn({ err }, "old answers were not deleted"));
  };
  forget();
  const timer = setInterval(forget, HOUR_MS);
  openings.add("cleanup of answers", async () => {
    clearInterval(timer);
    await running;
  });
}
