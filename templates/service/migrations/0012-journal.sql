-- What this service has answered to requests for commands, for `eda trace`. Written after the answer, many rows at once:
-- only then is the status known, and a request does not wait for it. A crash loses the last of them, but none of their
-- effects: what a command has led to is in the outbox, in the command's own transaction.
CREATE TABLE public.request_journal (
  -- By bytes, as ids that begin with their time are cheap to index.
  correlationid text COLLATE "C" NOT NULL,
  -- When the request came.
  at timestamptz NOT NULL,
  command text NOT NULL,
  status smallint NOT NULL,
  milliseconds integer NOT NULL,
  -- The answer of an earlier request with the same Idempotency-Key.
  replayed boolean NOT NULL
) WITH (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 10000
);

CREATE INDEX request_journal_correlation ON public.request_journal (correlationid);

-- For the cleanup by age. Rows are inserted in about this order, so a block range index stays tiny.
CREATE INDEX request_journal_by_age ON public.request_journal USING brin (at) WITH (pages_per_range = 16);
