import { equal } from "node:assert/strict";
import { isReadableBy } from "../../../generators/_render/published.ts";

const object = (properties: object, required: readonly string[], $defs?: object) => ({
  type: "object",
  properties,
  required,
  ...($defs && { $defs }),
});
const [text, number] = [{ type: "string" }, { type: "integer" }];

describe("a contract is readable by those who know the published one", () => {
  const published = object({ id: text, line: { $ref: "#/$defs/Line" } }, ["id"], {
    Line: object({ sku: text }, ["sku"]),
  });
  const now = (properties: object, required: readonly string[], line: object) =>
    isReadableBy(published, object({ line: { $ref: "#/$defs/Line" }, ...properties }, required, { Line: line }));
  const line = object({ sku: text }, ["sku"]);

  it("while it is the same, in whatever order", () => equal(now({ id: text }, ["id"], line), true));
  it("with an optional field more", () => equal(now({ id: text, note: text }, ["id"], line), true));
  it("with an optional field more in a record", () =>
    equal(now({ id: text }, ["id"], object({ sku: text, size: text }, ["sku"])), true));
  it("not with a field less", () => equal(now({}, [], line), false));
  it("not with a field of another type", () => equal(now({ id: number }, ["id"], line), false));
  it("not with a field that may be absent now", () => equal(now({ id: text }, [], line), false));
  it("not with another record", () => equal(now({ id: text }, ["id"], object({ sku: number }, ["sku"])), false));
  it("not with what is no schema", () => equal(isReadableBy(undefined, published), false));
});
