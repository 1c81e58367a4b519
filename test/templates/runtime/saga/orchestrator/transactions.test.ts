import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Database, Transaction } from "../../../../../templates/runtime/src/database/database.ts";
import {
  createOrchestrator,
  type SagaTrigger,
  type SetOrchestrator,
} from "../../../../../templates/runtime/src/saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../../../../../templates/runtime/src/saga/orchestrator/definitions.ts";
import type { SagaChange } from "../../../../../templates/runtime/src/saga/orchestrator.ts";
import { paymentTrigger } from "../payment.ts";
import { paymentSaga } from "./saga-host.ts";
import { sagaDatabase } from "./scene.ts";

describe("an orchestrator's transaction", () => {
  let database: Database;
  let drop: () => Promise<void>;
  let orchestrator: SetOrchestrator;
  before(async () => {
    ({ database, drop } = await sagaDatabase());
    const definitions = createDefinitions([paymentSaga()]);
    await definitions.store(database);
    orchestrator = createOrchestrator({ service: "orders", definitions });
  });
  after(() => drop());

  const trigger = (key: string, data: object = {}): SagaTrigger => ({
    saga: "payment",
    key,
    data: { ...paymentTrigger, orderId: key, ...data },
    messageId: randomUUID(),
    correlationid: "c",
    traceparent: undefined,
  });
  const begin = (...keys: string[]) =>
    database.transaction((tx) =>
      orchestrator.begin(
        tx,
        keys.map((key) => trigger(key)),
      ),
    );
  const reserved = (key: string): SagaChange => ({
    id: `payment:${key}`,
    input: { type: "reply", step: "reserve-stock", direction: "forward", round: 1, outcome: "success", data: {} },
  });
  const apply = (change: SagaChange) =>
    database.transaction(async (tx) => (await orchestrator.apply(tx, change)).applied);
  const row = async (key: string) =>
    (
      await database.query<{ revision: bigint; steps: string }>(
        "SELECT revision, (SELECT string_agg(step, ' ' ORDER BY step) FROM jsonb_object_keys(state -> 'steps') AS step) AS steps FROM public.saga WHERE id = $1",
        [`payment:${key}`],
      )
    ).rows[0];
  const commands = async (key: string) =>
    (
      await database.query<{ type: string }>(
        "SELECT type FROM public.outbox WHERE aggregateid = $1 ORDER BY position",
        [`payment:${key}`],
      )
    ).rows.map(({ type }) => type);
  /** The given transaction, in which `work` runs once, right before the statement that contains `text`. */
  const rightBefore = (tx: Transaction, text: string, work: () => Promise<unknown>): Transaction => {
    let ran = false;
    return {
      query: async (statement, values) => {
        if (!ran && statement.includes(text)) {
          ran = true;
          await work();
        }
        return tx.query(statement, values);
      },
    };
  };

  // Removed once: `AND s.revision = m.seen` in store.sql. Then the slow one overwrites what the fast one has stored.
  it("is refused as a whole when a saga has moved on since it was loaded", async () => {
    await begin("slow", "other");
    const deadline = { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 } as const;
    const slow = database.transaction(
      (tx) =>
        orchestrator.applyAll(
          rightBefore(tx, "UPDATE public.saga s", () =>
            apply({ id: "payment:slow", input: { type: "timer", timer: deadline } }),
          ),
          [reserved("other"), reserved("slow")],
        ),
      { attempts: 1 },
    );
    await assert.rejects(slow, /^StaleSagaError: moved on meanwhile: payment:slow$/);
    assert.deepEqual(await row("slow"), { revision: 2n, steps: "reserve-stock" });
    assert.deepEqual(await row("other"), { revision: 1n, steps: "reserve-stock" });
    assert.deepEqual(await commands("slow"), ["inventory.ReserveStock", "inventory.ReleaseStock"]);
  });

  it("runs again by itself with the saga as it is then", async () => {
    await begin("again");
    let times = 0;
    const { applied } = await database.transaction((tx) => {
      times++;
      const once =
        times === 1
          ? () => apply({ id: "payment:again", input: { type: "parked", step: "reserve-stock", direction: "forward" } })
          : async () => {};
      return orchestrator.apply(rightBefore(tx, "UPDATE public.saga s", once), reserved("again"));
    });
    assert.deepEqual([times, applied], [2, { outcome: "applied", revision: 3n }]);
  });

  // Removed once: `ON CONFLICT (id) DO NOTHING` in begin.sql is what makes it a conflict and no error.
  it("begins a saga once, however many begin it at the same time", async () => {
    let times = 0;
    const slow = await database.transaction((tx) => {
      times++;
      return orchestrator.begin(
        rightBefore(tx, "INSERT INTO public.saga\n", () => (times === 1 ? begin("twice") : Promise.resolve())),
        [trigger("twice")],
      );
    });
    assert.deepEqual(
      slow.map(({ outcome }) => outcome),
      ["there-already"],
    );
    assert.deepEqual(await commands("twice"), ["inventory.ReserveStock"]);
  });

  it("keeps a second payload in one batch out, too", async () => {
    const begun = await database.transaction((tx) =>
      orchestrator.begin(tx, [trigger("batch"), trigger("batch"), trigger("batch", { total: 1 })]),
    );
    assert.deepEqual(
      begun.map(({ outcome }) => outcome),
      ["begun", "there-already", "another-payload"],
    );
  });

  // Removed once: the look at `change.revision` in `applyOne` (one-saga.ts).
  it("refuses a change that names another revision than the saga has, and does nothing", async () => {
    await begin("seen");
    assert.deepEqual(await apply({ ...reserved("seen"), revision: 7n }), { outcome: "moved-on", revision: 1n });
    assert.deepEqual(await row("seen"), { revision: 1n, steps: "reserve-stock" });
    assert.deepEqual(await apply({ ...reserved("seen"), revision: 1n }), { outcome: "applied", revision: 2n });
    assert.deepEqual(await apply(reserved("nobody")), { outcome: "unknown-saga" });
  });

  it("numbers the log without a gap, ignored replies included, and keeps cause and reason", async () => {
    await begin("log");
    const causedBy = randomUUID();
    await apply({ ...reserved("log"), causedBy, reason: "the operator's words" });
    assert.equal((await apply(reserved("log"))).outcome, "ignored");
    await apply({ ...reserved("log"), reason: "again" });
    const { rows } = await database.query<{ seq: bigint; what: string; caused_by: string | null; detail: unknown }>(
      "SELECT seq, what, caused_by, detail FROM public.saga_log WHERE saga_id = 'payment:log' ORDER BY seq",
    );
    assert.deepEqual(
      rows.map(({ seq, what }) => `${seq} ${what}`),
      [
        "1 started",
        "2 command-sent",
        "3 step-succeeded",
        "4 command-sent",
        "5 late-reply-ignored",
        "6 late-reply-ignored",
      ],
    );
    assert.equal(rows[2]?.caused_by, causedBy);
    assert.deepEqual(rows[2]?.detail, { reason: "the operator's words" });
    assert.deepEqual(rows[5]?.detail, { round: 1, outcome: "success", reason: "again" });
    assert.equal((await row("log"))?.revision, 2n, "what is ignored is no transition");
  });

  // Removed once: `again` in write-moves.ts. In one statement the new timer meets the old one, and is dropped.
  it("sets a timer again that it cancels", async () => {
    const timer = { kind: "deadline", step: "", direction: "forward", round: 1, attempt: 1 } as const;
    const resetting = createOrchestrator({
      service: "orders",
      definitions: createDefinitions([paymentSaga()]),
      decide: (_definition, state) => ({
        state: { ...state! },
        effects: [{ type: "cancel-timers" }, { type: "timer", timer, afterMs: 7, starts: "now" }],
      }),
    });
    await begin("reset");
    for (const _ of [1, 2]) await database.transaction((tx) => resetting.applyAll(tx, [reserved("reset")]));
    const { rows } = await database.query<{ delay: bigint }>(
      "SELECT delay_ms AS delay FROM public.saga_timer WHERE saga_id = 'payment:reset'",
    );
    assert.deepEqual(
      rows.map(({ delay }) => delay),
      [7n],
    );
  });

  it("takes one statement each for hundreds of sagas, also for several changes of one", async () => {
    const keys = Array.from({ length: 200 }, (_, index) => `set-${index}`);
    const counted = async <T>(work: (tx: Transaction) => Promise<T>) => {
      let statements = 0;
      const result = await database.transaction((tx) =>
        work({
          query: (text, values) => {
            statements++;
            return tx.query(text, values);
          },
        }),
      );
      return { statements, result };
    };
    const begun = await counted((tx) =>
      orchestrator.begin(
        tx,
        keys.map((key) => trigger(key)),
      ),
    );
    // Load; begin; log and timers; outbox.
    assert.equal(begun.statements, 4);
    const screened = (key: string): SagaChange => ({
      id: `payment:${key}`,
      input: { type: "reply", step: "screen-fraud", direction: "forward", round: 1, outcome: "success", data: {} },
    });
    const moved = await counted((tx) =>
      orchestrator.applyAll(
        tx,
        keys.flatMap((key) => [reserved(key), screened(key)]),
      ),
    );
    // Load; store; log, timers cancelled and set; outbox.
    assert.equal(moved.statements, 4);
    assert.deepEqual(await row("set-7"), { revision: 3n, steps: "capture-payment reserve-stock screen-fraud" });
    const { rows } = await database.query<{ timers: string }>(
      "SELECT string_agg(concat_ws(' ', kind, step), ', ' ORDER BY kind) AS timers FROM public.saga_timer WHERE saga_id = 'payment:set-7'",
    );
    assert.equal(
      rows[0]?.timers,
      "deadline , timeout capture-payment",
      "a timer that was cancelled in the same set is not set",
    );
  });
});
