import assert from "node:assert/strict";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import { definitionHash } from "../../../../templates/runtime/src/saga/hash.ts";
import { payment, paymentSource } from "./payment.ts";

describe("a definition's hash", () => {
  it("is the same whatever the order of keys, also after a round trip through jsonb", () => {
    const { saga, ...rest } = payment;
    assert.match(definitionHash(payment), /^[0-9a-f]{64}$/);
    assert.equal(definitionHash({ ...rest, saga }), definitionHash(payment));
    assert.equal(definitionHash(JSON.parse(JSON.stringify(payment))), definitionHash(payment));
  });

  it("differs when anything that runs does (R10), not when the description does", () => {
    const slower = compileSaga({ ...paymentSource, deadline: "16m" }, "orders");
    const swapped = { ...payment, groups: payment.groups.toReversed() };
    const described = compileSaga({ ...paymentSource, description: "Takes the money." }, "orders");
    assert.notEqual(definitionHash(slower), definitionHash(payment));
    assert.notEqual(definitionHash(swapped), definitionHash(payment));
    assert.equal(definitionHash(described), definitionHash(payment));
  });
});
