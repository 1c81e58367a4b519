import assert from "node:assert/strict";
import { type ManifestDocument, parseManifest } from "../../../generators/_system/document.ts";
import { EdaError, ManifestEditError } from "../../../generators/_system/errors.ts";

/** Everything that people do to a file by hand. */
const ugly = `# yaml-language-server: $schema=./.eda/manifest.schema.json
eda:    1        # format
name:   "order-management"


stream: {platform: kafka,   partitions: 12,
         retention: '7d',  # a week
         }
contexts:
    ordering:   {purpose: "Takes orders"}   # ours
    payments: { purpose: 'Money''s home' }
    # to come: shipping

x-fields: &ids
    orderId: uuid

services:

    # the heart
    orders:
        context: ordering
        port:   4001   # fixed by ops
        commands:
            PlaceOrder:
                fields: {<<: *ids, total: money}
                emits:
                - OrderPlaced   # success
                # failures go here
            CancelOrder: {fields: *ids, http: false}
        events:
            OrderPlaced: {fields: *ids}

    payments:
        context: payments
        subscribes: [
            orders.OrderPlaced,   # charge
        ]
        commands: {}
        events:
# outboxes below
outboxes:
    orders: {relay: polling}
    # end of outboxes
# the end
`;

/** Lines that differ: those taken out with a minus, those put in with a plus, by a longest common subsequence. */
function changes(before: string, after: string): readonly string[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const common: number[][] = Array.from({ length: a.length + 1 }, () => Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i]![j] = a[i] === b[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (i < a.length && (j === b.length || common[i + 1]![j]! >= common[i]![j + 1]!)) lines.push(`-${a[i++]}`);
    else lines.push(`+${b[j++]}`);
  }
  return lines;
}

function edited(text: string, edit: (document: ManifestDocument) => void): string {
  const document = parseManifest(text);
  edit(document);
  const wanted = document.get([]);
  const written = document.toString();
  assert.deepEqual(parseManifest(written).get([]), wanted);
  return written;
}

