-- What each consumer of this service has decided: handled, or moved to the dead letters.

CREATE TABLE public.inbox (
  -- In the key, since two consumers of one service each handle a message once.
  consumer text NOT NULL,
  message_id uuid NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The guarantee itself: of two transactions that insert the same mark, the second waits and then learns the truth.
  PRIMARY KEY (consumer, message_id)
) WITH (
  -- Rows come and go once: vacuum by count, or a large table waits for a fifth of itself to be dead.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_insert_scale_factor = 0,
  autovacuum_vacuum_insert_threshold = 10000
);

-- For the cleanup by age. Marks are inserted in about this order, so a block range index stays tiny.
CREATE INDEX inbox_by_age ON public.inbox USING brin (decided_at) WITH (pages_per_range = 16);

-- How far each consumer has come in each partition, moved in the transaction of its marks.
CREATE TABLE public.inbox_position (
  consumer text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  -- Every record below has been decided, or has a type that nobody handled.
  next_offset bigint NOT NULL,
  -- `next_offset` before the transaction that wrote this row last.
  previous_offset bigint NOT NULL DEFAULT 0,
  -- Marks of records older than this have been deleted: whether such a record was handled cannot be told from the inbox.
  forgotten_before timestamptz NOT NULL DEFAULT '-infinity',
  -- The row lock also keeps two members that both believe to own a partition from working on it at once.
  PRIMARY KEY (consumer, topic, partition)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
