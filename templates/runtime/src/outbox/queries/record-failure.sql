-- Counts a failed send of the first row of an aggregate, and parks the aggregate when its attempts are used up.
-- Does nothing for a relay that has lost the shard: whoever owns it now judges by its own attempts.
-- $1 id, $2 shard's token, $3 reason, $4 attempts allowed, $5 first pause in ms, $6 longest pause in ms
WITH failed AS (
  -- The lock makes a relay that marks this row as published wait, or takes the row away from here.
  SELECT o.* FROM public.outbox o
  WHERE o.id = $1 AND EXISTS (SELECT FROM public.outbox_shard s WHERE s.shard = o.shard AND s.token = $2)
  FOR UPDATE OF o
)
INSERT INTO public.outbox_blocked AS b
  (topic, aggregateid, aggregatetype, message_id, shard, position, attempts, reason, retry_at, parked_at)
SELECT topic, aggregateid, aggregatetype, id, shard, position, 1, $3,
       clock_timestamp() + $5::double precision * interval '1 ms',
       CASE WHEN $4::integer <= 1 THEN clock_timestamp() END
FROM failed
ON CONFLICT (topic, aggregateid) DO UPDATE SET
  attempts = CASE WHEN b.message_id = EXCLUDED.message_id THEN b.attempts + 1 ELSE 1 END,
  first_failed_at = CASE WHEN b.message_id = EXCLUDED.message_id THEN b.first_failed_at ELSE clock_timestamp() END,
  message_id = EXCLUDED.message_id,
  position = EXCLUDED.position,
  reason = EXCLUDED.reason,
  retry_at = clock_timestamp()
    + least($6::double precision, $5::double precision * 2 ^ least(b.attempts, 30)) * interval '1 ms',
  parked_at = CASE
    WHEN b.message_id = EXCLUDED.message_id AND b.attempts + 1 >= $4::integer THEN clock_timestamp()
    ELSE coalesce(b.parked_at, EXCLUDED.parked_at)
  END
RETURNING attempts, parked_at IS NOT NULL AS parked
