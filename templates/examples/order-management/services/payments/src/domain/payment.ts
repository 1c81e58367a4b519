import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

/** What has become of the money of one order. The provider decides; this service remembers. */
export interface State {
  readonly status: "none" | "captured" | "declined" | "refunded";
}

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),

  // Every command of this service calls the provider: see src/handlers.
  decide: () => [],

  evolve(_state, event): State {
    switch (event.type) {
      case "PaymentCaptured":
        return { status: "captured" };
      case "PaymentDeclined":
        return { status: "declined" };
      case "PaymentRefunded":
        return { status: "refunded" };
    }
  },
};
