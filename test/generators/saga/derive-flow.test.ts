import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { type ManifestDocument, parseManifest } from "../../../generators/_system/document.ts";
import { deriveFlow } from "../../../generators/saga/derive-flow.ts";
import { outlineOf } from "../../../generators/saga/outline.ts";
import { printSaga } from "../../../generators/saga/print-saga.ts";
import { resolveSaga } from "../../../generators/saga/resolve.ts";
import { compileSaga } from "../../../templates/runtime/src/saga/compile.ts";
import { travel } from "./travel.ts";

const derived = ({ system }: ManifestDocument, trigger?: string) => {
  const flow = deriveFlow(system, trigger);
  return flow && { ...flow, steps: flow.steps.map(({ command, kind }) => `${command}:${kind}`) };
};

const whole = {
  trigger: "trips.TripBooked",
  steps: ["hotels.ReserveRoom:compensatable", "flights.BuySeat:pivot", "mail.SendTicket:retriable"],
  completed: { command: "trips.ConfirmTrip" },
  compensated: { command: "trips.DropTrip" },
  leftOut: [],
};

describe("A saga proposed from a manifest", () => {
  it("has what can be undone first, an external one as the pivot, then what is retried, and tells the trigger's service", () => {
    assert.deepEqual(derived(travel()), whole);
  });

  it("is the same whatever the order in which the manifest is written", () => {
    for (const names of [
      ["mail", "flights", "hotels", "trips"],
      ["flights", "trips", "mail", "hotels"],
    ]) {
      assert.deepEqual(derived(travel(undefined, names)), whole);
    }
  });

  it("has what can fail and is not undone as its pivot, and says which further ones it left out", () => {
    const final = travel((text) => text.replaceAll(/^.*undoes: .*\n/gm, ""));
    const flow = derived(final);
    assert.deepEqual(flow?.steps, ["flights.BuySeat:pivot"], "the letter needs the room");
    assert.deepEqual(flow?.leftOut, ["hotels.ReserveRoom can fail and nothing undoes it: a saga has one pivot"]);
  });

  it("leaves a single step that can be undone as it is", () => {
    assert.deepEqual(derived(travel(undefined, ["trips", "hotels"]))?.steps, ["hotels.ReserveRoom:compensatable"]);
  });

  it("has no step whose fields nothing before it carries, nor one whose compensation could not be given its own", () => {
    const wanting = travel((text) =>
      text.replace("{ tripId: uuid }, emits: [RoomReleased]", "{ tripId: uuid, fee: money }, emits: [RoomReleased]"),
    );
    assert.deepEqual(derived(wanting)?.steps, ["flights.BuySeat:compensatable"]);
  });

  it("leaves alone what is there for requests from outside, and is undone by nothing", () => {
    const open = travel((text) => text.replaceAll(/, http: false|, external: true|, undoes: \w+/g, ""));
    assert.equal(derived(open), undefined);
  });

  it("begins with what a request from outside leads to, not with what is sent or undone", () => {
    const { system } = travel((text) => text.replace("emits: [TripBooked] }", "emits: [TripBooked], http: false }"));
    assert.equal(deriveFlow(system), undefined);
  });

  it("begins with the event from which most follows, or with the one that is named", () => {
    const two = travel((text) =>
      text
        .replace("DropTrip: {", "AskPrice: { fields: { tripId: uuid }, emits: [PriceAsked] }\n      DropTrip: {")
        .replace("TripDropped: {", "PriceAsked: { fields: { tripId: uuid } }\n      TripDropped: {"),
    );
    assert.equal(derived(two)?.trigger, "trips.TripBooked");
    assert.equal(derived(two, "trips.PriceAsked"), undefined, "from which nothing follows");
  });

  it("closes with the command that undoes the triggering one, where there is such a one", () => {
    const undone = travel((text) =>
      text.replace("emits: [TripConfirmed], http: false", "emits: [TripConfirmed], undoes: BookTrip"),
    );
    const flow = derived(undone);
    assert.deepEqual(flow?.compensated, { command: "trips.ConfirmTrip" });
    assert.deepEqual(flow?.completed, undefined, "DropTrip wants a reason, which there is none for when all went well");
  });

  it("leaves alone what a saga sends already, as a step and as a beginning", () => {
    const { system } = travel();
    const draft = resolveSaga(outlineOf({ name: "trip", style: "orchestration" }, system), system);
    const flow = compileSaga(parse(printSaga(draft)), "trips");
    const sagas = [{ name: "trip", definition: "sagas/trip.saga.yaml", service: "trips", flow }];
    // Red without `isSent`: the second saga was the first one once more.
    assert.equal(deriveFlow({ ...system, sagas }), undefined);
  });

  it("is the checkout's, for the checkout", () => {
    const text = fs.readFileSync(new URL("../../../templates/examples/checkout/part.yaml", import.meta.url), "utf8");
    assert.deepEqual(derived(parseManifest(text)), {
      trigger: "orders.OrderPlaced",
      steps: ["inventory.ReserveStock:compensatable", "payments.CapturePayment:pivot"],
      completed: { command: "orders.ConfirmOrder" },
      compensated: { command: "orders.CancelOrder" },
      leftOut: [],
    });
  });
});
