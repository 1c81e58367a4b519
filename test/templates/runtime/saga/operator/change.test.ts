import assert from "node:assert/strict";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import {
  changeSaga,
  changeSagas,
  type OperatorChange,
} from "../../../../../templates/runtime/src/saga/operator/change.ts";
import { missingFields } from "../../../../../templates/runtime/src/saga/operator/completion.ts";
import type { Orchestrator } from "../../../../../templates/runtime/src/saga/orchestrator.ts";
import { delivery, type Operated, operated, stuckInPay, succeeded } from "./operated.fixture.ts";

const retry: OperatorChange = { verb: "retry", step: "pay", direction: "forward", reason: "the provider is back" };
const always = () => true;

describe("an operator's verb for many sagas", () => {
  let sagas: Operated;
  before(async () => {
    sagas = await operated();
  });
  after(() => sagas.close());
  beforeEach(async () => {
    for (const key of ["1", "2", "3"]) await sagas.begin(key, ...stuckInPay);
  });
  afterEach(() => sagas.database.query("TRUNCATE public.saga, public.saga_log, public.saga_timer, public.outbox"));

  const revisions = async () => {
    const { rows } = await sagas.database.query<{ revision: bigint }>("SELECT revision FROM public.saga ORDER BY id");
    return rows.map(({ revision }) => Number(revision));
  };

  it("does nothing when another number matches", async () => {
    const all = await changeSagas(sagas, {}, 2, retry, always);
    assert.deepEqual([all.matching, all.done, all.left], [3, 0, 3]);
    assert.deepEqual(await revisions(), [3, 3, 3]);
  });

  // Red where each is changed as it is by then, without the revision that it was counted with.
  it("leaves alone one that has moved on between the count and its turn", async () => {
    let first = true;
    const orchestrator: Orchestrator = {
      async apply(tx, change) {
        if (first) await sagas.move("delivery:2", succeeded("pay", { paymentId: "late" }));
        first = false;
        return sagas.orchestrator.apply(tx, change);
      },
    };
    const all = await changeSagas({ ...sagas, orchestrator }, {}, 3, retry, always);
    assert.deepEqual([all.done, all.left], [2, 0]);
    assert.deepEqual(all.refused, [
      { id: "delivery:2", why: "it has moved on since, and is at revision 4 now: look again" },
    ]);
    assert.deepEqual(await revisions(), [4, 4, 4]);
  });

  // Red when the news are told before the commit: `hear(news)` in changeSaga's transaction.
  it("is told of once it is committed, once, and never when it is rolled back", async () => {
    const { database, news } = sagas;
    const change = (transaction: Database["transaction"]) =>
      changeSaga({ ...sagas, database: { ...database, transaction } }, "delivery:1", 3n, retry);
    const failing: Database["transaction"] = (work) =>
      database.transaction(async (tx) => {
        await work(tx);
        throw new Error("the connection is lost");
      });
    news.length = 0;
    await assert.rejects(change(failing), /the connection is lost/);
    assert.deepEqual(news, []);
    let times = 0;
    const again: Database["transaction"] = (work) =>
      database.transaction(async (tx) => {
        const done = await work(tx);
        if (times++ === 0) throw Object.assign(new Error("moved on meanwhile"), { code: "40001" });
        return done;
      });
    assert.equal((await change(again)).outcome, "changed");
    assert.equal(times, 2);
    assert.deepEqual(
      news.map(({ type, id }) => `${type} ${id}`),
      ["moved delivery:1"],
    );
  });

  it("says how many are left when its time is over, and goes on with those when asked again", async () => {
    let times = 0;
    const some = await changeSagas(sagas, {}, 3, retry, () => times++ < 2);
    assert.deepEqual([some.done, some.left], [2, 1]);
    const rest = await changeSagas(sagas, {}, 1, retry, always);
    assert.deepEqual([rest.done, rest.left], [1, 0]);
    assert.deepEqual(await revisions(), [4, 4, 4]);
  });
});

describe("the data that completes a step", () => {
  const pay = { step: "pay", direction: "forward" } as const;

  it("has to have what a later command is filled in from", () => {
    assert.deepEqual(missingFields(delivery, pay, {}), ["$.steps.pay.paymentId"]);
    assert.deepEqual(missingFields(delivery, pay, JSON.parse('{"__proto__": {"paymentId": 1}}')), [
      "$.steps.pay.paymentId",
    ]);
    assert.deepEqual(missingFields(delivery, pay, { paymentId: null }), []);
  });

  it("is free where nothing reads it", () => {
    assert.deepEqual(missingFields(delivery, { step: "ship", direction: "forward" }, {}), []);
    assert.deepEqual(missingFields(delivery, { step: "pay", direction: "compensation" }, {}), []);
    assert.deepEqual(missingFields(delivery, { step: "completed", direction: "forward" }, {}), []);
  });
});
