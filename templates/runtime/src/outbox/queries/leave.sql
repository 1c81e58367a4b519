-- Says that this relay has stopped.
-- $1 relay
WITH gone AS (
  DELETE FROM public.outbox_relay WHERE name = $1
)
UPDATE public.outbox_shard SET owner = NULL, lease_until = '-infinity' WHERE owner = $1
