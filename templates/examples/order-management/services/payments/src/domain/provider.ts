import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/**
 * Stands in for a payment provider until you have one, and does what a good one does: a request with a key that it
 * knows is answered as before, and a key can be closed, so that a request which is still on its way comes too late.
 * It keeps a file a key, there whole or not at all: whoever creates it first has decided.
 */
const folder = fileURLToPath(new URL("../../../../.data/payment-provider/", import.meta.url));

export interface Money {
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export type Capture =
  | { readonly status: "captured"; readonly amount: Money }
  | { readonly status: "declined"; readonly reason: string }
  /** The key was closed before the request came. */
  | { readonly status: "closed" };

/** Minor units; what is more than this is declined. */
const limit = 100_000;

export async function capture(key: string, amount: Money): Promise<Capture> {
  return decideOnce(
    key,
    amount.amount <= limit ? { status: "captured", amount } : { status: "declined", reason: "above the limit" },
  );
}

/** Closes a key, and gives back what was taken with it. Says whether anything was. */
export async function refund(key: string): Promise<"refunded" | "nothing was taken"> {
  const capture = await decideOnce(key, { status: "closed" });
  if (capture.status !== "captured") return "nothing was taken";
  await decideOnce(`refund of ${key}`, capture);
  return "refunded";
}

async function decideOnce(key: string, decision: Capture): Promise<Capture> {
  await mkdir(folder, { recursive: true });
  const file = `${folder}${createHash("sha256").update(key).digest("hex")}.json`;
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(decision));
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  return JSON.parse(await readFile(file, "utf8"));
}
