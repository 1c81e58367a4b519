import assert from "node:assert/strict";
import { definitionHash } from "../../../../../templates/runtime/src/saga/hash.ts";
import { createDefinitions } from "../../../../../templates/runtime/src/saga/orchestrator/definitions.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { paymentSource } from "../payment.ts";
import { paymentSaga } from "./saga-host.ts";
import { scene } from "./scene.ts";

const [reserve, , capture] = paymentSource.steps;
const shorter = { steps: [reserve!, capture!] };

describe("the definition of a saga in flight", () => {
  const stage = scene();
  const store = (...definitions: Parameters<typeof createDefinitions>[0]) =>
    createDefinitions(definitions).store(stage.on.database);

  // Removed once: the use of the row's hash in load-subjects.ts: it goes on with the new file's steps.
  it("stays the one that it began with, when the file has a new version", async () => {
    const [old, young] = [stage.order(), stage.order()];
    const playing = await stage.play(({ key, sagastep }) =>
      key === old.id && sagastep === "reserve-stock" ? undefined : "success",
    );
    const before = await stage.hosted();
    await stage.on.trigger(old.orderId);
    const command = await eventually(() => playing.commands.find(({ key }) => key === old.id));
    await before.stop();
    await stage.hosted({ definition: paymentSaga({ ...shorter, version: 2 }) });
    await stage.on.reply(command!, "success");
    await stage.on.trigger(young.orderId);
    for (const { id } of [old, young]) await stage.on.until(id, ({ status }) => status === "completed");
    assert.deepEqual(playing.stages(old.id), ["reserve-stock", "screen-fraud", "capture-payment", "completed"]);
    assert.deepEqual(playing.stages(young.id), ["reserve-stock", "capture-payment", "completed"]);
    // An older process gets by with a definition that it has never seen.
    const known = await createDefinitions([paymentSaga()]).byHash(stage.on.database, [
      definitionHash(paymentSaga({ ...shorter, version: 2 })),
    ]);
    assert.equal([...known.values()].at(-1)?.version, 2);
  });

  // Removed once: the call of `changedUnderway` in definitions.ts.
  it("cannot be changed under it: the start is refused, and says to raise the version", async () => {
    const { orderId, id } = stage.order();
    const before = await stage.hosted();
    await stage.on.trigger(orderId);
    await stage.on.until(id, () => true);
    await before.stop();
    await assert.rejects(store(paymentSaga(shorter)), {
      name: "ConfigError",
      message:
        "sagas/payment.saga.yaml has changed, says version 1 still, and 1 saga of that version have not ended.\n" +
        "Raise `version` to 2: they go on as they began, new ones begin with the new file.",
    });
    await store(paymentSaga());
    await store(paymentSaga({ ...shorter, version: 2 }));
  });

  // Removed once: the call of `orphaned` in definitions.ts.
  it("cannot be taken away from its service", async () => {
    const { orderId, id } = stage.order();
    const before = await stage.hosted();
    await stage.on.trigger(orderId);
    await stage.on.until(id, () => true);
    await before.stop();
    await assert.rejects(store(), /ConfigError: 1 saga of payment .*does not host payment any more/);
  });

  it("may be changed at will, and taken away, when nothing is in flight", async () => {
    await store(paymentSaga({ deadline: "1m" }));
    await store(paymentSaga({ deadline: "2m" }));
    await store();
  });
});
