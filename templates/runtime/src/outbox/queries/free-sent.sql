-- Two relays that judge one row at once, one that it has left and one that it failed, can leave an aggregate blocked by
-- a row that is gone. Frees such aggregates. The floor goes back as in unpark.sql, and needs the same locks first.
WITH freed AS (
  DELETE FROM public.outbox_blocked b
  WHERE NOT EXISTS (SELECT FROM public.outbox o WHERE o.id = b.message_id)
  RETURNING shard, position
)
UPDATE public.outbox_shard s SET floor = least(s.floor, f.position - 1)
FROM (SELECT shard, min(position) AS position FROM freed GROUP BY shard) f
WHERE s.shard = f.shard
