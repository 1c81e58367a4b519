import type { Handling } from "../../../../../templates/runtime/src/operate/trace/fact.ts";
import { type Timeline, timelineOf } from "../../../../../templates/runtime/src/operate/trace/timeline.ts";
import type {
  JournaledMessage,
  JournaledMove,
  ServiceJournal,
} from "../../../../../templates/runtime/src/service/admin-journal-api.ts";

/** A moment of the story, in milliseconds from its beginning. */
export const at = (ms: number) => new Date(Date.UTC(2026, 10, 25, 14, 3, 11) + ms).toISOString().replace("Z", "000Z");
export const id = (n: number) => `01983a7c-0000-7000-8000-0000c0de${String(n).padStart(4, "0")}`;

export const message = (
  n: number,
  ms: number,
  type: string,
  more: Partial<JournaledMessage> = {},
): JournaledMessage => ({ id: id(n), type, topic: "t", key: "k", at: at(ms), sentAt: at(ms + 1), ...more });

export const journal = (service: string, more: Partial<ServiceJournal> = {}): ServiceJournal => ({
  service,
  requests: [],
  messages: [],
  sagas: [],
  deadLetters: [],
  keepsMessages: "7d",
  more: false,
  ...more,
});

export const handled = (service: string, n: number, ms: number, consumer = service): Handling => ({
  service,
  messageId: id(n),
  consumer,
  at: at(ms),
});

/**
 * An order whose stock service fails: the step is tried twice, given up, found not to have happened; then nobody
 * answers to its last step, until an operator lets it be.
 */
export function sagaStory(): Timeline {
  const stage = (step: string, direction: "forward" | "compensation", attempt = 1) =>
    ({ sagaId: "payment:4711", step, direction, round: 1, attempt }) as const;
  const forward = stage("reserve-stock", "forward");
  const back = stage("reserve-stock", "compensation");
  const ending = stage("compensated", "forward");
  const move = (ms: number, what: string, more: Partial<JournaledMove> = {}): JournaledMove => {
    const { sagaId: _, ...place } = more as Partial<JournaledMove> & { sagaId?: string };
    return { at: at(ms), what, ...place };
  };
  const command = { purpose: "do" } as const;
  const orders = journal("orders", {
    requests: [{ at: at(0), command: "PlaceOrder", status: 200, milliseconds: 9, replayed: false }],
    messages: [
      message(1, 3, "orders.OrderPlaced"),
      message(2, 12, "inventory.ReserveStock", { ...forward, ...command, causationId: id(1) }),
      message(3, 30_450, "inventory.ReserveStock", { ...forward, ...command, attempt: 2, causationId: id(1) }),
      message(4, 60_463, "inventory.ReleaseStock", { ...back, ...command, causationId: id(1) }),
      message(6, 60_492, "support.CancelOrder", { ...ending, ...command, causationId: id(5) }),
      message(7, 3_600_012, "support.CancelOrder", { ...ending, purpose: "tombstone" }),
    ],
    sagas: [
      {
        id: "payment:4711",
        correlationId: "9c1f7a52",
        status: "compensated-with-exceptions",
        stuck: false,
        log: [
          move(11, "started", { causedBy: id(1) }),
          move(12, "command-sent", forward),
          move(30_030, "timed-out", forward),
          move(30_450, "command-sent", { ...forward, attempt: 2 }),
          move(60_461, "timed-out", { ...forward, attempt: 2 }),
          move(60_462, "step-unknown", forward),
          move(60_462, "compensation-begun", { detail: { step: "reserve-stock", reason: "no answer" } }),
          move(60_463, "command-sent", back),
          move(60_490, "step-succeeded", { ...back, causedBy: id(5), detail: { noop: true } }),
          move(60_492, "command-sent", { ...ending, causedBy: id(5) }),
          move(90_510, "stuck", { ...ending, detail: "unknown" }),
          move(3_600_010, "operator-asked-to-skip", { ...ending, detail: { reason: "cancelled by phone" } }),
          move(3_600_012, "tombstone-sent", ending),
          move(3_600_040, "step-skipped", { ...ending, causedBy: id(8) }),
        ],
      },
    ],
  });
  const inventory = journal("inventory", {
    messages: [
      message(5, 60_476, "inventory.StockReleased", {
        ...back,
        outcome: "success",
        noop: true,
        causationId: id(4),
      }),
    ],
    deadLetters: [
      {
        consumer: "inventory.commands",
        messageId: id(2),
        type: "inventory.ReserveStock",
        status: "discarded",
        attempts: 6,
        error: "column shelf is missing; see #12",
        at: at(12_840),
        resolvedAt: at(4_000_000),
        reason: "the saga was compensated",
      },
    ],
  });
  return timelineOf(
    "9c1f7a52",
    [orders, inventory],
    [
      handled("orders", 1, 10, "orders.payment"),
      handled("inventory", 2, 12_840, "inventory.commands"),
      handled("inventory", 4, 60_474, "inventory.commands"),
      handled("orders", 5, 60_489, "payment.replies"),
    ],
    ["support does not answer at http://127.0.0.1:14004: ECONNREFUSED"],
  );
}
