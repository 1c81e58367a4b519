import { equal } from "node:assert/strict";
import { fits, literalFits, typeAt } from "../../../generators/_rules/value-types.ts";
import { parseFieldType } from "../../../generators/_system/field-types.ts";
import type { RecordType } from "../../../generators/_system/system.ts";

/** The records of two services, each with its own idea of a line. */
const records = (texts: Readonly<Record<string, Readonly<Record<string, string>>>>): ReadonlyMap<string, RecordType> =>
  new Map(
    Object.entries(texts).map(([name, fields]) => [
      name,
      { name, fields: Object.entries(fields).map(([field, type]) => ({ name: field, type: parseFieldType(type) })) },
    ]),
  );

const own = records({
  Line: { sku: "string", quantity: "int" },
  Long: { sku: "string", quantity: "int", note: "string" },
  Tree: { label: "string", below: "Tree[]" },
  Cost: { amount: "int", currency: "string" },
});
const other = records({
  Item: { sku: "string", quantity: "int", note: "string?" },
  Node: { label: "string", below: "Node[]" },
  Cost: { amount: "int", currency: "string" },
});

describe("a value of one service where another wants one", () => {
  const cases: readonly (readonly [given: string, wanted: string, fits: boolean])[] = [
    ["uuid", "uuid", true],
    ["uuid", "string", true],
    ["string", "uuid", false],
    ["int", "decimal", false],
    ["int", "json", true],
    ["json", "int", false],
    ["uuid", "uuid?", true],
    ["uuid?", "uuid", false],
    ["uuid?", "string?", true],
    ["enum(a, b)", "enum(b, c, a)", true],
    ["enum(a, b)", "enum(a)", false],
    ["enum(a, b)", "string", true],
    ["string", "enum(a, b)", false],
    ["int[]", "int[]", true],
    ["int[]", "int", false],
    ["int", "int[]", false],
    ["Line", "Item", true],
    ["Line[]", "Item[]", true],
    ["Long", "Item", true],
    ["Tree", "Node", true],
    ["Tree", "Item", false],
    ["money", "Cost", true],
    ["Cost", "money", false],
    ["money", "money", true],
    ["boolean", "string", false],
  ];
  for (const [given, wanted, isRight] of cases) {
    it(`${given} ${isRight ? "fits" : "does not fit"} ${wanted}`, () => {
      const from = { type: parseFieldType(given), records: own };
      equal(fits(from, { type: parseFieldType(wanted), records: other }), isRight);
    });
  }

  // Taken out once, seen red here: the check for fields that the other record does not have.
  it("has no fields that the other does not know", () => {
    const from = { type: parseFieldType("Item"), records: other };
    equal(fits(from, { type: parseFieldType("Line"), records: own }), false);
  });

  it("is looked up below records and money, and may be absent where a part above may", () => {
    const fields = [
      { name: "cost", type: parseFieldType("Cost?") },
      { name: "price", type: parseFieldType("money") },
      { name: "lines", type: parseFieldType("Line[]") },
    ];
    const kindAt = (...path: string[]) => {
      const found = typeAt(fields, own, path);
      return "missing" in found ? `no ${found.missing}` : found.type.kind;
    };
    equal(kindAt("cost", "amount"), "optional");
    equal(kindAt("price", "currency"), "scalar");
    equal(kindAt("lines", "sku"), "no sku");
    equal(kindAt("price", "constructor"), "no constructor");
  });
});

describe("a literal where a type is wanted", () => {
  const cases: readonly (readonly [value: unknown, wanted: string, fits: boolean])[] = [
    ["a text", "string", true],
    [5, "string", false],
    ["0b6f1c4e-8a54-4f0c-9d7d-0d9a9e0f6a11", "uuid", true],
    ["4711", "uuid", false],
    [7, "int", true],
    [7.5, "int", false],
    [2 ** 53, "int", false],
    ["1.50", "decimal", true],
    [1.5, "decimal", false],
    [{ amount: 100, currency: "EUR" }, "money", true],
    [{ amount: 100, currency: "euro" }, "money", false],
    [{ amount: 100 }, "money", false],
    [5, "money", false],
    [null, "string", false],
    [true, "boolean", true],
    ["2026-01-02", "date", true],
    ["2026-01-02T03:04:05Z", "timestamp", true],
    ["b", "enum(a, b)", true],
    ["c", "enum(a, b)", false],
    [{ sku: "x", quantity: 1 }, "Line", true],
    [{ sku: "x" }, "Line", false],
    [{ sku: "x", quantity: 1, more: 1 }, "Line", false],
    [[{ sku: "x", quantity: 1 }], "Line[]", true],
    [{ any: [1] }, "json", true],
  ];
  for (const [value, wanted, isRight] of cases) {
    it(`${JSON.stringify(value)} ${isRight ? "fits" : "does not fit"} ${wanted}`, () => {
      equal(literalFits(value, { type: parseFieldType(wanted), records: own }), isRight);
    });
  }
});
