import assert from "node:assert/strict";
import type { Message } from "../../../../../templates/runtime/src/message/message.ts";
import type { SagaNews } from "../../../../../templates/runtime/src/saga/orchestrator/news.ts";
import { createTelling } from "../../../../../templates/runtime/src/saga/orchestrator/telling.ts";

describe("what a message has led to", () => {
  const message = { id: "m", topic: "t", key: "k" } as Message;
  const news: SagaNews = { saga: "payment", id: "payment:1", type: "moved" };
  const heard: SagaNews[] = [];
  const telling = createTelling((each) => void heard.push(...each));
  const observer = telling.observe({});
  beforeEach(() => void heard.splice(0));

  it("is told once, when the message is handled or given up", () => {
    for (const end of [() => observer.handled?.(message, 0), () => observer.deadLettered?.(message)]) {
      telling.keep("m", [news]);
      assert.deepEqual(heard, []);
      end();
      end();
      assert.deepEqual(heard.splice(0), [news]);
    }
  });

  // Red without `duplicate` and `forgotten` in telling.ts: it was kept for ever, and told of what never came to be.
  it("is forgotten when it was rolled back, or done by somebody else", () => {
    for (const end of [
      () => observer.failed?.(message, new Error("no"), 0),
      () => observer.duplicate?.(message),
      () => observer.forgotten?.(message),
    ]) {
      telling.keep("m", [news]);
      end();
      observer.deadLettered?.(message);
      assert.deepEqual(heard, []);
    }
  });
});
