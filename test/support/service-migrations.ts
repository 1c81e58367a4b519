import { fileURLToPath } from "node:url";
import type { Database } from "../../templates/runtime/src/database/database.ts";
import { migrate } from "../../templates/runtime/src/migrations/migrate.ts";

const folders = ["service", "outbox-migration"].map((template) =>
  fileURLToPath(new URL(`../../templates/${template}/migrations`, import.meta.url)),
);

/** Gives a database every table of a service that publishes and reacts, as a generated one has them. */
export async function migrateService(database: Database): Promise<void> {
  for (const folder of folders) await migrate(database, folder);
}
