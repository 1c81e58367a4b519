import type { Database } from "../../templates/runtime/src/database/database.ts";
import type { Envelope } from "../../templates/runtime/src/message/message.ts";
import type { ProviderCall } from "./payment-provider.ts";
import { expectedOf, type Story } from "./saga-crash-stories.ts";

export interface CrashedSystem {
  /** By service. */
  readonly services: Readonly<Record<string, Database>>;
  readonly broker: Database;
}

/**
 * Nothing of an order goes on by itself any more: its saga has ended, nothing lies in an outbox, every consumer is at
 * the end. What a consumer has not put into an outbox by then it never will.
 */
export async function isQuiet({ services, broker }: CrashedSystem, orderId: string): Promise<boolean> {
  const before = await unread(broker);
  if (before.unread !== 0n) return false;
  const { rows } = await services.orders!.query("SELECT FROM public.saga WHERE key = $1 AND ended_at IS NOT NULL", [
    orderId,
  ]);
  if (rows.length === 0) return false;
  for (const database of Object.values(services)) {
    if ((await database.query("SELECT FROM public.outbox LIMIT 1")).rows.length > 0) return false;
  }
  // What was published between the two looks is not read yet, or has been read and counts in the end.
  const after = await unread(broker);
  return after.unread === 0n && after.end === before.end;
}

async function unread(broker: Database): Promise<{ readonly unread: bigint; readonly end: bigint }> {
  const { rows } = await broker.query<{ unread: bigint; end: bigint }>(
    `SELECT coalesce(sum(p.next_offset - g.next_offset), 0)::bigint AS unread,
            coalesce(sum(p.next_offset), 0)::bigint AS end
     FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id`,
  );
  return rows[0]!;
}

export async function stockOf({ services }: CrashedSystem): Promise<bigint> {
  const { rows } = await services.inventory!.query<{ available: bigint }>(
    "SELECT available FROM stock WHERE sku = 'tea'",
  );
  return rows[0]!.available;
}

