import { runService } from "../../../../../templates/runtime/src/index.ts";
import { shopDefinition, shopImplementation } from "./shop.fixture.ts";

// A shop process whose provider is over HTTP; started by kill.test.ts. Not .ts, so that mocha does not take it for a test.
async function ask(path: string, body: object, signal: AbortSignal): Promise<unknown> {
  const url = new URL(path, process.env.PROVIDER);
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), signal });
  return answer.json();
}

const shop = shopImplementation({
  capture: (order, { idempotencyKey, signal }) =>
    ask("/capture", { order, idempotencyKey }, signal) as Promise<"captured" | "declined">,
  refund: (order, { idempotencyKey, forwardKey, signal }) =>
    ask("/refund", { order, idempotencyKey, forwardKey }, signal) as Promise<boolean>,
});

await runService(shopDefinition, shop, new URL(process.env.MIGRATIONS ?? ""));
