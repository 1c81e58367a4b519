import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

/** An authorisation holds money back without moving it. */
export interface State {
  readonly status: "none" | "authorised" | "declined" | "voided";
}

/** Minor units; what is more than this is declined. */
const limit = 100_000;

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),

  decide(command, { status }): readonly Event[] {
    switch (command.type) {
      case "AuthorisePayment": {
        if (status !== "none") return [];
        const { orderId, amount } = command.data;
        return amount.amount <= limit
          ? [{ type: "PaymentAuthorised", data: { orderId, amount } }]
          : [{ type: "PaymentDeclined", data: { orderId, reason: "the amount is above the limit" } }];
      }
      case "VoidPayment":
        return status === "authorised" ? [{ type: "PaymentVoided", data: command.data }] : [];
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "PaymentAuthorised":
        return { status: "authorised" };
      case "PaymentDeclined":
        return { status: "declined" };
      case "PaymentVoided":
        return { status: "voided" };
    }
  },
};
