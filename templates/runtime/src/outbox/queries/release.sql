-- Gives shards to whoever takes them next.
-- $1 relay, $2 shards
UPDATE public.outbox_shard SET owner = NULL, lease_until = '-infinity'
WHERE owner = $1 AND shard = ANY ($2::smallint[])
