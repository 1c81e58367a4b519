-- How polling relays share the outbox. The service's relays alone read and write these tables.

-- Who sends which shard. A lease, not an advisory lock: a relay that is paused (SIGSTOP, a stalled machine) keeps its
-- session and with it an advisory lock, and its shards would stand still for as long.
CREATE TABLE public.outbox_shard (
  shard smallint PRIMARY KEY,
  owner text,
  -- One higher with each owner. A relay that was replaced while it was paused is told by its old token.
  token bigint NOT NULL DEFAULT 0,
  -- By this database's clock.
  lease_until timestamptz NOT NULL DEFAULT '-infinity',
  -- Nothing at or below it remains to be sent, and no transaction can still commit such a row. Spares the claim the
  -- dead rows that vacuum cannot remove while some old transaction is open.
  floor bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

INSERT INTO public.outbox_shard (shard) SELECT generate_series(0, 7);

-- The relays that are alive, for a fair share of the shards.
CREATE TABLE public.outbox_relay (
  name text PRIMARY KEY,
  alive_until timestamptz NOT NULL,
  -- A position up to which this relay may raise floors once all who were writing when it was noted have ended.
  noted_position bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Aggregates whose next row the broker has refused. It is tried again at `retry_at`, until it is parked: then it waits
-- for an operator. Later rows of the same topic and key wait behind it; all others go on.
CREATE TABLE public.outbox_blocked (
  topic text NOT NULL,
  aggregateid text NOT NULL,
  aggregatetype text NOT NULL,
  message_id uuid NOT NULL,
  shard smallint NOT NULL,
  position bigint NOT NULL,
  attempts integer NOT NULL,
  reason text NOT NULL,
  first_failed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retry_at timestamptz NOT NULL,
  parked_at timestamptz,
  PRIMARY KEY (topic, aggregateid)
);
