import assert from "node:assert/strict";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import { relayStatus } from "../../../../templates/runtime/src/outbox/status.ts";
import { unpark, unparkIn } from "../../../../templates/runtime/src/outbox/unpark.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "./outbox-database.ts";

describe("giving a parked aggregate back to the relay", () => {
  let database: OutboxDatabase;
  before(async () => {
    database = await outboxDatabase();
    for (const topic of ["one", "other"]) {
      const [id] = await database.transaction((tx) => insertMessages(tx, [happened("a", 1, topic)]));
      await database.query(
        `INSERT INTO public.outbox_blocked
           (topic, aggregateid, aggregatetype, message_id, shard, position, attempts, reason, retry_at, parked_at)
         SELECT topic, aggregateid, aggregatetype, id, shard, position, 1, 'too large', now(), now()
         FROM public.outbox WHERE id = $1`,
        [id],
      );
    }
  });
  after(() => database.drop());
  const parked = async () => (await relayStatus(database)).parked.map(({ topic }) => topic).toSorted();

  // Removed once: `tx` in `unparkIn`, for a transaction of its own. Then an operator's verb that fails gives it back.
  it("happens with the caller's transaction, or not at all", async () => {
    const filter = { topic: "one", aggregateId: "a" };
    const failing = database.transaction(async (tx) => {
      assert.equal(await unparkIn(tx, filter), 1);
      throw new Error("the saga has moved on");
    });
    await assert.rejects(failing, /moved on/);
    assert.deepEqual(await parked(), ["one", "other"]);
    await database.transaction((tx) => unparkIn(tx, filter));
    assert.deepEqual(await parked(), ["other"]);
    assert.equal(await unpark(database, { aggregateId: "a" }), 1);
    assert.deepEqual(await parked(), []);
  });
});
