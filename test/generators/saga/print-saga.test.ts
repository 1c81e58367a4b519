import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { printSaga } from "../../../generators/saga/print-saga.ts";
import { resolveSaga, type SagaOutline } from "../../../generators/saga/resolve.ts";
import { compileSaga } from "../../../templates/runtime/src/saga/compile.ts";
import { anyText } from "../_command/hostile-text.ts";
import { buySeat, outline, travel, trip } from "./travel.ts";

const { system } = travel();
const printed = (steps: string | readonly unknown[], more?: Partial<SagaOutline>) =>
  printSaga(resolveSaga(outline(steps, more), system));

describe("A definition as it is written", () => {
  it("reads as a person would write it, and says once what needs to be known", () => {
    assert.equal(
      printed(trip, { completed: { command: "trips.ConfirmTrip" }, compensated: { command: "trips.DropTrip" } }),
      `# yaml-language-server: $schema=../.eda/saga.schema.json
# What the orchestrator runs is this file. After an edit: npx eda validate, then npx eda sync.
saga: trip
version: 1                             # goes up with every change once the saga is published (\`npx eda publish\`)
description: Reserve room then buy seat then send ticket after trips.TripBooked.
style: orchestration
trigger: trips.TripBooked
key: $.trigger.tripId                  # one saga for each: the same trigger again starts no second
deadline: 15m                          # over the whole: before the point of no return it is undone then
retry: { attempts: 5, initial: 500ms, multiplier: 2, max: 30s, jitter: full }
timeout: 30s                           # of one attempt; then it is sent again, as retry says
steps:
  - id: reserve-room
    command: hotels.ReserveRoom
    input: { tripId: $.trigger.tripId, nights: $.trigger.nights }
    success: hotels.RoomReserved
    failure: hotels.RoomRefused
    compensation:                      # also when no answer has come: nobody knows then whether the step was done
      command: hotels.ReleaseRoom
      input: { tripId: $.trigger.tripId }
      success: hotels.RoomReleased
${buySeat}  - id: send-ticket
    kind: retriable                    # tried until it succeeds; a refusal here is for a person to settle
    command: mail.SendTicket
    input: { letterId: $.trigger.tripId, room: $.steps.reserve-room.room }
    success: mail.TicketSent
completed:                             # sent last, when every step is done
  command: trips.ConfirmTrip
  input: { tripId: $.trigger.tripId }
  success: trips.TripConfirmed
compensated:                           # sent last, when everything is undone
  command: trips.DropTrip
  input: { tripId: $.trigger.tripId, reason: $.failure.reason }
  success: trips.TripDropped
`,
    );
  });

  it("says everything that was answered", () => {
    const text = printed([
      {
        parallel: [
          { command: "hotels.ReserveRoom", timeout: "2m", retry: { attempts: 3, jitter: "none" } },
          { command: "flights.BuySeat", compensation: "none", reason: "the airline: gives it back" },
        ],
      },
      { command: "mail.SendTicket", kind: "retriable", input: { note: "it's $5, #1: yes" } },
    ]);
    const { steps } = parse(text);
    assert.deepEqual(steps[0].parallel[0].retry, { attempts: 3, jitter: "none" });
    assert.equal(steps[0].parallel[0].timeout, "2m");
    assert.equal(steps[0].parallel[1].compensation, "none");
    assert.equal(steps[0].parallel[1].reason, "the airline: gives it back");
    assert.equal(steps[1].input.note, "it's $5, #1: yes");
    const { groups } = compileSaga(parse(text), "trips");
    assert.deepEqual(
      groups.map((group) => group.map(({ id }) => id)),
      [["reserve-room", "buy-seat"], ["send-ticket"]],
    );
  });

  it("gives every literal back as it was meant, and compiles", () => {
    const literal = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant({ amount: 1, currency: "EUR" }));
    fc.assert(
      fc.property(literal, (note) => {
        const text = printed([{ command: "mail.SendTicket", kind: "pivot", input: { room: "1", note } }]);
        assert.deepEqual(parse(text).steps[0].input.note, note);
      }),
      { numRuns: 200 },
    );
  });
});
