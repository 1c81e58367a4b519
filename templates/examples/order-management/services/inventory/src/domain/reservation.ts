import type { Decider } from "eda-runtime";
import type { Command, Event, Types } from "../generated/messages.ts";

/** What is put aside for one order. */
export interface State {
  readonly status: "none" | "reserved" | "rejected" | "released";
  /** While it is reserved. */
  readonly lines: readonly Types["OrderLine"][];
}

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none", lines: [] }),

  decide(command, { status, lines: reserved }): readonly Event[] {
    switch (command.type) {
      case "ReserveStock": {
        // After a rejection an operator may have it tried again, when there is new stock.
        if (status === "reserved" || status === "released") return [];
        const { orderId, lines, short } = command.data;
        return short === undefined
          ? [{ type: "StockReserved", data: { orderId, lines } }]
          : [{ type: "StockRejected", data: { orderId, sku: short, reason: `not enough of ${short} in stock` } }];
      }
      case "ReleaseStock":
        return status === "reserved" ? [{ type: "StockReleased", data: { ...command.data, lines: reserved } }] : [];
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
