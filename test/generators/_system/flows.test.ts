import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { System } from "../../../generators/_system/system.ts";
import { paymentSaga, shop } from "../../support/saga-shop.ts";

const topics = ({ topics }: System) => topics.filter(({ kind }) => kind !== "events").map(({ name }) => name);

describe("The flows of a system", () => {
  it("are there where the saga's file can be read, and frozen with it", () => {
    const system = shop({ "sagas/points.saga.yaml": "saga: [" });
    const [payment, points] = system.sagas;
    assert.equal(payment?.flow?.trigger, "orders.OrderPlaced");
    assert.equal(payment.flow.service, "orders");
    assert.equal(points?.flow, undefined);
    assert.ok(Object.isFrozen(system) && Object.isFrozen(payment) && Object.isFrozen(payment.flow.groups[0]));
  });

  it("say which services are sent commands, and which sagas are answered", () => {
    assert.deepEqual(topics(shop()), ["inventory.commands", "orders.commands", "payment.replies", "payments.commands"]);
  });

  // Red where `isUsed` goes by the flows that are known although one is not.
  it("leave each service with commands its topic while one of them is unknown", () => {
    const expected = ["inventory.commands", "loyalty.commands", "orders.commands", "payment.replies"];
    const unknown = shop({ "sagas/points.saga.yaml": "saga: [" });
    assert.deepEqual(topics(unknown), [...expected, "payments.commands", "points.replies"]);
  });

  it("follow the text of the file", () => {
    const changed = shop({ "sagas/payment.saga.yaml": paymentSaga.replace("version: 1", "version: 2") });
    assert.equal(changed.sagas[0]!.flow!.version, 2);
  });
});
