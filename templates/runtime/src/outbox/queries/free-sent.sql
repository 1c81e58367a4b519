-- Frees aggregates that are blocked by a row which is gone: a relay that was paused has said that it left, while another
-- one saw it fail. The floor goes back as in unpark.sql, and needs the same locks first.
WITH freed AS (
  DELETE FROM public.outbox_blocked b
  WHERE NOT EXISTS (SELECT FROM public.outbox o WHERE o.id = b.message_id)
  RETURNING shard, position
)
UPDATE public.outbox_shard s SET floor = least(s.floor, f.position - 1)
FROM (SELECT shard, min(position) AS position FROM freed GROUP BY shard) f
WHERE s.shard = f.shard
