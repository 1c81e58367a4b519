import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { EdaError } from "../../../generators/_system/errors.ts";
import { resolveSaga, type SagaOutline } from "../../../generators/saga/resolve.ts";
import { assertOneLine } from "../_command/hostile-text.ts";
import { outline, travel, trip } from "./travel.ts";

const { system } = travel();
const resolved = (steps: string | readonly unknown[], more?: Partial<SagaOutline>) =>
  resolveSaga(outline(steps, more), system);
const refused = (
  steps: string | readonly unknown[],
  says: RegExp,
  hint: RegExp,
  more?: Partial<SagaOutline>,
  of = system,
) =>
  assert.throws(
    () => resolveSaga(outline(steps, more), of),
    (error) => {
      assert.ok(error instanceof EdaError);
      assert.match(error.message, says);
      assert.match(error.hint ?? "", hint);
      assertOneLine(error);
      return true;
    },
  );

describe("A saga looked up in its system", () => {
  it("takes replies from `emits`, compensations from `undoes`, inputs from fields of the same name and type", () => {
    const { key, groups } = resolved(trip);
    assert.equal(key, "$.trigger.tripId");
    assert.deepEqual(groups.flat(), [
      {
        id: "reserve-room",
        kind: "compensatable",
        command: "hotels.ReserveRoom",
        input: { tripId: "$.trigger.tripId", nights: "$.trigger.nights" },
        success: "hotels.RoomReserved",
        failure: "hotels.RoomRefused",
        compensation: {
          command: "hotels.ReleaseRoom",
          input: { tripId: "$.trigger.tripId" },
          success: "hotels.RoomReleased",
        },
      },
      {
        id: "buy-seat",
        kind: "pivot",
        command: "flights.BuySeat",
        input: { ticketId: "$.trigger.tripId", seat: "$.trigger.seat" },
        success: "flights.SeatBought",
        failure: "flights.SeatRefused",
        compensation: {
          command: "flights.RefundSeat",
          input: { ticketId: "$.trigger.tripId" },
          success: "flights.SeatRefunded",
        },
      },
      {
        id: "send-ticket",
        kind: "retriable",
        command: "mail.SendTicket",
        // Nothing has its optional note; its own key takes the saga's.
        input: { letterId: "$.trigger.tripId", room: "$.steps.reserve-room.room" },
        success: "mail.TicketSent",
      },
    ]);
  });

  it("takes what is said before what it would find", () => {
    const [[step]] = resolved([
      {
        id: "room",
        command: "hotels.ReserveRoom",
        kind: "retriable",
        input: { nights: 2 },
        failure: "hotels.RoomReleased",
        timeout: "2m",
        retry: { attempts: 2 },
      },
    ]).groups as never as [[unknown]];
    assert.deepEqual(step, {
      id: "room",
      kind: "retriable",
      command: "hotels.ReserveRoom",
      input: { tripId: "$.trigger.tripId", nights: 2 },
      success: "hotels.RoomReserved",
      failure: "hotels.RoomReleased",
      timeout: "2m",
      retry: { attempts: 2 },
    });
  });

  it("ends by telling the trigger's service, with the reason where it was undone", () => {
    const { completed, compensated } = resolved(trip, {
      completed: { command: "trips.ConfirmTrip" },
      compensated: { command: "trips.DropTrip" },
    });
    assert.deepEqual(completed?.input, { tripId: "$.trigger.tripId" });
    assert.deepEqual(compensated?.input, { tripId: "$.trigger.tripId", reason: "$.failure.reason" });
  });

  it("reads no reply of its own group in a member of a parallel group", () => {
    const both = [{ parallel: ["hotels.ReserveRoom", "mail.SendTicket:retriable"] }];
    refused(both, /Nothing before mail\.SendTicket has its field room: string/, /input: \{ room: a literal \}/);
  });

  it("has a deadline into which all attempts up to the pivot fit", () => {
    assert.equal(resolved(trip).deadline, "15m");
    const slow = (timeout: string) => resolved([{ command: "hotels.ReserveRoom", timeout }]).deadline;
    assert.equal(slow("5m"), "30m");
    assert.equal(slow("1h"), "6h");
    const [room, seat] = ["hotels.ReserveRoom", "flights.BuySeat"].map((command) => ({ command, timeout: "170s" }));
    assert.equal(resolved([room, seat]).deadline, "30m");
    assert.equal(resolved([{ parallel: [room, seat] }]).deadline, "15m", "side by side, the longest counts");
    assert.equal(resolved(trip, { deadline: "2d" }).deadline, "2d");
  });

  it("takes no id twice, nor that of an ending", () => {
    const renamed = travel((text) => text.replaceAll("ReserveRoom", "Completed").replaceAll("SendTicket", "Completed"));
    const { groups } = resolveSaga(outline("hotels.Completed,mail.Completed:retriable"), renamed.system);
    assert.deepEqual(
      groups.flat().map(({ id }) => id),
      ["hotels-completed", "mail-completed"],
    );
  });
});

