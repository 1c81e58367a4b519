-- Says that this relay has stopped. Locked in the order of lock-shards.sql.
-- $1 relay
WITH gone AS (
  DELETE FROM public.outbox_relay WHERE name = $1
), given AS MATERIALIZED (
  SELECT shard FROM public.outbox_shard WHERE owner = $1 ORDER BY shard FOR UPDATE
)
UPDATE public.outbox_shard s SET owner = NULL, lease_until = '-infinity'
FROM given WHERE s.shard = given.shard
