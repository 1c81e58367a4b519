import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

/** An order is open until its saga has ended, and then confirmed or cancelled for good. */
export interface State {
  readonly status: "none" | "open" | "confirmed" | "cancelled";
}

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),

  decide(command, { status }): readonly Event[] {
    switch (command.type) {
      case "PlaceOrder":
        return status === "none" ? [{ type: "OrderPlaced", data: command.data }] : [];
      case "ConfirmOrder":
        return status === "open" ? [{ type: "OrderConfirmed", data: command.data }] : [];
      case "CancelOrder":
        return status === "open" ? [{ type: "OrderCancelled", data: command.data }] : [];
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "OrderPlaced":
        return { status: "open" };
      case "OrderConfirmed":
        return { status: "confirmed" };
      case "OrderCancelled":
        return { status: "cancelled" };
    }
  },
};
