import assert from "node:assert/strict";
import { EdaError } from "../../../generators/_system/errors.ts";
import { javaIdentifier, sqlIdentifier, typescriptIdentifier } from "../../../generators/_system/identifiers.ts";

describe("identifiers", () => {
  it("gives a reserved word of TypeScript an underscore", () => {
    const made = ["class", "default", "await", "Promise", "Order", "order-line"].map(typescriptIdentifier);
    assert.deepEqual(made, ["class_", "default_", "await_", "Promise_", "Order", "orderLine"]);
  });

  it("declares every identifier it makes, under strict mode", () => {
    const words = [
      "class",
      "let",
      "static",
      "eval",
      "arguments",
      "yield",
      "await",
      "enum",
      "constructor",
      "user",
      "toString",
    ];
    for (const word of words) new Function(`"use strict"; const ${typescriptIdentifier(word)} = 1;`);
  });

  it("gives a reserved word of Java, and what a record may not declare, an underscore", () => {
    const made = ["class", "record", "int", "toString", "hashCode", "String", "order", "user"].map(javaIdentifier);
    assert.deepEqual(made, ["class_", "record_", "int_", "toString_", "hashCode_", "String_", "order", "user"]);
  });

  it("quotes for SQL, with quotes inside doubled", () => {
    assert.equal(sqlIdentifier("order"), '"order"');
    assert.equal(sqlIdentifier('a"; DROP TABLE x --'), '"a""; DROP TABLE x --"');
  });

  it("refuses what PostgreSQL would cut, or cannot hold", () => {
    for (const bad of ["", "a\0b", "é".repeat(32)]) assert.throws(() => sqlIdentifier(bad), EdaError);
    assert.equal(sqlIdentifier("é".repeat(31)).length, 33);
  });
});
