import assert from "node:assert/strict";
import { createUpkeep } from "../../../../templates/runtime/src/outbox/upkeep.ts";
import { type OutboxDatabase, outboxDatabase, ownEveryShard } from "./outbox-database.ts";

describe("a relay's upkeep", () => {
  let database: OutboxDatabase;
  beforeEach(async () => {
    database = await outboxDatabase();
    await ownEveryShard(database, "me");
  });
  afterEach(() => database.drop());

  it("deletes old published rows a part at a time, and says when there are more: a busy relay adds them faster", async () => {
    await database.query(
      `INSERT INTO outbox_published SELECT gen_random_uuid(), 'Order', 'k', 'orders.OrderChanged', '{}', 'orders', n, '{}',
         now(), now() - interval '2 hours' FROM generate_series(1, 6000) AS n`,
    );
    const upkeep = createUpkeep(database, "me", 3_600_000);
    assert.equal(await upkeep(), true);
    assert.equal(await upkeep(), false);
    assert.equal((await database.query("SELECT FROM outbox_published")).count, 0);
  });

  it("deletes nothing where nothing is kept, and asks for no haste", async () => {
    assert.equal(await createUpkeep(database, "me", 0)(), false);
  });
});
