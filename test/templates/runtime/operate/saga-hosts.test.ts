import assert from "node:assert/strict";
import type { AdminClient } from "../../../../templates/runtime/src/operate/admin-client.ts";
import { Refused } from "../../../../templates/runtime/src/operate/errors.ts";
import { hostOf } from "../../../../templates/runtime/src/operate/saga-hosts.ts";

const says = (service: string, answer: () => Promise<readonly string[]>) =>
  ({ service, listSagas: async () => ({ hosts: await answer() }) }) as unknown as AdminClient;
const orders = says("orders", async () => ["payment"]);
const stock = says("stock", async () => []);
// Stopped by SIGSTOP, or its machine is gone: it takes the connection and says nothing.
const silent = says("silent", () => new Promise(() => undefined));
const gone = says("gone", () => Promise.reject(new Refused("gone does not answer")));

describe("a saga's host", () => {
  // Red where every service's answer is waited for: then this test ends in a timeout.
  it("is found by its own answer, whoever else says nothing", async () => {
    assert.equal(await hostOf("payment", [silent, stock, gone, orders]), orders);
  });

  it("may be the one that does not answer, which is said", async () => {
    await assert.rejects(hostOf("payment", [stock, gone]), new Refused("gone does not answer"));
  });

  it("is none where nobody hosts it", async () => {
    await assert.rejects(hostOf("refund", [stock, orders]), /hosts a saga refund; there are: payment \(orders\)$/);
  });
});
