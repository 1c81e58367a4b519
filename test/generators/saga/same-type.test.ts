import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseFieldType } from "../../../generators/_system/field-types.ts";
import type { RecordType } from "../../../generators/_system/system.ts";
import { fits } from "../../../generators/saga/same-type.ts";

type Records = Readonly<Record<string, Readonly<Record<string, string>>>>;

const typed = (text: string, records: Records = {}) => ({
  type: parseFieldType(text),
  types: Object.entries(records).map(
    ([name, fields]): RecordType => ({
      name,
      fields: Object.entries(fields).map(([field, type]) => ({ name: field, type: parseFieldType(type) })),
    }),
  ),
});

describe("A value of one type given to a field of another", () => {
  for (const [given, wanted, does] of [
    ["uuid", "uuid", true],
    ["uuid", "string", false],
    ["int", "int?", true],
    ["int?", "int?", true],
    ["int?", "int", false],
    ["int[]", "int[]", true],
    ["int[]", "int", false],
    ["int[][]", "int[]", false],
    ["money", "json", true],
    ["money?", "json", false],
    ["json", "money", false],
    ["enum(a, b)", "enum(a, b, c)", true],
    ["enum(a, b, c)", "enum(a, b)", false],
    ["enum(a)", "string", false],
  ] as const) {
    it(`${does ? "fits" : "does not fit"}: ${given} to ${wanted}`, () => {
      assert.equal(fits(typed(given), typed(wanted)), does);
    });
  }

  const line = { Line: { sku: "string", quantity: "int" } };
  for (const [records, does, what] of [
    [{ Item: { quantity: "int", sku: "string" } }, true, "with the same fields in another order"],
    [{ Item: { sku: "string", quantity: "int?" } }, true, "with a field that may be missing"],
    [{ Item: { sku: "string" } }, false, "with a field less, since schemas are closed"],
    [{ Item: { sku: "string", quantity: "int", note: "string?" } }, true, "with a further field that may be missing"],
    [{ Item: { sku: "string", quantity: "int", note: "string" } }, false, "with a further field"],
    [{ Item: { sku: "string", quantity: "decimal" } }, false, "with a field of another type"],
    [{}, false, "that is not there"],
  ] as const) {
    it(`${does ? "fits" : "does not fit"} a record ${what}`, () => {
      assert.equal(fits(typed("Line[]", line), typed("Item[]", records)), does);
    });
  }

  it("is compared to its end where a record holds itself", () => {
    const tree = { Tree: { name: "string", parts: "Tree[]" } };
    const other = { Node: { name: "string", parts: "Node[]" } };
    assert.equal(fits(typed("Tree", tree), typed("Node", other)), true);
    assert.equal(fits(typed("Tree", tree), typed("Node", { Node: { ...other.Node, name: "int" } })), false);
  });
});
