import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

type Money = Extract<Event, { type: "PaymentCaptured" }>["data"]["total"];

export type State =
  | { readonly status: "none" | "declined" | "refunded" }
  | { readonly status: "captured"; readonly total: Money };

/** Minor units; what is more than this is declined. */
const limit = 100_000;

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),

  decide(command, state): readonly Event[] {
    switch (command.type) {
      case "CapturePayment": {
        if (state.status !== "none") return [];
        const { orderId, total } = command.data;
        return total.amount <= limit
          ? [{ type: "PaymentCaptured", data: { orderId, total } }]
          : [{ type: "PaymentDeclined", data: { orderId, reason: "the amount is above the limit" } }];
      }
      case "RefundPayment": {
        const { orderId } = command.data;
        return state.status === "captured" ? [{ type: "PaymentRefunded", data: { orderId, total: state.total } }] : [];
      }
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "PaymentCaptured":
        return { status: "captured", total: event.data.total };
      case "PaymentDeclined":
        return { status: "declined" };
      case "PaymentRefunded":
        return { status: "refunded" };
    }
  },
};
