-- Keeps the shards that are still this relay's. Locked in the order of lock-shards.sql, or the two would deadlock.
-- $1 relay, $2 lease in ms
WITH kept AS MATERIALIZED (
  SELECT shard FROM public.outbox_shard WHERE owner = $1 ORDER BY shard FOR UPDATE
)
UPDATE public.outbox_shard s SET lease_until = clock_timestamp() + $2::double precision * interval '1 ms'
FROM kept WHERE s.shard = kept.shard
RETURNING s.shard, s.token
