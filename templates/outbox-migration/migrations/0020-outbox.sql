-- Messages that the transactions of this service have decided to send. They leave in the order of `position`, one
-- aggregate's rows never out of it: a row is inserted under its aggregate's lock, so positions follow commits there.
--
-- id, aggregatetype, aggregateid, type and payload are the contract of Debezium's outbox event router; topic, headers
-- and position come with it. Rows are inserted and deleted, never updated: an UPDATE would make a row invalid for
-- Debezium. Even so a table has one relay: polling or change data capture, not both.

CREATE TABLE public.outbox (
  -- Minted with the row: a message that is sent twice is recognisable.
  id uuid PRIMARY KEY,
  aggregatetype text NOT NULL,
  -- The record's key.
  aggregateid text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  topic text NOT NULL,
  position bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- The envelope, header `eda` of the record.
  headers jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Rows of one topic and key share a shard, and a shard has one owner among the relays. Eight shards: see outbox_shard.
  shard smallint NOT NULL
    GENERATED ALWAYS AS ((hashtextextended(topic || chr(31) || aggregateid, 0) & 7)::smallint) STORED
) WITH (
  -- A queue: nearly every row that it ever held is dead. Vacuum by count, at full speed.
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0,
  toast.autovacuum_vacuum_threshold = 1000,
  toast.autovacuum_vacuum_cost_delay = 0
);

-- Not compressed, so that the claim can tell a payload's size without reading it: a batch is limited by bytes.
ALTER TABLE public.outbox ALTER COLUMN payload SET STORAGE EXTERNAL;

-- The claim reads it forward from the shard's floor and stops after its batch.
CREATE UNIQUE INDEX outbox_claim ON public.outbox (shard, position);
