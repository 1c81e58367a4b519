-- Keeps the shards that are still this relay's.
-- $1 relay, $2 lease in ms
UPDATE public.outbox_shard SET lease_until = clock_timestamp() + $2::double precision * interval '1 ms'
WHERE owner = $1
RETURNING shard, token
