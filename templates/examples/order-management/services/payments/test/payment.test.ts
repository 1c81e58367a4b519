import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { capture, refund } from "../src/domain/provider.ts";

const amount = { amount: 900, currency: "EUR" };

describe("The payment provider's stand-in", () => {
  it("takes money once, however often it is asked with one key", async () => {
    const key = randomUUID();
    assert.deepEqual(await capture(key, amount), { status: "captured", amount });
    assert.deepEqual(await capture(key, { ...amount, amount: 1 }), { status: "captured", amount });
  });

  it("declines what is above the limit", async () => {
    assert.equal((await capture(randomUUID(), { ...amount, amount: 100_001 })).status, "declined");
  });

  it("gives money back, and says so each time", async () => {
    const key = randomUUID();
    await capture(key, amount);
    assert.equal(await refund(key), "refunded");
    assert.equal(await refund(key), "refunded");
  });

  it("refuses a capture that comes after its refund", async () => {
    const key = randomUUID();
    assert.equal(await refund(key), "nothing was taken");
    assert.equal((await capture(key, amount)).status, "closed");
  });
});