/** What is wrong about an order that has come to its end; nothing, if everything was done once and agrees. */
export async function faultsOf(
  system: CrashedSystem,
  story: Story,
  orderId: string,
  provider: readonly ProviderCall[],
  stockBefore: bigint,
): Promise<readonly string[]> {
  const expected = expectedOf[story];
  const sagaId = `payment:${orderId}`;
  const faults: string[] = [];
  const compare = (what: string, found: unknown, wanted: unknown) => {
    const [is, should] = [found, wanted].map((value) =>
      JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v)),
    );
    if (is !== should) faults.push(`${what}: ${is}, not ${should}`);
  };
  const messages = await messagesOf(system.broker, orderId);
  const on = (suffix: string) => messages.filter(({ topic }) => topic.endsWith(suffix));
  compare(
    "events",
    on(".events")
      .map(({ type }) => type)
      .sort(),
    expected.events,
  );
  const keys = new Set(on(".commands").map(({ idempotencykey = "" }) => idempotencykey));
  compare(
    "idempotency keys",
    [...keys].sort(),
    expected.keys.map((key) => `${sagaId}/${key}`),
  );
  const outcomes = on(".replies").map(
    ({ sagastep, sagadirection, saground, sagaoutcome }) => `${sagastep} ${sagadirection} ${saground} ${sagaoutcome}`,
  );
  compare("stages with two outcomes", contradictions(outcomes), []);

  const saga = await system.services.orders!.query<{ status: string; stuck: boolean; log_length: bigint }>(
    "SELECT status, stuck, log_length FROM public.saga WHERE id = $1",
    [sagaId],
  );
  compare(
    "saga",
    saga.rows.map(({ status, stuck }) => [status, stuck]),
    [[story === "completed" ? "completed" : "compensated", false]],
  );
  const log = await system.services.orders!.query<{ seq: bigint; what: string; stage: string }>(
    "SELECT seq, what, concat_ws(' ', step, direction) AS stage FROM public.saga_log WHERE saga_id = $1 ORDER BY seq",
    [sagaId],
  );
  compare(
    "numbers of the log",
    log.rows.map(({ seq }) => seq),
    log.rows.map((_, at) => BigInt(at + 1)),
  );
  compare("length of the log", saga.rows[0]?.log_length, BigInt(log.rows.length));
  compare("beginnings", log.rows.filter(({ what }) => what === "started").length, 1);
  compare(
    "retries of an operator",
    log.rows.filter(({ what }) => what === "operator-retried").map(({ stage }) => stage),
    expected.stuck ?? [],
  );
  compare(
    "what was undone, in order",
    log.rows
      .filter(({ what, stage }) => what === "step-succeeded" && stage.endsWith(" compensation"))
      .map(({ stage }) => stage.replace(" compensation", "")),
    expected.undone,
  );
  compare(
    "timers",
    (await system.services.orders!.query("SELECT kind FROM public.saga_timer WHERE saga_id = $1", [sagaId])).rows,
    [],
  );

  const [rows, aggregates]: [string[], string[]] = [[], []];
  for (const [name, database] of Object.entries(system.services)) {
    rows.push(...(await participationOf(database, sagaId)));
    aggregates.push(...(await aggregateOf(database, orderId)));
    for (const table of ["outbox", "outbox_blocked"]) {
      compare(`${table} of ${name}`, (await database.query(`SELECT * FROM public.${table}`)).rows, []);
    }
    const letters = await database.query("SELECT * FROM public.dead_letter WHERE type IS NULL OR type <> ALL ($1)", [
      expected.letters ?? [],
    ]);
    compare(`dead letters of ${name}`, letters.rows, []);
  }
  compare("participants", rows.sort(), expected.rows);
  compare("aggregates", aggregates.sort(), expected.aggregates);

  const asked = new Set(
    provider
      .filter(({ key }) => key.startsWith(`${sagaId}/`))
      .map(({ kind, key, by, answer }) => `${kind} ${by === undefined ? key : `${key} by ${by}`}: ${answer}`)
      .map((call) => call.replaceAll(`${sagaId}/capture-payment/`, "")),
  );
  compare("calls of the provider", [...asked].sort(), expected.provider);
  compare("stock taken", (await stockOf(system)) - stockBefore, expected.stock);
  return faults;
}

/** Different messages of an order on all topics: what a relay has sent twice is one. */
async function messagesOf(
  broker: Database,
  orderId: string,
): Promise<readonly (Envelope & { readonly topic: string })[]> {
  const { rows } = await broker.query<{ topic: string; envelope: string }>(
    `SELECT p.topic, r.headers ->> 'eda' AS envelope
     FROM broker.record r JOIN broker.partition p ON p.id = r.partition_id
     WHERE (r.headers ->> 'eda')::jsonb ->> 'correlationid' = $1`,
    [orderId],
  );
  const all = rows.map(({ topic, envelope }) => ({ ...(JSON.parse(envelope) as Envelope), topic }));
  return [...new Map(all.map((message) => [message.id, message])).values()];
}

function contradictions(outcomes: readonly string[]): readonly string[] {
  const stages = new Map<string, string>();
  return outcomes.filter((each) => {
    const [, stage = "", outcome = ""] = /^(.*) (\S+)$/.exec(each) ?? [];
    const before = stages.get(stage) ?? outcome;
    stages.set(stage, before);
    return before !== outcome;
  });
}

async function participationOf(database: Database, sagaId: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ row: string }>(
    `SELECT concat_ws(' ', step, forward_outcome,
              CASE WHEN compensation_outcome = 'success' AND compensation_reply->>'noop' IS NULL THEN 'undone'
                   ELSE compensation_outcome END) AS row
     FROM public.saga_participant WHERE saga_id = $1`,
    [sagaId],
  );
  return rows.map(({ row }) => row);
}

async function aggregateOf(database: Database, id: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ row: string }>(
    "SELECT concat_ws(' ', type, state->>'status', version) AS row FROM public.aggregates WHERE id = $1",
    [id],
  );
  return rows.map(({ row }) => row);
}
