-- Gives parked aggregates back to the relay, with fresh attempts. The floor goes back below their rows, in the same
-- statement: run it only in a transaction that has locked the shards first (lock-shards.sql).
-- $1 topic or null, $2 aggregate type or null, $3 aggregate id or null
WITH freed AS (
  DELETE FROM public.outbox_blocked
  WHERE parked_at IS NOT NULL
    AND topic = coalesce($1, topic)
    AND aggregatetype = coalesce($2, aggregatetype)
    AND aggregateid = coalesce($3, aggregateid)
  RETURNING shard, position
), lowered AS (
  UPDATE public.outbox_shard s SET floor = least(s.floor, f.position - 1)
  FROM (SELECT shard, min(position) AS position FROM freed GROUP BY shard) f
  WHERE s.shard = f.shard
)
SELECT count(*)::integer AS count FROM freed
