import assert from "node:assert/strict";
import {
  countSagas,
  findSaga,
  listSagas,
  type SagaFilter,
  stuckSagas,
} from "../../../../../templates/runtime/src/saga/operator/list.ts";
import {
  completedDelivery,
  type Operated,
  operated,
  stuckInPay,
  stuckInRelease,
  stuckInShip,
} from "./operated.fixture.ts";

describe("an operator's list of sagas", () => {
  let sagas: Operated;
  before(async () => {
    sagas = await operated();
    await sagas.begin("1", ...stuckInPay);
    await sagas.begin("2", ...stuckInShip);
    await sagas.begin("3");
    await sagas.begin("4", ...stuckInRelease);
    await sagas.begin("5", ...completedDelivery);
    await sagas.begin("6", ...completedDelivery);
    await sagas.watch("7");
    await sagas.database.query(
      "UPDATE public.saga SET started_at = '2026-01-01Z'::timestamptz + key::integer * interval '1 hour'",
    );
  });
  after(() => sagas.close());

  const keys = async (filter: SagaFilter) => {
    const rows = await listSagas(sagas.database, filter, { limit: 100 });
    assert.equal(await countSagas(sagas.database, filter, 100), rows.length);
    return rows.map(({ id }) => id.split(":")[1]).join("");
  };

  it("shows the open ones, the oldest first, and says where each is", async () => {
    assert.equal(await keys({}), "12347");
    const rows = await listSagas(sagas.database, {}, { limit: 4 });
    assert.deepEqual(
      rows.map(({ at }) => at),
      [
        [{ step: "pay", direction: "forward", round: 1, attempt: 1, stuck: "unknown" }],
        [{ step: "ship", direction: "forward", round: 1, attempt: 1, stuck: "failure" }],
        [{ step: "reserve", direction: "forward", round: 1, attempt: 1 }],
        [{ step: "reserve", direction: "compensation", round: 1, attempt: 1, stuck: "failure" }],
      ],
    );
    const { revision, version, correlationId } = rows[0]!;
    assert.deepEqual([revision, version, correlationId], [3n, 3, "correlation of 1"]);
  });

  for (const [filter, expected] of [
    [{ saga: "loyalty" }, "7"],
    [{ saga: "none" }, ""],
    [{ status: "running" }, "1237"],
    [{ status: "compensating" }, "4"],
    [{ stuck: true }, "124"],
    [{ step: "reserve" }, "34"],
    [{ step: "reserve", stuck: true }, "4"],
    [{ step: "reserve", direction: "forward" }, "3"],
    [{ step: "__proto__" }, ""],
    [{ since: new Date("2026-01-01T03:00:00Z") }, "347"],
    [{ status: "completed" }, "65"],
    [{ status: "ended" }, "65"],
    [{ status: "ended", since: new Date("2026-01-01T06:00:00Z") }, "6"],
    [{ status: "compensated" }, ""],
  ] as const) {
    it(`finds ${expected || "none"} by ${JSON.stringify(filter)}`, async () =>
      assert.equal(await keys(filter), expected));
  }

  it("goes on after the last one seen, also where several began at once", async () => {
    await sagas.database.query("UPDATE public.saga SET started_at = '2026-01-01Z' WHERE key IN ('1', '2', '3')");
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const [row] = await listSagas(sagas.database, {}, { limit: 1, ...(after === undefined ? {} : { after }) });
      if (row === undefined) break;
      after = row.id;
      seen.push(row.id);
    }
    assert.deepEqual(seen, ["delivery:1", "delivery:2", "delivery:3", "delivery:4", "loyalty:7"]);
    const [, second] = await listSagas(sagas.database, { status: "ended" }, { limit: 2 });
    const after = { limit: 2, after: "delivery:6" };
    assert.deepEqual(await listSagas(sagas.database, { status: "ended" }, after), [second]);
  });

  it("gives a verb for many the stuck ones alone, each with its revision", async () => {
    const stage = { step: "reserve", direction: "compensation" } as const;
    assert.deepEqual(await stuckSagas(sagas.database, stage), [{ id: "delivery:4", revision: 4n }]);
    assert.deepEqual(await stuckSagas(sagas.database, { ...stage, direction: "forward" }), []);
  });

  it("calls a stage whose row is parked stuck for that", async () => {
    await sagas.move("delivery:3", { type: "parked", step: "reserve", direction: "forward" });
    const place = { step: "reserve", direction: "forward", round: 1, attempt: 1, stuck: "parked" };
    assert.deepEqual((await findSaga(sagas.database, "delivery:3"))?.at, [place]);
    assert.equal((await stuckSagas(sagas.database, { step: "reserve", direction: "forward" })).length, 1);
    await sagas.move("delivery:3", { type: "unparked", step: "reserve", direction: "forward" });
  });

  // Red with `ended_at IS NULL` in place of the two arms of OPEN, and with LIST_ENDED ordered by started_at.
  it("reads no saga that has ended to show the open ones, and the latest of many ended ones alone", async () => {
    await sagas.database.query(
      `INSERT INTO public.saga (id, saga, key, definition_hash, revision, status, state, trigger_fingerprint, trigger_id,
                                correlationid, started_at, ended_at)
       SELECT 'delivery:many' || n, 'delivery', 'many' || n, definition_hash, 9, 'completed', state, '', trigger_id, 'c',
              '2025-01-01Z'::timestamptz + n * interval '1 s', '2025-01-01Z'::timestamptz + n * interval '1 s'
       FROM public.saga, generate_series(1, 20000) AS n WHERE id = 'delivery:5'`,
    );
    await sagas.database.query("ANALYZE public.saga");
    const read = async (filter: SagaFilter, page = {}) => {
      const before = await rowsRead();
      // Often enough for PostgreSQL to plan without looking at the parameters.
      for (let times = 0; times < 8; times++) await listSagas(sagas.database, filter, { limit: 10, ...page });
      return ((await rowsRead()) - before) / 8;
    };
    const rowsRead = async () => {
      await sagas.database.query("SELECT pg_stat_force_next_flush()");
      const { rows } = await sagas.database.query<{ read: bigint }>(
        "SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables WHERE relname = 'saga'",
      );
      return Number(rows[0]!.read);
    };
    for (const filter of [
      {},
      { stuck: true },
      { saga: "delivery" },
      { status: "ended" },
      { status: "completed" },
    ] as const)
      assert.ok((await read(filter)) < 100, JSON.stringify(filter));
    assert.ok((await read({ status: "ended" }, { after: "delivery:many10000" })) < 100, "a later page");
    assert.equal(await countSagas(sagas.database, { status: "ended" }, 1_000), 1_001);
  });
});
