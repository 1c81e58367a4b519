import assert from "node:assert/strict";
import fc from "fast-check";
import { childSpan, correlationId, parseTraceparent } from "../../../../templates/runtime/src/service/tracing.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const parent = `00-${trace}-00f067aa0ba902b7-00`;

describe("tracing", () => {
  it("goes on with the trace under a span of its own", () => {
    const child = parseTraceparent(childSpan(parent));
    assert.equal(child?.traceId, trace);
    assert.equal(child?.flags, "00");
    assert.notEqual(child?.spanId, "00f067aa0ba902b7");
  });

  it("begins a trace where there is none", () => {
    assert.notEqual(parseTraceparent(childSpan(undefined)), undefined);
  });

  it("treats an invalid traceparent as absent", () => {
    for (const header of [
      "",
      "00",
      `ff-${trace}-00f067aa0ba902b7-01`,
      `00-${trace}-00f067aa0ba902b7-01-extra`,
      `00-${"0".repeat(32)}-00f067aa0ba902b7-01`,
      `00-${trace}-${"0".repeat(16)}-01`,
      parent.toUpperCase(),
      `${parent}\n`,
    ])
      assert.equal(parseTraceparent(header), undefined, header);
  });

  it("reads a later version as far as it is known", () => {
    assert.equal(parseTraceparent(`cc-${trace}-00f067aa0ba902b7-01-what-comes`)?.traceId, trace);
  });

  it("always gives a valid one", () => {
    fc.assert(fc.property(fc.string(), (header) => parseTraceparent(childSpan(header)) !== undefined));
  });

  it("takes a plain correlation id and replaces any other", () => {
    assert.equal(correlationId("order-17:a.b_c"), "order-17:a.b_c");
    for (const header of [undefined, "", "a b", "a\nb", "é", "x".repeat(129), ["a", "b"]])
      assert.match(correlationId(header), /^[0-9a-f-]{36}$/);
  });
});
