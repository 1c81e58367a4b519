import assert from "node:assert/strict";
import { type Broker, RecordRefusedError } from "../../../../../templates/runtime/src/broker/broker.ts";
import { unpark } from "../../../../../templates/runtime/src/outbox/unpark.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { type HostOptions, paymentSaga } from "./saga-host.ts";
import { scene } from "./scene.ts";

describe("a saga whose command the relay has parked", () => {
  const stage = scene();
  /** Takes no record of that topic until it is told to. */
  const refusing = (topic: string) => {
    const faulty = { refuses: true };
    const broker: Broker = {
      ...stage.on.broker,
      async publish(records) {
        if (faulty.refuses && records.some((record) => record.topic === topic)) {
          throw new RecordRefusedError(topic, "it is on strike");
        }
        return stage.on.broker.publish(records);
      },
    };
    return Object.assign(faulty, { broker });
  };
  const parking = (broker: Broker, more: HostOptions = {}): HostOptions => ({
    broker,
    relay: { retry: { attempts: 1 } },
    parked: true,
    ...more,
  });

  // Removed once: the first half of parked.sql. Then it waits, and nobody sees why.
  it("is stuck for as long as that lasts, and an operator's retry gives the row back to the relay", async () => {
    const { orderId, id } = stage.order();
    const faulty = refusing("fraud.commands");
    await stage.play(() => "success");
    const { news, orchestrator, kick } = await stage.hosted(parking(faulty.broker));
    await stage.on.trigger(orderId);
    const { state, parked } = await stage.on.until(id, ({ stuck }) => stuck);
    assert.deepEqual([state.steps["screen-fraud"]?.forward?.parked, parked], [true, true]);
    await eventually(() => news.some((each) => each.type === "stuck" && each.reason === "parked" && each.id === id));
    faulty.refuses = false;
    await stage.on.database.transaction((tx) =>
      orchestrator.apply(tx, {
        id,
        input: { type: "operator", verb: "retry", step: "screen-fraud", direction: "forward" },
      }),
    );
    kick();
    await stage.on.until(id, ({ status, parked }) => status === "completed" && !parked);
  });

  // Removed once: the second half of parked.sql. Then it stays stuck in the operator's eyes until its next reply.
  it("goes on when the row is given back some other way", async () => {
    const { orderId, id } = stage.order();
    const faulty = refusing("fraud.commands");
    await stage.play(({ sagastep }) => (sagastep === "reserve-stock" ? "success" : undefined));
    await stage.hosted(parking(faulty.broker));
    await stage.on.trigger(orderId);
    await stage.on.until(id, ({ stuck }) => stuck);
    faulty.refuses = false;
    assert.equal(await unpark(stage.on.database, { aggregateType: "Saga", aggregateId: id }), 1);
    await stage.on.until(
      id,
      ({ stuck, parked, state }) => !stuck && !parked && state.steps["screen-fraud"]?.forward?.status === "waiting",
    );
    assert.ok((await stage.on.log(id)).includes("unparked screen-fraud"));
  });

  it("compensates at its deadline all the same, and its compensation, behind the parked row, is stuck as well", async () => {
    const { orderId, id } = stage.order();
    const faulty = refusing("inventory.commands");
    const playing = await stage.play(() => "success");
    await stage.hosted(parking(faulty.broker, { definition: paymentSaga({ deadline: "400ms" }) }));
    await stage.on.trigger(orderId);
    const { state } = await stage.on.until(id, ({ status, stuck }) => status === "compensating" && stuck);
    assert.equal(state.steps["reserve-stock"]?.compensation?.parked, true);
    faulty.refuses = false;
    await unpark(stage.on.database, { topic: "inventory.commands", aggregateId: id });
    await stage.on.until(id, ({ status }) => status === "compensated");
    assert.deepEqual(playing.stages(id), ["reserve-stock", "reserve-stock compensation", "compensated"]);
  });
});
