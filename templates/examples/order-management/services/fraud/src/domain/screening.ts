import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

/** What was said of one payment. */
export interface State {
  readonly status: "none" | "cleared" | "blocked";
}

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),

  decide(command, { status }): readonly Event[] {
    switch (command.type) {
      case "ScreenPayment": {
        if (status === "cleared") return [];
        const { orderId, listed } = command.data;
        return listed === true
          ? [{ type: "PaymentBlocked", data: { orderId, reason: "the customer is on the list of frauds" } }]
          : [{ type: "PaymentCleared", data: { orderId } }];
      }
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "PaymentCleared":
        return { status: "cleared" };
      case "PaymentBlocked":
        return { status: "blocked" };
    }
  },
};
