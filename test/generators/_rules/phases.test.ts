import { deepEqual, equal } from "node:assert/strict";
import { missingDecisions, phaseReport } from "../../../generators/_rules/phases.ts";
import { contextOf } from "./checking.ts";
import { shop } from "./shop.ts";

const decided = `${shop}phases:
  requirements: { status: decided, decision: docs/decisions/0001-requirements.md }
  stream: { status: assumed, decision: docs/decisions/0002-stream.md }
  event-sourcing: { status: decided, decision: docs/decisions/0003-event-sourcing.md }
  cqrs-sagas: { status: decided }
`;

function statuses(manifest: string): string[] {
  return phaseReport(contextOf({ manifest })).map(({ number, name, status }) => `${number} ${name} ${status}`);
}

function missing(manifest: string, phase: number): string[] {
  return phaseReport(contextOf({ manifest }))[phase - 1]!.missing.map(
    ({ rule, line, column, message, hint }) => `${line}:${column} ${rule} ${message}. ${hint}`,
  );
}

describe("the five phases", () => {
  it("are open while nothing is decided", () => {
    deepEqual(statuses("eda: 1\nname: shop\n"), [
      "1 requirements open",
      "2 stream open",
      "3 event-sourcing open",
      "4 cqrs-sagas open",
      "5 consistency open",
    ]);
  });

  it("stand as the manifest says where nothing is missing, and are open without a record", () => {
    deepEqual(statuses(decided), [
      "1 requirements decided",
      "2 stream assumed",
      "3 event-sourcing decided",
      "4 cqrs-sagas open",
      "5 consistency open",
    ]);
    deepEqual(missing(decided, 4), [
      "55:3 EDA-P04 Phase cqrs-sagas is decided without a decision record. Run eda phase cqrs-sagas, which asks its questions and writes the record",
    ]);
    deepEqual(missing(decided, 5), [
      "51:1 EDA-P05 Nothing is decided for phase consistency. Run eda phase consistency, which asks its questions and writes the record",
    ]);
  });

  it("name the command that takes each further", () => {
    deepEqual(
      phaseReport(contextOf({ manifest: decided })).map(({ next }) => next),
      [undefined, "eda phase stream --accept", undefined, "eda phase cqrs-sagas", "eda phase consistency"],
    );
  });

  it("are open while the record that is named is not there", () => {
    const [requirements] = phaseReport(contextOf({ manifest: decided, files: {} }));
    equal(requirements?.status, "open");
    equal(
      requirements?.missing[0]?.message,
      "The decision record of phase requirements is missing: docs/decisions/0001-requirements.md",
    );
  });

  it("1 is open for an event that nobody emits or consumes, and a command without outcome", () => {
    const manifest = decided
      .replace("emits: [OrderCancelled], ", "")
      .replace("subscribes: [orders.OrderPlaced, orders.OrderCancelled]", "subscribes: [orders.OrderPlaced]");
    deepEqual(missing(manifest, 1), [
      "21:7 EDA-P01 Command orders.CancelOrder emits nothing, so its handler has no outcome. Write emits: [<Event>] at CancelOrder, success first, and the event under services.orders.events",
      "25:7 EDA-P01 No command emits event orders.OrderCancelled, so it is never published. Write emits: [OrderCancelled] at the command of orders that causes it",
      "25:7 EDA-P01 Nobody consumes event orders.OrderCancelled. Write subscribes: [orders.OrderCancelled] at the service that reacts to it, or external: true at the event",
    ]);
  });

  it("1 is open without a service", () => {
    const manifest = "eda: 1\nname: shop\nphases:\n  requirements: { status: decided, decision: docs/a.md }\n";
    deepEqual(missing(manifest, 1), ["1:1 EDA-P01 There is no service. Run eda add service <name>"]);
  });

  it("2 is open without the expected load, and for one that does not fit", () => {
    const unstated = decided.replace("  expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 }\n", "");
    deepEqual(missing(unstated, 2), [
      "3:1 EDA-P02 The expected load is not stated. Run eda phase stream, or write expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 } under stream, with your numbers",
    ]);
    equal(missing(decided.replace("partitions: 12", "partitions: 3"), 2).length, 2);
  });

  it("5 is open for a service that can publish past its outbox", () => {
    const manifest = `${decided}  consistency: { status: decided, decision: docs/a.md }\n`;
    deepEqual(missing(manifest, 5), []);
    deepEqual(missing(manifest.replace("  payments: { relay: cdc }\n", ""), 5), [
      "28:3 EDA-P05 Service payments publishes events and has no outbox. Run eda add outbox payments",
    ]);
  });
});

describe("decisions that a generator asks for first", () => {
  const { system } = contextOf({ manifest: decided });

  it("are those of earlier phases that nobody took and nothing assumed", () => {
    deepEqual(missingDecisions(system, "requirements"), []);
    deepEqual(missingDecisions(system, "cqrs-sagas"), []);
    deepEqual(missingDecisions(contextOf({ manifest: shop }).system, "event-sourcing"), ["requirements", "stream"]);
  });

  it("never wait for a finding in the graph, which the generator may be about to mend", () => {
    const unconsumed = decided.replace("    subscribes: [orders.OrderPlaced, orders.OrderCancelled]\n", "");
    equal(phaseReport(contextOf({ manifest: unconsumed }))[0]?.status, "open");
    deepEqual(missingDecisions(contextOf({ manifest: unconsumed }).system, "cqrs-sagas"), []);
  });
});
