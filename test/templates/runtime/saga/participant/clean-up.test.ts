import assert from "node:assert/strict";
import { cleanUpParticipant } from "../../../../../templates/runtime/src/saga/participant/clean-up.ts";
import { asks, shopRig } from "./rig.ts";
import { fakeProvider, shopImplementation } from "./shop.fixture.ts";

const day = 24 * 3_600_000;

describe("what a participant remembers", () => {
  let rig: Awaited<ReturnType<typeof shopRig>>;
  before(async () => {
    rig = await shopRig();
  });
  after(() => rig.drop());

  // Red without the margin, or when rows are told by when they were made.
  it("goes when nobody has asked for so long that every command of then is too old", async () => {
    const shop = shopImplementation(fakeProvider());
    await rig.handle(shop, [asks("old"), asks("asked"), asks("new")]);
    await rig.database.query(
      `UPDATE public.saga_participant SET created_at = clock_timestamp() - interval '100 days',
         touched_at = clock_timestamp() - CASE saga_id WHEN 'buying:new' THEN interval '90 days' ELSE interval '92 days' END`,
    );
    await rig.handle(shop, [asks("asked", { attempt: 2 })]);
    await cleanUpParticipant(rig.database, 90 * day);
    const { rows } = await rig.database.query("SELECT saga_id AS id FROM public.saga_participant ORDER BY 1");
    assert.deepEqual(rows, [{ id: "buying:asked" }, { id: "buying:new" }]);
  });

  // Red without `AND NOT compensation_again` in clean-up.ts: money that is to be paid back would stay where it is.
  it("keeps a compensation that is due again, however long nobody could run it (R19)", async () => {
    const shop = shopImplementation(fakeProvider());
    await rig.handle(shop, [asks("owed")]);
    await rig.database.query(
      `UPDATE public.saga_participant SET touched_at = clock_timestamp() - interval '1 year',
         compensation_again = saga_id = 'buying:owed'`,
    );
    await cleanUpParticipant(rig.database, 90 * day);
    const { rows } = await rig.database.query("SELECT saga_id AS id FROM public.saga_participant");
    assert.deepEqual(rows, [{ id: "buying:owed" }]);
  });
});
