import assert from "node:assert/strict";
import fc from "fast-check";
import type { Handling } from "../../../../../templates/runtime/src/operate/trace/facts.ts";
import { timelineOf } from "../../../../../templates/runtime/src/operate/trace/timeline.ts";
import { escaped, traceMermaid } from "../../../../../templates/runtime/src/operate/trace/trace-mermaid.ts";
import { span, traceText } from "../../../../../templates/runtime/src/operate/trace/trace-text.ts";
import type {
  JournaledMessage,
  JournaledMove,
  ServiceJournal,
} from "../../../../../templates/runtime/src/service/admin-journal-api.ts";
import { grammarFault, shown } from "./mermaid-grammar.ts";

const at = (ms: number) => new Date(Date.UTC(2026, 10, 25, 14, 3, 11) + ms).toISOString().replace("Z", "000Z");
const id = (n: number) => `01983a7c-0000-7000-8000-${String(n).padStart(12, "0")}`;
const message = (n: number, ms: number, type: string, more: Partial<JournaledMessage> = {}): JournaledMessage => ({
  id: id(n),
  type,
  topic: "t",
  key: "k",
  at: at(ms),
  sentAt: at(ms + 1),
  ...more,
});
const journal = (service: string, more: Partial<ServiceJournal> = {}): ServiceJournal => ({
  service,
  requests: [],
  messages: [],
  sagas: [],
  deadLetters: [],
  keepsMessages: "7d",
  more: false,
  ...more,
});
const handled = (service: string, n: number, ms: number, consumer = service): Handling => ({
  service,
  messageId: id(n),
  consumer,
  at: at(ms),
});
const stage = { sagaId: "payment:1", step: "reserve-stock", round: 1 } as const;

/** A saga that retried, timed out, compensated for nothing, got stuck and was skipped by an operator. */
function sagaStory() {
  const forward = { ...stage, direction: "forward", purpose: "do" } as const;
  const back = { ...stage, direction: "compensation", attempt: 1, purpose: "do" } as const;
  const move = (ms: number, what: string, more: Partial<JournaledMove> = {}): JournaledMove => ({
    at: at(ms),
    what,
    step: stage.step,
    direction: "forward",
    round: 1,
    ...more,
  });
  const orders = journal("orders", {
    requests: [{ at: at(0), command: "PlaceOrder", status: 200, milliseconds: 9, replayed: false }],
    messages: [message(1, 3, "orders.OrderPlaced")],
  });
  const payments = journal("payments", {
    messages: [
      message(2, 10, "inventory.ReserveStock", { ...forward, attempt: 1, causationId: id(1) }),
      message(3, 1_010, "inventory.ReserveStock", { ...forward, attempt: 2, causationId: id(1) }),
      message(4, 2_020, "inventory.ReleaseStock", { ...back, causationId: id(1) }),
    ],
    sagas: [
      {
        id: "payment:1",
        correlationId: "story",
        status: "compensated-with-exceptions",
        stuck: false,
        log: [
          move(9, "started", { causedBy: id(1) }),
          move(10, "command-sent", { attempt: 1 }),
          move(1_009, "timed-out", { attempt: 1 }),
          move(1_010, "command-sent", { attempt: 2 }),
          move(2_019, "step-unknown"),
          move(2_020, "compensation-begun"),
          move(2_021, "command-sent", { direction: "compensation", attempt: 1 }),
          move(2_030, "step-succeeded", { direction: "compensation", causedBy: id(5) }),
          move(2_040, "stuck", { detail: "unknown" }),
          move(9_000, "operator-skipped", { detail: "seen by phone" }),
        ],
      },
    ],
  });
  const inventory = journal("inventory", {
    messages: [
      message(5, 2_025, "inventory.StockReleased", {
        ...stage,
        direction: "compensation",
        outcome: "success",
        noop: true,
        causationId: id(4),
      }),
    ],
    deadLetters: [
      {
        consumer: "inventory.commands",
        messageId: id(3),
        type: "inventory.ReserveStock",
        status: "discarded",
        attempts: 6,
        error: "deadlock; see #12",
        at: at(1_900),
        resolvedAt: at(9_500),
        reason: "compensated",
      },
    ],
  });
  return timelineOf(
    "story",
    [orders, payments, inventory],
    [
      handled("payments", 1, 8, "payments.payment"),
      handled("inventory", 4, 2_024, "inventory.commands"),
      handled("inventory", 3, 1_900, "inventory.commands"),
      handled("payments", 5, 2_029, "payment.replies"),
    ],
  );
}

