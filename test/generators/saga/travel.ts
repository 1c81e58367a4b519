import { type ManifestDocument, parseManifest } from "../../../generators/_system/document.ts";
import type { SagaOutline } from "../../../generators/saga/resolve.ts";
import { stepAnswers } from "../../../generators/saga/step-answers.ts";

const services: Readonly<Record<string, string>> = {
  trips: `
    aggregate: Trip
    port: 4001
    commands:
      BookTrip: { fields: { tripId: uuid, nights: int, seat: SeatWish }, emits: [TripBooked] }
      ConfirmTrip: { fields: { tripId: uuid }, emits: [TripConfirmed], http: false }
      DropTrip: { fields: { tripId: uuid, reason: string }, emits: [TripDropped], http: false }
    events:
      TripBooked: { fields: { tripId: uuid, nights: int, seat: SeatWish } }
      TripConfirmed: { fields: { tripId: uuid } }
      TripDropped: { fields: { tripId: uuid, reason: string } }
    types:
      SeatWish: { window: boolean, row: int? }
`,
  hotels: `
    aggregate: Stay
    key: tripId
    port: 4002
    commands:
      ReserveRoom: { fields: { tripId: uuid, nights: int }, emits: [RoomReserved, RoomRefused], http: false }
      ReleaseRoom: { fields: { tripId: uuid }, emits: [RoomReleased], http: false, undoes: ReserveRoom }
    events:
      RoomReserved: { fields: { tripId: uuid, room: string } }
      RoomRefused: { fields: { tripId: uuid } }
      RoomReleased: { fields: { tripId: uuid } }
`,
  flights: `
    aggregate: Ticket
    port: 4003
    commands:
      BuySeat: { fields: { ticketId: uuid, seat: Seat }, emits: [SeatBought, SeatRefused], http: false, external: true }
      RefundSeat: { fields: { ticketId: uuid }, emits: [SeatRefunded], http: false, external: true, undoes: BuySeat }
    events:
      SeatBought: { fields: { ticketId: uuid } }
      SeatRefused: { fields: { ticketId: uuid } }
      SeatRefunded: { fields: { ticketId: uuid } }
    types:
      Seat: { window: boolean, row: int? }
`,
  mail: `
    aggregate: Letter
    port: 4004
    commands:
      SendTicket: { fields: { letterId: uuid, room: string, note: string? }, emits: [TicketSent], http: false }
    events:
      TicketSent: { fields: { letterId: uuid } }
`,
};

/** A trip: a room that can be given back, a seat bought from outside, a letter in the end. */
export function travel(
  edit: (text: string) => string = (text) => text,
  names = Object.keys(services),
): ManifestDocument {
  const outboxes = names.map((name) => `  ${name}: { relay: polling }\n`).join("");
  const entries = names.map((name) => `  ${name}:${services[name]}`).join("");
  return parseManifest(edit(`eda: 1\nname: travel\nservices:\n${entries}outboxes:\n${outboxes}`));
}

/** The whole of it, in the terms of `--steps`. */
export const trip = "hotels.ReserveRoom,flights.BuySeat:pivot,mail.SendTicket";

/** A saga of trips with these steps, in the terms of `--steps`. */
export const outline = (steps: string | readonly unknown[], more: Partial<SagaOutline> = {}): SagaOutline => ({
  name: "trip",
  style: "orchestration",
  service: "trips",
  trigger: "trips.TripBooked",
  groups: stepAnswers(typeof steps === "string" ? steps : JSON.stringify(steps)),
  ...more,
});

/** `flights.BuySeat:pivot` as it is written into a definition. */
export const buySeat = `  - id: buy-seat
    kind: pivot                        # the point of no return, once it is known to have succeeded
    command: flights.BuySeat
    input: { ticketId: $.trigger.tripId, seat: $.trigger.seat }
    success: flights.SeatBought
    failure: flights.SeatRefused
    compensation:
      command: flights.RefundSeat
      input: { ticketId: $.trigger.tripId }
      success: flights.SeatRefunded
`;
