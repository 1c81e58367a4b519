import assert from "node:assert/strict";
import fc from "fast-check";
import { span } from "../../../../../templates/runtime/src/operate/screen.ts";
import { timelineOf } from "../../../../../templates/runtime/src/operate/trace/timeline.ts";
import { escaped, traceMermaid } from "../../../../../templates/runtime/src/operate/trace/trace-mermaid.ts";
import { traceText } from "../../../../../templates/runtime/src/operate/trace/trace-text.ts";
import { grammarFault, shown } from "./mermaid-grammar.ts";
import { at, handled, id, journal, message, sagaStory } from "./story.fixture.ts";

describe("a timeline", () => {
  it("tells the whole story of a saga in order", () => {
    assert.deepEqual(
      sagaStory().entries.map(({ service, kind, what }) => `${service}: ${kind}: ${what}`),
      [
        "orders: request: PlaceOrder",
        "orders: event: OrderPlaced",
        "orders: saga: started",
        "orders: command: ReserveStock",
        "inventory: dead letter: ReserveStock",
        "orders: timeout: reserve-stock timed out",
        "orders: retry: ReserveStock",
        "orders: timeout: reserve-stock timed out",
        "orders: saga: reserve-stock unknown",
        "orders: compensation: compensation begun",
        "orders: compensation: ReleaseStock",
        "inventory: handled: ReleaseStock",
        "inventory: no-op: StockReleased",
        "orders: saga: reserve-stock compensated",
        "orders: command: CancelOrder",
        "orders: stuck: compensated stuck",
        "orders: operator: compensated operator asked to skip",
        "orders: operator: CancelOrder",
        "orders: saga: compensated skipped",
        "inventory: operator: ReserveStock",
      ],
    );
  });

  // Red with a recursion in timelineOf: a RangeError, from some hundreds on.
  it("follows a chain of causes that is longer than the stack is deep, whatever the order of what is told", () => {
    const chain = Array.from({ length: 10_000 }, (_, n) =>
      message(n, 10_000 - n, "a.B", n === 0 ? {} : { causationId: id(n - 1) }),
    );
    const { entries } = timelineOf("c", [journal("orders", { messages: chain.toReversed() })], []);
    assert.deepEqual([entries.length, entries[0]?.messageId, entries.at(-1)?.messageId], [10_000, id(0), id(9_999)]);
  });

  it("reads as aligned lines of at most so many columns, coloured on a terminal alone", () => {
    const text = traceText(sagaStory(), 80, false);
    const lines = text.split("\n");
    assert.ok(
      lines.every((line) => line.length <= 80),
      text,
    );
    assert.equal(lines[0], "9c1f7a52: 20 entries, 2 services, 1 h");
    assert.match(text, /^14:03:11\.000 {11}orders {4}request {6}PlaceOrder {2}answered 200 in 9 ms$/m);
    assert.match(text, /^14:04:11\.474 +\+11 ms {2}inventory handled {6}ReleaseStock c0de0004 {2}after 11 ms$/m);
    assert.equal(text.includes("\u001b"), false);
    assert.equal(traceText(sagaStory(), 80, true).includes("\u001b[31m14:03:23.840"), true);
  });

  // Removed once: `oneLine` in trace-text.ts.
  it("lets nothing of a message reach the terminal but its letters", () => {
    const error = `\u001b[2J${"and so on ".repeat(30)}`;
    const letter = {
      consumer: "c",
      type: `a.\u001b]0;x\u0007${"B".repeat(90)}`,
      status: "failed",
      attempts: 1,
      error,
    } as const;
    const story = timelineOf(
      "\u001b[31mx",
      [
        journal("a", {
          deadLetters: [{ ...letter, messageId: id(1), at: at(1) }],
          messages: [message(1, 0, letter.type)],
        }),
      ],
      [],
      [`a: ${error}`],
    );
    const text = traceText(story, 80, false);
    assert.equal(text.includes("\u001b"), false);
    assert.ok(
      text.split("\n").every((line) => line.length <= 80 || line.startsWith("missing: ")),
      text,
    );
  });

  // Removed once: the causes' times in timeline.ts.
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

  // Removed once: the path already walked in timeline.ts.
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

  it("breaks what is too long for a line between words, and cuts nothing off", () => {
    const told = {
      service: "orders",
      kind: "saga",
      what: "reserve-stock compensation operator asked to skip",
    } as const;
    const at = "2026-11-25T03:30:51.871000Z";
    const entry = { ...told, at, afterMs: 0, detail: `${"because ".repeat(12)}${"x".repeat(70)}` };
    const saga = { id: "payment:1", service: "orders", status: "s".repeat(80), stuck: false };
    const story = { correlationId: "c", services: ["orders"], entries: [entry], sagas: [saga], gaps: [] };
    const lines = traceText(story, 80, false).split("\n");
    assert.ok(lines.slice(4).every((line) => line.length <= 80));
    const words = lines.slice(4).join(" ").replace(/ +/g, " ");
    assert.ok(words.includes(`${told.what} because because`), words);
    assert.equal(words.split("because").length, 13);
    assert.equal(words.replace(/[^x]/g, "").length, 70);
    assert.match(lines[2] ?? "", /s{80}$/);
  });

  it("counts the messages that are missing", () => {
    const messages = [1, 2].map((n) => message(n, n, "inventory.StockReserved", { causationId: id(n + 2) }));
    const { gaps } = timelineOf("x", [journal("inventory", { messages })], []);
    assert.match(gaps[0] ?? "", /^2 messages that led to what is shown are not kept any more/);
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
    assert.match(diagram, /^ {2}p1->>p2: ReleaseStock \(after 11 ms\)$/m);
    assert.match(diagram, /^ {2}p2->>p1: reserve-stock compensated \(by StockReleased c0de0005, after 14 ms\)$/m);
    assert.match(
      diagram,
      /^ {2}p1-xp2: dead letter#58; ReserveStock \(given up after 6 attempts#58; .*missing#59; see #35;12\)$/m,
    );
    assert.match(diagram, /^ {2}Note over p1: stuck#58; compensated stuck \(unknown\)$/m);
  });

  // Removed once: the escape of the semicolon, and of the colon. Mermaid's own parser took 3,000 such diagrams.
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
