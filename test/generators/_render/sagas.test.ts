import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { render } from "../../../generators/_render/render.ts";
import { sagasLeftOut } from "../../../generators/_render/saga-roles.ts";
import { loadTemplates } from "../../../generators/_render/templates.ts";
import { buildSystem } from "../../../generators/_system/build.ts";
import type { SagaEntry, System } from "../../../generators/_system/system.ts";
import type { ServiceDefinition } from "../../../templates/runtime/src/service/definition.ts";
import { bigSystem } from "../../support/big-system.ts";
import { paymentSaga, shop, shopManifest, systemOf } from "../../support/saga-shop.ts";

/** Path to text of every file of a system. */
function rendered(system: System): Readonly<Record<string, string>> {
  const files = render(system, loadTemplates(), "0.1.0");
  return Object.fromEntries(
    files.map((file) => [file.path, "content" in file ? file.content : file.edit(undefined, false)]),
  );
}

async function definitionOf(files: Readonly<Record<string, string>>, service: string): Promise<ServiceDefinition> {
  const text = files[`services/${service}/src/generated/definition.ts`]!;
  const value = text.slice(text.indexOf("= ") + 2);
  const module = await import(`data:text/javascript,${encodeURIComponent(`export const definition = ${value}`)}`);
  return (module as { definition: ServiceDefinition }).definition;
}

const under = (files: Readonly<Record<string, string>>, folder: string) =>
  Object.keys(files).flatMap((path) => (path.startsWith(folder) ? [path.slice(folder.length)] : []));

