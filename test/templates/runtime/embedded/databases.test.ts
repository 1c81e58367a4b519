import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import pg from "pg";
import {
  type DatabaseSpec,
  databaseUrl,
  provisionDatabases,
  withVariables,
} from "../../../../templates/runtime/src/embedded/databases.ts";
import { testServerUrl } from "../../../support/postgres.ts";
import { query } from "./query.ts";

describe("provisioned databases", () => {
  let superuser: string;
  const suffix = randomBytes(4).toString("hex");
  const spec = (name: string): DatabaseSpec => ({ database: name, role: name, password: `p'${name}"` });
  const orders = spec(`orders_${suffix}`);
  const user = spec(`user "x" -- ${suffix}`);

  before(async () => {
    superuser = await testServerUrl();
    await provisionDatabases(superuser, [orders, user]);
  });
  after(async () => {
    for (const { database, role } of [orders, user]) {
      await query(superuser, `DROP DATABASE ${pg.escapeIdentifier(database)} WITH (FORCE)`);
      await query(superuser, `DROP ROLE ${pg.escapeIdentifier(role)}`);
    }
  });

  it("belong to their role, which can create its tables in them", async () => {
    await query(databaseUrl(superuser, orders), "CREATE TABLE secret AS SELECT 1 AS id");
    await query(databaseUrl(superuser, user), "CREATE TABLE secret AS SELECT 2 AS id");
    assert.deepEqual(await query(databaseUrl(superuser, user), "SELECT id FROM secret"), [{ id: 2 }]);
  });

  it("let no other role in (red without the REVOKE in close-database.sql)", async () => {
    for (const database of [orders.database, "postgres", "template1"]) {
      const other = databaseUrl(superuser, { ...user, database });
      await assert.rejects(query(other, "SELECT 1"), { code: "42501" }, database);
    }
  });

  it("give their roles no right beyond their own database", async () => {
    const rights = await query(
      superuser,
      `SELECT bool_or(rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls) AS more
       FROM pg_roles WHERE rolname IN (${[orders, user].map(({ role }) => pg.escapeLiteral(role)).join()})`,
    );
    assert.deepEqual(rights, [{ more: false }]);
    await assert.rejects(query(databaseUrl(superuser, orders), "CREATE ROLE another"), { code: "42501" });
  });

  it("stay as they are when provisioned again, with the password that is given now", async () => {
    const renewed = { ...orders, password: "another" };
    await provisionDatabases(superuser, [renewed, user]);
    assert.deepEqual(await query(databaseUrl(superuser, renewed), "SELECT count(*)::int AS n FROM secret"), [{ n: 1 }]);
    await assert.rejects(query(databaseUrl(superuser, orders), "SELECT 1"), { code: "28P01" });
  });
});

describe("variables in SQL", () => {
  it("are quoted as what they stand for", () => {
    const text = `-- psql -v role=:'x'\nA :"role" B :'password'::text`;
    assert.equal(withVariables(text, { role: 'a"b', password: "c'd" }).trim(), `A "a""b" B 'c''d'::text`);
  });

  it("must all be given", () => {
    assert.throws(() => withVariables(`:"role"`, {}), /no value for the variable role/);
  });
});
