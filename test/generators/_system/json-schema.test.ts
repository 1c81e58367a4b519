import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { parseFieldType } from "../../../generators/_system/field-types.ts";
import { jsonSchemaOf, messageSchema, recordsReached } from "../../../generators/_system/json-schema.ts";
import { sampleMessage } from "../../../generators/_system/sample.ts";
import type { Field, RecordType } from "../../../generators/_system/system.ts";
import { fieldTypeText } from "../../support/random-manifest.ts";

const fieldsOf = (types: Readonly<Record<string, string>>): readonly Field[] =>
  Object.entries(types).map(([name, type]) => ({ name, type: parseFieldType(type) }));
const record = (name: string, types: Readonly<Record<string, string>>): RecordType => ({
  name,
  fields: fieldsOf(types),
});

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

function validator(fields: readonly Field[], records: readonly RecordType[]) {
  return ajv.compile(messageSchema(fields, records));
}

describe("JSON Schemas and samples", () => {
  const line = record("Line", { sku: "string", price: "money", notes: "string[]", next: "Line?" });

  it("closes a message and asks for what is not optional", () => {
    const valid = validator(fieldsOf({ id: "uuid", note: "string?" }), []);
    assert.ok(valid({ id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301" }));
    assert.ok(!valid({ id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", note: null }));
    assert.ok(!valid({ id: "3f2504e0-4f89-41d3-9a0c-0305e82c3301", other: 1 }));
    assert.ok(!valid({}));
  });

  const wrong = [
    ["money", { amount: 1.5, currency: "EUR" }],
    ["money", { amount: 1, currency: "eur" }],
    ["money", { amount: 1 }],
    ["money", 1.5],
    ["decimal", 12.5],
    ["decimal", "12,5"],
    ["decimal", "012.5"],
    ["int", 2 ** 53],
    ["int", 1.5],
    ["uuid", "x"],
    ["timestamp", "yesterday"],
    ["date", "2026-02-30"],
    ["enum(a, b)", "c"],
    ["string[]", "a"],
  ] as const;
  for (const [type, value] of wrong) {
    it(`refuses ${JSON.stringify(value)} as ${type}`, () => {
      assert.equal(validator(fieldsOf({ it: type }), [])({ it: value }), false);
    });
  }

  it("gives a sample of every type that its schema accepts", () => {
    fc.assert(
      fc.property(fc.array(fieldTypeText(["Line"]), { minLength: 1, maxLength: 5 }), (types) => {
        const fields = types.map((type, at) => ({ name: `f${at}`, type: parseFieldType(type) }));
        const sample = sampleMessage(fields, [line]);
        const valid = validator(fields, [line]);
        assert.ok(valid(sample), JSON.stringify([types, sample, valid.errors]));
      }),
      { numRuns: 100 },
    );
  });

  it("ends samples of records that hold each other", () => {
    const records = [record("A", { bs: "B[]", id: "int" }), record("B", { a: "A", maybe: "A?" })];
    const sample = sampleMessage(fieldsOf({ a: "A" }), records);
    assert.deepEqual(sample, { a: { bs: [], id: 1 } });
    assert.ok(validator(fieldsOf({ a: "A" }), records)(sample));
    assert.deepEqual(sampleMessage(fieldsOf({ c: "C" }), [record("C", { c: "C" })]), {});
  });

  it("carries the records that a message reaches, and no others", () => {
    const records = [record("A", { b: "B" }), record("B", { x: "int" }), record("Unused", { x: "int" })];
    const reached = recordsReached(fieldsOf({ list: "A[]", missing: "Gone" }), records);
    assert.deepEqual(
      reached.map(({ name }) => name),
      ["A", "B"],
    );
    assert.deepEqual(jsonSchemaOf(parseFieldType("A[]")), { type: "array", items: { $ref: "#/$defs/A" } });
  });

  it("keeps fields named like parts of every object", () => {
    const fields = fieldsOf({ constructor: "string", toString: "int" });
    const valid = validator(fields, []);
    assert.ok(valid(sampleMessage(fields, [])));
    assert.ok(!valid({}));
  });
});