describe("A system with sagas, rendered", () => {
  const system = shop();
  const files = rendered(system);

  it("gives the host the definition that it runs, and every topic that it reads and writes", async () => {
    const orders = await definitionOf(files, "orders");
    assert.deepEqual(orders.sagas, [
      {
        definition: system.sagas[0]!.flow,
        eventTopics: { "orders.OrderPlaced": "orders.order.events" },
        repliesTopic: "payment.replies",
        outcomes: orders.sagas?.[0]?.outcomes,
      },
    ]);
    // Of every event that a stage ends with: what an operator completes it with is checked by it.
    const outcomes = orders.sagas?.[0]?.outcomes ?? {};
    const inventory = await definitionOf(files, "inventory");
    assert.deepEqual(outcomes["inventory.StockReleased"], inventory.events.StockReleased?.schema);
    assert.equal(Object.hasOwn(outcomes, "inventory.StockRejected"), false);
    assert.equal(orders.commandsTopic, "orders.commands");
    assert.deepEqual(
      orders.topics.map(({ name }) => name),
      ["inventory.commands", "orders.commands", "orders.order.events", "payment.replies", "payments.commands"],
    );
    assert.deepEqual(
      under(files, "services/orders/migrations/").filter((name) => name.startsWith("003")),
      loadTemplates().below("saga/migrations").concat(loadTemplates().below("saga-participant/migrations")).sort(),
    );
  });

  it("gives a participant its commands' topic and one handler a command that sagas send", async () => {
    const inventory = await definitionOf(files, "inventory");
    assert.equal(inventory.commandsTopic, "inventory.commands");
    assert.equal(inventory.sagas, undefined);
    assert.equal(inventory.commands.ReleaseStock?.undoes, "ReserveStock");
    assert.deepEqual(under(files, "services/inventory/src/handlers/"), ["release-stock.ts", "reserve-stock.ts"]);
    assert.match(
      files["services/inventory/src/generated/wiring.ts"]!,
      /commands: \{\n {4}ReleaseStock: releaseStock,\n {4}ReserveStock: reserveStock,\n {2}\},/,
    );
    assert.match(
      files["services/inventory/src/handlers/reserve-stock.ts"]!,
      /^export const handler: HandlerOf<"ReserveStock"> = \(command, \{ execute \}\) => execute\(command\);$/m,
    );
  });

  it("keeps external commands from HTTP and from the decider", async () => {
    const payments = await definitionOf(files, "payments");
    assert.deepEqual(
      Object.entries(payments.commands).map(([name, { http, external }]) => [name, http, external]),
      [
        ["CapturePayment", false, true],
        ["RefundPayment", false, true],
      ],
    );
    assert.match(files["services/payments/src/domain/payment.ts"]!, /decide: \(\) => \[\],/);
    assert.match(files["services/payments/src/handlers/refund-payment.ts"]!, /forwardKey/);
  });

  it("gives the steps of a choreography to the services that do them, and the watch to its host", async () => {
    const loyalty = await definitionOf(files, "loyalty");
    assert.equal(loyalty.commandsTopic, undefined);
    assert.deepEqual(loyalty.sagas?.[0]?.eventTopics, {
      "orders.OrderConfirmed": "orders.order.events",
      "loyalty.PointsEarned": "loyalty.points.events",
      "loyalty.PointsRefused": "loyalty.points.events",
    });
    assert.equal(loyalty.sagas[0].repliesTopic, undefined);
    assert.deepEqual(
      loyalty.choreographed?.map(({ on, topic, key, command }) => [on, topic, key, command]),
      [["orders.OrderConfirmed", "orders.order.events", "orderId", "EarnPoints"]],
    );
  });

  it("draws each saga with its compensations, last done first", () => {
    const document = files["docs/system.md"]!;
    const declined = document.slice(document.indexOf("break PaymentDeclined"));
    const order = ["RefundPayment", "ReleaseStock", "CancelOrder", "end"].map((word) => declined.indexOf(word));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.match(document, /^\| `CapturePayment` \| from saga payment \|/m);
    assert.match(files["AGENTS.md"]!, /^- points \(sagas\/points\.saga\.yaml, at loyalty\)/m);
    assert.match(files["README.md"]!, /\| \[payment\]\(sagas\/payment\.saga\.yaml\), at orders \|/);
  });

  it("leaves out what a saga that cannot be read would bring, and says which", () => {
    const broken = shop({ "sagas/payment.saga.yaml": "saga: [" });
    const left = rendered(broken);
    assert.deepEqual(
      sagasLeftOut(broken).map(({ name }) => name),
      ["payment"],
    );
    assert.deepEqual(under(left, "services/inventory/src/handlers/"), []);
    assert.match(left["docs/system.md"]!, /sagas\/payment\.saga\.yaml\) cannot be read/);
  });

  // Red where `hosted` takes every saga with a flow.
  it("has no host run a saga that names what is not there", async () => {
    const astray = shop({
      "sagas/payment.saga.yaml": paymentSaga.replace("inventory.StockReserved", "inventory.StockReservd"),
    });
    assert.equal((await definitionOf(rendered(astray), "orders")).sagas, undefined);
    assert.deepEqual(
      sagasLeftOut(astray).map(({ name }) => name),
      ["payment"],
    );
  });

  it("names handlers apart where a command's file would be a reaction's, or its name a reserved word", () => {
    const manifest = shopManifest
      .replace("    aggregate: Payment\n", "    aggregate: Payment\n    subscribes: [orders.OrderPlaced]\n")
      .replaceAll("CapturePayment", "OrdersOrderPlaced")
      .replaceAll("RefundPayment", "Delete");
    const saga = paymentSaga.replaceAll("CapturePayment", "OrdersOrderPlaced").replaceAll("RefundPayment", "Delete");
    const named = rendered(shop({ "sagas/payment.saga.yaml": saga }, manifest));
    const wiring = named["services/payments/src/generated/wiring.ts"]!;
    assert.match(wiring, /import \{ reaction as ordersOrderPlaced \} from "\.\.\/handlers\/orders-order-placed\.ts";/);
    assert.match(
      wiring,
      /import \{ handler as ordersOrderPlacedCommand \} from "\.\.\/handlers\/orders-order-placed-command\.ts";/,
    );
    assert.match(wiring, /import \{ handler as delete_ \} from "\.\.\/handlers\/delete\.ts";/);
  });

  // Red where `rolesIn` walks the sagas again for each service.
  it("is rendered in one walk over its sagas, however many there are", () => {
    const { manifest, files: sagas } = bigSystem(40, 3);
    const large = systemOf(manifest, sagas);
    assert.deepEqual(sagasLeftOut(large), []);
    let reads = 0;
    const get = (saga: SagaEntry, key: PropertyKey) => {
      if (key === "flow") reads += 1;
      return Reflect.get(saga, key) as unknown;
    };
    // Clones, since a proxy may not stand in for a frozen value.
    const counted = large.sagas.map((saga) => new Proxy({ ...saga }, { get }));
    render({ ...large, sagas: counted }, loadTemplates(), "0.1.0");
    assert.ok(reads < 40 * large.sagas.length, `${reads} reads of ${large.sagas.length} flows`);
  });

  it("says of a saga without a flow no more than its name, as before there were flows", () => {
    const bare = rendered(
      buildSystem({ name: "shop", services: { orders: {} }, sagas: { payment: { service: "orders" } } }),
    );
    assert.deepEqual(under(bare, "services/orders/migrations/003"), []);
  });
});
