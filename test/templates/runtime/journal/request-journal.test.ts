import assert from "node:assert/strict";
import { pino } from "pino";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../templates/runtime/src/database/database.ts";
import { openRequestJournal } from "../../../../templates/runtime/src/journal/request-journal.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { migrateService } from "../../../support/service-migrations.ts";

const DAY_MS = 86_400_000;
const log = pino({ level: "silent" });
const request = (correlationId: string, at = new Date()) =>
  ({ correlationId, at, command: "PlaceOrder", status: 200, milliseconds: 1.6, replayed: false }) as const;

describe("the journal of requests", () => {
  let own: TestDatabase;
  let database: Database;

  before(async () => {
    own = await testDatabase();
    database = createDatabase({ url: own.url });
    await migrateService(database);
  });
  beforeEach(async () => void (await database.query("DELETE FROM public.request_journal")));
  after(async () => {
    await database.close();
    await own.drop();
  });
  const rows = async () =>
    (
      await database.query<{ id: string; ms: number }>(
        "SELECT correlationid AS id, milliseconds AS ms FROM public.request_journal ORDER BY at, correlationid",
      )
    ).rows;

  it("is written by itself soon after, many requests by one statement", async () => {
    let statements = 0;
    const counting = {
      ...database,
      query: ((text: string, values?: readonly unknown[]) => {
        if (/INSERT/.test(text)) statements++;
        return database.query(text, values);
      }) as Database["query"],
    };
    const journal = openRequestJournal(counting, DAY_MS, log);
    for (let n = 0; n < 100; n++) journal.note(request(`r-${n}`));
    await eventually(async () => (await rows()).length === 100, { what: "100 rows" });
    assert.equal(statements, 1);
    assert.equal((await rows())[0]?.ms, 2);
    await journal.close();
  });

  it("writes what is left when it closes", async () => {
    const journal = openRequestJournal(database, DAY_MS, log);
    journal.note(request("last"));
    await journal.close();
    assert.deepEqual(await rows(), [{ id: "last", ms: 2 }]);
  });

  it("keeps what it cannot write until it can, and never more than it may", async () => {
    let away = true;
    const flaky = {
      ...database,
      query: ((text: string, values?: readonly unknown[]) =>
        away ? Promise.reject(new Error("away")) : database.query(text, values)) as Database["query"],
    };
    const journal = openRequestJournal(flaky, DAY_MS, log);
    for (let n = 0; n < 5_010; n++) journal.note(request(String(n).padStart(4, "0"), new Date(0)));
    await journal.close();
    away = false;
    await journal.close();
    const kept = await rows();
    assert.deepEqual([kept.length, kept[0]?.id], [5_000, "0010"]);
  });

  it("forgets what is older than it keeps, and keeps nothing where nothing is kept", async () => {
    const first = openRequestJournal(database, 2 * DAY_MS, log);
    first.note(request("old", new Date(Date.now() - 3 * DAY_MS)));
    first.note(request("young", new Date(Date.now() - DAY_MS)));
    await first.close();
    await openRequestJournal(database, 2 * DAY_MS, log).close();
    assert.deepEqual(
      (await rows()).map(({ id }) => id),
      ["young"],
    );
    const none = openRequestJournal(database, 0, log);
    none.note(request("unseen"));
    await none.close();
    await openRequestJournal(database, Number.POSITIVE_INFINITY, log).close();
    assert.equal((await rows()).length, 1);
  });
});
