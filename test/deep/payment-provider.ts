import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderCall {
  readonly kind: "capture" | "refund";
  /** Of the capture, also where it is refunded. */
  readonly key: string;
  /** The refund's own. */
  readonly by?: string;
  readonly answer: string;
}

/** A payment provider that outlives whoever calls it, keeps its promises about keys, and notes what was asked of it. */
export interface PaymentProvider {
  readonly url: string;
  readonly calls: readonly ProviderCall[];
  close(): void;
}

export interface PaymentHabits {
  /** Whether a capture is answered, which is made all the same. Default true. */
  readonly answersCaptures?: boolean;
  /** Refuses refunds of the first round, however often they come. */
  readonly refusesFirstRefund?: boolean;
}

/** Minor units; what is more than this is declined. */
const LIMIT = 100_000;

export async function startPaymentProvider(habits: PaymentHabits = {}): Promise<PaymentProvider> {
  const calls: ProviderCall[] = [];
  const decided = new Map<string, "captured" | "declined" | "closed">();
  const decide = (key: string, decision: "captured" | "declined" | "closed") => {
    if (!decided.has(key)) decided.set(key, decision);
    return decided.get(key)!;
  };
  const refund = (key: string, by: string | undefined) => {
    if (habits.refusesFirstRefund && by?.endsWith("/1")) return "refused";
    return decide(key, "closed") === "captured" ? "refunded" : "nothing was taken";
  };
  const server = createServer(async (request, response) => {
    const asked = JSON.parse((await request.toArray()).join("")) as { key: string; by?: string; amount: number };
    const { key, by, amount } = asked;
    if (request.url !== "/capture") {
      const answer = refund(key, by);
      calls.push({ kind: "refund", key, ...(by === undefined ? {} : { by }), answer });
      response.end(JSON.stringify(answer));
      return;
    }
    const status = decide(key, amount <= LIMIT ? "captured" : "declined");
    calls.push({ kind: "capture", key, answer: status });
    if (habits.answersCaptures === false) return;
    response.end(JSON.stringify({ status, amount: { amount, currency: "EUR" }, reason: "above the limit" }));
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
