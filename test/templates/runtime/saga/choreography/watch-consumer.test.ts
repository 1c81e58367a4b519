import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { IncomingRecord } from "../../../../../templates/runtime/src/broker/broker.ts";
import { listDeadLetters } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { encodeRecord, newEnvelope } from "../../../../../templates/runtime/src/message/codec.ts";
import { watchConsumer } from "../../../../../templates/runtime/src/saga/choreography/watch-consumer.ts";
import { createOrchestrator } from "../../../../../templates/runtime/src/saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../../../../../templates/runtime/src/saga/orchestrator/definitions.ts";
import type { SagaNews } from "../../../../../templates/runtime/src/saga/orchestrator/news.ts";
import type { SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { memoryBroker } from "../../outbox/memory-broker.ts";
import { sagaDatabase } from "../orchestrator/scene.ts";
import { loyaltyDefinition, topicOf } from "./services.fixture.ts";

const [hosted] = loyaltyDefinition().sagas!;
let offset = 0n;

function event(type: string, orderId: string, time = new Date()): IncomingRecord {
  const envelope = newEnvelope({ type, source: "/test", subject: orderId, time: time.toISOString() });
  const record = encodeRecord(envelope, topicOf(type), orderId, { orderId });
  return { ...record, partition: 0, offset: offset++, timestamp: new Date() };
}

describe("the watchdog's consumer", () => {
  let ground: Awaited<ReturnType<typeof sagaDatabase>>;
  let news: SagaNews[];
  let handle: (...records: readonly IncomingRecord[]) => Promise<void>;
  before(async () => {
    ground = await sagaDatabase();
  });
  after(() => ground.drop());
  beforeEach(async () => {
    const definitions = createDefinitions([hosted!.definition]);
    await definitions.store(ground.database);
    news = [];
    const { observe, ...given } = watchConsumer({
      orchestrator: createOrchestrator({ service: "loyalty", definitions }),
      hosted: hosted!,
      retentionMs: 90 * 86_400_000,
      hear: (heard) => void news.push(...heard),
    });
    const consumer = batchHandler({
      ...given,
      database: ground.database,
      broker: memoryBroker(),
      retry: { attempts: 3, initialMs: 1 },
      observer: observe({}),
    });
    handle = (...records) => consumer(batchOf(records));
  });
  const stateOf = async (orderId: string) =>
    (
      await ground.database.query<{ state: SagaState; revision: bigint }>(
        "SELECT state, revision FROM public.saga WHERE id = $1",
        [`loyalty:${orderId}`],
      )
    ).rows[0];

  // Red without `AND s.revision = m.seen` in store.sql, and without the primary key of public.saga.
  it("loses nothing of what is seen at the same moment on different topics (R2)", async () => {
    const orders = Array.from({ length: 25 }, () => randomUUID());
    const types = ["orders.OrderConfirmed", "loyalty.PointsEarned", "gifts.GiftRefused", "loyalty.PointsRevoked"];
    await Promise.all(types.map((type) => handle(...orders.map((id) => event(type, id)))));
    assert.deepEqual(await listDeadLetters(ground.database), []);
    for (const id of orders) {
      const { state } = (await stateOf(id))!;
      assert.equal(state.status, "compensated");
      assert.equal(state.steps["earn-points"]?.compensation?.status, "succeeded");
    }
    assert.equal(news.filter(({ type }) => type === "started").length, orders.length);
    assert.equal(news.filter(({ type }) => type === "ended").length, orders.length);
  });

  it("leaves in the dead letters what is older than sagas are kept (R20)", async () => {
    const id = randomUUID();
    await handle(event("gifts.GiftSent", id, new Date(Date.now() - 90 * 86_400_000)));
    assert.equal(await stateOf(id), undefined);
    const [letter] = await listDeadLetters(ground.database);
    assert.match(letter?.error ?? "", /kept for 90 days: nobody can tell whether it has had its saga already/);
    await ground.database.query("TRUNCATE public.dead_letter");
  });

  // Red when newsOf in moves.ts tells of an end at every change after it.
  it("says once that a saga has ended, whatever is heard of it after", async () => {
    const id = randomUUID();
    await handle(...["orders.OrderConfirmed", "loyalty.PointsEarned", "gifts.GiftSent"].map((type) => event(type, id)));
    // Points are revoked by hand.
    await handle(event("loyalty.PointsRevoked", id));
    const { state } = (await stateOf(id))!;
    assert.deepEqual([state.status, state.steps["earn-points"]?.compensation?.status], ["completed", "succeeded"]);
    assert.equal(news.filter(({ type }) => type === "ended").length, 1);
  });
});
