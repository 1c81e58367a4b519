import assert from "node:assert/strict";
import fc from "fast-check";
import { BadFieldTypeError } from "../../../generators/_system/errors.ts";
import { fieldTypePattern, parseFieldType, printFieldType } from "../../../generators/_system/field-types.ts";
import { fieldTypeText } from "../../support/random-manifest.ts";

describe("field types", () => {
  it("reads each notation", () => {
    assert.deepEqual(parseFieldType("uuid"), { kind: "scalar", name: "uuid" });
    assert.deepEqual(parseFieldType("enum(a, in-transit)"), { kind: "enum", values: ["a", "in-transit"] });
    assert.deepEqual(parseFieldType("OrderLine[]?"), {
      kind: "optional",
      of: { kind: "list", of: { kind: "record", name: "OrderLine" } },
    });
  });

  const refusals = [
    ["strng", /"strng" is no type/, /Did you mean string\?/],
    ["", /it is empty/, /Write string, uuid/],
    ["string??", /\? comes once, and last/, /./],
    ["string?[]", /\? comes once, and last/, /./],
    ["enum()", /a value of the enum is empty/, /./],
    ["enum(a,,b)", /a value of the enum is empty/, /./],
    ["enum(a, a)", /the value a is there twice/, /./],
    ["enum(a", /written 'enum\(a, b\)'/, /./],
    ["enum(a b)", /other signs/, /./],
    ["orderLine", /is no type/, /./],
    ["int[][][][]", /three deep/, /./],
    ["__proto__", /is no type/, /./],
    ["constructor", /is no type/, /./],
  ] as const;
  for (const [text, why, hint] of refusals) {
    it(`refuses ${text || "an empty text"} and says what is allowed`, () => {
      assert.throws(
        () => parseFieldType(text),
        (error: unknown) => error instanceof BadFieldTypeError && why.test(error.message) && hint.test(error.hint!),
      );
    });
  }

  it("reads back what it prints", () => {
    fc.assert(
      fc.property(fieldTypeText(["OrderLine", "Constructor"]), (text) => {
        const type = parseFieldType(text);
        assert.deepEqual(parseFieldType(printFieldType(type)), type);
      }),
    );
  });

  it("agrees with the expression in the schema, but for values that an enum has twice", () => {
    const text = fc.string({
      unit: fc.constantFrom("string", "Line", "enum(", "a", ",", " ", ")", "[]", "?", "x-y", "("),
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.oneof(text, fieldTypeText([])), (typed) => {
        let read = true;
        try {
          parseFieldType(typed);
        } catch (error) {
          if (!(error instanceof BadFieldTypeError)) throw error;
          if (error.message.includes("twice")) return;
          read = false;
        }
        if (typed === typed.trim()) assert.equal(fieldTypePattern.test(typed), read);
      }),
      { numRuns: 3000 },
    );
  });
});
