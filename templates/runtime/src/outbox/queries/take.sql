-- Takes shards that nobody owns, or whose owner has let its lease run out. The token tells the new owner from the old.
-- $1 relay, $2 lease in ms, $3 shards at most
WITH free AS MATERIALIZED (
  SELECT shard FROM public.outbox_shard
  WHERE owner IS DISTINCT FROM $1 AND (owner IS NULL OR lease_until < clock_timestamp())
  ORDER BY shard
  LIMIT $3::bigint
  -- Of shards, not of messages: a relay that loses the race for one finds another.
  FOR UPDATE SKIP LOCKED
)
UPDATE public.outbox_shard s
SET owner = $1, token = s.token + 1, lease_until = clock_timestamp() + $2::double precision * interval '1 ms'
FROM free WHERE s.shard = free.shard
RETURNING s.shard, s.token