describe("a manifest document", () => {
  it("gives back unchanged text byte for byte", () => {
    for (const text of [ugly, ugly.replaceAll("\n", "\r\n"), ugly.trimEnd(), `\ufeff${ugly}`]) {
      assert.equal(parseManifest(text).toString(), text);
    }
  });

  it("gives back the same bytes after edits that change nothing", () => {
    const written = edited(ugly, (document) => {
      document.set(["services", "orders", "port"], 4001);
      document.set(["contexts"], { ordering: { purpose: "Takes orders" } });
      document.extend(["services", "payments", "subscribes"], ["orders.OrderPlaced"]);
      document.delete(["services", "nobody"]);
      document.set(["services", "orders", "commands", "CancelOrder", "fields", "orderId"], "uuid");
    });
    assert.equal(written, ugly);
  });

  describe("knows places to the character", () => {
    const places = [
      [["eda"], "key", 2, 1],
      [["eda"], "value", 2, 9],
      [["name"], "value", 3, 9],
      [["stream", "retention"], "key", 7, 10],
      [["stream", "retention"], "value", 7, 21],
      [["services", "orders"], "key", 20, 5],
      [["services", "orders", "port"], "value", 22, 17],
      [["services", "orders", "commands", "PlaceOrder", "emits", 0], "value", 27, 19],
      [["services", "orders", "commands", "PlaceOrder", "emits", 0], "key", 27, 19],
      [["services", "orders", "commands", "PlaceOrder", "fields", "orderId"], "key", 15, 5],
      [["services", "orders", "commands", "PlaceOrder", "fields", "total"], "value", 25, 43],
      [["services", "orders", "events", "OrderPlaced", "fields", "orderId"], "value", 15, 14],
      [["services", "payments", "events"], "value", 39, 9],
      [["services", "payments", "subscribes", 0], "value", 36, 13],
      [["services", "orders", "commands", "PlaceOrder", "http"], "value", 24, 13],
      [["services", "nobody", "port"], "value", 17, 1],
      [["sagas", "payment"], "key", 1, 1],
      [["services", "constructor"], "key", 17, 1],
      [["services", "orders", "toString"], "key", 20, 5],
    ] as const;
    for (const [path, part, line, column] of places) {
      it(`${path.join(".")}: its ${part}`, () => {
        assert.deepEqual(parseManifest(ugly).place(path, part), { file: "eda.yaml", line, column });
        const windows = parseManifest(ugly.replaceAll("\n", "\r\n"), "other.yaml");
        assert.deepEqual(windows.place(path, part), { file: "other.yaml", line, column });
      });
    }

    it("after an edit too", () => {
      const document = parseManifest(ugly);
      document.set(["contexts", "shipping"], { purpose: "Ships" });
      assert.equal(document.place(["services", "orders", "port"], "value").line, 23);
      assert.deepEqual(document.place(["contexts", "shipping"]), { file: "eda.yaml", line: 12, column: 5 });
    });
  });

  describe("changes only the lines that an edit concerns:", () => {
    const edits: readonly [string, (document: ManifestDocument) => void, readonly string[]][] = [
      [
        "a scalar",
        (document) => document.set(["services", "orders", "port"], 4055),
        ["-        port:   4001   # fixed by ops", "+        port:   4055   # fixed by ops"],
      ],
      [
        "a new entry, before the comments of its level",
        (document) => document.set(["contexts", "shipping"], { purpose: "Ships, and tracks" }),
        ["+    shipping: { purpose: 'Ships, and tracks' }"],
      ],
      [
        "a new service, set apart as the others are, in the file's own indentation",
        (document) =>
          document.set(["services", "shipping"], {
            context: "shipping",
            port: 4003,
            commands: { Ship: { fields: { shippingId: "uuid", lines: "Line[]" }, emits: ["Shipped"] } },
            types: { Line: { state: "enum(a, b)" } },
          }),
        [
          "+",
          "+    shipping:",
          "+        context: shipping",
          "+        port: 4003",
          "+        commands:",
          "+            Ship: { fields: { shippingId: uuid, lines: 'Line[]' }, emits: [Shipped] }",
          "+        types:",
          "+            Line: { state: 'enum(a, b)' }",
        ],
      ],
      [
        "an item of a list of lines, with the comment that is there",
        (document) => document.extend(["services", "orders", "commands", "PlaceOrder", "emits"], ["OrderRejected"]),
        ["+                - OrderRejected"],
      ],
      [
        "a key in braces",
        (document) => document.set(["services", "orders", "commands", "CancelOrder", "emits"], ["OrderCancelled"]),
        [
          "-            CancelOrder: {fields: *ids, http: false}",
          "+            CancelOrder: {fields: *ids, http: false, emits: [OrderCancelled]}",
        ],
      ],
      [
        "a key in braces over several lines, below a comment",
        (document) => document.set(["stream", "replication"], 3),
        ["+         replication: 3,"],
      ],
      [
        "an item in brackets over several lines",
        (document) => document.extend(["services", "payments", "subscribes"], ["orders.OrderCancelled"]),
        ["+            orders.OrderCancelled,"],
      ],
      [
        "the first entry of an empty map",
        (document) => document.set(["services", "payments", "commands", "Pay"], { fields: { paymentId: "uuid" } }),
        ["-        commands: {}", "+        commands:", "+            Pay: { fields: { paymentId: uuid } }"],
      ],
      [
        "the first entry of a key with nothing behind it",
        (document) => document.set(["services", "payments", "events", "Paid"], { fields: { paymentId: "uuid" } }),
        ["+            Paid: { fields: { paymentId: uuid } }"],
      ],
      [
        "a new section, where the format lists it",
        (document) => document.set(["sagas", "payment"], { service: "orders" }),
        ["+sagas:", "+    payment: { service: orders }"],
      ],
      [
        "a deleted entry, with what stands deeper",
        (document) => document.delete(["services", "orders", "commands", "PlaceOrder", "emits"]),
        ["-                emits:", "-                - OrderPlaced   # success"],
      ],
      [
        "a deleted key in braces",
        (document) => document.delete(["services", "orders", "commands", "CancelOrder", "http"]),
        ["-            CancelOrder: {fields: *ids, http: false}", "+            CancelOrder: {fields: *ids}"],
      ],
      [
        "the last entry of a map deleted",
        (document) => document.delete(["outboxes", "orders"]),
        ["-outboxes:", "-    orders: {relay: polling}", "-    # end of outboxes", "+outboxes: {}"],
      ],
      [
        "a deleted section",
        (document) => document.delete(["outboxes"]),
        ["-outboxes:", "-    orders: {relay: polling}", "-    # end of outboxes"],
      ],
      [
        "a map merged key by key, several at once",
        (document) => {
          document.set(["services", "payments"], { port: 4002, context: "payments" });
          document.set(["outboxes", "payments"], { relay: "cdc" });
        },
        ["+        port: 4002", "+    payments: { relay: cdc }"],
      ],
      [
        "a key that overrides what << brings in",
        (document) => document.set(["services", "orders", "commands", "PlaceOrder", "fields", "orderId"], "string"),
        [
          "-                fields: {<<: *ids, total: money}",
          "+                fields: {<<: *ids, total: money, orderId: string}",
        ],
      ],
      [
        "what an anchor holds stays written as an alias",
        (document) => document.set(["x-fields", "orderId"], "uuid"),
        [],
      ],
    ];
    for (const [what, edit, expected] of edits) {
      it(what, () => {
        assert.deepEqual(changes(ugly, edited(ugly, edit)), expected);
        const windows = edited(ugly.replaceAll("\n", "\r\n"), edit);
        assert.deepEqual(changes(ugly, windows.replaceAll("\r\n", "\n")), expected);
        assert.doesNotMatch(windows, /[^\r]\n/);
      });
    }

    it("a file without a line break at its end", () => {
      const text = "eda: 1\nname: x";
      assert.equal(
        edited(text, (document) => document.set(["contexts", "a"], {})),
        "eda: 1\nname: x\ncontexts:\n  a: {}",
      );
    });

    it("a manifest in braces", () => {
      const text = "{ eda: 1, name: x }\n";
      const written = edited(text, (document) => document.set(["contexts", "a"], { purpose: "b: c" }));
      assert.equal(written, "{ eda: 1, name: x, contexts: { a: { purpose: 'b: c' } } }\n");
    });

    it("a body that outgrows its line becomes a block", () => {
      const text = "eda: 1\nname: x\nservices:\n  a:\n    commands:\n      Do: { fields: { aId: uuid } }   # yes\n";
      const fields = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`aRatherLongFieldName${n}`, "string"]));
      const written = edited(text, (document) => document.set(["services", "a", "commands", "Do", "fields"], fields));
      assert.ok(
        written.split("\n").every((line) => line.length <= 120),
        written,
      );
      assert.match(written, / {6}Do: {3}# yes\n {8}fields:\n {10}aId: uuid\n/);
    });
  });

  it("leaves out what is undefined", () => {
    const written = edited("eda: 1\n", (document) =>
      document.set(["stream"], { partitions: undefined, platform: "nats" }),
    );
    assert.equal(written, "eda: 1\nstream:\n  platform: nats\n");
  });

  it("writes a new system as the format's own page does", () => {
    const written = edited("# top\neda: 1\nname: shop\n", (document) => {
      document.set(["stream"], { platform: "kafka", partitions: 12 });
      document.set(["services", "orders"], {
        context: "ordering",
        commands: { PlaceOrder: { fields: { orderId: "uuid", state: "enum(a, b)" }, emits: ["OrderPlaced"] } },
        subscribes: ["shipping.OrderShipped"],
      });
      document.set(["contexts", "ordering"], { purpose: "yes" });
      document.set(["topics", "orders.order.events"], { retention: "forever" });
      document.set(["readModels", "summary"], { key: "orderId", from: ["orders.OrderPlaced"], staleness: "5s" });
      document.set(["phases", "stream"], { status: "assumed", decision: "docs/decisions/0002-stream.md" });
    });
    assert.equal(
      written,
      `# top
eda: 1
name: shop
stream:
  platform: kafka
  partitions: 12
contexts:
  ordering: { purpose: 'yes' }
services:
  orders:
    context: ordering
    commands:
      PlaceOrder: { fields: { orderId: uuid, state: 'enum(a, b)' }, emits: [OrderPlaced] }
    subscribes: [shipping.OrderShipped]
readModels:
  summary:
    key: orderId
    from: [orders.OrderPlaced]
    staleness: 5s
topics:
  orders.order.events: { retention: forever }
phases:
  stream: { status: assumed, decision: docs/decisions/0002-stream.md }
`,
    );
  });

  // Taken out once, each seen red here: the comparison of the text read back with the value meant, and the refusal to
  // write inside an alias.
  describe("refuses an edit that would change something else:", () => {
    const refused: readonly [string, string, (document: ManifestDocument) => void][] = [
      ["inside an alias", ugly, (d) => d.set(["services", "orders", "events", "OrderPlaced", "fields", "x"], "int")],
      ["an anchor that aliases need", ugly, (d) => d.delete(["x-fields"])],
      ["what an anchor holds", ugly, (d) => d.set(["x-fields", "orderId"], "string")],
      [
        "a key that << brings in",
        ugly,
        (d) => d.delete(["services", "orders", "commands", "PlaceOrder", "fields", "orderId"]),
      ],
    ];
    for (const [what, text, edit] of refused) {
      it(what, () => {
        const document = parseManifest(text);
        edit(document);
        assert.throws(() => document.toString(), ManifestEditError);
      });
    }
  });

  it("gives the system of what it says now, and the first problem where it has any", () => {
    const document = parseManifest("eda: 1\nname: x\n");
    assert.deepEqual(document.system.services, []);
    assert.equal(document.system, document.system);
    document.set(["services", "orders"], {});
    assert.deepEqual(
      document.system.services.map(({ name }) => name),
      ["orders"],
    );
    document.set(["services", "orders", "port"], "x");
    assert.throws(
      () => document.system,
      (error: unknown) => error instanceof EdaError && error.place?.line === 5 && /port is "x"/.test(error.message),
    );
  });

  it("hands out values that cannot be changed behind its back", () => {
    const document = parseManifest(ugly);
    assert.throws(() => Object.assign(document.get(["stream"]) as object, { platform: "nats" }), TypeError);
    const given = { purpose: "Ships" };
    document.set(["contexts", "shipping"], given);
    given.purpose = "Sinks";
    assert.equal(document.get(["contexts", "shipping", "purpose"]), "Ships");
    assert.equal(document.get(["constructor"]), undefined);
    assert.equal(document.get(["services", "orders", "toString"]), undefined);
  });
});
