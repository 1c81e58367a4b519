import type { Decider } from "eda-runtime";
import type { Command, Event, Types } from "../generated/messages.ts";

/** What is put aside for one order. */
export interface State {
  readonly status: "none" | "reserved" | "rejected" | "released";
  /** While it is reserved. */
  readonly lines: readonly Types["StockLine"][];
}

/** Of one article, for one order. */
const most = 10;

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none", lines: [] }),

  decide(command, state): readonly Event[] {
    switch (command.type) {
      case "ReserveStock": {
        if (state.status !== "none") return [];
        const { orderId, lines } = command.data;
        const tooMany = lines.find(({ quantity }) => quantity > most);
        return tooMany
          ? [{ type: "StockRejected", data: { orderId, reason: `more than ${most} of ${tooMany.sku}` } }]
          : [{ type: "StockReserved", data: { orderId, lines } }];
      }
      case "ReleaseStock": {
        const { orderId } = command.data;
        return state.status === "reserved" ? [{ type: "StockReleased", data: { orderId, lines: state.lines } }] : [];
      }
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "StockReserved":
        return { status: "reserved", lines: event.data.lines };
      case "StockRejected":
        return { status: "rejected", lines: [] };
      case "StockReleased":
        return { status: "released", lines: [] };
    }
  },
};
