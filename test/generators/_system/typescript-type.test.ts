import assert from "node:assert/strict";
import { parseFieldType } from "../../../generators/_system/field-types.ts";
import { propertyName, typescriptTypeOf } from "../../../generators/_system/typescript-type.ts";

describe("TypeScript types", () => {
  const cases = [
    ["uuid", "string"],
    ["decimal", "string"],
    ["money", "{ readonly amount: number; readonly currency: string }"],
    ["json", "unknown"],
    ["enum(a, b)", '"a" | "b"'],
    ["enum(a, b)[]", 'readonly ("a" | "b")[]'],
    ["int[][]", "readonly (readonly number[])[]"],
    ["OrderLine[]?", "readonly OrderLine[]"],
    ["Promise", "Promise_"],
  ] as const;
  for (const [type, written] of cases) {
    it(`writes ${type} as ${written}`, () => assert.equal(typescriptTypeOf(parseFieldType(type)), written));
  }

  it("names records as it is told", () => {
    assert.equal(
      typescriptTypeOf(parseFieldType("Line[]"), (name) => `Types["${name}"]`),
      'readonly Types["Line"][]',
    );
  });

  it("quotes a property's name where it must", () => {
    assert.deepEqual(["class", "order_id", "orders.OrderPlaced"].map(propertyName), [
      "class",
      "order_id",
      '"orders.OrderPlaced"',
    ]);
  });
});
