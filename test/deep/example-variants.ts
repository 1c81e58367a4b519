import type { ExampleEdits } from "./example-services.ts";
import type { PaymentHabits } from "./payment-provider.ts";

/** An example that has been edited, and what its payment provider is like. */
export interface Variant {
  readonly edits: ExampleEdits;
  readonly habits: PaymentHabits;
}

const orderMayRefuse = `import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

export interface State {
  readonly status: "none" | "open" | "kept" | "confirmed" | "cancelled";
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
        if (status === "open")
          return [{ type: "CancellationRefused", data: { orderId: command.data.orderId, reason: "not yet" } }];
        return status === "kept" ? [{ type: "OrderCancelled", data: command.data }] : [];
    }
  },

  evolve(_state, event): State {
    switch (event.type) {
      case "OrderPlaced":
        return { status: "open" };
      case "OrderConfirmed":
        return { status: "confirmed" };
      case "CancellationRefused":
        return { status: "kept" };
      case "OrderCancelled":
        return { status: "cancelled" };
    }
  },
};
`;

const paymentMayStay = `import type { Decider } from "eda-runtime";
import type { Command, Event } from "../generated/messages.ts";

export interface State {
  readonly status: "none" | "captured" | "declined" | "refunded";
}

export const decider: Decider<State, Command, Event> = {
  initialState: () => ({ status: "none" }),
  decide: () => [],
  evolve(state, event): State {
    switch (event.type) {
      case "PaymentCaptured":
        return { status: "captured" };
      case "PaymentDeclined":
        return { status: "declined" };
      case "RefundRefused":
        return state;
      case "PaymentRefunded":
        return { status: "refunded" };
    }
  },
};
`;

const refundMayBeRefused = `import { refund } from "../domain/provider.ts";
import type { ExternalOf } from "../generated/messages.ts";

export const handler: ExternalOf<"RefundPayment"> = {
  async call({ data: { orderId } }, { forwardKey, idempotencyKey }) {
    const answer = forwardKey === undefined ? "nothing was taken" : await refund(forwardKey, idempotencyKey);
    if (answer === "refused") return { type: "RefundRefused", data: { orderId, reason: "ask again" } };
    return answer === "refunded" ? { type: "PaymentRefunded", data: { orderId } } : undefined;
  },
};
`;

/**
 * The money is taken before fraud is looked for, so that there is something to refund; a refund and a cancelling can be
 * refused, and are, the first time: the saga is stuck in a compensation, and then in its ending.
 */
const refusing: Variant = {
  edits: {
    manifest: (text) =>
      edited(text, [
        ["emits: [OrderCancelled]", "emits: [OrderCancelled, CancellationRefused]"],
        ["      OrderCancelled: {", "      CancellationRefused: { fields: { orderId: uuid, reason: string } }\n$&"],
        ["emits: [PaymentRefunded]", "emits: [PaymentRefunded, RefundRefused]"],
        ["      PaymentRefunded: {", "      RefundRefused: { fields: { orderId: uuid, reason: string } }\n$&"],
      ]),
    saga: (text) => {
      const screening = /^ {2}- id: screen-fraud\n(?: {4}.*\n)*/m;
      const [step = ""] = screening.exec(text) ?? [];
      return edited(text, [
        [screening, ""],
        [/^ {4}kind: pivot.*\n/m, ""],
        [/^completed:\n/m, `${step}$&`],
        ["success: payments.PaymentRefunded", "$&\n      failure: payments.RefundRefused"],
        ["success: orders.OrderCancelled", "$&\n  failure: orders.CancellationRefused"],
      ]);
    },
    files: {
      "services/orders/src/domain/order.ts": orderMayRefuse,
      "services/payments/src/domain/payment.ts": paymentMayStay,
      "services/payments/src/handlers/refund-payment.ts": refundMayBeRefused,
    },
  },
  habits: { refusesFirstRefund: true },
};

/**
 * The provider takes the money, and never says so. Short limits, for the call and for the step alone: the rest of the
 * saga can wait for a process that is started again.
 */
const unanswered: Variant = {
  edits: {
    saga: (text) =>
      edited(text, [
        [
          "command: payments.CapturePayment\n",
          "$&    timeout: 300ms\n    retry: { attempts: 2, initial: 50ms, jitter: none }\n",
        ],
      ]),
    files: {
      "services/payments/src/handlers/capture-payment.ts": `import { capture } from "../domain/provider.ts";
import type { ExternalOf } from "../generated/messages.ts";

export const handler: ExternalOf<"CapturePayment"> = {
  limitMs: 300,
  async call({ data: { orderId, amount } }, { idempotencyKey, signal }) {
    await capture(idempotencyKey, amount, signal);
    return { type: "PaymentCaptured", data: { orderId, amount } };
  },
};
`,
    },
  },
  habits: { answersCaptures: false },
};

export type VariantName = "plain" | "refusing" | "unanswered";

export const variants: Readonly<Record<VariantName, Variant>> = {
  plain: { edits: {}, habits: {} },
  refusing,
  unanswered,
};

function edited(text: string, changes: readonly (readonly [string | RegExp, string])[]): string {
  return changes.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`the example has no ${from} any more`);
    return after;
  }, text);
}
