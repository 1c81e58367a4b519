-- Says that this relay is alive, forgets those that are not, and answers how many are.
-- $1 relay, $2 lease in ms
WITH gone AS (
  DELETE FROM public.outbox_relay WHERE alive_until < clock_timestamp() AND name <> $1
), mine AS (
  INSERT INTO public.outbox_relay (name, alive_until)
  VALUES ($1, clock_timestamp() + $2::double precision * interval '1 ms')
  ON CONFLICT (name) DO UPDATE SET alive_until = EXCLUDED.alive_until
)
SELECT 1 + count(*)::integer AS alive,
       (SELECT count(*)::integer FROM public.outbox_shard) AS shards
FROM public.outbox_relay WHERE alive_until >= clock_timestamp() AND name <> $1
