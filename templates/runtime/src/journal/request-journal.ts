import type { Logger } from "pino";
import type { Database } from "../database/database.ts";

const FLUSH_MS = 250;
/** More wait only while the database is away: then the oldest are given up, for the service must not grow. */
const MOST_WAITING = 5_000;
const CLEAN_UP_MS = 3_600_000;
const AT_ONCE = 10_000;

export interface AnsweredRequest {
  readonly correlationId: string;
  readonly at: Date;
  /** `PlaceOrder`. */
  readonly command: string;
  readonly status: number;
  readonly milliseconds: number;
  /** The answer of an earlier request with the same key. */
  readonly replayed: boolean;
}

/** Remembers what was answered to requests, without making one wait. */
export interface RequestJournal {
  note(request: AnsweredRequest): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** @param keptMs so long rows are kept; 0 keeps none */
export function openRequestJournal(database: Database, keptMs: number, log: Logger): RequestJournal {
  if (keptMs <= 0) return { note: () => undefined, close: async () => undefined };
  let waiting: AnsweredRequest[] = [];
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    const rows = waiting;
    waiting = [];
    if (rows.length === 0) return;
    try {
      await database.query(INSERT, columns(rows));
    } catch (err) {
      const kept = [...rows, ...waiting].slice(-MOST_WAITING);
      const dropped = rows.length + waiting.length - kept.length;
      waiting = kept;
      log.warn(
        { err, dropped },
        "the journal of requests could not be written; it is tried again with the next request",
      );
    }
  }

  const inTurn = (work: () => Promise<void>) => {
    working = working.then(work).catch((err: unknown) => log.warn({ err }, "old requests were not deleted"));
    return working;
  };
  const cleaning = setInterval(() => inTurn(() => cleanUp(database, keptMs)), CLEAN_UP_MS).unref();
  inTurn(() => cleanUp(database, keptMs));

  return {
    note(request) {
      waiting.push(request);
      if (waiting.length > MOST_WAITING) waiting.shift();
      timer ??= setTimeout(() => {
        timer = undefined;
        inTurn(flush);
      }, FLUSH_MS).unref();
    },
    async close() {
      clearTimeout(timer);
      clearInterval(cleaning);
      await inTurn(flush);
    },
  };
}

const INSERT = `
  INSERT INTO public.request_journal (correlationid, at, command, status, milliseconds, replayed)
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::smallint[], $5::integer[], $6::boolean[])`;

function columns(rows: readonly AnsweredRequest[]): unknown[] {
  return [
    rows.map((row) => row.correlationId),
    rows.map((row) => row.at.toISOString()),
    rows.map((row) => row.command),
    rows.map((row) => row.status),
    rows.map((row) => Math.round(row.milliseconds)),
    rows.map((row) => row.replayed),
  ];
}

async function cleanUp(database: Database, keptMs: number): Promise<void> {
  if (!Number.isFinite(keptMs)) return;
  for (let count = AT_ONCE; count === AT_ONCE; ) ({ count } = await database.query(CLEAN_UP, [keptMs, AT_ONCE]));
}

const CLEAN_UP = `
  DELETE FROM public.request_journal WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM public.request_journal
    WHERE at < clock_timestamp() - $1::double precision * interval '1 ms'
    LIMIT $2::bigint
  ))`;
