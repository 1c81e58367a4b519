import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderCall {
  readonly kind: "capture" | "refund";
  readonly key: string;
  readonly answer: string;
}

/** A payment provider that outlives whoever calls it, keeps its promises about keys, and notes what was asked of it. */
export interface PaymentProvider {
  readonly url: string;
  readonly calls: readonly ProviderCall[];
  close(): void;
}

/** Minor units; what is more than this is declined. */
const LIMIT = 100_000;

export async function startPaymentProvider(): Promise<PaymentProvider> {
  const calls: ProviderCall[] = [];
  const decided = new Map<string, "captured" | "declined" | "closed">();
  const decide = (key: string, decision: "captured" | "declined" | "closed") => {
    if (!decided.has(key)) decided.set(key, decision);
    return decided.get(key)!;
  };
  const server = createServer(async (request, response) => {
    const { key, amount } = JSON.parse((await request.toArray()).join("")) as { key: string; amount: number };
    const kind = request.url === "/capture" ? "capture" : "refund";
    const status = decide(key, kind === "refund" ? "closed" : amount <= LIMIT ? "captured" : "declined");
    calls.push({ kind, key, answer: status });
    const capture = { status, amount: { amount, currency: "EUR" }, reason: "above the limit" };
    const refund = status === "captured" ? "refunded" : "nothing was taken";
    response.end(JSON.stringify(kind === "capture" ? capture : refund));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
