import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { layOut } from "../../../generators/_render/layout.ts";
import { typescriptType } from "../../../generators/_render/typescript-type.ts";
import { parseFieldType } from "../../../generators/_system/field-types.ts";

describe("TypeScript types", () => {
  const cases = [
    ["uuid", "string"],
    ["decimal", "string"],
    ["money", "{ readonly amount: number; readonly currency: string }"],
    ["json", "unknown"],
    ["enum(a, b)", '"a" | "b"'],
    ["enum(a, b)[]", 'readonly ("a" | "b")[]'],
    ["enum(a)[]", 'readonly "a"[]'],
    ["int[][]", "readonly (readonly number[])[]"],
    ["OrderLine[]?", 'readonly Types["OrderLine"][]'],
  ] as const;
  for (const [type, written] of cases) {
    it(`writes ${type} as ${written}`, () => {
      const code = typescriptType(parseFieldType(type), (name) => `Types["${name}"]`);
      assert.equal(layOut(code), written);
    });
  }
});
