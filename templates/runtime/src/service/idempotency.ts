import { createHash } from "node:crypto";
import type { Database, Transaction } from "../database/database.ts";
import { Problem } from "./problem.ts";

/** An answer as it is stored and sent again, byte for byte. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export interface KeyedRequest {
  /** Keys of different clients are different keys: nobody is shown another one's answer. */
  readonly client: string;
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Does the work of a request once for each key, in the caller's transaction. A second request with the key waits
 * until the first one's transaction has ended, then gets its answer; after a rollback it does the work.
 *
 * @throws Problem 422 when the key has been used for another request
 */
export async function answerOnce(
  tx: Transaction,
  request: KeyedRequest,
  work: () => Promise<Answer>,
): Promise<Answer & { readonly replayed: boolean }> {
  // First statement of the transaction: whoever comes second stops here, before it has done anything.
  const claim = await tx.query(
    "INSERT INTO public.http_idempotency (client, key, fingerprint) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    [request.client, request.key, request.fingerprint],
  );
  if (claim.count === 0) return { ...(await storedAnswer(tx, request)), replayed: true };
  const answer = await work();
  await tx.query("UPDATE public.http_idempotency SET status = $3, answer = $4 WHERE client = $1 AND key = $2", [
    request.client,
    request.key,
    answer.status,
    answer.body,
  ]);
  return { ...answer, replayed: false };
}

async function storedAnswer(tx: Transaction, { client, key, fingerprint }: KeyedRequest): Promise<Answer> {
  const { rows } = await tx.query<{ fingerprint: string; status: number; answer: string }>(
    "SELECT fingerprint, status, answer FROM public.http_idempotency WHERE client = $1 AND key = $2",
    [client, key],
  );
  const row = rows[0];
  // Deleted by the cleanup between the two statements: the key was a day old.
  if (row === undefined)
    throw new Problem(409, "the Idempotency-Key has just expired: send the request with a new one");
  if (row.fingerprint !== fingerprint)
    throw new Problem(422, "the Idempotency-Key has been used for another request: take a new one for each request");
  return { status: row.status, body: row.answer };
}

/**
 * The key of a request, or `undefined` without the header.
 * @throws Problem 400 when it is no plain text of 1 to 255 characters
 */
export function idempotencyKey(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header !== "string" || !/^[\x21-\x7e]{1,255}$/.test(header))
    throw new Problem(400, "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces");
  return header;
}

/** The same for two requests that mean the same: order of properties and white space do not count. */
export function fingerprint(command: string, data: unknown): string {
  return createHash("sha256")
    .update(`${command}\n${canonical(data)}`)
    .digest("hex");
}

function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

/**
 * Deletes answers older than 24 hours, in bites that hold no lock for long. The service calls it at its start and
 * every hour; a key that is used again after that is a new one.
 */
export async function forgetOldAnswers(database: Pick<Database, "query">): Promise<void> {
  for (let deleted = BITE; deleted === BITE; ) {
    const { count } = await database.query(
      `DELETE FROM public.http_idempotency WHERE (client, key) IN (
         SELECT client, key FROM public.http_idempotency WHERE created_at < now() - interval '24 hours'
         ORDER BY created_at LIMIT ${BITE} FOR UPDATE SKIP LOCKED)`,
      [],
    );
    deleted = count;
  }
}

const BITE = 1_000;
