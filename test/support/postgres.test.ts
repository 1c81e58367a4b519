import assert from "node:assert/strict";
import pg from "pg";
import { testDatabase } from "./postgres.ts";

describe("a test database", () => {
  it("is empty, apart from its neighbours, and gone after drop", async () => {
    const [first, second] = [await testDatabase(), await testDatabase()];
    assert.notEqual(first.url, second.url);
    const client = new pg.Client({ connectionString: first.url });
    await client.connect();
    await client.query("CREATE TABLE here (id int)");
    await client.end();
    const other = new pg.Client({ connectionString: second.url });
    await other.connect();
    await assert.rejects(other.query("SELECT * FROM here"), { code: "42P01" });
    await other.end();
    await first.drop();
    await second.drop();
    await assert.rejects(new pg.Client({ connectionString: first.url }).connect(), { code: "3D000" });
  });
});
