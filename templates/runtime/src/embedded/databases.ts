import { readFileSync } from "node:fs";
import pg from "pg";

/** A database and the one role that may connect to it, apart from the superuser. */
export interface DatabaseSpec {
  readonly database: string;
  readonly role: string;
  readonly password: string;
}

/**
 * Creates roles and databases that are not there and closes each database to everyone but its owner. Changes nothing
 * that is there already, but for the roles' passwords, which follow the ones given. To be run by one process at a time.
 *
 * @param superuser URL of a superuser, any database
 */
export async function provisionDatabases(superuser: string, specs: readonly DatabaseSpec[]): Promise<void> {
  const client = new pg.Client({ connectionString: superuser });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const roles = await names(client, "SELECT rolname AS name FROM pg_roles");
    const databases = await names(client, "SELECT datname AS name FROM pg_database");
    for (const shared of ["postgres", "template1"]) await run(client, "close-database", { database: shared });
    for (const { database, role, password } of specs) {
      await run(client, roles.has(role) ? "set-password" : "create-role", { role, password });
      roles.add(role);
      if (!databases.has(database)) await run(client, "create-database", { database, role });
      databases.add(database);
      await run(client, "close-database", { database });
    }
  } finally {
    await client.end();
  }
}

async function names(client: pg.Client, text: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(text);
  return new Set(rows.map((row) => row.name));
}

async function run(client: pg.Client, file: string, variables: Readonly<Record<string, string>>): Promise<void> {
  const text = readFileSync(new URL(`./sql/${file}.sql`, import.meta.url), "utf8");
  await client.query(withVariables(text, variables));
}

/**
 * Fills in psql's variables: `:"name"` as a quoted identifier, `:'name'` as a quoted literal. (Statements about roles
 * and databases take no `$1`.) Comments are left out, for they may show how to call the file.
 */
export function withVariables(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/--.*$/gm, "").replace(/:(["'])(\w+)\1/g, (_, quote: string, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`no value for the variable ${name}`);
    return quote === '"' ? pg.escapeIdentifier(value) : pg.escapeLiteral(value);
  });
}

/** The address of a database for its role, on the server of `superuser`. */
export function databaseUrl(superuser: string, { database, role, password }: DatabaseSpec): string {
  const url = new URL(superuser);
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
