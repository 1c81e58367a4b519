import assert from "node:assert/strict";
import fc from "fast-check";
import { buildSystem } from "../../../generators/_system/build.ts";
import { parseManifest } from "../../../generators/_system/document.ts";
import { laidOut, randomLook, randomManifest, reordered } from "../../support/random-manifest.ts";

const orders = {
  eda: 1,
  name: "shop",
  services: {
    orders: {
      commands: { PlaceOrder: { fields: { orderId: "uuid" }, emits: ["OrderPlaced"] } },
      events: { OrderPlaced: { fields: { orderId: "uuid" } } },
    },
  },
};

describe("buildSystem", () => {
  it("decides what the manifest leaves open", () => {
    const system = buildSystem(orders);
    const [service] = system.services;
    assert.equal(service?.aggregate, "Order");
    assert.equal(service?.key, "orderId");
    assert.equal(service?.port, 4001);
    assert.equal(service?.context, "orders");
    assert.equal(service?.persistence, "state");
    assert.equal(service?.commands[0]?.http, true);
    assert.equal(service?.events[0]?.version, 1);
    assert.equal(service?.outbox, undefined);
    assert.deepEqual(system.contexts, [{ name: "orders" }]);
    assert.deepEqual(system.stream, { platform: "kafka", partitions: 12, replication: 3, retention: "7d" });
    assert.equal(system.phases.consistency.status, "open");
  });

  it("names topics after services, sagas and routes, with settings of their own", () => {
    const system = buildSystem({
      ...orders,
      sagas: { payment: { service: "orders" } },
      streamsApps: { totals: { from: ["orders.OrderPlaced"], key: "orderId", routesTo: ["orders.large"] } },
      topics: { "orders.order.events": { retention: "forever" }, "orders.commands": { partitions: 3 } },
    });
    assert.deepEqual(
      system.topics.map(({ name, owner, kind, partitions, retention }) => [name, owner, kind, partitions, retention]),
      [
        ["orders.commands", "orders", "commands", 3, "7d"],
        ["orders.large", "totals", "stream", 12, "7d"],
        ["orders.order.events", "orders", "events", 12, "forever"],
        ["payment.replies", "payment", "replies", 12, "7d"],
      ],
    );
  });

  it("gives a service a commands topic where a command has no route", () => {
    const withRoute = buildSystem(orders).topics.map(({ name }) => name);
    const commands = { PlaceOrder: { http: false } };
    const without = buildSystem({ ...orders, services: { orders: { commands } } }).topics.map(({ name }) => name);
    assert.deepEqual([withRoute, without], [["orders.order.events"], ["orders.commands"]]);
  });

  it("gives a command a route unless told otherwise, and never one that calls a provider", () => {
    const routes = (entry: object) =>
      buildSystem({ name: "shop", services: { orders: { commands: { Pay: entry } } } }).services[0]!.commands[0]!.http;
    assert.deepEqual([{}, { http: false }, { external: true }, { external: false }].map(routes), [
      true,
      false,
      false,
      true,
    ]);
  });

  it("gives out free ports in the order of names, around those that are taken", () => {
    const system = buildSystem({ eda: 1, name: "x", services: { b: {}, a: {}, c: { port: 4001 } }, readModels: {} });
    assert.deepEqual(
      system.services.map(({ name, port }) => [name, port]),
      [
        ["a", 4002],
        ["b", 4003],
        ["c", 4001],
      ],
    );
  });

  it("gives nobody a port whose admin endpoint would listen on somebody else's", () => {
    const { services } = buildSystem({ eda: 1, name: "x", services: { a: { port: 14001 }, b: {} } });
    assert.equal(services.find(({ name }) => name === "b")?.port, 4002);
  });

  it("keeps services and events that are named like parts of every object", () => {
    const events = { Constructor: { fields: { toString: "string", constructor: "int" } } };
    const system = buildSystem({
      eda: 1,
      name: "x",
      services: { constructor: { events }, "to-string": {} },
      outboxes: {},
    });
    assert.deepEqual(
      system.services.map(({ name, outbox }) => [name, outbox]),
      [
        ["constructor", undefined],
        ["to-string", undefined],
      ],
    );
    assert.deepEqual(
      system.services[0]?.events[0]?.fields.map(({ name }) => name),
      ["toString", "constructor"],
    );
  });

  it("freezes all of it", () => {
    const system = buildSystem(orders);
    assert.throws(() => (system.services as unknown[]).push(1), TypeError);
    assert.throws(() => Object.assign(system.services[0]!.events[0]!.fields[0]!.type, { kind: "x" }), TypeError);
  });

  it("gives one system for one manifest, in whatever order and look it is written", () => {
    fc.assert(
      fc.property(randomManifest, randomLook, (manifest, look) => {
        const one = parseManifest(laidOut(manifest, look));
        assert.deepEqual(one.schemaProblems, []);
        const other = parseManifest(laidOut(reordered(manifest), { ...look, comments: [] }));
        assert.deepEqual(one.system, other.system);
      }),
      { numRuns: 150 },
    );
  });
});