describe("a timeline", () => {
  it("tells the whole story of a saga in order", () => {
    assert.deepEqual(
      sagaStory().entries.map(({ service, kind, what }) => `${service}: ${kind}: ${what}`),
      [
        "orders: request: PlaceOrder",
        "orders: event: OrderPlaced",
        "payments: saga: reserve-stock started",
        "payments: command: ReserveStock",
        "payments: timeout: reserve-stock timed out",
        "payments: retry: ReserveStock",
        "inventory: dead letter: ReserveStock",
        "payments: saga: reserve-stock step unknown",
        "payments: compensation: reserve-stock compensation begun",
        "payments: compensation: ReleaseStock",
        "inventory: handled: ReleaseStock",
        "inventory: no-op: StockReleased",
        "payments: saga: reserve-stock (compensation) step succeeded",
        "payments: stuck: reserve-stock stuck",
        "payments: operator: reserve-stock operator skipped",
        "inventory: operator: ReserveStock",
      ],
    );
  });

  it("reads as aligned lines of at most so many columns, coloured on a terminal alone", () => {
    const text = traceText(sagaStory(), 80, false);
    const lines = text.split("\n");
    assert.ok(
      lines.every((line) => line.length <= 80),
      text,
    );
    assert.equal(lines[0], "story: 16 entries, 3 services, 9.5 s");
    assert.match(text, /^14:03:11\.000 {12}orders {4}request {6}PlaceOrder {2}answered 200 in 9 ms$/m);
    assert.match(
      text,
      /^14:03:13\.024 +\+4 ms {2}inventory handled {6}ReleaseStock 00000004\n {27}by inventory\.commands, after 4 ms$/m,
    );
    assert.equal(text.includes("\u001b"), false);
    assert.equal(traceText(sagaStory(), 80, true).includes("\u001b[31m14:03:12.900"), true);
  });

  it("shows nothing before what led to it, however wrong the clocks are", () => {
    const entry = fc.record({ skew: fc.integer({ min: -5_000, max: 5_000 }), cause: fc.nat(), by: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), (chain) => {
        const services = ["a", "b", "c"];
        const causeOf = (n: number) => (n === 0 ? undefined : chain[n]!.cause % n);
        const journals = services.map((service, index) =>
          journal(service, {
            messages: chain.flatMap(({ skew, by }, n) => {
              const cause = causeOf(n);
              return by === index
                ? [message(n, 10_000 + skew, "x.Y", cause === undefined ? {} : { causationId: id(cause) })]
                : [];
            }),
          }),
        );
        const handlings = chain.map(({ skew, by }, n) => handled(services[(by + 1) % 3]!, n, 10_000 - skew));
        const { entries } = timelineOf("x", journals, handlings);
        const place = (kind: string, n: number) =>
          entries.findIndex((one) => one.kind === kind && one.messageId === id(n));
        for (const n of chain.keys()) {
          assert.ok(place("event", n) < place("handled", n));
          const cause = causeOf(n);
          if (cause !== undefined) assert.ok(place("event", cause) < place("event", n));
        }
        assert.ok(entries.every(({ afterMs }) => afterMs >= 0));
      }),
    );
  });

  it("ends with causes that lead in a circle", () => {
    const messages = [message(1, 1, "a.A", { causationId: id(2) }), message(2, 2, "a.B", { causationId: id(1) })];
    assert.equal(timelineOf("x", [journal("a", { messages })], []).entries.length, 2);
  });

  it("says what is missing: a message that nobody has kept, a service that does not answer, more than is shown", () => {
    const messages = [message(2, 5, "inventory.StockReserved", { causationId: id(1) })];
    const { gaps } = timelineOf("x", [journal("inventory", { messages, more: true })], [], ["orders does not answer"]);
    assert.deepEqual(gaps, [
      "orders does not answer",
      "a message that led to what is shown is not kept any more, or by a service that was not asked; kept after sending: inventory 7d",
      "inventory knows more than is shown",
    ]);
  });

  it("shows a command that its saga's log alone remembers", () => {
    const saga = {
      id: "payment:1",
      correlationId: "x",
      status: "running",
      stuck: false,
      log: [{ at: at(1), what: "command-sent", step: "reserve-stock", direction: "forward", round: 1, attempt: 1 }],
    } as const;
    const { entries } = timelineOf("x", [journal("payments", { sagas: [saga] })], []);
    assert.deepEqual(
      entries.map(({ kind, what }) => [kind, what]),
      [["command", "reserve-stock command sent"]],
    );
  });

  it("writes spans of time as a person would", () => {
    assert.deepEqual([0.4, 12, 1_500, 240_000, 10_800_000, 259_200_000].map(span), [
      "0 ms",
      "12 ms",
      "1.5 s",
      "4 min",
      "3 h",
      "3 d",
    ]);
  });
});