describe("A saga that cannot be looked up", () => {
  it("names the nearest command, event, field", () => {
    refused("hotel.ReserveRoom", /no command hotel\.ReserveRoom/, /Did you mean hotels\.ReserveRoom\?/);
    refused("hotels.Clean", /no command hotels\.Clean/, /It handles ReleaseRoom, ReserveRoom/);
    refused("spa.Massage", /no command spa\.Massage/, /eda add service spa --commands Massage/);
    refused(trip, /no event trips\.TripBoked/, /Did you mean trips\.TripBooked/, { trigger: "trips.TripBoked" });
    refused(trip, /no event trips\.Gone/, /trips publishes TripBooked/, { trigger: "trips.Gone" });
    refused(
      [{ command: "hotels.ReserveRoom", success: "RoomReservd" }],
      /publishes no event "RoomReservd"/,
      /RoomReserved/,
    );
    refused([{ command: "hotels.ReserveRoom", input: { night: 1 } }], /has no field night/, /Did you mean nights/);
  });

  it("shows the lines to write for a step that nothing takes back", () => {
    refused(
      "mail.SendTicket",
      /Nothing takes back mail\.SendTicket/,
      /undoes: SendTicket .* mail\.SendTicket:pivot or .*:retriable; .* steps: \[\{ command: mail\.SendTicket, compensation: none, reason:/,
    );
    refused([{ command: "mail.SendTicket", compensation: "none" }], /does not say why/, /reason: changes nothing/);
  });

  it("shows the field that nothing fills, and where it could come from", () => {
    const named = travel((text) =>
      text.replace(
        "ReserveRoom: { fields: { tripId: uuid, nights: int }",
        "ReserveRoom: { fields: { tripId: uuid, days: int }",
      ),
    );
    refused(
      trip,
      /hotels\.ReserveRoom has its field days: int/,
      /input: \{ days: \$\.trigger\.nights \}/,
      {},
      named.system,
    );
  });

  it("refuses a compensation of another service, of a retriable step, and a command that answers nothing", () => {
    refused(
      [{ command: "hotels.ReserveRoom", compensation: "flights.RefundSeat" }],
      /only hotels knows/,
      /command of hotels/,
    );
    refused(
      [{ command: "mail.SendTicket", kind: "retriable", compensation: "mail.SendTicket" }],
      /is retriable/,
      /Leave/,
    );
    const silent = travel((text) => text.replace("emits: [TicketSent]", "emits: []"));
    refused("mail.SendTicket:pivot", /emits no event/, /emits: \[SendTicketDone\]/, {}, silent.system);
  });
});

type Linked = Readonly<Record<string, unknown>>;

describe("A choreography looked up in its system", () => {
  const dance = (steps: string | readonly unknown[], of = system) =>
    resolveSaga(outline(steps, { style: "choreography" }), of);
  const chain = travel((text) =>
    text
      .replace(
        "RoomReserved: { fields: { tripId: uuid, room: string } }",
        "RoomReserved: { fields: { tripId: uuid, seat: Wish } }",
      )
      .replace(
        "events:\n      RoomReserved",
        "types: { Wish: { window: boolean, row: int? } }\n    events:\n      RoomReserved",
      )
      .replace("room: string, note", "note")
      .replaceAll("ticketId", "tripId")
      .replaceAll("letterId", "tripId"),
  ).system;

  it("starts each step at the success before, and undoes it at the failure after", () => {
    const [[room], [seat], [letter]] = dance(trip, chain).groups as never as [[Linked], [Linked], [Linked]];
    assert.deepEqual([room.on, seat.on, letter.on], ["trips.TripBooked", "hotels.RoomReserved", "flights.SeatBought"]);
    assert.deepEqual(seat.input, { tripId: "$.on.tripId", seat: "$.on.seat" });
    assert.deepEqual(room.compensation, {
      command: "hotels.ReleaseRoom",
      input: { tripId: "$.on.tripId" },
      success: "hotels.RoomReleased",
      on: "flights.SeatRefused",
    });
    assert.equal(seat.compensation, undefined, "after the pivot nothing can fail");
  });

  it("refuses what would need an orchestrator: to be undone after either of two events, and closing commands", () => {
    refused(
      "hotels.ReserveRoom,flights.BuySeat:compensatable,mail.SendTicket:pivot",
      /hotels\.ReserveRoom would have to be taken back after flights\.SeatRefunded and after flights\.SeatRefused/,
      /--style orchestration/,
      { style: "choreography" },
      travel((text) =>
        text
          .replace("emits: [TicketSent]", "emits: [TicketSent, TicketLost]")
          .replace("TicketSent: {", "TicketLost: { fields: { letterId: uuid } }\n      TicketSent: {")
          .replace("room: string, note", "note")
          .replace("seat: Seat }, emits", "seat: Seat? }, emits")
          .replace("nights: int }, emits: [Room", "nights: int? }, emits: [Room"),
      ).system,
    );
    const closing = { style: "choreography", completed: { command: "trips.ConfirmTrip" } } as const;
    refused(trip, /ends with its last event/, /orchestration/, closing);
  });

  it("refuses a compensation that nothing would start", () => {
    refused("hotels.ReserveRoom", /Nothing after hotels\.ReserveRoom can fail/, /:retriable/, {
      style: "choreography",
    });
    refused([{ parallel: ["hotels.ReserveRoom"] }], /no parallel groups/, /on: service\.Event/, {
      style: "choreography",
    });
  });
});
