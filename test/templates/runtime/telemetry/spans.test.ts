import assert from "node:assert/strict";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { type ServiceProcess, startProcess } from "../service/process.ts";
import { ask, type Surroundings, surroundings } from "../service/running.ts";
import { type Collector, type ReceivedSpan, startCollector } from "./collector.ts";

const orderId = "0a4c7c8e-5b0f-4a53-9c1a-3f7a6d0c9e11";
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const caller = "00f067aa0ba902b7";

describe("the spans of two services, each a process", function () {
  this.timeout(60_000);
  let collector: Collector;
  let around: Surroundings;
  let neighbour: Surroundings;
  const processes: ServiceProcess[] = [];

  before(async () => {
    collector = await startCollector();
    around = await surroundings();
    neighbour = await surroundings(around);
    const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    processes.push(
      startProcess(around, { ...exporting, OTEL_SERVICE_NAME: "the-orders" }),
      startProcess(neighbour, exporting, [], "inventory"),
    );
    await Promise.all(processes.map(({ started }) => started));
  });
  after(async () => {
    for (const { child } of processes) if (child.exitCode === null) child.kill("SIGKILL");
    await Promise.all(processes.map(({ ended }) => ended));
    await neighbour.close();
    await around.close();
    await collector.close();
  });

  // Removed once: that a handler's message carries the handling's span (messaging-spans.ts).
  it("are one trace from the request to the last handler, each under the one that led to it", async () => {
    const { http = "" } = await processes[0]!.started;
    const { status } = await ask(http, "/commands/place-order", {
      body: { orderId, lines: [{ sku: "A", quantity: 1 }] },
      headers: { traceparent: `00-${traceId}-${caller}-01`, "x-correlation-id": "story-1" },
    });
    assert.equal(status, 200);
    const spans = await eventually(() => collector.spans.filter((span) => span.traceId === traceId), {
      until: (found) => found.length >= 9,
      what: "the whole trace",
      withinMs: 20_000,
    });
    assert.deepEqual(tree(spans, caller), [
      "the-orders server POST /commands/place-order",
      "  the-orders producer create orders.order.events",
      "    inventory consumer process orders.order.events",
      "      inventory producer create inventory.stock.events",
      "        inventory client send inventory.stock.events",
      "        the-orders consumer process inventory.stock.events",
      "          the-orders producer create orders.order.events",
      "            the-orders client send orders.order.events",
      "    the-orders client send orders.order.events",
    ]);
    for (const { name, start, end } of spans) assert.ok(start <= end, name);
    for (const { kind, attributes } of spans) {
      if (kind === "server") {
        assert.equal(attributes["http.response.status_code"], 200);
        assert.equal(attributes["eda.correlation_id"], "story-1");
      } else {
        assert.equal(attributes["messaging.message.conversation_id"], "story-1");
      }
    }
  });

  it("are not made where the caller does not record its trace", async () => {
    const { http = "" } = await processes[0]!.started;
    const [unseen, seen] = ["1".repeat(32), "2".repeat(32)];
    for (const [trace, flags, id] of [
      [unseen, "00", "1"],
      [seen, "01", "2"],
    ] as const) {
      await ask(http, "/commands/place-order", {
        body: { orderId: `0a4c7c8e-5b0f-4a53-9c1a-00000000000${id}`, lines: [{ sku: "A", quantity: 1 }] },
        headers: { traceparent: `00-${trace}-${caller}-${flags}` },
      });
    }
    await eventually(() => collector.spans.filter(({ traceId }) => traceId === seen).length >= 9, {
      what: "the second trace",
      withinMs: 20_000,
    });
    assert.equal(
      collector.spans.some(({ traceId }) => traceId === unseen),
      false,
    );
  });

  it("end a service in time when the collector has gone", async () => {
    await collector.close();
    const [orders] = processes;
    const { http = "" } = await orders!.started;
    await ask(http, "/commands/place-order", { body: { orderId, lines: [] } });
    orders!.child.kill("SIGTERM");
    assert.deepEqual(await orders!.ended, { code: 0, stderr: "" });
  });
});

function tree(spans: readonly ReceivedSpan[], parent: string, indent = ""): readonly string[] {
  return spans
    .filter((span) => span.parentSpanId === parent)
    .map(
      (span) =>
        [`${indent}${span.service} ${span.kind} ${span.name}`, tree(spans, span.spanId, `${indent}  `)] as const,
    )
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([line, below]) => [line, ...below]);
}