describe("a timeline as a sequence diagram", () => {
  it("has an arrow for each message that arrived, and a note for the rest", () => {
    const diagram = traceMermaid(sagaStory());
    assert.equal(grammarFault(diagram), undefined);
    assert.match(diagram, /^ {2}p0->>p1: PlaceOrder \(answered 200 in 9 ms\)$/m);
    assert.match(diagram, /^ {2}p2->>p3: ReleaseStock/m);
    assert.match(
      diagram,
      /^ {2}p2-xp3: dead letter#58; ReserveStock \(given up after 6 attempts#58; deadlock#59; see #35;12\)$/m,
    );
    assert.match(diagram, /^ {2}Note over p2: stuck#58; reserve-stock stuck/m);
  });

  it("parses whatever the names are", () => {
    const nasty = fc.oneof(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.constantFrom(
        "end",
        "a;b",
        "a#b",
        "->>",
        "a\nb",
        "%%{init: {}}%%",
        "style:#x;",
        "loop",
        "<script>",
        "p1: x",
        "wrap: a",
      ),
    );
    fc.assert(
      fc.property(nasty, nasty, nasty, (service, type, error) => {
        const letter = {
          consumer: "c",
          messageId: id(1),
          type: `a.${type}`,
          status: "failed",
          attempts: 1,
          error,
          at: at(2),
        } as const;
        const timeline = timelineOf(
          "x",
          [
            journal(service, { messages: [message(1, 1, `a.${type}`)], deadLetters: [letter] }),
            journal(`${service}2`, { messages: [message(2, 3, `b.${type}`)] }),
          ],
          [handled(`${service}2`, 1, 4)],
        );
        assert.equal(grammarFault(traceMermaid(timeline)), undefined);
      }),
    );
  });

  it("shows each name as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), (name) => {
        assert.equal(shown(escaped(name)), name.replace(/\s+/gu, " "));
      }),
    );
  });

  it("is refused by the test's own grammar where a name is not escaped", () => {
    for (const text of ["a;b", "a#b", "a:b", "a<b", ""]) {
      assert.notEqual(grammarFault(`sequenceDiagram\n  participant p1 as x\n  Note over p1: ${text}`), undefined, text);
    }
    assert.notEqual(grammarFault("sequenceDiagram\n  p1->>p2: undeclared"), undefined);
  });
});
