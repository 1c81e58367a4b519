import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

export interface Order {
  readonly kind: Kind;
  readonly data: {
    readonly orderId: string;
    readonly customerId: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly price: Money }[];
    readonly total: Money;
  };
}

interface Money {
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export type Kind = "plain" | "blocked" | "too dear" | "out of stock";

/** The one customer on the fraud service's list. */
const blockedCustomer = "bad00000-0000-4000-8000-000000000000";

/** An order that goes through, or one that fraud, payments or inventory says no to. */
export function newOrder(kind: Kind): Order {
  const price = { amount: kind === "too dear" ? 60_000 : 450, currency: "EUR" };
  const sku = kind === "out of stock" ? "saffron" : "tea";
  const quantity = 2;
  const total = { amount: price.amount * quantity, currency: price.currency };
  const customerId = kind === "blocked" ? blockedCustomer : randomUUID();
  return { kind, data: { orderId: randomUUID(), customerId, lines: [{ sku, quantity, price }], total } };
}

/**
 * Places an order as a client should: with a key of its own, so that the same request can be sent again for as long
 * as no answer has come.
 */
export async function place(
  url: () => string,
  { data }: Order,
  signal: AbortSignal,
): Promise<{ readonly tries: number }> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${url()}/commands/place-order`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": data.orderId,
        "x-correlation-id": data.orderId,
      },
      body: JSON.stringify(data),
      signal,
    }).catch((error: unknown) => (signal.aborted ? Promise.reject(error) : undefined));
    if (answer?.status === 200) return { tries };
    if (answer !== undefined && answer.status < 500) throw new Error(`${answer.status}: ${await answer.text()}`);
    await delay(50, undefined, { signal });
  }
}
