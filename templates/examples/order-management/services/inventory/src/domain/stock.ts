import type { Transaction } from "eda-runtime";
import type { Types } from "../generated/messages.ts";

type Line = Pick<Types["OrderLine"], "sku" | "quantity">;

/**
 * Locks the articles of an order and takes them out of the available stock, all or none.
 * Gives back the first article that there is not enough of. The locks are taken in one order by everybody, so that
 * two orders of the same articles wait for each other instead of locking each other out.
 */
export async function takeStock(tx: Transaction, lines: readonly Line[]): Promise<string | undefined> {
  const wanted = perArticle(lines);
  const { rows } = await tx.query<{ sku: string; available: bigint }>(
    "SELECT sku, available FROM stock WHERE sku = ANY ($1) ORDER BY sku FOR UPDATE",
    [[...wanted.keys()]],
  );
  const available = new Map(rows.map((row) => [row.sku, row.available]));
  for (const [sku, quantity] of wanted) if ((available.get(sku) ?? 0n) < quantity) return sku;
  await move(tx, wanted, -1n);
  return undefined;
}

export async function putBack(tx: Transaction, lines: readonly Line[]): Promise<void> {
  await move(tx, perArticle(lines), 1n);
}

async function move(tx: Transaction, amounts: ReadonlyMap<string, bigint>, sign: bigint): Promise<void> {
  const skus = [...amounts.keys()];
  await tx.query(
    `UPDATE stock SET available = available + change
     FROM unnest($1::text[], $2::bigint[]) AS moved (sku, change) WHERE stock.sku = moved.sku`,
    [skus, skus.map((sku) => String(sign * amounts.get(sku)!))],
  );
}

/** One amount an article, however many lines name it. */
function perArticle(lines: readonly Line[]): ReadonlyMap<string, bigint> {
  const amounts = new Map<string, bigint>();
  for (const { sku, quantity } of lines) amounts.set(sku, (amounts.get(sku) ?? 0n) + BigInt(quantity));
  return amounts;
}
