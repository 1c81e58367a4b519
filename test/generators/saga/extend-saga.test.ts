import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { EdaError } from "../../../generators/_system/errors.ts";
import { extendSaga } from "../../../generators/saga/extend-saga.ts";
import type { SagaAnswers } from "../../../generators/saga/outline.ts";
import { printSaga } from "../../../generators/saga/print-saga.ts";
import { resolveSaga } from "../../../generators/saga/resolve.ts";
import { commandAnswer, stepAnswers } from "../../../generators/saga/step-answers.ts";
import { compileSaga } from "../../../templates/runtime/src/saga/compile.ts";
import { assertOneLine } from "../_command/hostile-text.ts";
import { buySeat, travel } from "./travel.ts";

const { system } = travel();

const text = `# A trip, by hand.
saga: trip
version: 3
style: orchestration # someone leads
trigger: trips.TripBooked
key: $.trigger.tripId
deadline:   20m

timeout: 30s
steps:

  # First the room: it is the scarcest.
  - id: room
    command: hotels.ReserveRoom
    input: { tripId: $.trigger.tripId, nights: $.trigger.nights }
    success: hotels.RoomReserved
    failure: hotels.RoomRefused
    timeout: 10s # they are quick
    compensation:
      command: hotels.ReleaseRoom
      input: { tripId: $.trigger.tripId }
      success: hotels.RoomReleased
      # and nothing else
  - id: send-ticket
    kind: retriable
    command: mail.SendTicket
    input: { letterId: $.trigger.tripId, room: $.steps.room.room }
    success: mail.TicketSent
# the end
`;

const extended = (
  answers: Partial<Record<"steps" | "deadline" | "trigger" | "completed" | "style", string>>,
  from = text,
) => extendSaga(from, "sagas/trip.saga.yaml", said(answers), system);
const said = ({ steps, completed, style, ...answers }: Partial<Record<string, string>>): SagaAnswers => ({
  name: "trip",
  style: style === "choreography" ? style : "orchestration",
  ...answers,
  ...(steps !== undefined && { steps: stepAnswers(steps) }),
  ...(completed !== undefined && { completed: commandAnswer(completed) }),
});
const refused = (answers: Parameters<typeof extended>[0], says: RegExp, from?: string) =>
  assert.throws(
    () => extended(answers, from),
    (error) => {
      assert.ok(error instanceof EdaError, String(error));
      assert.match(error.message, says);
      assertOneLine(error);
      return true;
    },
  );

describe("A definition that is there", () => {
  it("stays as it is, byte for byte, when nothing new is said", () => {
    for (const answers of [
      {},
      { steps: "hotels.ReserveRoom,mail.SendTicket:retriable", deadline: "20m", trigger: "trips.TripBooked" },
      { steps: "mail.SendTicket" },
      {
        steps: JSON.stringify([
          {
            id: "room",
            command: "hotels.ReserveRoom",
            success: "RoomReserved",
            timeout: "10s",
            compensation: { command: "hotels.ReleaseRoom" },
          },
        ]),
      },
    ]) {
      assert.equal(extended(answers), text);
    }
  });

  it("gets a new step where its kind belongs, with all comments kept", () => {
    const at = text.indexOf("  - id: send-ticket");
    assert.equal(extended({ steps: "flights.BuySeat:pivot" }), text.slice(0, at) + buySeat + text.slice(at));
  });

  it("gets a step at its front where nothing but a pivot is there", () => {
    const room = text.indexOf("  - id: room");
    const letter = text.indexOf("  - id: send-ticket");
    const alone = text.slice(0, room) + text.slice(letter).replace("$.steps.room.room", "none");
    const longer = extended({ steps: "hotels.ReserveRoom" }, alone);
    assert.match(longer, /it is the scarcest\.\n {2}- id: reserve-room\n[\s\S]*RoomReleased\n {2}- id: send-ticket/);
  });

  it("has set what is said anew of a step, on its own line", () => {
    const steps = [
      {
        id: "room",
        command: "hotels.ReserveRoom",
        timeout: "90s",
        compensation: { command: "hotels.ReleaseRoom", timeout: "5s" },
      },
    ];
    assert.equal(
      extended({ steps: JSON.stringify(steps), deadline: "1h" }),
      text
        .replace("20m", "1h")
        .replace("timeout: 10s", "timeout: 90s")
        .replace("RoomReleased\n", "RoomReleased\n      timeout: 5s\n"),
    );
  });

  it("gets an ending at its end", () => {
    assert.equal(
      extended({ completed: "trips.ConfirmTrip" }),
      `${text}completed:                             # sent last, when every step is done
  command: trips.ConfirmTrip
  input: { tripId: $.trigger.tripId }
  success: trips.TripConfirmed
`,
    );
  });

  it("keeps line ends of Windows, and a last line without one", () => {
    const windows = text.replaceAll("\n", "\r\n");
    const longer = extended({ steps: "flights.BuySeat:pivot" }, windows);
    assert.equal(longer.replaceAll("\r\n", ""), longer.replaceAll(/[\r\n]/g, ""), "no lone line feed");
    assert.match(extended({ completed: "trips.ConfirmTrip" }, text.trimEnd()), /# the end\ncompleted:/);
  });

  it("comes to the same steps in the same order, whichever were there first", () => {
    const steps = [
      { command: "hotels.ReserveRoom" },
      { command: "flights.BuySeat", kind: "pivot" },
      { command: "mail.SendTicket", kind: "retriable", input: { room: "1" } },
    ];
    const whole = JSON.stringify(steps);
    for (let chosen = 1; chosen < 8; chosen++) {
      const first = stepAnswers(JSON.stringify(steps.filter((_, at) => chosen & (1 << at))));
      const outline = { name: "trip", style: "orchestration", service: "trips", trigger: "trips.TripBooked" } as const;
      const begun = printSaga(resolveSaga({ ...outline, groups: first }, system));
      const grown = extended({ steps: whole }, begun);
      assert.deepEqual(
        parse(grown).steps.map(({ id }: { id: string }) => id),
        ["reserve-room", "buy-seat", "send-ticket"],
        begun,
      );
      assert.equal(extended({ steps: whole }, grown), grown, "and then nothing changes");
      compileSaga(parse(grown), "trips");
    }
  });

  it("is refused what would take something away or what a person has to decide", () => {
    refused({ style: "choreography" }, /there already, with style: orchestration/);
    const bare = [{ id: "room", command: "hotels.ReserveRoom", compensation: "none", reason: "x" }];
    refused({ steps: JSON.stringify(bare) }, /room has a compensation, and adding takes nothing away/);
    refused(
      { steps: JSON.stringify([{ id: "room", command: "flights.BuySeat" }]) },
      /room is there already, with command/,
    );
  });

  it("is refused where it cannot be read, or not be edited", () => {
    const steps = "flights.BuySeat:pivot";
    refused({ steps }, /not readable YAML/, "saga: [");
    refused({ steps }, /is not a saga's definition/, "saga: trip\n");
    refused({ steps }, /is not a saga's definition/, "- 1\n");
    const flow = `saga: trip\nstyle: orchestration\ntrigger: trips.TripBooked\ndeadline: 1h\nsteps: [{ id: a, kind: pivot, command: mail.SendTicket, input: { letterId: $.trigger.tripId, room: x }, success: mail.TicketSent }]\n`;
    refused({ steps: "hotels.ReserveRoom" }, /written in a way that this change does not fit into/, flow);
  });
});
