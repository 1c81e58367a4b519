import assert from "node:assert/strict";
import { faultOfHandlers } from "../../../../../templates/runtime/src/saga/participant/check-commands.ts";
import { createService } from "../../../../../templates/runtime/src/service/host.ts";
import { fakeProvider, shopDefinition, shopImplementation } from "./shop.fixture.ts";

const call = { call: async () => undefined };
const does = async () => ({ events: [], token: "" });

describe("the handlers of a service's commands", () => {
  const { commands = {} } = shopImplementation(fakeProvider());
  const fault = (change: object) => faultOfHandlers(shopDefinition, { ...commands, ...change });

  it("are fine where each external command has a call, and the others a function or none", () => {
    assert.equal(fault({}), undefined);
    assert.equal(fault({ ReserveStock: does }), undefined);
  });

  for (const [what, change, expected] of [
    ["an external one without", { CapturePayment: undefined }, /no handler of CapturePayment, which is external/],
    ["an external one with a function", { CapturePayment: does }, /handles CapturePayment by a function, and it is ex/],
    [
      "one that is not external with a call",
      { PackOrder: call },
      /handles PackOrder by a call, and it is not external/,
    ],
    ["a handler without a command", { PackOrders: does }, /has a handler of PackOrders, which is no command of it/],
    [
      "one named as what every object inherits",
      { constructor: does },
      /has a handler of constructor, which is no comm/,
    ],
  ] as const)
    it(`are told about: ${what}`, () => assert.match(fault(change) ?? "", expected));

  it("are looked at when the service is put together", () => {
    const config = { host: "127.0.0.1", adminHost: "127.0.0.1" } as Parameters<typeof createService>[2];
    const implementation = { ...shopImplementation(fakeProvider()), commands: {} };
    assert.throws(() => createService(shopDefinition, implementation, config), {
      name: "ConfigError",
      message: /service shop has no handler of CapturePayment/,
    });
  });
});
