import assert from "node:assert/strict";
import { withinLimit } from "../../../../../templates/runtime/src/saga/participant/within-limit.ts";

const hour = 3_600_000;

describe("a call within its limit", () => {
  const never = new AbortController().signal;
  const untilAborted = (signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("ended by its signal")));

  it("answers, or fails, as it does", async () => {
    assert.equal(await withinLimit("x", hour, never, async () => "done"), "done");
    await assert.rejects(
      withinLimit("x", hour, never, async () => {
        throw new Error("away");
      }),
      /away/,
    );
  });

  it("is told when its time is over, and waited for no longer", async () => {
    let told = false;
    const call = async (signal: AbortSignal) => {
      await untilAborted(signal);
      told = true;
      return new Promise<never>(() => undefined);
    };
    await assert.rejects(withinLimit("step a", 5, never, call), {
      name: "CallTimeoutError",
      message: "the call of step a was given up: it may take 5 ms, and must heed its signal",
    });
    assert.equal(told, true);
  });

  it("may end after its process was told to stop, for a while", async () => {
    const stop = new AbortController();
    const answer = Promise.withResolvers<string>();
    const running = withinLimit("x", hour, stop.signal, () => answer.promise);
    stop.abort();
    answer.resolve("done all the same");
    assert.equal(await running, "done all the same");
    const second = new AbortController();
    const hanging = withinLimit("x", hour, second.signal, () => new Promise<never>(() => undefined), 5);
    second.abort(new Error("the service stops"));
    await assert.rejects(hanging, (error: Error) => /the service stops/.test(String(error.cause)));
  });
});
