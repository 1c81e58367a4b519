import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { assignEvents } from "../../../generators/service/assign-events.ts";

const assigned = (commands: readonly string[], events: readonly string[]) =>
  Object.fromEntries(assignEvents(commands, events));

describe("Which command emits an event", () => {
  it("is the one whose words it shares most", () => {
    assert.deepEqual(assigned(["BookRoom", "CancelBooking"], ["BookingCancelled", "RoomBooked"]), {
      BookRoom: ["RoomBooked"],
      CancelBooking: ["BookingCancelled"],
    });
    assert.deepEqual(assigned(["ReserveStock", "ReleaseStock"], ["StockReleased", "StockReserved", "StockRejected"]), {
      ReleaseStock: ["StockReleased"],
      ReserveStock: ["StockReserved", "StockRejected"],
    });
  });

  for (const [command, event] of [
    ["PlaceOrder", "OrderPlaced"],
    ["CarryParcel", "ParcelCarried"],
    ["CancelOrder", "OrderCancelled"],
    ["CancelOrder", "OrderCanceled"],
    ["ShipOrders", "OrderShipped"],
    ["BookRoom", "RoomBooking"],
    ["WithdrawMoney", "WithdrawalRejected"],
    ["ReserveSeat", "ReservationExpired"],
    ["Pay", "Paid"],
  ] as const) {
    it(`knows ${event} in ${command}, whose endings differ`, () => {
      const expected = command === "Pay" ? { Zzz: [event] } : { [command]: [event] };
      assert.deepEqual(assigned(["Zzz", command], [event]), expected);
    });
  }

  it("is the first on a tie, and none where there is no command", () => {
    assert.deepEqual(assigned(["Zzz", "Yyy"], ["Happened"]), { Zzz: ["Happened"] });
    assert.deepEqual(assigned([], ["Happened"]), {});
  });
});
