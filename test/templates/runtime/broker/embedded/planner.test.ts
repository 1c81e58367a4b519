import assert from "node:assert/strict";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { withIndexScans } from "../../../../../templates/runtime/src/broker/embedded/planner.ts";
import { FETCH } from "../../../../../templates/runtime/src/broker/embedded/reading.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import { testDatabase } from "../../../../support/postgres.ts";

describe("withIndexScans", () => {
  it("lets a fetch read the log through its index, also when it was short at its last statistics", async () => {
    const server = await testDatabase();
    const broker = await createEmbeddedBroker({ url: server.url });
    await broker.ensureTopics([{ name: "t", partitions: 2 }]);
    await broker.publish([{ topic: "t", key: "k", value: new Uint8Array(), headers: {} }]);
    await broker.close();
    const plan = async (url: string) => {
      const database = createDatabase({ url });
      await database.query("ANALYZE broker.record");
      const { rows } = await database.query(`EXPLAIN (GENERIC_PLAN) ${FETCH}`);
      await database.close();
      return rows.map((row) => row["QUERY PLAN"]).join("\n");
    };
    assert.match(await plan(server.url), /Seq Scan on record/);
    assert.match(await plan(withIndexScans(server.url)), /Index Scan using record_pkey on record/);
    await server.drop();
  });

  // Red without plan_cache_mode.
  it("plans a fetch once, however often it is made", async () => {
    const server = await testDatabase();
    await (await createEmbeddedBroker({ url: server.url })).close();
    const database = createDatabase({ url: withIndexScans(server.url), max: 1 });
    for (let time = 0; time < 8; time++) await database.query(FETCH, [[], [], [], [], [], 0]);
    const { rows } = await database.query(
      "SELECT generic_plans AS once, custom_plans AS anew FROM pg_prepared_statements WHERE statement = $1",
      [FETCH],
    );
    assert.deepEqual(rows, [{ once: 8n, anew: 0n }]);
    await database.close();
    await server.drop();
  });

  it("keeps the options that a URL has", () => {
    const url = withIndexScans("postgres://a:b@h/d?options=-c%20geqo%3Doff");
    assert.match(new URL(url).searchParams.get("options") ?? "", /^-c geqo=off -c enable_seqscan=off /);
  });
});
