-- Gives shards to whoever takes them next. Locked in the order of lock-shards.sql.
-- $1 relay, $2 shards
WITH given AS MATERIALIZED (
  SELECT shard FROM public.outbox_shard WHERE owner = $1 AND shard = ANY ($2::smallint[]) ORDER BY shard FOR UPDATE
)
UPDATE public.outbox_shard s SET owner = NULL, lease_until = '-infinity'
FROM given WHERE s.shard = given.shard
